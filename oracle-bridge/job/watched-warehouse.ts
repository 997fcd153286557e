import { ProblemError } from '#protocol/problem.ts';
import { followSignal } from '../wait.ts';
import type { ReadRecordsOptions, RecordBatch, Row, Statement, Warehouse } from '../warehouse/warehouse.ts';
import type { StoppedDatabase } from './worker-message.ts';

export interface WatchOptions {
  readonly timeoutMs: number;
  /** The job's; what runs when it is aborted counts as stopped. */
  readonly signal: AbortSignal;
  /** What the warehouse really said; callers get a plain sentence. Not called for what the job itself has stopped. */
  readonly onError: (statement: string, error: unknown) => void;
}

/**
 * A warehouse for one job: it limits the time a statement may take before its next rows, and knows whether a query was
 * running when the job was stopped. Time that the job itself takes between two batches does not count.
 */
export class WatchedWarehouse implements Warehouse {
  readonly #warehouse: Warehouse;
  readonly #options: WatchOptions;
  readonly #running = new Set<object>();
  #stoppedQuery = false;

  constructor(warehouse: Warehouse, options: WatchOptions) {
    this.#warehouse = warehouse;
    this.#options = options;
    const note = (): void => {
      this.#stoppedQuery = this.#running.size > 0;
    };
    options.signal.addEventListener('abort', note, { once: true });
  }

  get description(): string {
    return this.#warehouse.description;
  }

  /** To be asked after the work has ended, so that a query that ran has stopped by now. */
  get stoppedDatabase(): StoppedDatabase {
    return this.#stoppedQuery ? 'confirmed' : 'not_running';
  }

  async *readRecords(statement: Statement, options: ReadRecordsOptions): AsyncIterable<RecordBatch> {
    const { controller, release } = followSignal(options.signal);
    const batches = this.#warehouse.readRecords(statement, { ...options, signal: controller.signal });
    const iterator = batches[Symbol.asyncIterator]();
    let exhausted = false;
    try {
      for (;;) {
        const next = await this.#limit(statement, controller, () => iterator.next());
        exhausted = next.done === true;
        if (next.done) return;
        yield next.value;
      }
    } finally {
      release();
      if (!exhausted) {
        controller.abort();
        await iterator.return?.().catch(() => undefined);
      }
    }
  }

  async readRows(statement: Statement, signal: AbortSignal): Promise<Row[]> {
    const { controller, release } = followSignal(signal);
    try {
      return await this.#limit(statement, controller, () => this.#warehouse.readRows(statement, controller.signal));
    } finally {
      release();
    }
  }

  /** The worker keeps its warehouse for the next job. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  async #limit<Value>(statement: Statement, controller: AbortController, read: () => Promise<Value>): Promise<Value> {
    const query = {};
    const timedOut = new ProblemError('QUERY_TIMEOUT', 'The warehouse took too long to answer a statement.');
    const timer = setTimeout(() => controller.abort(timedOut), this.#options.timeoutMs);
    this.#running.add(query);
    try {
      return await read();
    } catch (error) {
      if (!this.#options.signal.aborted) this.#options.onError(statement.name, error);
      throw controller.signal.reason === timedOut ? timedOut : error;
    } finally {
      this.#running.delete(query);
      clearTimeout(timer);
    }
  }
}
