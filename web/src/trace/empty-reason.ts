import type { TraceSnapshot } from './trace-snapshot.ts';

/** Why there is nothing to show, once nothing is on its way any more. */
export type EmptyReason = 'start' | 'nothing_found' | 'failed' | 'cancelled';

/** `undefined` before the first query is `start`: only then may the page say what it will show here. */
export function emptyReason(
  snapshot: Pick<TraceSnapshot, 'seeds' | 'problem' | 'endedAtMs' | 'stages'> | undefined,
): EmptyReason {
  if (snapshot?.endedAtMs === undefined) return 'start';
  if (snapshot.problem !== undefined) return 'failed';
  if (snapshot.seeds?.count === 0) return 'nothing_found';
  return Object.values(snapshot.stages).includes('cancelled') ? 'cancelled' : 'failed';
}
