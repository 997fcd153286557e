import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { Answer, AnswerRequest, OraError, SessionInfo } from './answers.ts';
import type { BreakAnswer } from './channel.ts';
import { Channel, ChannelClosed } from './channel.ts';
import { CallAborted } from './cursor.ts';
import { acceptConnect, logIn } from './handshake.ts';
import { Session } from './session.ts';

const TNS_UNKNOWN_SERVICE = 12_514;
const SESSION_DATA_UNIT_BYTES = 8192;

export const TEST_LOGIN = { user: 'lotstream', password: 'Secret#1', service: 'MES' } as const;

export interface OracleServerOptions {
  readonly user: string;
  readonly password: string;
  readonly service: string;
  /** Decides what a statement does. It may throw `OraFailure`, which is the same as giving an error. */
  readonly answer: (request: AnswerRequest) => Answer | Promise<Answer>;
  /** Said at every login that goes well: 28002 for a password that expires soon. */
  readonly warning?: OraError;
  /** Most bytes of a packet; 8192 unless told, as Oracle has it. */
  readonly sessionDataUnitBytes?: number;
}

/** Why nobody gets a session; sessions that exist stay. */
export type Refusal =
  /** Nobody listens on the port. */
  | 'stopped'
  /** The connection is accepted, then nothing is said. */
  | 'silent'
  /** The listener says no: 12514 unknown service, 12516 no handler free, 12528 blocked. */
  | { readonly listener: number }
  /** The login fails: 1017 wrong password, 28000 locked, 1033 starting up. */
  | { readonly login: number };

/**
 * Oracle's end of the wire for tests: the real driver connects to it. What statements do is told by `answer`; sessions,
 * cursors, transactions and breaks are kept as Oracle keeps them.
 */
export class OracleServer {
  /** How breaks that come from now on are answered. */
  breakAnswer: BreakAnswer = 'at once';
  readonly #options: OracleServerOptions;
  readonly #listener: Server;
  readonly #channels = new Set<Channel>();
  readonly #sessions = new Map<Session, Channel>();
  readonly #all: Session[] = [];
  readonly #served = new Set<Promise<void>>();
  #refusal: Refusal | undefined;
  #port = 0;
  #lastId = 0;
  #closed = 0;
  #breaks = 0;

  private constructor(options: OracleServerOptions) {
    this.#options = options;
    this.#listener = createServer((socket) => {
      const served = this.#serve(socket).finally(() => this.#served.delete(served));
      this.#served.add(served);
    });
  }

  static async start(options: OracleServerOptions): Promise<OracleServer> {
    const server = new OracleServer(options);
    await server.#listen();
    server.#port = (server.#listener.address() as AddressInfo).port;
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get connectString(): string {
    return `127.0.0.1:${this.#port}/${this.#options.service}`;
  }

  /** Those that are logged in now, the oldest first. */
  get sessions(): readonly SessionInfo[] {
    return [...this.#sessions.keys()];
  }

  /** Those that are gone included. */
  get allSessions(): readonly SessionInfo[] {
    return this.#all;
  }

  /** Logins that were tried, whatever became of them. */
  get loginsTried(): number {
    return this.#lastId;
  }

  /** Logins that went well. */
  get opened(): number {
    return this.#all.length;
  }

  /** Sessions that ended, whoever ended them. */
  get closed(): number {
    return this.#closed;
  }

  /** Sockets that are open, logged in or not. */
  get sockets(): number {
    return this.#channels.size;
  }

  /** Breaks that came, answered or not. */
  get breaks(): number {
    return this.#breaks;
  }

  /** Over all live sessions: result sets that were begun and neither read to their end, cancelled nor closed. */
  get cursorsOpen(): number {
    return this.sessions.reduce((sum, { cursorsOpen }) => sum + cursorsOpen, 0);
  }

  /** Turns newcomers away until it is called with undefined. */
  async refuse(refusal: Refusal | undefined): Promise<void> {
    this.#refusal = refusal;
    const isStopped = refusal === 'stopped';
    if (isStopped && this.#listener.listening) this.#listener.close();
    if (!isStopped && !this.#listener.listening) await this.#listen();
  }

  /** Cuts one session's socket. */
  cut({ id }: Pick<SessionInfo, 'id'>): void {
    for (const [session, channel] of this.#sessions) if (session.id === id) channel.cut();
  }

  /** Cuts every socket. */
  cutAll(): void {
    for (const channel of this.#channels) channel.cut();
  }

  /** Cuts every socket, listens no more, and waits until every session has let go of what it had. */
  async close(): Promise<void> {
    if (this.#listener.listening) this.#listener.close();
    this.cutAll();
    await Promise.all(this.#served);
  }

  async #listen(): Promise<void> {
    this.#listener.listen(this.#port, '127.0.0.1');
    await once(this.#listener, 'listening');
  }

  async #serve(socket: Socket): Promise<void> {
    let session: Session | undefined;
    const channel = new Channel(socket, {
      sessionDataUnit: this.#options.sessionDataUnitBytes ?? SESSION_DATA_UNIT_BYTES,
      answerBreak: () => {
        this.#breaks += 1;
        if (session) session.breaks += 1;
        return this.breakAnswer;
      },
    });
    this.#channels.add(channel);
    try {
      session = await this.#open(channel);
      if (session) await this.#answerCalls(session, channel);
    } catch (error) {
      if (!(error instanceof ChannelClosed)) throw error;
    } finally {
      channel.cut();
      this.#channels.delete(channel);
      if (session) {
        session.end();
        this.#sessions.delete(session);
        this.#closed += 1;
      }
    }
  }

  async #open(channel: Channel): Promise<Session | undefined> {
    const { answer, sessionDataUnitBytes = SESSION_DATA_UNIT_BYTES, warning, ...login } = this.#options;
    if (this.#refusal === 'silent') return channel.untilClosed();
    const isAccepted = await acceptConnect(channel, sessionDataUnitBytes, (service) => this.#refusalOf(service));
    if (!isAccepted) return undefined;
    const id = ++this.#lastId;
    const refusal = hasKey(this.#refusal, 'login') ? { code: this.#refusal.login } : undefined;
    if (!(await logIn(channel, id, { ...login, refusal, warning }))) return undefined;
    const session = new Session(id, answer);
    this.#all.push(session);
    this.#sessions.set(session, channel);
    return session;
  }

  #refusalOf(service: string): number | undefined {
    if (hasKey(this.#refusal, 'listener')) return this.#refusal.listener;
    return service.toUpperCase() === this.#options.service.toUpperCase() ? undefined : TNS_UNKNOWN_SERVICE;
  }

  async #answerCalls(session: Session, channel: Channel): Promise<void> {
    for (;;) {
      const request = await channel.nextRequest();
      if (request === 'break' || !(await answerCall(session, channel, request))) {
        await channel.answerBreak(session.endBroken());
      }
    }
  }
}

/** @returns false when the call was broken instead. */
async function answerCall(session: Session, channel: Channel, request: Buffer): Promise<boolean> {
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, channel.closed]);
  channel.onBreakDue = () => abort.abort();
  if (channel.isBreakDue) abort.abort();
  try {
    const { bytes, isCut } = await session.perform(request, signal);
    await channel.send(bytes);
    if (isCut) channel.cut();
    return true;
  } catch (error) {
    if (!(error instanceof CallAborted)) throw error;
    if (channel.closed.aborted) throw new ChannelClosed();
    return false;
  } finally {
    channel.onBreakDue = () => undefined;
  }
}

function hasKey<Key extends string>(
  refusal: Refusal | undefined,
  key: Key,
): refusal is Extract<Refusal, Record<Key, number>> {
  return typeof refusal === 'object' && key in refusal;
}
