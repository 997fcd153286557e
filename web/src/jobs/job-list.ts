import type { Domain } from '#protocol/domain.ts';
import { DOMAINS } from '#protocol/domain.ts';
import type { JobSummary } from '#protocol/job.ts';
import { isTerminal, jobListSchema } from '#protocol/job.ts';
import { getAnswer, getJobStatus } from '../trace/run/stage-requests.ts';

const JOBS_PER_PAGE = 50;
/** Pages that the list grows to. */
export const MAX_PAGES = 10;
/** Between two looks at jobs that run, for each page of the list. */
export const POLL_MS = 8000;
/**
 * Jobs whose own status is asked for: the list learns of mere progress only every half minute. As many as a person may
 * have running, and few enough for the calls of a minute.
 */
const MAX_STATUS_CALLS = 5;

/** Jobs that have ended and whose query this browser does not know are asked for the kinds of their records, the newest. */
const MAX_DETAIL_CALLS = 10;
/** Jobs whose kinds of records are kept: they do not change. */
const MAX_KEPT_DETAILS = 200;

/** A job of the list with the kinds of its records, where they are known. */
export interface ListedJob extends JobSummary {
  readonly recordSets?: readonly Domain[];
}

export interface ListedJobs {
  readonly jobs: readonly ListedJob[];
  readonly next_cursor?: string | undefined;
}

const endedSets = new Map<string, readonly Domain[]>();

/**
 * One page of the caller's jobs, newest first, those that run as they are now. `hasQuery`: this browser knows it.
 *
 * @throws ClientProblemError
 */
export async function fetchJobs(
  cursor: string | undefined,
  hasQuery: (jobId: string) => boolean,
  signal: AbortSignal,
): Promise<ListedJobs> {
  const params = new URLSearchParams({ limit: String(JOBS_PER_PAGE) });
  if (cursor !== undefined) params.set('cursor', cursor);
  const { jobs, next_cursor } = await getAnswer(`/api/trace/jobs?${params.toString()}`, jobListSchema, signal);
  const live = jobs.filter(isLive).slice(0, MAX_STATUS_CALLS);
  const unknown = jobs
    .filter((job) => !isLive(job) && job.state !== 'expired' && !hasQuery(job.job_id))
    .slice(0, MAX_DETAIL_CALLS)
    .filter((job) => !endedSets.has(job.job_id));
  const current = await Promise.all([...live, ...unknown].map((job) => currentJob(job, signal)));
  signal.throwIfAborted();
  const byId = new Map(current.map((job) => [job.job_id, job]));
  return { jobs: jobs.map((job) => byId.get(job.job_id) ?? withEndedSets(job)), next_cursor };
}

/** As the job says itself; where it cannot be asked, as the list has it. */
async function currentJob(listed: JobSummary, signal: AbortSignal): Promise<ListedJob> {
  const status = await getJobStatus(listed.job_id, signal).catch(() => undefined);
  if (status === undefined) return listed;
  const { domains, ...job } = status;
  const recordSets = DOMAINS.filter((domain) => domains[domain] !== undefined);
  if (isTerminal(job.state)) {
    endedSets.set(job.job_id, recordSets);
    for (const oldest of [...endedSets.keys()].slice(0, -MAX_KEPT_DETAILS)) endedSets.delete(oldest);
  }
  return { ...job, recordSets };
}

function withEndedSets(job: JobSummary): ListedJob {
  const recordSets = endedSets.get(job.job_id);
  return recordSets === undefined ? job : { ...job, recordSets };
}

/** It runs, or the database has not said yet that it stopped. */
function isLive({ state, database }: Pick<JobSummary, 'state' | 'database'>): boolean {
  return !isTerminal(state) || (state === 'cancelled' && database === 'pending');
}

/** When to look again; never while nothing runs. */
export function pollAfterMs(pages: readonly Pick<ListedJobs, 'jobs'>[] | undefined): number | false {
  const hasLive = pages?.some(({ jobs }) => jobs.some(isLive)) ?? false;
  return hasLive ? POLL_MS * (pages?.length ?? 1) : false;
}

/** How long the result of a job is still there, in seconds; `undefined` while that is not known or it is gone. */
export function secondsLeft(job: Pick<JobSummary, 'state' | 'expires_at'>, nowMs: number): number | undefined {
  if (job.expires_at === undefined || job.state === 'expired') return undefined;
  return Math.max(0, (Date.parse(job.expires_at) - nowMs) / 1000);
}
