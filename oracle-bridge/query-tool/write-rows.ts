import { takeRecords } from '../encode/halve-batch.ts';
import { encodeRecords } from '../encode/record-encoder.ts';
import type { DomainEnd, JobContext } from '../job/job-context.ts';
import type { Row, Statement } from '../warehouse/warehouse.ts';

/** Most rows of a query that has no limit of its own: they pass through one batch at a time. */
export const MAX_QUERY_ROWS = 200_000;

const COMPLETE: DomainEnd = { status: 'complete' };

/**
 * Writes what a statement gives, as the database makes it, and seals it: at most `mostRows`, and whether there is more is
 * said by the end. A statement with a limit of its own has to give one row more than that.
 */
export async function writeStatement(
  job: JobContext,
  statement: Statement,
  mostRows: number = MAX_QUERY_ROWS,
): Promise<DomainEnd> {
  const { warehouse, output, signal, lease } = job;
  const { batch_records: batchRecords } = lease.spec;
  let left = mostRows;
  let truncated = false;
  const limits = { batchRecords, maxRecords: mostRows + 1 };
  for await (const batch of warehouse.readRecords(statement, { ...limits, signal })) {
    truncated = batch.count > left;
    const kept = truncated ? { ...batch, ...takeRecords(batch, left) } : batch;
    if (kept.count > 0) await output.writeBatch('rows', kept);
    left -= kept.count;
    if (truncated) break;
  }
  await seal(job);
  return truncated ? truncatedAt(mostRows) : COMPLETE;
}

/** Writes rows that code has looked at, and seals them. */
export async function writeRows(job: JobContext, rows: readonly Row[]): Promise<void> {
  const { output, lease } = job;
  for (const batch of encodeRecords(rows, lease.spec.batch_records)) await output.writeBatch('rows', batch);
  await seal(job);
}

/** The end of a query of which there are more rows than it may have. */
export function truncatedAt(mostRows: number): DomainEnd {
  return {
    status: 'truncated',
    code: 'RESULT_TOO_LARGE',
    detail: `There are more rows than the ${mostRows} that one query gives; the others are left out.`,
  };
}

export function endOf(truncated: boolean, mostRows: number): DomainEnd {
  return truncated ? truncatedAt(mostRows) : COMPLETE;
}

/** Rows of a query are not counted by container. */
async function seal({ output, lease }: JobContext): Promise<void> {
  await output.sealRange('rows', { idsTo: lease.spec.cid_count, containersFound: 0 });
}
