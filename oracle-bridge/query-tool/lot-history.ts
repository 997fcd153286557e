import { readQueryIds } from './job-ids.ts';
import type { RunQuery } from './query-run.ts';
import { readLoads } from './read-loads.ts';
import { checkWorkcenterGroups } from './workcenter-groups.ts';
import { writeRows } from './write-rows.ts';

/** History of lots, one row a load. */
export const runLotHistory: RunQuery<'lot_history'> = async (job, { workcenter_groups }) => {
  await checkWorkcenterGroups(job, workcenter_groups);
  const ids = await readQueryIds(job);
  const { rows, end } = await readLoads(job, { name: 'query-tool/lot-history', binds: { ids, workcenter_groups } });
  await writeRows(job, rows);
  return { end };
};
