import type { TraceSnapshot } from '../trace-snapshot.ts';

/** A trace that takes longer is one that people turn away from. */
const LONG_TRACE_MS = 10_000;

export type TraceEnd = 'complete' | 'incomplete' | 'failed';

/**
 * How a long trace has just ended, if it has: between two snapshots of one run, and not by the person's own cancel.
 */
export function endOfLongTrace(before: TraceSnapshot | undefined, after: TraceSnapshot): TraceEnd | undefined {
  const isOver = after.endedAtMs !== undefined && after.endedAtMs - after.startedAtMs >= LONG_TRACE_MS;
  if (!isOver || before?.run !== after.run || before.endedAtMs !== undefined || after.cancel !== 'none')
    return undefined;
  const outcome = after.stream?.outcome;
  if (after.problem !== undefined || outcome?.type === 'error') return 'failed';
  if (outcome?.type !== 'complete') return outcome === undefined ? 'complete' : 'incomplete';
  if (outcome.quality.status === 'failed') return 'failed';
  return outcome.quality.status === 'complete' && after.cuts.length === 0 ? 'complete' : 'incomplete';
}
