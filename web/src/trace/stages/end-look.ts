import type { Stage, TraceSnapshot } from '../trace-snapshot.ts';

/** How a trace has ended, for those who look at its colour: green is kept for a result of which nothing is missing. */
export type EndLook = 'open' | 'complete' | 'incomplete' | 'failed' | 'cancelled';

type Ended = Pick<TraceSnapshot, 'stages' | 'problem' | 'stream' | 'cuts'>;

export function endLook({ stages, problem, stream, cuts }: Ended): EndLook {
  if (stages.events === 'failed' || problem !== undefined) return 'failed';
  if (stages.events === 'cancelled') return 'cancelled';
  const outcome = stream?.outcome;
  if (outcome?.type !== 'complete') return 'open';
  if (outcome.quality.status === 'failed') return 'failed';
  return outcome.quality.status === 'complete' && cuts.length === 0 ? 'complete' : 'incomplete';
}

/** Whether a stage that is done has left something out. */
export function isStageCut(stage: Stage, { stream, cuts }: Pick<Ended, 'stream' | 'cuts'>): boolean {
  if (stage === 'seed_resolve') return cuts.includes('lots');
  if (stage === 'lineage') return cuts.includes('lineage');
  const outcome = stream?.outcome;
  return outcome?.type === 'complete' && outcome.quality.status !== 'complete';
}
