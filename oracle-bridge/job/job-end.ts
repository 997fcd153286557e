import { ProblemError } from '#protocol/problem.ts';
import { isLeaseOver } from '../edge/lease-keeper.ts';
import type { JobEnd, StoppedDatabase } from './worker-message.ts';

/**
 * What an error that ended a job means. Its code tells whether another attempt makes sense. `INTERNAL` is a defect, of
 * the bridge or of a statement: the same work would fail again, so it is not retried.
 */
export function endOfError(error: unknown, state: { aborted: boolean; database: StoppedDatabase }): JobEnd {
  if (state.aborted) return { type: 'stopped', database: state.database };
  if (isLeaseOver(error)) return { type: 'fenced', database: state.database };
  const { code, detail, retryable } = ProblemError.from(error);
  // Chunks that are missing at a seal are gone; a new lease makes them again from the resume point.
  const mayPass = (retryable && code !== 'INTERNAL') || code === 'CHUNKS_MISSING';
  return { type: 'failed', code, detail, retryable: mayPass };
}
