import type { ProblemCode } from '#protocol/problem.ts';
import { ProblemError } from '#protocol/problem.ts';
import { isLeaseOver } from '../edge/lease-keeper.ts';
import type { JobEnd, StoppedDatabase } from './worker-message.ts';

/**
 * Refusals that say nothing of the work: chunks that are missing at a seal are gone, a call was changed on its way to the
 * edge. A new lease goes on from the resume point; what is refused again and again fails with its attempts.
 */
const REFUSED_ON_THE_WAY: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'CHUNKS_MISSING',
  'CHUNK_CORRUPT',
  'UNAUTHENTICATED',
]);

/**
 * What an error that ended a job means. Its code tells whether another attempt makes sense. `INTERNAL` is a defect, of
 * the bridge or of a statement: the same work would fail again, so it is not retried.
 */
export function endOfError(error: unknown, state: { aborted: boolean; database: StoppedDatabase }): JobEnd {
  if (state.aborted) return { type: 'stopped', database: state.database };
  if (isLeaseOver(error)) return { type: 'fenced', database: state.database };
  const { code, detail, retryable } = ProblemError.from(error);
  const mayPass = (retryable && code !== 'INTERNAL') || REFUSED_ON_THE_WAY.has(code);
  return { type: 'failed', code, detail, retryable: mayPass };
}
