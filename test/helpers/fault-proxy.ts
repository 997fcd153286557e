import { EventEmitter, once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { RequestRecorder } from './request-recorder.ts';

/**
 * A TCP proxy that does to connections what networks do to them. It knows nothing of what it carries, but for `record`,
 * which looks for one HTTP request. A direction that is not read on holds what one socket buffers and no more.
 */
export type Direction = 'to_server' | 'to_client';

export type ProxyFault =
  /** Both ends see the connection close. */
  | { readonly kind: 'cut' }
  /** Both ends see it reset (RST). */
  | { readonly kind: 'reset' }
  /** One end hears that nothing more will come, and what the other sends from then on goes nowhere. */
  | { readonly kind: 'half_close'; readonly direction: Direction }
  /** What either end sends from then on goes nowhere, and neither hears of it. */
  | { readonly kind: 'mute' }
  /** One bit of the next byte is another. */
  | { readonly kind: 'corrupt'; readonly direction: Direction };

/** A fault that waits for its byte: `afterBytes` more have to come by in `direction`, whatever the connection. */
export interface FaultTrigger {
  readonly fault: ProxyFault;
  readonly direction: Direction;
  readonly afterBytes: number;
}

interface ArmedFault {
  /** `undefined`: only to be told. */
  readonly fault: ProxyFault | undefined;
  readonly direction: Direction;
  left: number;
  readonly fired: () => void;
}

const LOOPBACK = '127.0.0.1';
/** What is written at once while the line is throttled, so that its speed is the same in every part of a second. */
const THROTTLED_PART_BYTES = 4096;
/** A replayed request is answered by then. */
const REPLAY_TIMEOUT_MS = 20_000;
const MAX_REPLAY_ANSWER_BYTES = 64 * 1024;
/** More than any test opens; each direction of a stalled one waits. */
const MAX_WAITING_DIRECTIONS = 1000;

export class FaultProxy {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #connections = new Set<ProxiedConnection>();
  readonly #stalled = new Set<Direction>();
  /** `resumed`: a direction may be open again. */
  readonly #gate = new EventEmitter().setMaxListeners(MAX_WAITING_DIRECTIONS);
  readonly #carried: Record<Direction, number> = { to_server: 0, to_client: 0 };
  #armed: ArmedFault[] = [];
  #bytesPerSecond: number | undefined;
  #recording: Recording | undefined;

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
  }

  /** Listens on a free port of the loopback address, and connects to `targetPort` of it for every connection. */
  static async start(targetPort: number): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new FaultProxy(server, targetPort);
    server.on('connection', (client) => proxy.#accept(client));
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Origin without a slash at its end, for HTTP. */
  get url(): string {
    return `http://${LOOPBACK}:${this.port}`;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Bytes handed on since the start. */
  carriedBytes(direction: Direction): number {
    return this.#carried[direction];
  }

  /** Does it now, to every open connection. @returns how many there were. */
  apply(fault: ProxyFault): number {
    const hit = [...this.#connections];
    for (const connection of hit) this.#perform(fault, connection);
    return hit.length;
  }

  /** Does it when its byte comes by, to the connection that carries it. Resolves when it was done. */
  arm({ fault, direction, afterBytes }: FaultTrigger): Promise<void> {
    return this.#wait({ fault, direction, left: afterBytes });
  }

  /** Resolves when so many bytes more have come by, and does nothing to them. */
  whenCarried(direction: Direction, bytes: number): Promise<void> {
    return this.#wait({ fault: undefined, direction, left: bytes });
  }

  /** Forgets what was armed and has not fired. @returns how many there were. */
  disarm(): number {
    const count = this.#armed.length;
    this.#armed = [];
    return count;
  }

  /** Hands nothing on, in one direction or both, over the connections there are and those to come. */
  stall(...directions: Direction[]): void {
    for (const direction of directions) this.#stalled.add(direction);
  }

  /** Goes on where `stall` stopped. */
  resume(): void {
    this.#stalled.clear();
    this.#gate.emit('resumed');
  }

  /** So many bytes a second in each direction of each connection; `undefined`: as fast as it goes. */
  throttle(bytesPerSecond: number | undefined): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Does nothing to anything any more; what has happened to connections stays. */
  calm(): void {
    this.disarm();
    this.throttle(undefined);
    this.resume();
  }

  /** Resolves to the bytes of the next HTTP request whose first line matches, body included. */
  record(pattern: RegExp): Promise<Buffer> {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    this.#recording = { pattern, found: resolve, recorders: new Map() };
    return promise;
  }

  /** Sends bytes to the server over a connection of its own. @returns the first line of its answer. */
  async replay(request: Buffer): Promise<string> {
    const socket = connect(this.#targetPort, LOOPBACK);
    const limit = AbortSignal.timeout(REPLAY_TIMEOUT_MS);
    const destroy = () => socket.destroy(limit.reason as Error);
    limit.addEventListener('abort', destroy, { once: true });
    try {
      socket.write(request);
      let answer = '';
      for await (const part of socket as AsyncIterable<Buffer>) {
        answer += part.toString('latin1');
        if (answer.includes('\r\n')) break;
        if (answer.length > MAX_REPLAY_ANSWER_BYTES) throw new Error('the answer has no first line');
      }
      return answer.slice(0, answer.indexOf('\r\n'));
    } finally {
      limit.removeEventListener('abort', destroy);
      socket.destroy();
    }
  }

  async close(): Promise<void> {
    this.apply({ kind: 'cut' });
    this.resume();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #wait(trigger: Omit<ArmedFault, 'fired'>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#armed.push({ ...trigger, fired: resolve });
    return promise;
  }

  #accept(client: Socket): void {
    const server = connect({ port: this.#targetPort, host: LOOPBACK, allowHalfOpen: true });
    const connection: ProxiedConnection = { client, server, closed: new AbortController(), silenced: new Set() };
    this.#connections.add(connection);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // Why an end has closed does not matter: the other one hears of it below.
      socket.on('error', () => undefined);
      socket.on('close', (failed) => this.#end(connection, failed));
    }
    void this.#carry(connection, 'to_server');
    void this.#carry(connection, 'to_client');
  }

  #end(connection: ProxiedConnection, failed: boolean): void {
    const { client, server, closed } = connection;
    if (failed || (client.destroyed && server.destroyed)) {
      for (const socket of [client, server]) socket.destroy();
      closed.abort();
      this.#connections.delete(connection);
    }
  }

  /** One direction of one connection, until its source ends or either end is gone. */
  async #carry(connection: ProxiedConnection, direction: Direction): Promise<void> {
    const { client, server, closed, silenced } = connection;
    const [source, sink] = direction === 'to_server' ? [client, server] : [server, client];
    try {
      for await (const part of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        for (let from = 0; from < part.byteLength;) {
          while (this.#stalled.has(direction)) await once(this.#gate, 'resumed', { signal: closed.signal });
          const piece = await this.#takePiece(part.subarray(from), closed.signal);
          const { bytes, fault } = this.#countDown(direction, piece);
          from += bytes.byteLength;
          const hasRoom = silenced.has(direction) || sink.write(bytes);
          if (!silenced.has(direction)) this.#note(connection, direction, bytes);
          if (fault) this.#perform(fault, connection);
          if (!hasRoom) await once(sink, 'drain', { signal: closed.signal });
        }
      }
      if (!silenced.has(direction)) sink.end();
    } catch {
      // An end was destroyed under the loop; its `close` has told the other one.
    }
  }

  /** As much as may be carried at once. */
  async #takePiece(part: Buffer, closed: AbortSignal): Promise<Buffer> {
    const speed = this.#bytesPerSecond;
    if (speed === undefined) return part;
    const piece = part.subarray(0, THROTTLED_PART_BYTES);
    await delay((piece.byteLength / speed) * 1000, undefined, { signal: closed });
    return piece;
  }

  /** Counts towards what is armed. @returns the bytes up to the fault whose turn comes first, or all of them. */
  #countDown(direction: Direction, piece: Buffer): { bytes: Buffer; fault?: ProxyFault } {
    const armed = this.#armed.filter((one) => one.direction === direction);
    const first = armed.toSorted((one, other) => one.left - other.left)[0];
    if (!first || first.left >= piece.byteLength) {
      for (const one of armed) one.left -= piece.byteLength;
      return { bytes: piece };
    }
    this.#armed = this.#armed.filter((one) => one !== first);
    // The byte that is waited for goes along.
    const bytes = Buffer.from(piece.subarray(0, first.left + 1));
    for (const one of armed) one.left -= bytes.byteLength;
    first.fired();
    if (first.fault && first.fault.kind !== 'corrupt') return { bytes, fault: first.fault };
    if (first.fault) flipBit(bytes, bytes.byteLength - 1);
    return { bytes };
  }

  #perform(fault: ProxyFault, connection: ProxiedConnection): void {
    const { client, server, silenced } = connection;
    switch (fault.kind) {
      case 'cut':
        client.destroy();
        server.destroy();
        return;
      case 'reset':
        client.resetAndDestroy();
        server.resetAndDestroy();
        return;
      case 'half_close':
        silenced.add(fault.direction);
        (fault.direction === 'to_server' ? server : client).end();
        return;
      case 'mute':
        silenced.add('to_server').add('to_client');
        return;
      case 'corrupt':
        void this.arm({ fault, direction: fault.direction, afterBytes: 0 });
    }
  }

  #note(connection: ProxiedConnection, direction: Direction, bytes: Buffer): void {
    this.#carried[direction] += bytes.byteLength;
    const recording = this.#recording;
    if (!recording || direction !== 'to_server') return;
    const recorder = recording.recorders.get(connection) ?? new RequestRecorder();
    recording.recorders.set(connection, recorder);
    const request = recorder.take(bytes, recording.pattern);
    if (!request) return;
    this.#recording = undefined;
    recording.found(request);
  }
}

interface ProxiedConnection {
  readonly client: Socket;
  readonly server: Socket;
  /** Aborted when both ends are gone. */
  readonly closed: AbortController;
  /** Directions that carry nothing any more. */
  readonly silenced: Set<Direction>;
}

interface Recording {
  readonly pattern: RegExp;
  readonly found: (request: Buffer) => void;
  readonly recorders: Map<ProxiedConnection, RequestRecorder>;
}

function flipBit(bytes: Buffer, at: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
}
