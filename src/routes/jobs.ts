import * as z from 'zod/mini';
import { domainSchema } from '#protocol/domain.ts';
import { siteIdSchema } from '#protocol/ids.ts';
import type { JobCancelled, JobState } from '#protocol/job.ts';
import { isTerminal, jobStateSchema } from '#protocol/job.ts';
import { MAX_JOBS_PER_PAGE, MAX_PAGE_RECORDS, MAX_STATUS_WAIT_MS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { Env } from '../env.ts';
import type { VersionedStatus } from '../job/job-api.ts';
import { isTagOfState } from '../job/job-status.ts';
import { unwrap } from '../outcome.ts';
import { settingsOf } from '../settings.ts';
import { siteStub } from '../site/stubs.ts';
import type { EdgeApp, EdgeContext } from './edge-app.ts';
import { addRoute, admitCaller, jsonResponse } from './edge-app.ts';
import { findJob, openJob } from './find-job.ts';
import { listTags, matchesEtag, withQueuePlace } from './http/etag.ts';
import { parsePrefer } from './http/prefer.ts';
import { throwIfProblem } from './http/problem-response.ts';
import { parseWith } from './http/validate.ts';
import { declaredSite } from './submit/declared-site.ts';

const DEFAULT_JOBS_PER_PAGE = 50;
const DEFAULT_PAGE_RECORDS = 5000;

/** Jobs as resources: status, cancel, pages of the result, manifest, and the caller's own jobs. */
export function addJobRoutes(app: EdgeApp): void {
  addRoute(app, '/api/trace/jobs', { GET: listJobs });
  addRoute(app, '/api/trace/job/:id', { GET: readStatus, DELETE: cancelJob });
  addRoute(app, '/api/trace/job/:id/cancel', { POST: cancelJob });
  addRoute(app, '/api/trace/job/:id/result', { GET: readResult });
  addRoute(app, '/api/trace/job/:id/manifest', { GET: readManifest });
}

const wholeNumber = z.pipe(
  z.string().check(z.regex(/^[0-9]{1,15}$/, 'must be a whole number')),
  z.transform((text) => Number(text)),
);
const listQuerySchema = z.object({
  site: z.optional(siteIdSchema),
  state: z.optional(jobStateSchema),
  limit: z.optional(z.pipe(wholeNumber, z.int().check(z.minimum(1), z.maximum(MAX_JOBS_PER_PAGE)))),
  cursor: z.optional(z.string().check(z.maxLength(200))),
});
const pageQuerySchema = z.object({
  domain: domainSchema,
  offset: z.optional(wholeNumber),
  limit: z.optional(z.pipe(wholeNumber, z.int().check(z.minimum(1), z.maximum(MAX_PAGE_RECORDS)))),
});

async function listJobs(context: EdgeContext): Promise<Response> {
  const { owner } = await admitCaller(context, 'trace:read', 'job-read');
  const query = parseWith(listQuerySchema, context.req.query());
  const site = declaredSite(query.site, settingsOf(context.env));
  const list = await siteStub(context.env, site).list({
    owner,
    limit: query.limit ?? DEFAULT_JOBS_PER_PAGE,
    ...(query.state === undefined ? {} : { state: query.state }),
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
  });
  return jsonResponse(unwrap(list));
}

/**
 * With `Prefer: wait=N` and a tag that still fits, holds the answer until the job changes; with a tag that only progress
 * has made old, for the moment that keeps a caller who polls without a pause within its limit.
 */
async function readStatus(context: EdgeContext): Promise<Response> {
  await admitCaller(context, 'trace:read', 'job-status');
  const { env, req } = context;
  const ifNoneMatch = req.header('if-none-match');
  const { job, ...found } = await findJob(env, req.param('id') ?? '');
  let current = await addQueuePlace(env, found);
  const { waitSeconds } = parsePrefer(req.header('prefer'));
  const applied: Record<string, string> = {};
  if (waitSeconds !== undefined && ifNoneMatch !== undefined) {
    const waitMs = Math.min(waitSeconds * 1000, MAX_STATUS_WAIT_MS);
    applied['preference-applied'] = `wait=${waitMs / 1000}`;
    const { state } = current.status;
    const known = matchesEtag(ifNoneMatch, current.etag)
      ? found.etag
      : listTags(ifNoneMatch).find((tag) => isTagOfState(tag, state));
    if (known !== undefined && !isTerminal(state)) {
      const changed = unwrap(await job.waitForChange(known, waitMs));
      current = await addQueuePlace(env, changed);
    }
  }
  const headers = { etag: current.etag, 'cache-control': 'no-cache', ...applied };
  if (matchesEtag(ifNoneMatch, current.etag)) return new Response(null, { status: 304, headers });
  return jsonResponse(current.status, { headers });
}

/** The Site object knows how many jobs are in front; the job does not. */
async function addQueuePlace(env: Env, { status, etag }: VersionedStatus): Promise<VersionedStatus> {
  if (status.state !== 'queued') return { status, etag };
  const ahead = unwrap(await siteStub(env, status.site).queueAhead(status.job_id));
  if (ahead === undefined) return { status, etag };
  return { status: { ...status, queue: { ahead } }, etag: withQueuePlace(etag, ahead) };
}

/** Never limited: whoever has too much running must be able to stop it. */
async function cancelJob(context: EdgeContext): Promise<Response> {
  const { owner, scopes } = await admitCaller(context, 'trace:read');
  const { status } = await findJob(context.env, context.req.param('id') ?? '');
  const job = openJob(context.env, status.job_id);
  const own = await job.cancel({ owner, force: false });
  const mayForce = !own.ok && own.code === 'FORBIDDEN' && scopes.has('admin');
  const cancelled = unwrap(mayForce ? await job.cancel({ owner, force: true }) : own);
  return jsonResponse(cancelled, { status: isUnderWay(cancelled) ? 202 : 200 });
}

/** The job is cancelled, but the database has not answered yet. */
function isUnderWay({ withdrawn, database }: JobCancelled): boolean {
  return withdrawn !== true && database === 'pending';
}

async function readResult(context: EdgeContext): Promise<Response> {
  await admitCaller(context, 'trace:read', 'job-read');
  const { job, status } = await findJob(context.env, context.req.param('id') ?? '');
  const query = context.req.query();
  if (query['domain'] === undefined) {
    requireEnd(status.state);
    return passResult(await job.fetch(new Request('https://job/records')));
  }
  const { domain, offset = 0, limit = DEFAULT_PAGE_RECORDS } = parseWith(pageQuerySchema, query);
  if (!status.domains[domain])
    throw new ProblemError('UNKNOWN_DOMAIN', `This job has no domain ${domain}.`, {
      members: { domains: Object.keys(status.domains) },
    });
  const page = await job.fetch(new Request(`https://job/result?domain=${domain}&offset=${offset}&limit=${limit}`));
  return passResult(page);
}

function requireEnd(state: JobState): void {
  if (isTerminal(state)) return;
  throw new ProblemError('JOB_NOT_COMPLETE', 'The job has not ended yet. Name a domain to read what is there.', {
    members: { state },
  });
}

/** `Link` is the job's: only the object knows, at the moment of the page, whether a next one follows it without a gap. */
async function passResult(response: Response): Promise<Response> {
  await throwIfProblem(response);
  const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  const link = response.headers.get('link');
  if (link !== null) headers.set('link', link);
  return new Response(response.body, { headers });
}

async function readManifest(context: EdgeContext): Promise<Response> {
  await admitCaller(context, 'trace:read', 'job-read');
  const { job } = await findJob(context.env, context.req.param('id') ?? '');
  return jsonResponse(unwrap(await job.manifest()));
}
