import type { ProblemCode } from '#protocol/problem.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { DomainEnd } from '../job/job-context.ts';

/** Troubles of the warehouse or of the lease: they concern every domain, and another attempt may do better. */
const STOPS_THE_JOB: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'WAREHOUSE_UNAVAILABLE',
  'SNAPSHOT_LOST',
  'LEASE_FENCED',
]);

/**
 * How a domain ends whose reading threw, or `undefined` if the whole job has to stop.
 * `signal`: whoever aborted it has stopped the job already.
 */
export function endOfFailedRead(error: unknown, signal: AbortSignal): DomainEnd | undefined {
  if (signal.aborted) return undefined;
  const problem = ProblemError.from(error);
  return STOPS_THE_JOB.has(problem.code) ? undefined : toEnd(problem);
}

/** The same for its writing: only a record that no chunk can hold is the domain's own trouble. */
export function endOfFailedWrite(error: unknown): DomainEnd | undefined {
  return error instanceof ProblemError && error.code === 'RESULT_TOO_LARGE' ? toEnd(error) : undefined;
}

function toEnd({ code, detail }: ProblemError): DomainEnd {
  return { status: 'failed', code, detail };
}
