import type { Lease } from '#protocol/lease.ts';
import type { Logger } from '../log.ts';
import type { LoginSource } from '../warehouse/oracle/login-desk.ts';
import type { PermitSource } from '../warehouse/permits.ts';
import { LoginHolder } from './login-holder.ts';
import { PermitHolder } from './slow-permits.ts';
import type { Carrier, StartCarrier } from './worker-carrier.ts';
import type { FromWorker, JobEnd, ToWorker, WorkerSetup } from './worker-message.ts';

/** A stopped job may take so long to end by itself; then its worker is killed. */
const STOP_GRACE_MS = 3000;
/**
 * A killed worker is waited for so long. A thread inside a driver's native call may take longer, and the report on the
 * database must still reach the edge within `CANCEL_REPORT_MS` of the cancel.
 */
const EXIT_WAIT_MS = 1000;
/** A worker without a job may take so long to close its warehouse. */
const CLOSE_GRACE_MS = 2000;

/** How a job ended as seen from outside its worker. */
export type WorkerEnd =
  | JobEnd
  /** Killed because it did not stop. `exited`: the worker is gone, and its connections with it. */
  | { readonly type: 'terminated'; readonly exited: boolean }
  /** The worker died by itself. `outOfMemory`: it reached the limit of its heap. */
  | { readonly type: 'crashed'; readonly outOfMemory: boolean };

export interface WorkerOptions {
  readonly start: StartCarrier;
  readonly entry: URL;
  readonly setup: WorkerSetup;
  /** For the slow statements of its jobs. */
  readonly permits: PermitSource;
  /** For what it opens of the warehouse. */
  readonly logins: LoginSource;
  readonly log: Logger;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly onPhase: (phase: string) => void;
}

/** One job worker, from the daemon's side. */
export class WorkerHandle {
  readonly #carrier: Carrier;
  readonly #log: Logger;
  readonly #permits: PermitHolder;
  readonly #logins: LoginHolder;
  readonly #exited = Promise.withResolvers<void>();
  readonly #ready = Promise.withResolvers<string | undefined>();
  #hasExited = false;
  #hasRun = false;
  #closed: Promise<void> | undefined;
  #rssBytes = 0;
  #job: { end: (end: WorkerEnd) => void; onPhase: (phase: string) => void } | undefined;

  constructor({ start, entry, setup, permits, logins, log }: WorkerOptions) {
    this.#log = log;
    this.#permits = new PermitHolder(permits);
    this.#logins = new LoginHolder(logins);
    this.#carrier = start({
      entry,
      setup,
      log,
      onMessage: (message) => this.#receive(message),
      onExit: (outOfMemory) => this.#exit(outOfMemory),
    });
  }

  /** Resolves when the worker is gone, for whatever reason. */
  get exited(): Promise<void> {
    return this.#exited.promise;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** Whether it has had a job since its start. */
  get hasRun(): boolean {
    return this.#hasRun;
  }

  /** The description of the warehouse, once the worker takes jobs; `undefined` if there is none. */
  get ready(): Promise<string | undefined> {
    return this.#ready.promise;
  }

  /** Memory of a worker that is a process, as it said last; 0 of a thread, whose memory is the daemon's. */
  get rssBytes(): number {
    return this.#hasExited ? 0 : this.#rssBytes;
  }

  /**
   * Runs one job to its end; never rejects. Aborting stops it: first by asking, then by killing the worker. After
   * `terminated` and `crashed` the handle is of no use any more.
   */
  async run(lease: Lease, { signal, onPhase }: RunOptions): Promise<WorkerEnd> {
    if (this.#hasExited) return { type: 'crashed', outOfMemory: false };
    this.#hasRun = true;
    const ended = Promise.withResolvers<WorkerEnd>();
    this.#job = { end: ended.resolve, onPhase };
    let killTimer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      this.#post({ type: 'abort' });
      killTimer = setTimeout(() => void this.#kill(), STOP_GRACE_MS);
    };
    this.#post({ type: 'run', lease });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    try {
      return await ended.promise;
    } finally {
      this.#job = undefined;
      this.#permits.giveAllBack();
      clearTimeout(killTimer);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Resolves when the worker is gone or was told to go for good. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#post({ type: 'close' });
    if (!(await isOverWithin(this.exited, CLOSE_GRACE_MS))) await this.#terminate();
  }

  async #kill(): Promise<void> {
    const job = this.#job;
    this.#job = undefined;
    this.#log.warn('a job worker did not stop and is killed');
    const exited = await this.#terminate();
    job?.end({ type: 'terminated', exited });
  }

  async #terminate(): Promise<boolean> {
    this.#carrier.kill();
    return await isOverWithin(this.exited, EXIT_WAIT_MS);
  }

  #post(message: ToWorker): void {
    if (!this.#hasExited) this.#carrier.post(message);
  }

  #receive(message: FromWorker): void {
    if (message.type === 'ready') this.#ready.resolve(message.warehouse);
    else if (message.type === 'phase') this.#job?.onPhase(message.phase);
    else if (message.type === 'memory') this.#rssBytes = message.rssBytes;
    else if (message.type === 'take-permit') this.#takePermit(message.id);
    else if (message.type === 'give-permit') this.#permits.giveBack(message.id);
    else if (message.type === 'take-login') this.#takeLogin(message);
    else if (message.type === 'end-login') this.#logins.end(message.id, message.refusal);
    else this.#job?.end(message.end);
  }

  /** Only for a job: nobody would take back what a worker without one holds. */
  #takePermit(id: number): void {
    if (this.#job) this.#permits.take(id, () => this.#post({ type: 'permit', id }));
  }

  #takeLogin({ id, key }: Extract<FromWorker, { type: 'take-login' }>): void {
    this.#logins.take({ id, key }, (refusal) => this.#post({ type: 'login', id, ...(refusal ? { refusal } : {}) }));
  }

  #exit(outOfMemory: boolean): void {
    this.#hasExited = true;
    this.#logins.endAll();
    this.#ready.resolve(undefined);
    this.#exited.resolve();
    this.#job?.end({ type: 'crashed', outOfMemory });
  }
}

/** Whether `event` happens within `limitMs`. */
async function isOverWithin(event: Promise<void>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const over = await Promise.race([event.then(() => true as const), timeout]);
  clearTimeout(timer);
  return over;
}
