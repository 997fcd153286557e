import { QUERY_DOMAINS } from '#protocol/domain.ts';
import { DEFAULT_WINDOW_HOURS, FULL_HISTORY_SECONDS, MAX_PARENT_LEVELS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { QueryToolParams } from '#protocol/query-tool.ts';
import {
  adjacentLotsRequestSchema,
  equipmentPeriodRequestSchema,
  equipmentRecentJobsRequestSchema,
  lotAssociationsRequestSchema,
  lotEquipmentLookupRequestSchema,
  lotHistoryRequestSchema,
  materialTraceRequestSchema,
} from '#protocol/query-tool.ts';
import type { Env } from '../../env.ts';
import { settingsOf } from '../../settings.ts';
import { parseWith } from '../http/validate.ts';
import type { JobRequest } from '../submit/accept-job.ts';
import { declaredSite } from '../submit/declared-site.ts';
import type { IdMembers, IdSource } from '../submit/id-source.ts';
import { readIdSource } from '../submit/id-source.ts';

/** A body as a request for a job, and the page of its rows that is asked for. */
export interface QueryCall {
  readonly request: JobRequest;
  readonly page: number | undefined;
  readonly perPage: number | undefined;
}

/** @throws ProblemError `INVALID_PARAMS`, `SITE_NOT_FOUND`, and those of `readIdSource`. */
export type DescribeQuery = (env: Env, body: unknown) => Promise<QueryCall>;

export function describeList(env: Env, query: 'workcenter_groups' | 'equipment_list', site?: string): JobRequest {
  return requestOf(env, site, { params: { kind: 'query_tool', query } });
}

export const describeLotHistory: DescribeQuery = async (env, body) => {
  const { site, workcenter_groups = [], page, per_page: perPage, ...ids } = parseWith(lotHistoryRequestSchema, body);
  const params = {
    kind: 'query_tool',
    query: 'lot_history',
    workcenter_groups: cleanTexts(workcenter_groups, 'workcenter_groups'),
  } as const;
  return { request: await requestOfContainers(env, site, { params, ids }), page, perPage };
};

const ASSOCIATION_QUERIES = { materials: 'lot_materials', rejects: 'lot_rejects', holds: 'lot_holds' } as const;

export const describeLotAssociations: DescribeQuery = async (env, body) => {
  const { site, page, per_page: perPage, ...rest } = parseWith(lotAssociationsRequestSchema, body);
  if (rest.type === 'jobs') {
    const { time_start, time_end } = rest;
    const equipment_ids = cleanTexts(rest.equipment_ids, 'equipment_ids');
    const params = { kind: 'query_tool', query: 'lot_jobs', equipment_ids, time_start, time_end } as const;
    return { request: requestOf(env, site, { params }), page, perPage };
  }
  if (rest.type === 'splits') {
    const { type: _type, full_history = false, ...ids } = rest;
    const params = { kind: 'query_tool', query: 'lot_splits', full_history } as const;
    const request = await requestOfContainers(env, site, { params, ids });
    return { request: full_history ? { ...request, batchSeconds: FULL_HISTORY_SECONDS } : request, page, perPage };
  }
  const { type, ...ids } = rest;
  const params = { kind: 'query_tool', query: ASSOCIATION_QUERIES[type] } as const;
  return { request: await requestOfContainers(env, site, { params, ids }), page, perPage };
};

export const describeAdjacentLots: DescribeQuery = async (env, body) => {
  const { site, page, per_page: perPage, ...rest } = parseWith(adjacentLotsRequestSchema, body);
  const { equipment_id, target_time, window_hours = DEFAULT_WINDOW_HOURS } = rest;
  const [equipment = ''] = cleanTexts([equipment_id], 'equipment_id');
  const params = {
    kind: 'query_tool',
    query: 'adjacent_lots',
    equipment_id: equipment,
    target_time,
    window_hours,
  } as const;
  return { request: requestOf(env, site, { params }), page, perPage };
};

export const describeEquipmentPeriod: DescribeQuery = async (env, body) => {
  const { site, page, per_page: perPage, ...rest } = parseWith(equipmentPeriodRequestSchema, body);
  const { query_type, start_date, end_date } = rest;
  const equipment_ids = cleanTexts(rest.equipment_ids, 'equipment_ids');
  const query = `equipment_${query_type}` as const;
  const params = { kind: 'query_tool', query, equipment_ids, start_date, end_date } as const;
  return { request: requestOf(env, site, { params }), page, perPage };
};

export const describeEquipmentRecentJobs: DescribeQuery = async (env, body) => {
  const { site, equipment_id } = parseWith(equipmentRecentJobsRequestSchema, body);
  const [equipment = ''] = cleanTexts([equipment_id], 'equipment_id');
  const params = { kind: 'query_tool', query: 'equipment_recent_jobs', equipment_id: equipment } as const;
  return { request: requestOf(env, site, { params }), page: undefined, perPage: undefined };
};

export const describeLotEquipment: DescribeQuery = async (env, body) => {
  const { site, page, per_page: perPage, ...rest } = parseWith(lotEquipmentLookupRequestSchema, body);
  const { parent_levels = MAX_PARENT_LEVELS, workcenter_groups = [] } = rest;
  const params = {
    kind: 'query_tool',
    query: 'lot_equipment',
    values: cleanTexts(rest.values, 'values'),
    parent_levels,
    workcenter_groups: cleanTexts(workcenter_groups, 'workcenter_groups'),
  } as const;
  return { request: requestOf(env, site, { params }), page, perPage };
};

export const describeMaterialTrace: DescribeQuery = async (env, body) => {
  const { site, page, per_page: perPage, ...rest } = parseWith(materialTraceRequestSchema, body);
  const values = cleanTexts(rest.values, 'values');
  const params: QueryToolParams =
    rest.direction === 'forward'
      ? { kind: 'query_tool', query: 'material_forward', input_type: rest.input_type ?? 'lot_id', values }
      : { kind: 'query_tool', query: 'material_reverse', values };
  return { request: requestOf(env, site, { params }), page, perPage };
};

/** A query about containers: the ids, or where they come from, and most of them. */
async function requestOfContainers(
  env: Env,
  named: string | undefined,
  query: { readonly params: QueryToolParams; readonly ids: IdMembers },
): Promise<JobRequest> {
  const settings = settingsOf(env);
  const site = declaredSite(named, settings);
  const source = await readIdSource(env, query.ids, { site, limitIds: settings.queryToolLimitIds });
  return requestOf(env, site, { params: query.params, source });
}

function requestOf(
  env: Env,
  named: string | undefined,
  { params, source }: { readonly params: QueryToolParams; readonly source?: IdSource },
): JobRequest {
  const settings = settingsOf(env);
  return {
    kind: 'query_tool',
    site: declaredSite(named, settings),
    profile: 'query_tool',
    domains: QUERY_DOMAINS,
    params,
    source,
    content: { params },
    limitIds: settings.queryToolLimitIds,
  };
}

/** Trimmed, distinct and sorted, so that equal questions are equal requests. @throws ProblemError for an empty one. */
function cleanTexts(texts: readonly string[], member: string): string[] {
  const cleaned = new Set(texts.map((text) => text.trim()));
  if (cleaned.has('')) throw new ProblemError('INVALID_PARAMS', `${member} has a value that is empty.`);
  return [...cleaned].sort();
}
