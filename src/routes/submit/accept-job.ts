import type { Domain, Profile } from '#protocol/domain.ts';
import type { JobStatus } from '#protocol/job.ts';
import type { Kind, Lane } from '#protocol/kind.ts';
import { cacheSecondsOf, KIND_RULES, laneOf } from '#protocol/kind.ts';
import type { JobParams } from '#protocol/lease.ts';
import { INTERACTIVE_DEADLINE_MS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { Env } from '../../env.ts';
import type { CreatedJob, CreateJob, JobApi } from '../../job/job-api.ts';
import type { Outcome } from '../../outcome.ts';
import { unwrap } from '../../outcome.ts';
import { settingsOf } from '../../settings.ts';
import type { ReserveJob } from '../../site/site-api.ts';
import type { JobReads } from '../../site/steady-reads.ts';
import { siteStub } from '../../site/stubs.ts';
import { openJob, readsOf } from '../find-job.ts';
import { hashContent } from './content-hash.ts';
import type { IdSource } from './id-source.ts';
import { planFrom } from './id-source.ts';

/** A checked request for a job, of whatever kind. */
export interface JobRequest {
  readonly kind: Kind;
  readonly site: string;
  readonly profile: Profile;
  readonly domains: readonly Domain[];
  readonly params: JobParams;
  readonly source: IdSource | undefined;
  /** What the cache key has besides the members above. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly limitIds: number;
  /** A request that is longer than others of its kind: it runs in the batch lane and may take this long. */
  readonly batchSeconds?: number;
  /** Where the number of ids does not tell it. */
  readonly lane?: Lane;
}

/** How the caller wants it, from the headers. */
export interface SubmitOptions {
  readonly owner: string;
  readonly share: boolean;
  readonly idempotencyKey: string | undefined;
}

export interface AcceptedJob {
  readonly job: JobReads;
  readonly status: JobStatus;
  /** Age of a finished result that answers this request; `undefined` when it is none. */
  readonly ageSeconds: number | undefined;
}

/**
 * A job for a request: the one an equal request has already, or a new one. Behind this, the job is committed.
 * @throws ProblemError of `SiteApi.reserve` and `JobApi.create`.
 */
export async function acceptJob(env: Env, request: JobRequest, options: SubmitOptions): Promise<AcceptedJob> {
  const creation = await describeCreation(env, request, options.owner);
  const site = siteStub(env, request.site);
  const wish: ReserveJob = {
    kind: request.kind,
    lane: creation.spec.lane,
    owner: options.owner,
    contentHash: creation.contentHash,
    share: options.share,
    ...(options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey }),
  };
  let reserved = unwrap(await site.reserve(wish));
  let created = await createJob(env, creation, reserved.jobId);
  const again = reserved.joined ? reserveAgain(wish, created, reserved.jobId) : undefined;
  if (again) {
    reserved = unwrap(await site.reserve(again));
    created = await createJob(env, creation, reserved.jobId);
  }
  if (!created.ok && !reserved.joined) unwrap(await site.release(reserved.jobId));
  const { status } = unwrap(withSplitPlan(created, request));
  return { job: readsOf(env, reserved.jobId), status, ageSeconds: reserved.ageSeconds };
}

/**
 * The Site object may not have heard yet what became of the job it named: that its result is gone, or that it came to
 * nothing. Then another one is asked for, unless the caller's own key says that it must be this one.
 */
function reserveAgain(wish: ReserveJob, created: Outcome<CreatedJob>, jobId: string): ReserveJob | undefined {
  if (!created.ok) return created.code === 'JOB_RESULT_EXPIRED' ? { ...wish, notJobId: jobId } : undefined;
  const { state } = created.value.status;
  const cameToNothing = state === 'cancelled' || state === 'failed';
  return cameToNothing && wish.idempotencyKey === undefined ? { ...wish, share: false } : undefined;
}

type Creation = Omit<CreateJob, 'spec'> & { readonly spec: Omit<CreateJob['spec'], 'job_id'> };

async function describeCreation(env: Env, request: JobRequest, owner: string): Promise<Creation> {
  const settings = settingsOf(env);
  const { kind, site, profile, domains, params, source } = request;
  const idCount = source?.count ?? 0;
  const lane = request.batchSeconds === undefined ? (request.lane ?? laneOf(kind, idCount)) : 'batch';
  const kindSeconds = request.batchSeconds ?? settings.deadlineSeconds[kind];
  return {
    spec: {
      kind,
      lane,
      resume: KIND_RULES[kind].resume,
      profile,
      site,
      domains: [...domains],
      params,
      batch_records: settings.batchRecords,
      created_at: new Date().toISOString(),
    },
    owner,
    ...idsOf(source),
    maxIds: request.limitIds,
    deadlineSeconds: lane === 'interactive' ? Math.min(kindSeconds, INTERACTIVE_DEADLINE_MS / 1000) : kindSeconds,
    contentHash: await hashContent({
      kind,
      site,
      profile,
      domains: [...domains].sort(),
      ...source?.content,
      ...request.content,
    }),
    cacheSeconds: idCount > settings.cacheSkipIds ? 0 : cacheSecondsOf(kind, domains, settings.cacheSeconds),
  };
}

function idsOf(source: IdSource | undefined): Pick<CreateJob, 'ids' | 'idsFrom' | 'idsRange'> {
  if (!source) return {};
  if ('ids' in source) return { ids: source.ids };
  return { idsFrom: source.idsFrom, ...(source.idsRange === undefined ? {} : { idsRange: source.idsRange }) };
}

function createJob(env: Env, creation: Creation, jobId: string): ReturnType<JobApi['create']> {
  return openJob(env, jobId).create({ ...creation, spec: { ...creation.spec, job_id: jobId } });
}

/** The Job object counts from where a range of a reference begins; the caller counts over everything. */
function withSplitPlan<Value>(outcome: Outcome<Value>, { source, limitIds }: JobRequest): Outcome<Value> {
  if (outcome.ok || outcome.code !== 'CID_LIMIT_EXCEEDED') return outcome;
  const ids = outcome.members['ids'];
  const from = source && 'idsRange' in source ? source.idsRange?.from : undefined;
  if (typeof ids !== 'number' || from === undefined) return outcome;
  return { ...outcome, members: { ...outcome.members, split_plan: planFrom(from, ids, limitIds) } };
}

/** @throws ProblemError `INVALID_PARAMS` for a key that is no visible ASCII or too long. */
export function checkIdempotencyKey(key: string | undefined, maxChars: number): string | undefined {
  if (key === undefined) return undefined;
  if (key.length <= maxChars && /^[\x21-\x7e]+$/.test(key)) return key;
  throw new ProblemError('INVALID_PARAMS', `Idempotency-Key must have 1 to ${maxChars} visible ASCII characters.`);
}
