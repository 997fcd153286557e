import { ProblemError } from '#protocol/problem.ts';
import type { Env } from '../env.ts';
import type { JobApi, VersionedStatus } from '../job/job-api.ts';
import { resultExpired } from '../job/result-expired.ts';
import { unwrap } from '../outcome.ts';
import { settingsOf } from '../settings.ts';
import type { JobReads } from '../site/steady-reads.ts';
import { steadyReads } from '../site/steady-reads.ts';
import { jobStub } from '../site/stubs.ts';

export interface FoundJob extends VersionedStatus {
  readonly job: JobReads;
}

/**
 * A job of a declared site. A made-up id is refused before any object is touched, and what belongs to another site looks
 * as if it did not exist.
 * @throws ProblemError `JOB_NOT_FOUND`, `JOB_RESULT_EXPIRED`.
 */
export async function findJob(env: Env, jobId: string): Promise<FoundJob> {
  const job = readsOf(env, jobId);
  const { status, etag } = unwrap(await job.status());
  if (!settingsOf(env).sites.includes(status.site)) throw jobNotFound();
  if (status.state === 'expired') throw resultExpired({ job_id: status.job_id, state: status.state });
  return { job, status, etag };
}

/** The object of a job id; nothing is asked of it yet. @throws ProblemError `JOB_NOT_FOUND` for a made-up id. */
export function openJob(env: Env, jobId: string): JobApi {
  const job = jobStub(env, jobId);
  if (!job) throw jobNotFound();
  return job;
}

/** What may be read of a job; nothing is asked yet. @throws ProblemError as `openJob`, when it is asked. */
export function readsOf(env: Env, jobId: string): JobReads {
  return steadyReads(() => openJob(env, jobId));
}

export function jobNotFound(): ProblemError {
  return new ProblemError('JOB_NOT_FOUND', 'There is no job with this id.');
}
