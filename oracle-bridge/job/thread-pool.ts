import type { Lease } from '#protocol/lease.ts';
import type { Logger } from '../log.ts';
import { waitMs } from '../wait.ts';
import type { RunOptions, ThreadEnd } from './thread-handle.ts';
import { ThreadHandle } from './thread-handle.ts';
import type { ThreadSetup } from './thread-message.ts';

/** A thread that dies without a job is replaced after this: one that cannot start must not be started in a loop. */
const RESTART_PAUSE_MS = 1000;
/** A leased job waits so long for a thread. There are as many as slots: more than a moment means that none can start. */
const MAX_THREAD_WAIT_MS = 10_000;

export interface ThreadPoolOptions {
  readonly size: number;
  readonly setup: ThreadSetup;
  readonly log: Logger;
  /** The module of a thread. */
  readonly entry: URL;
}

/**
 * Threads started ahead (a start takes 100–170 ms), one job each at a time, used again after a job that ended by
 * itself or stopped when told to. Only a thread that was killed or died is replaced.
 */
export class ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #threads = new Set<ThreadHandle>();
  readonly #first: ThreadHandle;
  readonly #idle: ThreadHandle[] = [];
  readonly #waiting: ((thread: ThreadHandle) => void)[] = [];
  readonly #closing = new AbortController();

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
    this.#first = this.#add();
    void this.#addOthers();
  }

  /** Resolves when a first thread takes jobs, to the description of its warehouse; `undefined`: it has none. */
  async ready(): Promise<string | undefined> {
    return await this.#first.ready;
  }

  /** Never rejects. `unavailable`: no thread could be had. */
  async run(lease: Lease, options: RunOptions): Promise<ThreadEnd | { readonly type: 'unavailable' }> {
    const thread = await this.#take(options.signal);
    if (thread === undefined) {
      return options.signal.aborted ? { type: 'stopped', database: 'not_running' } : { type: 'unavailable' };
    }
    const end = await thread.run(lease, options);
    if (end.type === 'terminated') this.#replace(thread);
    else this.#give(thread);
    return end;
  }

  /** Ends all threads; jobs should have ended before. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  /** One after the other: started together they would all be ready late. */
  async #addOthers(): Promise<void> {
    let previous = this.#first;
    for (let added = 1; added < this.#options.size; added++) {
      await previous.ready;
      if (this.#closing.signal.aborted) return;
      previous = this.#add();
    }
  }

  #add(): ThreadHandle {
    const { entry, setup, log } = this.#options;
    const thread = new ThreadHandle({ entry, setup, log });
    this.#threads.add(thread);
    void thread.exited.then(() => this.#restart(thread));
    this.#give(thread);
    return thread;
  }

  /** A thread has exited. */
  async #restart(thread: ThreadHandle): Promise<void> {
    if (!this.#threads.has(thread)) return;
    await waitMs(RESTART_PAUSE_MS, this.#closing.signal);
    this.#replace(thread);
  }

  #replace(thread: ThreadHandle): void {
    if (!this.#threads.delete(thread)) return;
    const index = this.#idle.indexOf(thread);
    if (index >= 0) this.#idle.splice(index, 1);
    if (!this.#closing.signal.aborted) this.#add();
  }

  #give(thread: ThreadHandle): void {
    if (thread.hasExited) return;
    const next = this.#waiting.shift();
    if (next) next(thread);
    else this.#idle.push(thread);
  }

  async #take(signal: AbortSignal): Promise<ThreadHandle | undefined> {
    if (signal.aborted) return undefined;
    for (let thread = this.#idle.shift(); thread; thread = this.#idle.shift()) {
      if (!thread.hasExited) return thread;
    }
    const { promise, resolve } = Promise.withResolvers<ThreadHandle | undefined>();
    const waiter = (thread: ThreadHandle): void => resolve(thread);
    const leave = (): void => {
      const index = this.#waiting.indexOf(waiter);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      resolve(undefined);
    };
    this.#waiting.push(waiter);
    const timer = setTimeout(leave, MAX_THREAD_WAIT_MS);
    signal.addEventListener('abort', leave, { once: true });
    const thread = await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
    return thread;
  }
}
