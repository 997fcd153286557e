import type { JobList, JobSummary } from '#protocol/job.ts';
import { isTerminal, jobListSchema } from '#protocol/job.ts';
import { getAnswer, getJobStatus } from '../trace/stage-requests.ts';

const JOBS_PER_PAGE = 50;
/** Pages that the list grows to. */
export const MAX_PAGES = 10;
/** Between two looks at jobs that run, for each page of the list. */
const POLL_MS = 8000;
/**
 * Jobs whose own status is asked for: the list learns of mere progress only every half minute. As many as a person may
 * have running, and few enough for the calls of a minute.
 */
const MAX_STATUS_CALLS = 5;

/** One page of the caller's jobs, newest first, those that run as they are now. @throws ClientProblemError */
export async function fetchJobs(cursor: string | undefined, signal: AbortSignal): Promise<JobList> {
  const params = new URLSearchParams({ limit: String(JOBS_PER_PAGE) });
  if (cursor !== undefined) params.set('cursor', cursor);
  const list = await getAnswer(`/api/trace/jobs?${params.toString()}`, jobListSchema, signal);
  const live = list.jobs.filter((job) => !isTerminal(job.state)).slice(0, MAX_STATUS_CALLS);
  const current = await Promise.all(live.map((job) => getJobStatus(job.job_id, signal).catch((): JobSummary => job)));
  signal.throwIfAborted();
  const byId = new Map(current.map((job) => [job.job_id, job]));
  return { ...list, jobs: list.jobs.map((job) => byId.get(job.job_id) ?? job) };
}

/** When to look again; never while nothing runs. */
export function pollAfterMs(pages: readonly JobList[] | undefined): number | false {
  const isLive = pages?.some(({ jobs }) => jobs.some((job) => !isTerminal(job.state))) ?? false;
  return isLive ? POLL_MS * (pages?.length ?? 1) : false;
}

/** How long the result of a job is still there, in seconds; `undefined` while that is not known or it is gone. */
export function secondsLeft(job: Pick<JobSummary, 'state' | 'expires_at'>, nowMs: number): number | undefined {
  if (job.expires_at === undefined || job.state === 'expired') return undefined;
  return Math.max(0, (Date.parse(job.expires_at) - nowMs) / 1000);
}
