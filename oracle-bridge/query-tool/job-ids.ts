import { MAX_RANGE_IDS } from '#protocol/limits.ts';
import type { JobContext } from '../job/job-context.ts';

/** The container ids of a query; it has no more than fit into one statement. */
export async function readQueryIds(job: JobContext): Promise<string[]> {
  const { cid_count: count } = job.lease.spec;
  if (count > MAX_RANGE_IDS) throw new Error(`a query of ${count} containers does not fit into one statement`);
  return await job.readIds(0, count);
}
