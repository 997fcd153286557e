/**
 * TNS, the packets below TTC: a header of 8 bytes (length, type, flags), then the body. Lengths have 2 bytes until the
 * session is accepted with protocol 315 or later, 4 bytes from then on.
 */
export const PACKET = { connect: 1, accept: 2, refuse: 4, data: 6, marker: 12 } as const;

/** Break: the end that sends it wants the other to stop. Reset: what was under way is forgotten, both go on anew. */
export const MARKER = { break: 1, reset: 2 } as const;

const HEADER_BYTES = 8;
/** The header and 2 bytes of flags. */
const DATA_HEADER_BYTES = 10;
const MARKER_BYTES = 11;
const CONNECT_HEADER_BYTES = 74;
/** Connect data that are longer come in a data packet of their own. */
const MAX_INLINE_CONNECT_BYTES = 230;
/** The driver sets it in the last packet of every request. */
const END_OF_REQUEST = 0x0800;
const PROTOCOL_VERSION = 317;

export interface Packet {
  readonly type: number;
  readonly bytes: Buffer;
}

/** Cuts what a socket gives into packets. */
export class PacketReader {
  /** Set once the session was accepted. */
  hasLargeLengths = false;
  #chunks: Buffer[] = [];
  #length = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** The next whole packet. */
  take(): Packet | undefined {
    if (this.#length < HEADER_BYTES) return undefined;
    const buffer = this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const length = this.hasLargeLengths ? buffer.readUInt32BE(0) : buffer.readUInt16BE(0);
    const rest = length <= buffer.length ? buffer.subarray(length) : buffer;
    this.#chunks = [rest];
    this.#length = rest.length;
    return length <= buffer.length ? { type: buffer.readUInt8(4), bytes: buffer.subarray(0, length) } : undefined;
  }
}

/** The connect data of a connect packet; undefined when a data packet brings them. */
export function connectDataOf({ bytes }: Packet): string | undefined {
  const isInline = bytes.readUInt16BE(24) <= MAX_INLINE_CONNECT_BYTES;
  return isInline ? bytes.toString('latin1', CONNECT_HEADER_BYTES) : undefined;
}

export function dataOf({ bytes }: Packet): Buffer {
  return bytes.subarray(DATA_HEADER_BYTES);
}

export function endsRequest({ bytes }: Packet): boolean {
  return (bytes.readUInt16BE(HEADER_BYTES) & END_OF_REQUEST) !== 0;
}

export function markerOf({ bytes }: Packet): number {
  return bytes.readUInt8(MARKER_BYTES - 1);
}

/** `sessionDataUnit`: most bytes of a packet from now on. */
export function makeAccept(sessionDataUnit: number): Buffer {
  const packet = makeShortPacket(PACKET.accept, 45);
  packet.writeUInt16BE(PROTOCOL_VERSION, 8);
  packet.writeUInt16BE(Math.min(sessionDataUnit, 0xffff), 12);
  packet.writeUInt16BE(0xffff, 14);
  packet.writeUInt16BE(1, 16);
  packet.writeUInt16BE(41, 20);
  // No native network services.
  packet.writeUInt8(8, 22);
  packet.writeUInt8(8, 23);
  packet.writeUInt32BE(sessionDataUnit, 32);
  packet.writeUInt32BE(2 ** 21, 36);
  return packet;
}

/** What a listener says that has no session to give: `code` without TNS- or ORA-. */
export function makeRefuse(code: number): Buffer {
  const reason = Buffer.from(`(DESCRIPTION=(ERR=${code})(VSNNUM=318767104))`);
  const packet = makeShortPacket(PACKET.refuse, 12);
  packet.writeUInt16BE(packet.length + reason.length);
  packet.writeUInt16BE(reason.length, 10);
  return Buffer.concat([packet, reason]);
}

export function makeMarker(kind: number): Buffer {
  const packet = makeLargePacket(PACKET.marker, MARKER_BYTES);
  packet.writeUInt8(1, HEADER_BYTES);
  packet.writeUInt8(kind, MARKER_BYTES - 1);
  return packet;
}

/** One answer as data packets of at most `sessionDataUnit` bytes. */
export function* makeDataPackets(payload: Buffer, sessionDataUnit: number): Generator<Buffer> {
  const most = sessionDataUnit - DATA_HEADER_BYTES;
  for (let from = 0; from < payload.length; from += most) {
    const part = payload.subarray(from, from + most);
    const header = makeLargePacket(PACKET.data, DATA_HEADER_BYTES);
    header.writeUInt32BE(DATA_HEADER_BYTES + part.length);
    yield Buffer.concat([header, part]);
  }
}

function makeShortPacket(type: number, length: number): Buffer {
  const packet = Buffer.alloc(length);
  packet.writeUInt16BE(length);
  packet.writeUInt8(type, 4);
  return packet;
}

function makeLargePacket(type: number, length: number): Buffer {
  const packet = Buffer.alloc(length);
  packet.writeUInt32BE(length);
  packet.writeUInt8(type, 4);
  return packet;
}
