import type { TraceSnapshot } from '../trace-snapshot.ts';

/** How long a trace has been running, or has run: a job that was opened counts from when it was made. */
export function elapsedMs(
  { startedAtMs, endedAtMs, ranMs }: Pick<TraceSnapshot, 'startedAtMs' | 'endedAtMs' | 'ranMs'>,
  nowMs: number,
): number {
  return ranMs ?? Math.max(0, (endedAtMs ?? nowMs) - startedAtMs);
}
