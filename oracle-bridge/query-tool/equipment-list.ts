import { MAX_PAGE_RECORDS } from '#protocol/limits.ts';
import type { JobContext } from '../job/job-context.ts';
import type { QueryEnd } from './query-run.ts';
import { WORKCENTER_GROUPS } from './workcenter-groups.ts';
import { writeStatement } from './write-rows.ts';

/** The lists that the query tool's selections are made of; each comes whole, in one page. */

export async function runWorkcenterGroups(job: JobContext): Promise<QueryEnd> {
  return { end: await writeStatement(job, { name: WORKCENTER_GROUPS, binds: {} }) };
}

export async function runEquipmentList(job: JobContext): Promise<QueryEnd> {
  const statement = { name: 'query-tool/equipment-list', binds: { most: MAX_PAGE_RECORDS + 1 } };
  return { end: await writeStatement(job, statement, MAX_PAGE_RECORDS) };
}
