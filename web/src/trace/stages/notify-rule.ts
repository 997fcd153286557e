import type { JobSummary } from '#protocol/job.ts';
import type { TraceSnapshot } from '../trace-snapshot.ts';

/** A trace that takes longer is one that people turn away from. */
const LONG_TRACE_MS = 10_000;

export type TraceEnd = 'complete' | 'incomplete' | 'failed';

/**
 * How a long trace has just ended, if it has: between two snapshots of one run, and not by the person's own cancel. A job
 * that had ended before it was opened is no news.
 */
export function endOfLongTrace(before: TraceSnapshot | undefined, after: TraceSnapshot): TraceEnd | undefined {
  if (after.ranMs !== undefined) return undefined;
  const isOver = after.endedAtMs !== undefined && after.endedAtMs - after.startedAtMs >= LONG_TRACE_MS;
  if (!isOver || before?.run !== after.run || before.endedAtMs !== undefined || after.cancel !== 'none')
    return undefined;
  const outcome = after.stream?.outcome;
  if (after.problem !== undefined || outcome?.type === 'error') return 'failed';
  if (outcome?.type !== 'complete') return outcome === undefined ? 'complete' : 'incomplete';
  if (outcome.quality.status === 'failed') return 'failed';
  return outcome.quality.status === 'complete' && after.cuts.length === 0 ? 'complete' : 'incomplete';
}

/** How a long job has ended that nobody read meanwhile; `undefined` of a short one, and of one that was cancelled. */
export function endOfLongJob(
  job: Pick<JobSummary, 'state' | 'quality' | 'created_at' | 'ended_at'>,
): TraceEnd | undefined {
  const tookMs = Date.parse(job.ended_at ?? '') - Date.parse(job.created_at);
  if (!(tookMs >= LONG_TRACE_MS)) return undefined;
  const status = job.quality?.status;
  if (job.state === 'failed' || status === 'failed') return 'failed';
  if (job.state === 'partial') return 'incomplete';
  if (job.state !== 'succeeded') return undefined;
  return status === undefined || status === 'complete' ? 'complete' : 'incomplete';
}
