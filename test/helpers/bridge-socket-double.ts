import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const OPCODE_TEXT = 1;
const OPCODE_CLOSE = 8;

/** The server's end of a WebSocket (RFC 6455): unfragmented text frames up to 64 KiB, and a close. */
export class SocketDouble {
  readonly texts: string[] = [];
  /** What is done with every text. */
  onText: (text: string) => void = () => undefined;
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.on('close', () => resolve()));
    socket.on('data', (data) => this.#read(data));
    socket.on('end', () => socket.end());
    socket.on('error', () => socket.destroy());
  }

  static accept(request: IncomingMessage, socket: Socket): SocketDouble {
    const key = request.headers['sec-websocket-key'] ?? '';
    const accept = createHash('sha1')
      .update(key + WEBSOCKET_GUID)
      .digest('base64');
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    socket.write([...lines, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'));
    return new SocketDouble(socket);
  }

  send(text: string): void {
    this.#write(OPCODE_TEXT, Buffer.from(text));
  }

  close(code: number): void {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.#write(OPCODE_CLOSE, payload);
    this.#socket.end();
  }

  cut(): void {
    this.#socket.destroy();
  }

  #write(opcode: number, payload: Buffer): void {
    const head = payload.byteLength < 126 ? Buffer.alloc(2) : Buffer.alloc(4);
    head[0] = 0x80 | opcode;
    head[1] = Math.min(payload.byteLength, 126);
    if (head.byteLength === 4) head.writeUInt16BE(payload.byteLength, 2);
    this.#socket.write(Buffer.concat([head, payload]));
  }

  #read(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (let frame = this.#nextFrame(); frame; frame = this.#nextFrame()) {
      if (frame.opcode === OPCODE_CLOSE) return void this.#socket.end();
      if (frame.opcode !== OPCODE_TEXT) continue;
      const text = frame.payload.toString('utf8');
      this.texts.push(text);
      this.onText(text);
    }
  }

  /** A client's frames are always masked. */
  #nextFrame(): { opcode: number; payload: Buffer } | undefined {
    const buffer = this.#buffer;
    if (buffer.byteLength < 2) return undefined;
    const short = (buffer[1] ?? 0) & 0x7f;
    const lengthBytes = short === 126 ? 2 : 0;
    const start = 2 + lengthBytes + 4;
    if (buffer.byteLength < start) return undefined;
    const length = lengthBytes === 0 ? short : buffer.readUInt16BE(2);
    if (buffer.byteLength < start + length) return undefined;
    const mask = buffer.subarray(start - 4, start);
    const payload = Buffer.from(buffer.subarray(start, start + length));
    for (let index = 0; index < length; index++) payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0);
    this.#buffer = buffer.subarray(start + length);
    return { opcode: (buffer[0] ?? 0) & 0x0f, payload };
  }
}
