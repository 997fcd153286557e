import type { ClientProblem } from './client-problem.ts';

/**
 * What a reader does when the edge refuses the stream. `drop`: what it holds belongs to a log that is gone, so it starts
 * over. `retry`: the same request may succeed later. `final`: it will not.
 */
export function decideRefusal(problem: ClientProblem, hasCursor: boolean): 'drop' | 'retry' | 'final' {
  if (problem.code === 'GENERATION_CHANGED') return 'drop';
  if (problem.code === 'INVALID_CURSOR') return hasCursor ? 'drop' : 'final';
  const status = problem.status ?? 0;
  return status === 429 || status >= 500 ? 'retry' : 'final';
}
