import type { Socket } from 'node:net';
import type { Packet } from './packets.ts';
import { MARKER, PACKET, PacketReader, dataOf, endsRequest, makeDataPackets, makeMarker, markerOf } from './packets.ts';

/** How a break is answered: at once, when the promise is kept, or never. */
export type BreakAnswer = 'at once' | 'never' | { readonly when: Promise<unknown> };

/** The other end is gone. */
export class ChannelClosed extends Error {}

export interface ChannelOptions {
  readonly sessionDataUnit: number;
  /** Called once for every break that comes. */
  readonly answerBreak: () => BreakAnswer;
}

/** One socket: whole requests come in, answers go out, breaks come between them. */
export class Channel {
  /** Aborts when the socket is gone. */
  readonly closed: AbortSignal;
  /** Called when a break has come and is due to be answered. */
  onBreakDue: () => void = () => undefined;
  readonly #socket: Socket;
  readonly #options: ChannelOptions;
  readonly #reader = new PacketReader();
  /** Those of the handshake, taken one by one. */
  readonly #packets: Packet[] = [];
  readonly #requests: Buffer[] = [];
  #request: Buffer[] = [];
  #hasSession = false;
  #isBreakPending = false;
  #isBreakDue = false;
  #isReset = false;
  #wake = Promise.withResolvers<void>();

  constructor(socket: Socket, options: ChannelOptions) {
    this.#socket = socket;
    this.#options = options;
    const closing = new AbortController();
    this.closed = closing.signal;
    const close = () => {
      closing.abort();
      this.#notify();
    };
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('end', () => socket.destroy());
    socket.on('error', close);
    socket.on('close', close);
  }

  /** From now on there are requests, and packets have large lengths. */
  startSession(): void {
    this.#hasSession = true;
    this.#reader.hasLargeLengths = true;
  }

  /** The next packet of the handshake. */
  async nextPacket(): Promise<Packet> {
    return this.#next(() => this.#packets.shift());
  }

  /** The next request, or that a break wants its answer. */
  async nextRequest(): Promise<Buffer | 'break'> {
    return this.#next(() => (this.#isBreakDue ? 'break' : this.#requests.shift()));
  }

  /** A break has come and wants its answer. */
  get isBreakDue(): boolean {
    return this.#isBreakDue;
  }

  /** @throws ChannelClosed once the socket is gone. */
  async untilClosed(): Promise<never> {
    return this.#next<never>(() => undefined);
  }

  /** Gives up what was under way: both ends reset, then `end` is the answer to the broken call. */
  async answerBreak(end: Buffer): Promise<void> {
    await this.write(makeMarker(MARKER.break));
    await this.#next(() => (this.#isReset ? true : undefined));
    this.#isBreakPending = false;
    this.#isBreakDue = false;
    this.#isReset = false;
    await this.write(makeMarker(MARKER.reset));
    await this.send(end);
  }

  /** Sends an answer and waits until the socket has taken it. */
  async send(payload: Buffer): Promise<void> {
    for (const packet of makeDataPackets(payload, this.#options.sessionDataUnit)) await this.write(packet);
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.closed.aborted) throw new ChannelClosed();
    const written = Promise.withResolvers<void>();
    this.#socket.write(bytes, () => written.resolve());
    await written.promise;
  }

  cut(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#reader.push(chunk);
    for (let packet = this.#reader.take(); packet; packet = this.#reader.take()) {
      if (!this.#hasSession) this.#packets.push(packet);
      else if (packet.type === PACKET.marker) this.#receiveMarker(markerOf(packet));
      else if (packet.type === PACKET.data) this.#receiveData(packet);
    }
    this.#notify();
  }

  #receiveData(packet: Packet): void {
    this.#request.push(dataOf(packet));
    if (!endsRequest(packet)) return;
    this.#requests.push(Buffer.concat(this.#request));
    this.#request = [];
  }

  #receiveMarker(kind: number): void {
    if (kind === MARKER.reset) {
      this.#request = [];
      this.#requests.length = 0;
      this.#isReset = this.#isBreakPending;
      return;
    }
    if (this.#isBreakPending) return;
    const answer = this.#options.answerBreak();
    if (answer === 'never') return;
    this.#isBreakPending = true;
    void this.#makeDue(answer === 'at once' ? Promise.resolve() : answer.when);
  }

  async #makeDue(when: Promise<unknown>): Promise<void> {
    await when;
    this.#isBreakDue = true;
    this.onBreakDue();
    this.#notify();
  }

  async #next<Value>(take: () => Value | undefined): Promise<Value> {
    for (;;) {
      const value = take();
      if (value !== undefined) return value;
      if (this.closed.aborted) throw new ChannelClosed();
      await this.#wake.promise;
    }
  }

  #notify(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}
