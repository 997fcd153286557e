import { findLots } from './find-lots.ts';
import type { RunQuery } from './query-run.ts';
import { bindOfGroups, checkWorkcenterGroups } from './workcenter-groups.ts';
import { MAX_QUERY_ROWS, writeStatement } from './write-rows.ts';

/** Machines that lots ran on, they themselves and what they were split from. */
export const runLotEquipment: RunQuery<'lot_equipment'> = async (job, params) => {
  const { values, parent_levels: levels, workcenter_groups } = params;
  await checkWorkcenterGroups(job, workcenter_groups);
  const { ids, not_found } = await findLots(job, values);
  const binds = { ids, levels, workcenter_groups: bindOfGroups(workcenter_groups), most: MAX_QUERY_ROWS + 1 };
  return { end: await writeStatement(job, { name: 'query-tool/lot-equipment', binds }), summary: { not_found } };
};
