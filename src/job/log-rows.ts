import type { Domain } from '#protocol/domain.ts';
import type { SqlRow } from './sql-store.ts';

/** The rows of the chunk log: as the store has them, and as everybody else sees them. */

/** One record set of the job: its resume point, totals, and how it ended. */
export interface DomainRow {
  readonly name: Domain;
  readonly started: boolean;
  readonly nextBatch: number;
  readonly idsDone: number;
  readonly records: number;
  readonly rawBytes: number;
  readonly containersFound: number;
  readonly outcome: DomainOutcome | undefined;
}

export interface DomainOutcome {
  readonly status: 'complete' | 'truncated' | 'failed';
  readonly code?: string | undefined;
  readonly detail?: string | undefined;
}

/** A sealed chunk, without its bytes. */
export interface SealedChunk {
  readonly segmentId: number;
  readonly domain: Domain;
  readonly batch: number;
  readonly count: number;
  readonly rawBytes: number;
  readonly segmentBytes: number;
  readonly crc32: number;
  readonly sha256: string;
  readonly firstRecord: number;
  readonly position: number;
}

/** An entry of the visible log, as a reader meets it. */
export type LogEntry =
  | { readonly kind: 'records'; readonly position: number; readonly chunk: SealedChunk }
  | { readonly kind: 'domain_start'; readonly position: number; readonly domain: Domain }
  | { readonly kind: 'line'; readonly position: number; readonly type: string; readonly line: string };

export interface ChunkColumns extends SqlRow {
  segment_id: number;
  domain: Domain;
  batch: number;
  count: number;
  raw_bytes: number;
  segment_bytes: number;
  crc32: number;
  sha256: string;
  first_record: number;
  position: number;
}

export interface EntryColumns extends SqlRow {
  position: number;
  type: string;
  domain: Domain | null;
  segment_id: number | null;
  line: string | null;
}

export interface DomainColumns extends SqlRow {
  name: Domain;
  started: number;
  next_batch: number;
  ids_done: number;
  records: number;
  raw_bytes: number;
  containers_found: number;
  outcome: string | null;
}

export function toDomainRow(row: DomainColumns): DomainRow {
  return {
    name: row.name,
    started: row.started === 1,
    nextBatch: row.next_batch,
    idsDone: row.ids_done,
    records: row.records,
    rawBytes: row.raw_bytes,
    containersFound: row.containers_found,
    outcome: row.outcome === null ? undefined : (JSON.parse(row.outcome) as DomainOutcome),
  };
}

export function toChunk(row: ChunkColumns): SealedChunk {
  return {
    segmentId: row.segment_id,
    domain: row.domain,
    batch: row.batch,
    count: row.count,
    rawBytes: row.raw_bytes,
    segmentBytes: row.segment_bytes,
    crc32: row.crc32,
    sha256: row.sha256,
    firstRecord: row.first_record,
    position: row.position,
  };
}
