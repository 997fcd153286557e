import { Worker } from 'node:worker_threads';
import type { Lease } from '#protocol/lease.ts';
import type { Logger } from '../log.ts';
import type { FromThread, JobEnd, ThreadSetup, ToThread } from './thread-message.ts';

/** A stopped job may take so long to end by itself; then its thread is killed. */
const STOP_GRACE_MS = 3000;
/**
 * A killed thread is waited for so long. Inside a driver's native call it may take longer, and the report on the
 * database must still reach the edge within `CANCEL_REPORT_MS` of the cancel.
 */
const EXIT_WAIT_MS = 1000;
/** A thread without a job may take so long to close its warehouse. */
const CLOSE_GRACE_MS = 2000;
/** V8 limits of a thread besides the old generation, which is configured. */
const YOUNG_GENERATION_MB = 64;
const STACK_MB = 4;

/** How a job ended as seen from outside its thread. */
export type ThreadEnd =
  | JobEnd
  /** Killed because it did not stop. `exited`: the thread is gone, and its connections with it. */
  | { readonly type: 'terminated'; readonly exited: boolean }
  /** The thread died by itself. */
  | { readonly type: 'crashed' };

export interface ThreadOptions {
  readonly entry: URL;
  readonly setup: ThreadSetup;
  readonly log: Logger;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly onPhase: (phase: string) => void;
}

/** One worker thread, from the main thread's side. */
export class ThreadHandle {
  readonly #worker: Worker;
  readonly #log: Logger;
  readonly #exited = Promise.withResolvers<void>();
  readonly #ready = Promise.withResolvers<string | undefined>();
  #hasExited = false;
  #job: { end: (end: ThreadEnd) => void; onPhase: (phase: string) => void } | undefined;

  constructor({ entry, setup, log }: ThreadOptions) {
    this.#log = log;
    this.#worker = new Worker(entry, {
      workerData: setup,
      resourceLimits: {
        maxOldGenerationSizeMb: setup.config.jobThreadHeapMb,
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
        stackSizeMb: STACK_MB,
      },
    });
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    this.#worker.on('error', (error) => log.error({ err: error }, 'a job thread failed'));
    this.#worker.on('exit', () => this.#exit());
  }

  /** Resolves when the thread is gone, for whatever reason. */
  get exited(): Promise<void> {
    return this.#exited.promise;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** The description of the warehouse, once the thread takes jobs; `undefined` if there is none. */
  get ready(): Promise<string | undefined> {
    return this.#ready.promise;
  }

  /**
   * Runs one job to its end; never rejects. Aborting stops it: first by asking, then by killing the thread. After
   * `terminated` and `crashed` the handle is of no use any more.
   */
  async run(lease: Lease, { signal, onPhase }: RunOptions): Promise<ThreadEnd> {
    if (this.#hasExited) return { type: 'crashed' };
    const ended = Promise.withResolvers<ThreadEnd>();
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
      clearTimeout(killTimer);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Resolves when the thread is gone or was told to go for good. */
  async close(): Promise<void> {
    this.#post({ type: 'close' });
    if (!(await isOverWithin(this.exited, CLOSE_GRACE_MS))) await this.#terminate();
  }

  async #kill(): Promise<void> {
    const job = this.#job;
    this.#job = undefined;
    this.#log.warn('a job thread did not stop and is killed');
    const exited = await this.#terminate();
    job?.end({ type: 'terminated', exited });
  }

  async #terminate(): Promise<boolean> {
    void this.#worker.terminate();
    return await isOverWithin(this.exited, EXIT_WAIT_MS);
  }

  #post(message: ToThread): void {
    if (!this.#hasExited) this.#worker.postMessage(message);
  }

  #receive(message: FromThread): void {
    if (message.type === 'ready') this.#ready.resolve(message.warehouse);
    else if (message.type === 'phase') this.#job?.onPhase(message.phase);
    else this.#job?.end(message.end);
  }

  #exit(): void {
    this.#hasExited = true;
    this.#ready.resolve(undefined);
    this.#exited.resolve();
    this.#job?.end({ type: 'crashed' });
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
