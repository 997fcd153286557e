import { LINEAGE_DOMAINS, SEED_DOMAINS } from '#protocol/domain.ts';
import { MAX_IDEMPOTENCY_KEY_CHARS, MAX_INLINE_BODY_BYTES, MAX_INLINE_LINEAGE_NODES } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import { DEFAULT_DIRECTION, lineageRequestSchema, seedResolveRequestSchema } from '#protocol/trace.ts';
import type { RateBucket } from '../limits/rate-buckets.ts';
import { settingsOf } from '../settings.ts';
import type { EdgeApp, EdgeContext } from './edge-app.ts';
import { addRoute, admitCaller } from './edge-app.ts';
import { wantsFresh } from './http/fresh.ts';
import { readJsonBody } from './http/read-body.ts';
import { parseWith } from './http/validate.ts';
import type { JobRequest } from './submit/accept-job.ts';
import { acceptJob, checkIdempotencyKey } from './submit/accept-job.ts';
import { answerJob } from './submit/answer-job.ts';
import { checkEvents } from './submit/check-events.ts';
import { declaredSite } from './submit/declared-site.ts';
import { limitIdsOf } from './submit/id-limit.ts';
import { readIdSource } from './submit/id-source.ts';
import { checkSeedParams, seedContent } from './submit/seed-params.ts';

/** The three stages of a trace. Each is a job; a small one is merely awaited. */
export function addTraceRoutes(app: EdgeApp): void {
  addRoute(app, '/api/trace/seed-resolve', { POST: (context) => resolveSeeds(context, 'seed-resolve') });
  addRoute(app, '/api/trace/lineage', { POST: (context) => runStage(context, 'lineage', describeLineage) });
  addRoute(app, '/api/trace/events', { POST: (context) => runStage(context, 'events', describeEvents) });
}

/** Finds the containers a caller means; the query tool has it under an address of its own. */
export function resolveSeeds(context: EdgeContext, bucket: RateBucket): Promise<Response> {
  return runStage(context, bucket, describeSeedResolve);
}

/** A stage's body as a request for a job, and above how many ids it is never answered in one body. */
interface Stage {
  readonly request: JobRequest;
  readonly maxWaitedIds: number;
}
type DescribeStage = (context: EdgeContext, body: unknown) => Promise<Stage>;

async function runStage(context: EdgeContext, bucket: RateBucket, describe: DescribeStage): Promise<Response> {
  const { owner } = await admitCaller(context, 'trace:run', bucket);
  const idempotencyKey = checkIdempotencyKey(context.req.header('idempotency-key'), MAX_IDEMPOTENCY_KEY_CHARS);
  const share = !wantsFresh(context.req.header('cache-control'));
  const { request, maxWaitedIds } = await describe(context, await readJsonBody(context.req.raw, MAX_INLINE_BODY_BYTES));
  const accepted = await acceptJob(context.env, request, { owner, share, idempotencyKey });
  return answerJob(context, accepted, { owner, alwaysAsync: (cidCount) => cidCount > maxWaitedIds });
}

async function describeSeedResolve({ env }: EdgeContext, body: unknown): Promise<Stage> {
  const { site, profile, params: given } = parseWith(seedResolveRequestSchema, body);
  const params = checkSeedParams(profile, given);
  return {
    request: {
      kind: 'seed_resolve',
      site: declaredSite(site, settingsOf(env)),
      profile,
      domains: SEED_DOMAINS,
      params,
      source: undefined,
      content: { params: seedContent(params) },
      limitIds: 0,
      // A date range has no ids yet, and finds a hundred thousand.
      ...(params.mode === 'date_range' ? { lane: 'batch' } : {}),
    },
    maxWaitedIds: Number.POSITIVE_INFINITY,
  };
}

/** Every seed of a lineage is a node, so more ids than nodes fit into one body need not be awaited. */
async function describeLineage({ env }: EdgeContext, body: unknown): Promise<Stage> {
  const settings = settingsOf(env);
  const { site: named, profile, params, ...ids } = parseWith(lineageRequestSchema, body);
  const site = declaredSite(named, settings);
  const direction = params?.direction ?? DEFAULT_DIRECTION[profile];
  const follow_merges = params?.follow_merges ?? false;
  if (follow_merges && direction === 'backward')
    throw new ProblemError('INVALID_PARAMS', 'params.follow_merges belongs to the direction forward.');
  const limitIds = limitIdsOf(profile, settings);
  return {
    request: {
      kind: 'lineage',
      site,
      profile,
      domains: LINEAGE_DOMAINS,
      params: { kind: 'lineage', direction, follow_merges },
      source: await readIdSource(env, ids, { site, limitIds }),
      content: { direction, follow_merges },
      limitIds,
    },
    maxWaitedIds: MAX_INLINE_LINEAGE_NODES,
  };
}

async function describeEvents({ env }: EdgeContext, body: unknown): Promise<Stage> {
  const { ids, ...request } = await checkEvents(env, body);
  return {
    request: {
      ...request,
      kind: 'events',
      params: { kind: 'events' },
      source: await readIdSource(env, ids, request),
    },
    maxWaitedIds: settingsOf(env).asyncThresholdIds,
  };
}
