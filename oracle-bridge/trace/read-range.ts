import type { EventDomain } from '#protocol/domain.ts';
import { MAX_STAGED_CHUNKS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import { countChunks } from '../encode/segment.ts';
import type { JobContext } from '../job/job-context.ts';
import type { PermitSource } from '../warehouse/permits.ts';
import type { RecordBatch, Statement, StatementReader } from '../warehouse/warehouse.ts';
import { toPlantTime } from './plant-time.ts';

/** All records of one range, ready to be written and sealed. */
export interface RangeRecords {
  /** Index behind the last id. */
  readonly idsTo: number;
  readonly batches: readonly RecordBatch[];
}

export interface RangeReader {
  readonly job: JobContext;
  readonly reader: StatementReader;
  /** Of the statements of the job that run at once. */
  readonly turns: PermitSource;
  readonly signal: AbortSignal;
}

/** Domains whose statement has a derived column that depends on the time of the job. */
const NEEDS_NOW: ReadonlySet<EventDomain> = new Set<EventDomain>(['holds']);

/**
 * Reads the range of `domain` that begins at index `from` with `ids`. No more chunks than may be staged can wait for one
 * seal, so a range that has more is read again, half as long.
 * @throws ProblemError RESULT_TOO_LARGE if a single container has that many; what the warehouse throws.
 */
export async function readRange(
  { job, reader, turns, signal }: RangeReader,
  domain: EventDomain,
  { from, ids }: { from: number; ids: readonly string[] },
): Promise<RangeRecords> {
  const batchRecords = job.lease.spec.batch_records;
  for (let rangeIds = ids; ; rangeIds = rangeIds.slice(0, Math.ceil(rangeIds.length / 2))) {
    const maxRecords = batchRecords * (MAX_STAGED_CHUNKS + 1);
    const records = reader.readRecords(statementOf(job, domain, rangeIds), {
      batchRecords,
      maxRecords,
      turns,
      signal,
    });
    const batches = await collectForOneSeal(records);
    if (batches) return { idsTo: from + rangeIds.length, batches };
    if (rangeIds.length <= 1) {
      throw new ProblemError(
        'RESULT_TOO_LARGE',
        `One container has more records in ${domain} than can be sent at once.`,
      );
    }
  }
}

function statementOf(job: JobContext, domain: EventDomain, ids: readonly string[]): Statement {
  const now = NEEDS_NOW.has(domain) ? { now: toPlantTime(job.lease.spec.created_at) } : {};
  return { name: `events/${domain}`, binds: { ids, ...now } };
}

/** `undefined` as soon as the batches need more chunks than one seal may have. */
async function collectForOneSeal(records: AsyncIterable<RecordBatch>): Promise<RecordBatch[] | undefined> {
  const batches: RecordBatch[] = [];
  let chunks = 0;
  for await (const batch of records) {
    chunks += countChunks(batch);
    if (chunks > MAX_STAGED_CHUNKS) return undefined;
    batches.push(batch);
  }
  return batches;
}
