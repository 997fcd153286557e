import { queryAnswerSchema } from '#protocol/query-tool.ts';
import type { WorkcenterGroup } from '#protocol/workcenter-group.ts';
import { WORKCENTER_GROUPS } from '#protocol/workcenter-group.ts';
import { getAnswer } from '../run/stage-requests.ts';

/** The station groups of the warehouse, in the order of the flow. @throws ClientProblemError */
export async function fetchStationGroups(signal: AbortSignal): Promise<WorkcenterGroup[]> {
  const { data } = await getAnswer('/api/query-tool/workcenter-groups', queryAnswerSchema, signal);
  const known = new Set(data.map((row) => row['WORKCENTER_GROUP']));
  return WORKCENTER_GROUPS.filter((group) => known.has(group));
}
