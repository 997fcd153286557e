import type { PermitSource } from './permits.ts';

/** What the bridge needs of a warehouse. */
export interface Warehouse {
  /** For humans and logs: `duckdb 1.5.6`, `oracle 19.22`. */
  readonly description: string;
  readerFor(job: ReadingJob): WarehouseReader;
  /**
   * Gives back to the system what is only kept for the next statement. No statement may begin before it has settled; never
   * rejects.
   */
  trimMemory(): Promise<void>;
  /** Stops what still runs. */
  close(): Promise<void>;
}

/** Who reads, so that the database can show it to those who look after it. */
export interface ReadingJob {
  readonly jobId: string;
  readonly kind: string;
  /** `moment` of the snapshots of an earlier attempt, whose records are to be continued. */
  readonly moment?: string | undefined;
}

/**
 * Two kinds of read: `readRecords` for the record sets that are streamed (already encoded as JSON text, a batch at a time,
 * so that an engine that can write JSON itself may do so), and `readRows` for the small answers that code looks into
 * (seeds, lineage).
 */
export interface StatementReader {
  readRecords(statement: Statement, options: ReadRecordsOptions): AsyncIterable<RecordBatch>;
  readRows(statement: Statement, signal: AbortSignal, onPart?: OnPart): Promise<Row[]>;
}

/** Called whenever one of several parts of a statement has been read: where a long list is cut, each part is a query. */
export type OnPart = () => void;

/** The reads of one job. What is read outside a snapshot is consistent within its statement. */
export interface WarehouseReader extends StatementReader {
  /**
   * A view of the warehouse that does not change between its statements, which follow each other. It may take a session
   * until it is closed. `name` is shown to those who look after the database.
   */
  openSnapshot(name: string, signal: AbortSignal): Promise<Snapshot>;
}

export interface Snapshot extends StatementReader {
  /**
   * What names this moment to a later attempt, at most 40 characters; `undefined` where it has no name. Then a statement
   * that fails with `SNAPSHOT_LOST` may be tried again: the snapshot goes on at a new moment.
   */
  readonly moment: string | undefined;
  close(): Promise<void>;
}

/** A named file of `sql/<dialect>/` and the values of its binds. Structural slots come only from the query builder. */
export interface Statement {
  /** Path below the dialect's folder without `.sql`: `events/history`. */
  readonly name: string;
  readonly binds: Readonly<Record<string, BindValue>>;
}

export type BindValue = string | number | null | readonly string[];

export interface ReadRecordsOptions {
  /** Most records of one batch. */
  readonly batchRecords: number;
  /** The reading may end behind so many records: the caller has no use for more. */
  readonly maxRecords?: number;
  /**
   * Of the caller's own, for as long as the statement runs: whoever has statements wait takes it last, so that one that
   * waits keeps nobody from it. A warehouse itself has none wait.
   */
  readonly turns?: PermitSource;
  /** Aborting reaches the database: the iteration throws once the query has stopped. */
  readonly signal: AbortSignal;
}

/** Up to `batchRecords` records of one range. */
export interface RecordBatch {
  readonly count: number;
  /** UTF-8: the records as compact JSON objects, joined by a comma and one TAB. */
  readonly json: Uint8Array;
  /** Containers whose first record of this range stands in this batch; summed up they are the containers found. */
  readonly containersFound: number;
}

/** Column name → value, in statement order. Times are plant time, `YYYY-MM-DDTHH:MM:SS`. */
export type Row = Readonly<Record<string, string | number | null>>;
