import type { Socket } from 'node:net';
import { Agent, WebSocket, buildConnector } from 'undici';
import { PING_TEXT, PONG_TEXT } from '#protocol/bridge-message.ts';

const CONNECT_TIMEOUT_MS = 5000;
/** From the first byte to the accepted handshake. */
const OPEN_TIMEOUT_MS = 10_000;
const PING_INTERVAL_MS = 15_000;
const PONG_TIMEOUT_MS = 10_000;
const NORMAL_CLOSURE = 1000;

export interface ConnectionHandlers {
  readonly onOpen: () => void;
  /** Every text but the answer to a ping. */
  readonly onText: (text: string) => void;
}

/** How a connection went. `opened`: the edge had accepted it. */
export interface ConnectionEnd {
  readonly opened: boolean;
  readonly reason: string;
  /** Of the closing handshake, where there was one. */
  readonly code?: number;
}

/**
 * One WebSocket with a watchdog. The socket below is held by hand: a closing handshake with a peer that has fallen
 * silent would never end.
 */
export class ControlConnection {
  readonly #socket: WebSocket;
  readonly #agent: Agent;
  readonly #handlers: ConnectionHandlers;
  readonly #ended = Promise.withResolvers<ConnectionEnd>();
  #tcp: Socket | undefined;
  #opened = false;
  #pingTimer: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;

  /** Connects at once. `url`: ws or wss. */
  constructor(url: string, token: string, handlers: ConnectionHandlers) {
    this.#handlers = handlers;
    const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, allowH2: false });
    this.#agent = new Agent({
      allowH2: false,
      connect: (options, callback) => {
        connect(options, (...result) => {
          if (result[1]) this.#tcp = result[1];
          callback(...result);
        });
      },
    });
    this.#socket = new WebSocket(url, { dispatcher: this.#agent, headers: { authorization: `Bearer ${token}` } });
    this.#deadline = setTimeout(() => this.#end('the edge did not accept the connection in time'), OPEN_TIMEOUT_MS);
    this.#socket.addEventListener('open', () => this.#open());
    this.#socket.addEventListener('message', (event) => this.#receive(event.data));
    this.#socket.addEventListener('error', (event) => this.#end(event.message || 'the connection failed'));
    this.#socket.addEventListener('close', ({ code, reason }) => this.#end(describeClose(code, reason), code));
  }

  /** Resolves once, when the connection is over; never rejects. */
  get ended(): Promise<ConnectionEnd> {
    return this.#ended.promise;
  }

  /** `false`: there is no open connection, the text went nowhere. */
  send(text: string): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  close(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(NORMAL_CLOSURE, 'bridge stops');
    this.#end('closed by the bridge');
  }

  #open(): void {
    this.#opened = true;
    clearTimeout(this.#deadline);
    this.#pingTimer = setInterval(() => this.#ping(), PING_INTERVAL_MS);
    this.#handlers.onOpen();
  }

  #receive(data: unknown): void {
    if (typeof data !== 'string') return;
    if (data === PONG_TEXT) clearTimeout(this.#deadline);
    else this.#handlers.onText(data);
  }

  #ping(): void {
    this.#deadline = setTimeout(() => this.#end('the edge fell silent'), PONG_TIMEOUT_MS);
    this.send(PING_TEXT);
  }

  #end(reason: string, code?: number): void {
    clearInterval(this.#pingTimer);
    clearTimeout(this.#deadline);
    // What was just sent, a closing frame perhaps, still goes out; nothing is waited for.
    this.#tcp?.destroySoon();
    void this.#agent.destroy();
    this.#ended.resolve({ opened: this.#opened, reason, ...(code === undefined ? {} : { code }) });
  }
}

function describeClose(code: number, reason: string): string {
  return reason === '' ? `closed with code ${code}` : `closed with code ${code}: ${reason}`;
}
