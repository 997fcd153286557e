import { ProblemError } from '#protocol/problem.ts';
import { followSignal } from '../wait.ts';
import type { PermitSource } from '../warehouse/permits.ts';
import type { StatementFile } from '../warehouse/sql/statement-file.ts';
import type {
  ReadRecordsOptions,
  RecordBatch,
  Row,
  Snapshot,
  Statement,
  StatementReader,
  WarehouseReader,
} from '../warehouse/warehouse.ts';
import type { StoppedDatabase } from './worker-message.ts';

export interface WatchOptions {
  /** For statements without a time of their own, which is never longer. */
  readonly timeoutMs: number;
  /** What the header of a statement says. */
  readonly fileOf: (statement: string) => Pick<StatementFile, 'slow' | 'timeoutSeconds'>;
  /** For slow statements: each has one from before its beginning until it has ended or was closed. */
  readonly permits: PermitSource;
  /** The job's; what runs when it is aborted counts as stopped. */
  readonly signal: AbortSignal;
  /** What the warehouse really said; callers get a plain sentence. Not called for what the job itself has stopped. */
  readonly onError: (statement: string, error: unknown) => void;
}

/**
 * The reads of one job: limits the time a statement may take before its next rows or its next part, and how many slow ones
 * run at once, and knows whether a query was running when the job was stopped. Time that the job itself takes between two
 * batches does not count, nor does the wait for a permit.
 */
export class WatchedReader implements WarehouseReader {
  readonly #reader: WarehouseReader;
  readonly #options: WatchOptions;
  readonly #running = new Set<object>();
  #stoppedQuery = false;

  constructor(reader: WarehouseReader, options: WatchOptions) {
    this.#reader = reader;
    this.#options = options;
    const note = (): void => {
      this.#stoppedQuery = this.#running.size > 0;
    };
    options.signal.addEventListener('abort', note, { once: true });
  }

  /** To be asked after the work has ended, so that a query that ran has stopped by now. */
  get stoppedDatabase(): StoppedDatabase {
    return this.#stoppedQuery ? 'confirmed' : 'not_running';
  }

  readRecords(statement: Statement, options: ReadRecordsOptions): AsyncIterable<RecordBatch> {
    return this.#readRecords(this.#reader, statement, options);
  }

  async readRows(statement: Statement, signal: AbortSignal): Promise<Row[]> {
    return await this.#readRows(this.#reader, statement, signal);
  }

  async openSnapshot(name: string, signal: AbortSignal): Promise<Snapshot> {
    // To wait for a session has no limit but the job's deadline: other domains may hold all of them for long.
    const snapshot = await this.#reader.openSnapshot(name, signal).catch((error: unknown) => {
      if (!this.#options.signal.aborted) this.#options.onError(name, error);
      throw error;
    });
    return {
      moment: snapshot.moment,
      readRecords: (statement, options) => this.#readRecords(snapshot, statement, options),
      readRows: (statement, limited) => this.#readRows(snapshot, statement, limited),
      close: () => snapshot.close(),
    };
  }

  async *#readRecords(
    reader: StatementReader,
    statement: Statement,
    { turns, ...options }: ReadRecordsOptions,
  ): AsyncGenerator<RecordBatch> {
    const giveBack = await this.#takePermit(statement, options.signal);
    let giveTurnBack: (() => void) | undefined;
    try {
      giveTurnBack = await turns?.take(options.signal);
      yield* this.#watchRecords(reader, statement, options);
    } finally {
      giveTurnBack?.();
      giveBack?.();
    }
  }

  async *#watchRecords(
    reader: StatementReader,
    statement: Statement,
    options: ReadRecordsOptions,
  ): AsyncGenerator<RecordBatch> {
    const { controller, release } = followSignal(options.signal);
    const batches = reader.readRecords(statement, { ...options, signal: controller.signal });
    const iterator = batches[Symbol.asyncIterator]();
    let exhausted = false;
    try {
      for (;;) {
        const next = await this.#limit(statement.name, controller, () => iterator.next());
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

  async #readRows(reader: StatementReader, statement: Statement, signal: AbortSignal): Promise<Row[]> {
    const giveBack = await this.#takePermit(statement, signal);
    const { controller, release } = followSignal(signal);
    try {
      return await this.#limit(statement.name, controller, (restart) =>
        reader.readRows(statement, controller.signal, restart),
      );
    } finally {
      release();
      giveBack?.();
    }
  }

  async #takePermit({ name }: Statement, signal: AbortSignal): Promise<(() => void) | undefined> {
    return this.#options.fileOf(name).slow ? await this.#options.permits.take(signal) : undefined;
  }

  /** `read` may begin its time anew. */
  async #limit<Value>(
    name: string,
    controller: AbortController,
    read: (restart: () => void) => Promise<Value>,
  ): Promise<Value> {
    const query = {};
    const timedOut = new ProblemError('QUERY_TIMEOUT', 'The warehouse took too long to answer a statement.');
    const { timeoutSeconds = Infinity } = this.#options.fileOf(name);
    const timeoutMs = Math.min(timeoutSeconds * 1000, this.#options.timeoutMs);
    const timer = setTimeout(() => controller.abort(timedOut), timeoutMs);
    this.#running.add(query);
    try {
      return await read(() => timer.refresh());
    } catch (error) {
      if (!this.#options.signal.aborted) this.#options.onError(name, error);
      throw controller.signal.reason === timedOut ? timedOut : error;
    } finally {
      this.#running.delete(query);
      clearTimeout(timer);
    }
  }
}
