import type { JobContext } from '../job/job-context.ts';
import { toPlantTime } from '../trace/plant-time.ts';
import { readQueryIds } from './job-ids.ts';
import type { QueryEnd, RunQuery } from './query-run.ts';
import { MAX_QUERY_ROWS, writeStatement } from './write-rows.ts';

/** What hangs on lots, as the database has it. */

export async function runLotMaterials(job: JobContext): Promise<QueryEnd> {
  const ids = await readQueryIds(job);
  return { end: await writeStatement(job, { name: 'events/materials', binds: { ids } }) };
}

export async function runLotRejects(job: JobContext): Promise<QueryEnd> {
  const binds = { ids: await readQueryIds(job), most: MAX_QUERY_ROWS + 1 };
  return { end: await writeStatement(job, { name: 'query-tool/lot-rejects', binds }) };
}

export async function runLotHolds(job: JobContext): Promise<QueryEnd> {
  const binds = { ids: await readQueryIds(job), now: toPlantTime(job.lease.spec.created_at) };
  return { end: await writeStatement(job, { name: 'events/holds', binds }) };
}

/** Maintenance of the machines that lots ran on, at the time. */
export const runLotJobs: RunQuery<'lot_jobs'> = async (job, { equipment_ids, time_start, time_end }) => {
  const binds = { equipment_ids, time_from: time_start, time_to: time_end, most: MAX_QUERY_ROWS + 1 };
  return { end: await writeStatement(job, { name: 'query-tool/equipment-jobs', binds }) };
};
