import * as z from 'zod/mini';
import { siteIdSchema } from '#protocol/ids.ts';
import {
  DEFAULT_ROWS_PER_PAGE,
  MAX_IDEMPOTENCY_KEY_CHARS,
  MAX_INLINE_BODY_BYTES,
  MAX_PAGE_RECORDS,
} from '#protocol/limits.ts';
import type { RateBucket } from '../limits/rate-buckets.ts';
import type { EdgeApp, EdgeContext } from './edge-app.ts';
import { addRoute, admitCaller } from './edge-app.ts';
import { wantsFresh } from './http/fresh.ts';
import { readJsonBody } from './http/read-body.ts';
import { parseWith } from './http/validate.ts';
import type { DescribeQuery, QueryCall } from './query-tool/describe-query.ts';
import {
  describeAdjacentLots,
  describeEquipmentPeriod,
  describeEquipmentRecentJobs,
  describeList,
  describeLotAssociations,
  describeLotEquipment,
  describeLotHistory,
  describeMaterialTrace,
} from './query-tool/describe-query.ts';
import { describeExport } from './query-tool/describe-export.ts';
import { readCsv } from './query-tool/export-csv.ts';
import type { JobRequest } from './submit/accept-job.ts';
import { acceptJob, checkIdempotencyKey } from './submit/accept-job.ts';
import { answerJob, readJson } from './submit/answer-job.ts';
import { resolveSeeds } from './trace.ts';

const LISTS = [
  ['workcenter-groups', 'workcenter_groups'],
  ['equipment-list', 'equipment_list'],
] as const;

/** Questions by path, and what their calls are counted as. Those without a limit of their own are like associations. */
const QUERIES: readonly (readonly [path: string, bucket: RateBucket, describe: DescribeQuery])[] = [
  ['lot-history', 'lot-history', describeLotHistory],
  ['lot-associations', 'lot-associations', describeLotAssociations],
  ['adjacent-lots', 'adjacent-lots', describeAdjacentLots],
  ['equipment-period', 'equipment-period', describeEquipmentPeriod],
  ['equipment-recent-jobs', 'lot-associations', describeEquipmentRecentJobs],
  ['lot-equipment-lookup', 'lot-associations', describeLotEquipment],
  ['material-trace', 'lot-associations', describeMaterialTrace],
];

/**
 * The query tool: each question is a job, awaited as the stages of a trace are, and answered with a page of its rows. The
 * other pages are those of the job's `/result`; nothing has to run again for them.
 */
export function addQueryToolRoutes(app: EdgeApp): void {
  addRoute(app, '/api/query-tool/resolve', { POST: (context) => resolveSeeds(context, 'query-resolve') });
  for (const [path, query] of LISTS) {
    addRoute(app, `/api/query-tool/${path}`, { GET: (context) => answerList(context, query) });
  }
  for (const [path, bucket, describe] of QUERIES) {
    addRoute(app, `/api/query-tool/${path}`, { POST: (context) => answerQuery(context, bucket, describe) });
  }
  addRoute(app, '/api/query-tool/export-csv', { POST: exportCsv });
}

const listQuerySchema = z.strictObject({ site: z.optional(siteIdSchema) });

/** A list comes whole. Its headers are known without asking the warehouse: a HEAD makes no job. */
async function answerList(context: EdgeContext, query: Parameters<typeof describeList>[1]): Promise<Response> {
  const { owner } = await admitCaller(context, 'trace:run', 'lot-associations');
  const { site } = parseWith(listQuerySchema, context.req.query());
  const request = describeList(context.env, query, site);
  if (context.req.raw.method === 'HEAD') {
    return new Response(null, { headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } });
  }
  return runQuery(context, { request, page: 1, perPage: MAX_PAGE_RECORDS }, owner);
}

async function answerQuery(context: EdgeContext, bucket: RateBucket, describe: DescribeQuery): Promise<Response> {
  const { owner } = await admitCaller(context, 'trace:run', bucket);
  return runQuery(context, await describe(context.env, await readBody(context)), owner);
}

async function runQuery(context: EdgeContext, { request, page, perPage }: QueryCall, owner: string): Promise<Response> {
  const path = `/answer?page=${page ?? 1}&per_page=${perPage ?? DEFAULT_ROWS_PER_PAGE}`;
  const accepted = await acceptQuery(context, request, owner);
  return answerJob(context, accepted, { owner, alwaysAsync: () => false, readAnswer: (job) => readJson(job, path) });
}

async function exportCsv(context: EdgeContext): Promise<Response> {
  const { owner } = await admitCaller(context, 'trace:run', 'export');
  const acceptLanguage = context.req.header('accept-language');
  const { request, ...format } = await describeExport(context.env, await readBody(context), acceptLanguage);
  const accepted = await acceptQuery(context, request, owner);
  return answerJob(context, accepted, {
    owner,
    alwaysAsync: () => false,
    readAnswer: (job, status) => readCsv(job, status, format),
  });
}

function readBody(context: EdgeContext): Promise<unknown> {
  return readJsonBody(context.req.raw, MAX_INLINE_BODY_BYTES);
}

function acceptQuery(context: EdgeContext, request: JobRequest, owner: string): ReturnType<typeof acceptJob> {
  const idempotencyKey = checkIdempotencyKey(context.req.header('idempotency-key'), MAX_IDEMPOTENCY_KEY_CHARS);
  const share = !wantsFresh(context.req.header('cache-control'));
  return acceptJob(context.env, request, { owner, share, idempotencyKey });
}
