import type { Domain } from '#protocol/domain.ts';
import type { JobLife } from '../../../src/job/job-life.ts';
import type { SqlStore } from '../../../src/job/sql-store.ts';
import type { SimulatedStore } from './simulated-store.ts';

/** Everything that a Job object's store says at one moment, read around the code that wrote it. */
export interface Snapshot {
  readonly lifeText: string;
  readonly life: JobLife;
  readonly log: readonly Entry[];
  readonly chunks: readonly StoredChunk[];
  readonly domains: readonly DomainTotals[];
  /** The log's writes so far. */
  readonly logWrites: number;
}

export interface Entry {
  readonly position: number;
  readonly type: string;
  /** What a reader makes of it: a line, or the digest of a `records` line. */
  readonly text: string;
}

export interface StoredChunk {
  readonly domain: string;
  readonly batch: number;
  readonly count: number;
  readonly sha256: string;
  /** `null`: staged. */
  readonly position: number | null;
  readonly firstRecord: number | null;
  readonly hasBytes: boolean;
}

export interface DomainTotals {
  readonly name: Domain;
  readonly nextBatch: number;
  readonly idsDone: number;
  readonly records: number;
  readonly ended: boolean;
}

/**
 * Reads a store again. What cannot have changed since `before` is taken from there.
 * @returns `undefined` when there is no job.
 */
export function takeSnapshot(store: SimulatedStore, before?: Snapshot): Snapshot | undefined {
  const { sql, logWrites, wiped } = store;
  if (wiped) return undefined;
  const { life: lifeText } = sql.exec<{ life: string }>('SELECT life FROM job').one();
  const life = lifeText === before?.lifeText ? before.life : (JSON.parse(lifeText) as JobLife);
  if (before?.logWrites === logWrites) return { ...before, lifeText, life };
  return { lifeText, life, log: readLog(sql), chunks: readChunks(sql), domains: readDomains(sql), logWrites };
}

function readLog(sql: SqlStore): Entry[] {
  const rows = sql.exec<{
    position: number;
    type: string;
    domain: string | null;
    line: string | null;
    sha256: string | null;
  }>(
    `SELECT entry.position, entry.type, entry.domain, entry.line, chunk.sha256
     FROM entry LEFT JOIN chunk ON chunk.segment_id = entry.segment_id ORDER BY entry.position`,
  );
  return rows.toArray().map(({ position, type, domain, line, sha256 }) => {
    if (type === 'records') return { position, type, text: `records ${sha256}` };
    return { position, type, text: line === null ? `${type} ${domain}` : line.trimEnd() };
  });
}

function readChunks(sql: SqlStore): StoredChunk[] {
  const rows = sql.exec<{
    domain: string;
    batch: number;
    count: number;
    sha256: string;
    position: number | null;
    first_record: number | null;
    bytes: number | null;
  }>(
    `SELECT domain, batch, count, sha256, position, first_record, segment.id AS bytes
     FROM chunk LEFT JOIN segment ON segment.id = chunk.segment_id ORDER BY domain, batch`,
  );
  return rows
    .toArray()
    .map(({ first_record: firstRecord, bytes, ...same }) => ({ ...same, firstRecord, hasBytes: bytes !== null }));
}

function readDomains(sql: SqlStore): DomainTotals[] {
  const rows = sql.exec<{ name: Domain; next_batch: number; ids_done: number; records: number; ended: number }>(
    'SELECT name, next_batch, ids_done, records, outcome IS NOT NULL AS ended FROM domain ORDER BY ordinal',
  );
  return rows.toArray().map(({ name, next_batch: nextBatch, ids_done: idsDone, records, ended }) => {
    return { name, nextBatch, idsDone, records, ended: ended === 1 };
  });
}
