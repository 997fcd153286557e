import type { EQUIPMENT_QUERIES } from '#protocol/query-tool.ts';
import { addSeconds, startOfDay, startOfNextDay } from './plant-calendar.ts';
import type { RunQuery } from './query-run.ts';
import { readLoads } from './read-loads.ts';
import { MAX_QUERY_ROWS, writeRows, writeStatement } from './write-rows.ts';

type EquipmentQuery = (typeof EQUIPMENT_QUERIES)[number];

/** Queries whose rows are the statement's, and the statement. */
const STATEMENTS: Readonly<Record<Exclude<EquipmentQuery, 'equipment_lots'>, string>> = {
  equipment_status_hours: 'query-tool/equipment-status-hours',
  equipment_materials: 'query-tool/equipment-materials',
  equipment_rejects: 'query-tool/equipment-rejects',
  equipment_jobs: 'query-tool/equipment-jobs',
};

/** What machines did over a period of whole days, its last one included. */
export const runEquipmentPeriod: RunQuery<EquipmentQuery> = async (job, params) => {
  const { query, equipment_ids, start_date, end_date } = params;
  const endsBefore = startOfNextDay(end_date);
  const period = { equipment_ids, time_from: startOfDay(start_date), time_to: endsBefore };
  if (query === 'equipment_lots') {
    const { rows, end } = await readLoads(job, { name: 'query-tool/equipment-loads', binds: period });
    await writeRows(job, rows);
    return { end };
  }
  // An overlap includes both ends; the other statements leave out the second of midnight.
  const binds = query === 'equipment_jobs' ? { ...period, time_to: addSeconds(endsBefore, -1) } : period;
  const statement = { name: STATEMENTS[query], binds: { ...binds, most: MAX_QUERY_ROWS + 1 } };
  return { end: await writeStatement(job, statement) };
};
