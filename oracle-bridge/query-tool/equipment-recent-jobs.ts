import { toPlantTime } from '../trace/plant-time.ts';
import { addHours } from './plant-calendar.ts';
import type { RunQuery } from './query-run.ts';
import { writeStatement } from './write-rows.ts';

const RECENT_DAYS = 30;
const RECENT_JOBS = 5;

/** What was repaired at a machine lately: its latest orders, of which older ones are not missed. */
export const runEquipmentRecentJobs: RunQuery<'equipment_recent_jobs'> = async (job, { equipment_id }) => {
  const since = addHours(toPlantTime(job.lease.spec.created_at), -24 * RECENT_DAYS);
  const statement = { name: 'query-tool/equipment-recent-jobs', binds: { equipment_id, since, most: RECENT_JOBS } };
  return { end: await writeStatement(job, statement, RECENT_JOBS) };
};
