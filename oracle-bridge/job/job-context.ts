import type { Domain } from '#protocol/domain.ts';
import type { Lease } from '#protocol/lease.ts';
import type { RecordBatch, StatementReader, WarehouseReader } from '../warehouse/warehouse.ts';

/** What a kind of job has while it runs; the files of `trace/` and `query-tool/` use it. */
export interface JobContext {
  readonly lease: Lease;
  readonly warehouse: StatementReader;
  /** Aborted by a cancel, a lost lease or a drain. */
  readonly signal: AbortSignal;
  /** Container ids of the job, sorted: at most `count` of them from index `from`. */
  readIds(from: number, count: number): Promise<string[]>;
  readonly output: JobOutput;
  /** For the bridge's own log: why a domain did not end well. Callers get a code and a plain sentence. */
  readonly noteFailure: (domain: Domain, error: unknown) => void;
}

/**
 * Where records go. Calls for one domain must follow each other; several domains may be written at once. A call waits
 * while there is no credit, so that a slow edge slows the reading.
 */
export interface JobOutput {
  /** Encodes, compresses and uploads. Resolves when the batch is on its way; `sealRange` waits for its arrival. */
  writeBatch(domain: Domain, batch: RecordBatch): Promise<void>;
  /** Makes visible what was written since the last seal; `idsTo`: ids of the sorted list done so far. */
  sealRange(domain: Domain, range: SealedRange): Promise<void>;
  /** After the last seal. */
  endDomain(domain: Domain, end: DomainEnd): Promise<void>;
  /** At most once a job. */
  aggregate(data: Record<string, unknown>): Promise<void>;
}

export interface SealedRange {
  readonly idsTo: number;
  readonly containersFound: number;
  /** Of the snapshot it was read from. */
  readonly moment?: string | undefined;
}

export type DomainEnd =
  | { readonly status: 'complete' }
  | { readonly status: 'truncated' | 'failed'; readonly code: string; readonly detail: string };

/** What mere reading needs of it. */
export interface Reads {
  readonly warehouse: Pick<StatementReader, 'readRows'>;
  readonly signal: AbortSignal;
}

/** As `run-job.ts` makes it: what it reads may be put under snapshots. */
export interface OpenJob extends JobContext {
  readonly warehouse: WarehouseReader;
}

/** One kind of job. Returns when every domain has ended; `finish` is its caller's. Throws what stopped it. */
export type RunKind = (job: OpenJob) => Promise<void>;
