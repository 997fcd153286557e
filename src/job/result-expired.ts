import { ProblemError } from '#protocol/problem.ts';
import type { JobLife } from './job-life.ts';

/** `members`: what the caller is told besides. */
export function resultExpired(members: Readonly<Record<string, unknown>> = {}): ProblemError {
  return new ProblemError('JOB_RESULT_EXPIRED', 'The result of this job has expired. Run the query again.', {
    members,
  });
}

/** @throws ProblemError `JOB_RESULT_EXPIRED` for a tombstone. */
export function refuseExpired(life: JobLife): void {
  if (life.state === 'expired') throw resultExpired();
}
