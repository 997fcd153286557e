import type { Domain, Profile } from '#protocol/domain.ts';
import { DEFAULT_EVENT_DOMAINS, LINEAGE_DOMAINS, SEED_DOMAINS } from '#protocol/domain.ts';
import { MAX_IDEMPOTENCY_KEY_CHARS, MAX_INLINE_BODY_BYTES, MAX_INLINE_LINEAGE_NODES } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import {
  DEFAULT_DIRECTION,
  eventsRequestSchema,
  lineageRequestSchema,
  seedResolveRequestSchema,
} from '#protocol/trace.ts';
import { sha256Hex } from '../access/digest.ts';
import type { Settings } from '../settings.ts';
import { settingsOf } from '../settings.ts';
import type { EdgeApp, EdgeContext } from './edge-app.ts';
import { addRoute, admitCaller } from './edge-app.ts';
import { findJob, jobNotFound } from './find-job.ts';
import { readJsonBody } from './http/read-body.ts';
import { parseWith } from './http/validate.ts';
import type { JobRequest } from './submit/accept-job.ts';
import { acceptJob, checkIdempotencyKey } from './submit/accept-job.ts';
import { answerJob } from './submit/answer-job.ts';
import { declaredSite } from './submit/declared-site.ts';
import { packIds, readIdSource } from './submit/id-source.ts';
import { cleanSeedValues } from './submit/seed-values.ts';

/** The three stages of a trace. Each is a job; a small one is merely awaited. */
export function addTraceRoutes(app: EdgeApp): void {
  addRoute(app, '/api/trace/seed-resolve', { POST: (context) => runStage(context, describeSeedResolve) });
  addRoute(app, '/api/trace/lineage', { POST: (context) => runStage(context, describeLineage) });
  addRoute(app, '/api/trace/events', { POST: (context) => runStage(context, describeEvents) });
}

/** A stage's body as a request for a job, and above how many ids it is never answered in one body. */
interface Stage {
  readonly request: JobRequest;
  readonly maxWaitedIds: number;
}
type DescribeStage = (context: EdgeContext, body: unknown) => Promise<Stage>;

async function runStage(context: EdgeContext, describe: DescribeStage): Promise<Response> {
  const { owner } = await admitCaller(context, 'trace:run');
  const idempotencyKey = checkIdempotencyKey(context.req.header('idempotency-key'), MAX_IDEMPOTENCY_KEY_CHARS);
  const share = !/(^|,)\s*no-cache\s*(,|=|$)/i.test(context.req.header('cache-control') ?? '');
  const { request, maxWaitedIds } = await describe(context, await readJsonBody(context.req.raw, MAX_INLINE_BODY_BYTES));
  const accepted = await acceptJob(context.env, request, { owner, share, idempotencyKey });
  return answerJob(context, accepted, { owner, alwaysAsync: (cidCount) => cidCount > maxWaitedIds });
}

async function describeSeedResolve({ env }: EdgeContext, body: unknown): Promise<Stage> {
  const { site, profile, params } = parseWith(seedResolveRequestSchema, body);
  const values = cleanSeedValues(params.values);
  const { input_type } = params;
  return {
    request: {
      kind: 'seed_resolve',
      site: declaredSite(site, settingsOf(env)),
      profile,
      domains: SEED_DOMAINS,
      params: { kind: 'seed_resolve', input_type, values },
      source: undefined,
      content: { params: { input_type, values: values.toSorted() } },
      limitIds: 0,
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
  const limitIds = limitOf(profile, settings);
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
  const settings = settingsOf(env);
  const { site: named, profile, domains, params, ...rest } = parseWith(eventsRequestSchema, body);
  const site = declaredSite(named, settings);
  const limitIds = limitOf(profile, settings);
  const seeds = rest.seed_container_ids && packIds(rest.seed_container_ids, 'seed_container_ids');
  if (rest.lineage_job_id !== undefined) {
    const lineage = await findJob(env, rest.lineage_job_id);
    if (lineage.status.site !== site || lineage.status.kind !== 'lineage') throw jobNotFound();
  }
  const distinct: readonly Domain[] = [...new Set(domains ?? DEFAULT_EVENT_DOMAINS[profile])];
  return {
    request: {
      kind: 'events',
      site,
      profile,
      domains: distinct,
      params: { kind: 'events' },
      source: await readIdSource(env, rest, { site, limitIds }),
      content: {
        params: params ?? {},
        seeds_sha256: seeds && (await sha256Hex(seeds)),
        lineage_job_id: rest.lineage_job_id,
      },
      limitIds,
    },
    maxWaitedIds: settings.asyncThresholdIds,
  };
}

function limitOf(profile: Profile, settings: Settings): number {
  return profile === 'mid_section_defect' ? settings.msdLimitIds : settings.eventsLimitIds;
}
