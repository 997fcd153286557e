import { DuckDBInstance } from '@duckdb/node-api';
import { EVENT_DOMAINS } from '#protocol/domain.ts';
import { DuckDbConnections } from './connections.ts';
import { problemOfStatement, warehouseUnavailable } from './problem.ts';
import type { DuckDbStatement } from './build-query.ts';
import { boundsOfList, buildRecordsQuery, buildRowsQuery } from './build-query.ts';
import { batchesOf, blocksOf, rowsOf } from './result.ts';
import { runQuery } from './run-query.ts';
import { DuckDbSpans } from './spans.ts';
import type { RowBlock } from './row-spans.ts';
import { blocksQuery } from './row-spans.ts';
import { claimSpillFolder } from './spill-folder.ts';
import { loadStatement } from '../sql/loader.ts';
import type {
  ReadRecordsOptions,
  RecordBatch,
  Row,
  Snapshot,
  Statement,
  Warehouse,
  WarehouseReader,
} from '../warehouse.ts';

export interface DuckDbOptions {
  /** Path of the database file; it is opened read-only. */
  readonly file: string;
  /** As DuckDB writes it: `1GB`. */
  readonly memoryLimit: string;
  readonly threads: number;
}

/** Bytes on disk that DuckDB may use for what does not fit into its memory. */
const MAX_SPILL = '8GB';
/** Less than an open file needs. */
const UNMET_LIMIT = '1KB';

/**
 * Opens the embedded warehouse. Several threads and processes may do so with the same file.
 * @throws ProblemError WAREHOUSE_UNAVAILABLE if the file is missing or cannot be read.
 */
export async function openDuckDb(options: DuckDbOptions): Promise<DuckDbWarehouse> {
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.fromCache(options.file, {
      access_mode: 'READ_ONLY',
      memory_limit: options.memoryLimit,
      threads: String(options.threads),
      temp_directory: claimSpillFolder(),
      max_temp_directory_size: MAX_SPILL,
    });
    const connections = new DuckDbConnections(instance);
    const version = await connections.use(new AbortController().signal, async (connection) => {
      const result = await connection.run('select version()');
      return String((await result.getRows())[0]?.[0]);
    });
    return new DuckDbWarehouse(instance, connections, { version, memoryLimit: options.memoryLimit });
  } catch (error) {
    instance?.closeSync();
    throw warehouseUnavailable(error);
  }
}

/** Nobody writes the file while it is open, so that every read is of one moment. */
export class DuckDbWarehouse implements Warehouse, WarehouseReader {
  readonly description: string;
  /** Settles when what is read ahead has been read; never rejects. */
  readonly warmedUp: Promise<void>;
  readonly #instance: DuckDBInstance;
  readonly #connections: DuckDbConnections;
  readonly #memoryLimit: string;
  readonly #spans: DuckDbSpans;
  readonly #closing = new AbortController();
  /** Everything that runs; `close` waits for it. */
  readonly #running = new Set<Promise<unknown>>();

  /** `version` as DuckDB gives it, with a `v`. */
  constructor(
    instance: DuckDBInstance,
    connections: DuckDbConnections,
    { version, memoryLimit }: { readonly version: string; readonly memoryLimit: string },
  ) {
    this.#instance = instance;
    this.#connections = connections;
    this.#memoryLimit = memoryLimit;
    this.description = `duckdb ${version.replace(/^v/, '')}`;
    this.#spans = new DuckDbSpans((table) => this.#readBlocks(table));
    this.warmedUp = this.#track(this.#warmUp());
  }

  /** Connections that run a statement right now. */
  get connectionsInUse(): number {
    return this.#connections.inUse;
  }

  readerFor(): WarehouseReader {
    return this;
  }

  openSnapshot(): Promise<Snapshot> {
    return Promise.resolve({
      moment: undefined,
      readRecords: (statement, options) => this.readRecords(statement, options),
      readRows: (statement, signal) => this.readRows(statement, signal),
      close: () => Promise.resolve(),
    });
  }

  async *readRecords(statement: Statement, { signal, ...limits }: ReadRecordsOptions): AsyncGenerator<RecordBatch> {
    const result = await this.#run(statement, signal, (prepared) => buildRecordsQuery(prepared, limits));
    yield* batchesOf(result);
  }

  async readRows(statement: Statement, signal: AbortSignal): Promise<Row[]> {
    const result = await this.#run(statement, signal, buildRowsQuery);
    return rowsOf(result, loadStatement('duckdb', statement.name).columns);
  }

  /**
   * A limit that cannot be met has DuckDB drop every block that nobody pins, and with them the list of those that went
   * before, which otherwise grows to 60 MB. The own limit again has the allocators return their free pages: 30–100 ms.
   */
  async trimMemory(): Promise<void> {
    if (this.#running.size > 0 || this.#closing.signal.aborted) return;
    await this.#track(this.#limitMemory(UNMET_LIMIT)).catch(() => undefined);
    await this.#track(this.#limitMemory(this.#memoryLimit)).catch(() => undefined);
  }

  /** Stops what still runs and waits for it. */
  async close(): Promise<void> {
    this.#closing.abort(warehouseUnavailable(new Error('the warehouse has been closed')));
    await Promise.allSettled(this.#running);
    this.#connections.closeIdle();
    this.#instance.closeSync();
  }

  async #run(
    statement: Statement,
    signal: AbortSignal,
    build: (statement: DuckDbStatement) => ReturnType<typeof buildRowsQuery>,
  ): ReturnType<typeof runQuery> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    try {
      const query = build(await this.#prepare(statement, either));
      return await this.#track(this.#connections.use(either, (connection) => runQuery(connection, query, either)));
    } catch (error) {
      throw problemOfStatement(error, statement.name, either);
    }
  }

  async #prepare({ name, binds }: Statement, signal: AbortSignal): Promise<DuckDbStatement> {
    const file = loadStatement('duckdb', name);
    const ids = Object.values(binds).find((value) => Array.isArray(value));
    const spans = await this.#spans.find(file.spans, boundsOfList((ids ?? []) as readonly string[]), signal);
    return { file, binds, spans };
  }

  /** @throws what DuckDB throws if it cannot free so much; its limit is then what it was. */
  async #limitMemory(limit: string): Promise<void> {
    const { signal } = new AbortController();
    const query = { text: `set memory_limit = '${limit}'`, binds: [] };
    await this.#connections.use(signal, (connection) => runQuery(connection, query, signal));
  }

  async #readBlocks(table: string): Promise<readonly RowBlock[]> {
    const { signal } = this.#closing;
    const query = { text: blocksQuery(table), binds: [] };
    const work = this.#connections.use(signal, async (connection) =>
      blocksOf(await runQuery(connection, query, signal)),
    );
    return await this.#track(work);
  }

  /** Reads the blocks of the large tables before the first job needs them. What fails is tried again by that job. */
  async #warmUp(): Promise<void> {
    const tables = EVENT_DOMAINS.flatMap((domain) => loadStatement('duckdb', `events/${domain}`).spans);
    for (const { table } of tables) {
      if (this.#closing.signal.aborted) return;
      await this.#spans.blocksOf(table).catch(() => undefined);
    }
  }

  async #track<Value>(work: Promise<Value>): Promise<Value> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }
}
