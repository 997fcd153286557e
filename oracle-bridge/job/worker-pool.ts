import type { Lease } from '#protocol/lease.ts';
import { waitMs } from '../wait.ts';
import type { RunOptions, WorkerEnd, WorkerOptions } from './worker-handle.ts';
import { WorkerHandle } from './worker-handle.ts';

/** A worker that dies without a job is replaced after this: one that cannot start must not be started in a loop. */
const RESTART_PAUSE_MS = 1000;
/** A leased job waits so long for a worker. There are as many as slots: more than a moment means that none can start. */
const MAX_WORKER_WAIT_MS = 10_000;

export interface WorkerPoolOptions extends WorkerOptions {
  /** As many as the lane has slots; 0: every job is answered `unavailable`. */
  readonly size: number;
}

/**
 * Job workers of one lane, started ahead (a start takes 100–200 ms), one job each at a time, used again after a job that
 * ended by itself or stopped when told to. Only a worker that was killed or died is replaced.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #workers = new Set<WorkerHandle>();
  readonly #first: WorkerHandle | undefined;
  readonly #idle: WorkerHandle[] = [];
  readonly #waiting: ((worker: WorkerHandle) => void)[] = [];
  readonly #closing = new AbortController();

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#first = options.size > 0 ? this.#add() : undefined;
    void this.#addOthers();
  }

  /** Resolves when a first worker takes jobs, to the description of its warehouse; `undefined`: there is none. */
  async ready(): Promise<string | undefined> {
    return await this.#first?.ready;
  }

  /** Memory of those workers that are processes, as they said last. */
  get rssBytes(): number {
    return [...this.#workers].reduce((sum, worker) => sum + worker.rssBytes, 0);
  }

  /**
   * Ends the idle worker that holds most memory; another takes its place. One that has had no job since its start holds
   * nothing that could be given back. Threads share what they hold, so all of them go together. `false`: there is none.
   */
  recycleIdle(): boolean {
    const used = this.#idle.filter((worker) => worker.hasRun);
    const most = Math.max(...used.map((worker) => worker.rssBytes));
    for (const worker of used.filter(({ rssBytes }) => rssBytes === most)) {
      this.#idle.splice(this.#idle.indexOf(worker), 1);
      void worker.close();
    }
    return used.length > 0;
  }

  /** Never rejects. `unavailable`: no worker could be had. */
  async run(lease: Lease, options: RunOptions): Promise<WorkerEnd | { readonly type: 'unavailable' }> {
    const worker = await this.#take(options.signal);
    if (worker === undefined) {
      return options.signal.aborted ? { type: 'stopped', database: 'not_running' } : { type: 'unavailable' };
    }
    const end = await worker.run(lease, options);
    if (end.type === 'terminated') this.#replace(worker);
    else this.#give(worker);
    return end;
  }

  /** Ends all workers; jobs should have ended before. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#workers].map((worker) => worker.close()));
  }

  /** One after the other: started together they would all be ready late. */
  async #addOthers(): Promise<void> {
    let previous = this.#first;
    for (let added = 1; added < this.#options.size; added++) {
      await previous?.ready;
      if (this.#closing.signal.aborted) return;
      previous = this.#add();
    }
  }

  /** A system without memory may refuse a thread or a process: another is tried after a while. */
  #add(): WorkerHandle | undefined {
    let worker: WorkerHandle;
    try {
      worker = new WorkerHandle(this.#options);
    } catch (error) {
      this.#options.log.error({ err: error }, 'a job worker could not be started; trying again');
      void waitMs(RESTART_PAUSE_MS, this.#closing.signal).then(() => this.#addUnlessClosing());
      return undefined;
    }
    this.#workers.add(worker);
    void worker.exited.then(() => this.#restart(worker));
    this.#give(worker);
    return worker;
  }

  #addUnlessClosing(): void {
    if (!this.#closing.signal.aborted) this.#add();
  }

  /** A worker has exited. */
  async #restart(worker: WorkerHandle): Promise<void> {
    if (!this.#workers.has(worker)) return;
    await waitMs(RESTART_PAUSE_MS, this.#closing.signal);
    this.#replace(worker);
  }

  #replace(worker: WorkerHandle): void {
    if (!this.#workers.delete(worker)) return;
    const index = this.#idle.indexOf(worker);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#addUnlessClosing();
  }

  #give(worker: WorkerHandle): void {
    if (worker.hasExited) return;
    const next = this.#waiting.shift();
    if (next) next(worker);
    else this.#idle.push(worker);
  }

  async #take(signal: AbortSignal): Promise<WorkerHandle | undefined> {
    if (signal.aborted) return undefined;
    for (let worker = this.#idle.shift(); worker; worker = this.#idle.shift()) {
      if (!worker.hasExited) return worker;
    }
    const { promise, resolve } = Promise.withResolvers<WorkerHandle | undefined>();
    const waiter = (worker: WorkerHandle): void => resolve(worker);
    const leave = (): void => {
      const index = this.#waiting.indexOf(waiter);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      resolve(undefined);
    };
    this.#waiting.push(waiter);
    const timer = setTimeout(leave, MAX_WORKER_WAIT_MS);
    signal.addEventListener('abort', leave, { once: true });
    const worker = await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
    return worker;
  }
}
