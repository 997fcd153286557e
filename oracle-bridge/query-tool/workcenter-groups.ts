import { ProblemError } from '#protocol/problem.ts';
import type { JobContext } from '../job/job-context.ts';

export const WORKCENTER_GROUPS = 'query-tool/workcenter-groups';

/** Bind of statements that take groups beside their list, of which Oracle's may have one only: null for all groups. */
export function bindOfGroups(groups: readonly string[]): string | null {
  return groups.length === 0 ? null : groups.join(',');
}

/**
 * A misspelt group would select nothing, without anybody noticing.
 * @throws ProblemError INVALID_PARAMS that names the unknown ones and those there are.
 */
export async function checkWorkcenterGroups(
  { warehouse, signal }: JobContext,
  groups: readonly string[],
): Promise<void> {
  if (groups.length === 0) return;
  const rows = await warehouse.readRows({ name: WORKCENTER_GROUPS, binds: {} }, signal);
  const known = rows.map((row) => String(row['WORKCENTER_GROUP']));
  const unknown = groups.filter((group) => !known.includes(group));
  if (unknown.length === 0) return;
  const detail = `There is no work center group ${unknown.slice(0, 5).join(', ')}; the groups are ${known.join(', ')}.`;
  throw new ProblemError('INVALID_PARAMS', detail.slice(0, 500));
}
