import { readQueryIds } from './job-ids.ts';
import type { RunQuery } from './query-run.ts';
import { readLoads } from './read-loads.ts';
import { bindOfGroups, checkWorkcenterGroups } from './workcenter-groups.ts';
import { writeRows } from './write-rows.ts';

/** History of lots, one row a load. */
export const runLotHistory: RunQuery<'lot_history'> = async (job, { workcenter_groups }) => {
  await checkWorkcenterGroups(job, workcenter_groups);
  const ids = await readQueryIds(job);
  const binds = { ids, workcenter_groups: bindOfGroups(workcenter_groups) };
  const { rows, end } = await readLoads(job, { name: 'query-tool/lot-history', binds });
  await writeRows(job, rows);
  return { end };
};
