import type { BridgeToEdge, EdgeToBridge } from '#protocol/bridge-message.ts';
import { CLOSE_OTHER_DAEMON, edgeToBridgeSchema } from '#protocol/bridge-message.ts';
import { MAX_CONTROL_MESSAGE_BYTES } from '#protocol/limits.ts';
import type { Logger } from '../log.ts';
import { waitMs } from '../wait.ts';
import type { SignCall } from './bridge-token.ts';
import type { ConnectionEnd } from './control-connection.ts';
import { ControlConnection } from './control-connection.ts';
import type { BridgeStatus } from './control-status.ts';
import { STATUS_CHECK_MS, isStatusNews, statusDelayMs } from './control-status.ts';
import type { EdgeHttp } from './edge-http.ts';
import { describeAnswer } from './edge-http.ts';
import { pauseBeforeRetryMs } from './retry.ts';

/** A connection that lived this long was a good one: the next attempt starts with the shortest pause again. */
const GOOD_CONNECTION_MS = 10_000;
/**
 * Two daemons under one bridge id take the socket from each other, and each time the jobs with it. Whoever lost it leaves
 * it to the other for so long; if that one was stopped meanwhile, the site has no bridge until then.
 */
const OTHER_DAEMON_PAUSE_MS = 30_000;

export interface ControlSocketOptions {
  readonly edgeUrl: string;
  readonly site: string;
  readonly sign: SignCall;
  /** Asks why, when the edge refuses the socket: a WebSocket cannot tell. */
  readonly http: Pick<EdgeHttp, 'ask'>;
  readonly readHello: () => Extract<BridgeToEdge, { type: 'hello' }>;
  readonly readStatus: () => BridgeStatus;
  readonly onConnected: () => void;
  readonly onMessage: (message: EdgeToBridge) => void;
  readonly log: Logger;
}

/** The control WebSocket: connects, says hello, keeps the edge informed, hands on what it says, and connects again. */
export class ControlSocket {
  readonly #options: ControlSocketOptions;
  readonly #path: string;
  readonly #closing = new AbortController();
  #isRetired = false;
  #connection: ControlConnection | undefined;
  #running: Promise<void> | undefined;
  #sent: BridgeStatus | undefined;
  #sentAtMs: number | undefined;
  #statusTimer: NodeJS.Timeout | undefined;
  #checkTimer: NodeJS.Timeout | undefined;

  constructor(options: ControlSocketOptions) {
    this.#options = options;
    this.#path = `/bridge/v1/connect?site=${encodeURIComponent(options.site)}`;
  }

  start(): void {
    this.#running ??= this.#run();
    this.#checkTimer ??= setInterval(() => this.notifyStatus(), STATUS_CHECK_MS);
  }

  /** Something about the status may have changed; the edge hears of it soon. */
  notifyStatus(): void {
    if (this.#statusTimer !== undefined || this.#closing.signal.aborted) return;
    const delayMs = statusDelayMs(this.#sentAtMs, performance.now());
    this.#statusTimer = setTimeout(() => {
      this.#statusTimer = undefined;
      this.#sendStatus();
    }, delayMs);
  }

  /** The daemon stops: from now on another one of its bridge id may have the connection for good. */
  retire(): void {
    this.#isRetired = true;
    this.notifyStatus();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#checkTimer);
    clearTimeout(this.#statusTimer);
    this.#connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { log } = this.#options;
    let attempts = 0;
    while (!this.#closing.signal.aborted) {
      const startedAtMs = performance.now();
      const { opened, reason, code } = await this.#connectOnce();
      if (this.#closing.signal.aborted) return;
      if (code === CLOSE_OTHER_DAEMON && this.#isRetired)
        return log.info('another daemon with this bridge id took over');
      if (code === CLOSE_OTHER_DAEMON) {
        log.warn(
          { pause_ms: OTHER_DAEMON_PAUSE_MS },
          'another daemon with this bridge id is connected to the edge; only one may run, so this one waits before it connects again',
        );
        attempts = 0;
        await waitMs(OTHER_DAEMON_PAUSE_MS, this.#closing.signal);
        if (this.#isRetired) return;
        continue;
      }
      if (opened) log.warn({ reason }, 'the connection to the edge was lost');
      else log.warn({ reason, answer: await this.#askWhy() }, 'the edge cannot be connected; trying again');
      attempts = opened && performance.now() - startedAtMs >= GOOD_CONNECTION_MS ? 1 : attempts + 1;
      await waitMs(pauseBeforeRetryMs(attempts, Math.random()), this.#closing.signal);
    }
  }

  async #connectOnce(): Promise<ConnectionEnd> {
    const token = await this.#options.sign({ method: 'GET', path: this.#path });
    if (this.#closing.signal.aborted) return { opened: false, reason: 'closed by the bridge' };
    const url = this.#options.edgeUrl.replace(/^http/, 'ws') + this.#path;
    const connection = new ControlConnection(url, token, {
      onOpen: () => this.#greet(connection),
      onText: (text) => this.#receive(text),
    });
    this.#connection = connection;
    try {
      return await connection.ended;
    } finally {
      this.#connection = undefined;
    }
  }

  #greet(connection: ControlConnection): void {
    connection.send(JSON.stringify(this.#options.readHello()));
    this.#sent = undefined;
    this.#sendStatus();
    this.#options.log.info('connected to the edge');
    this.#options.onConnected();
  }

  #sendStatus(): void {
    const status = this.#options.readStatus();
    if (!this.#connection || !isStatusNews(this.#sent, status)) return;
    if (!this.#connection.send(JSON.stringify({ type: 'status', ...status }))) return;
    this.#sent = status;
    this.#sentAtMs = performance.now();
  }

  #receive(text: string): void {
    const parsed = text.length > MAX_CONTROL_MESSAGE_BYTES ? undefined : edgeToBridgeSchema.safeParse(parseText(text));
    if (parsed?.success) this.#options.onMessage(parsed.data);
    else this.#options.log.warn({ chars: text.length }, 'a message of the edge is not understood and ignored');
  }

  async #askWhy(): Promise<string> {
    try {
      const call = { method: 'GET', path: this.#path, signal: this.#closing.signal } as const;
      return describeAnswer(await this.#options.http.ask(call));
    } catch (error) {
      return error instanceof Error ? error.message : 'no answer';
    }
  }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
