import { STAGES } from '../trace-snapshot.ts';
import type { Stage, StageState, TraceSnapshot } from '../trace-snapshot.ts';

/** What a screen reader should hear: phases and each 10 %, not every tick. */
export type Announcement =
  | { readonly type: 'stage'; readonly stage: Stage; readonly state: StageState }
  | { readonly type: 'percent'; readonly percent: number }
  | { readonly type: 'resuming' }
  | { readonly type: 'resumed' };

const STEP_PERCENT = 10;

/** The one thing that changed between two snapshots and is worth saying; a stage before a percentage. */
export function announce(before: TraceSnapshot | undefined, after: TraceSnapshot): Announcement | undefined {
  for (const stage of STAGES.toReversed()) {
    const state = after.stages[stage];
    if (state !== 'waiting' && state !== 'skipped' && state !== before?.stages[stage])
      return { type: 'stage', stage, state };
  }
  const wasCut = before?.stream?.connection.state === 'waiting';
  const isCut = after.stream?.connection.state === 'waiting';
  if (isCut && !wasCut) return { type: 'resuming' };
  if (wasCut && after.stream?.connection.state === 'reading') return { type: 'resumed' };
  const sameStage = before?.stageJob?.stage === after.stageJob?.stage ? before : undefined;
  const stepBefore = Math.floor((percentOf(sameStage) ?? 0) / STEP_PERCENT);
  const stepAfter = Math.floor((percentOf(after) ?? 0) / STEP_PERCENT);
  return stepAfter > stepBefore ? { type: 'percent', percent: stepAfter * STEP_PERCENT } : undefined;
}

/** Of what is being read: a stage that became a job, or the events. */
function percentOf(snapshot: TraceSnapshot | undefined): number | null | undefined {
  return (snapshot?.stageJob ?? snapshot?.stream)?.percent;
}
