import { ProblemError } from '#protocol/problem.ts';
import { isLeaseOver } from '../edge/lease-keeper.ts';
import type { JobEnd, StoppedDatabase } from './worker-message.ts';

/**
 * What an error that ended a job means. A coded error tells by itself whether another attempt makes sense. An error
 * nobody has coded is a defect: the same work would fail again, so it is not retried.
 */
export function endOfError(error: unknown, state: { aborted: boolean; database: StoppedDatabase }): JobEnd {
  if (state.aborted) return { type: 'stopped', database: state.database };
  if (isLeaseOver(error)) return { type: 'fenced', database: state.database };
  const { code, detail, retryable } = ProblemError.from(error);
  const isCoded = error instanceof ProblemError;
  // Chunks that are missing at a seal are gone; a new lease makes them again from the resume point.
  return { type: 'failed', code, detail, retryable: isCoded && (retryable || code === 'CHUNKS_MISSING') };
}
