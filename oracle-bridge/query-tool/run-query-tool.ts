import type { Query, QueryToolParams } from '#protocol/query-tool.ts';
import type { JobContext } from '../job/job-context.ts';
import { runAdjacentLots } from './adjacent-lots.ts';
import { runEquipmentList, runWorkcenterGroups } from './equipment-list.ts';
import { runEquipmentPeriod } from './equipment-period.ts';
import { runEquipmentRecentJobs } from './equipment-recent-jobs.ts';
import { runLotEquipment } from './lot-equipment.ts';
import { runLotHistory } from './lot-history.ts';
import { runLotHolds, runLotJobs, runLotMaterials, runLotRejects } from './lot-records.ts';
import { runLotSplits } from './lot-splits.ts';
import { runMaterialForward, runMaterialReverse } from './material-trace.ts';
import type { QueryEnd } from './query-run.ts';

/** One question of the query tool. Its rows are the one domain of the job. */
export async function runQueryTool(job: JobContext): Promise<void> {
  const { params } = job.lease.spec;
  if (params.kind !== 'query_tool') throw new Error(`a ${params.kind} job is no query`);
  const { end, summary } = await runQuery(job, params);
  await job.output.endDomain('rows', end);
  if (summary) await job.output.aggregate(summary);
}

function runQuery(job: JobContext, params: QueryToolParams): Promise<QueryEnd> {
  switch (params.query) {
    case 'workcenter_groups':
      return runWorkcenterGroups(job);
    case 'equipment_list':
      return runEquipmentList(job);
    case 'lot_history':
      return runLotHistory(job, params);
    case 'lot_materials':
      return runLotMaterials(job);
    case 'lot_rejects':
      return runLotRejects(job);
    case 'lot_holds':
      return runLotHolds(job);
    case 'lot_splits':
      return runLotSplits(job, params);
    case 'lot_jobs':
      return runLotJobs(job, params);
    case 'adjacent_lots':
      return runAdjacentLots(job, params);
    case 'equipment_status_hours':
    case 'equipment_lots':
    case 'equipment_materials':
    case 'equipment_rejects':
    case 'equipment_jobs':
      return runEquipmentPeriod(job, params);
    case 'equipment_recent_jobs':
      return runEquipmentRecentJobs(job, params);
    case 'lot_equipment':
      return runLotEquipment(job, params);
    case 'material_forward':
      return runMaterialForward(job, params);
    case 'material_reverse':
      return runMaterialReverse(job, params);
    default:
      return unknownQuery(params);
  }
}

function unknownQuery(params: never): never {
  throw new Error(`there is no query ${(params as { query: Query }).query}`);
}
