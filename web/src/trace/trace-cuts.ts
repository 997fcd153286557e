import type { Cut, TraceSnapshot } from './trace-snapshot.ts';
import { CUTS } from './trace-snapshot.ts';

/**
 * Where a trace was cut. `told`: what its address says, for the jobs that found lots and lineage are gone before the one
 * that read the events. The proof of a stream knows nothing of it: the stream has all that was asked for.
 */
export function cutsOf({ seeds, lineage }: Pick<TraceSnapshot, 'seeds' | 'lineage'>, told: readonly Cut[]): Cut[] {
  const isCut: Readonly<Record<Cut, boolean>> = {
    lots: (seeds?.warnings.length ?? 0) > 0,
    lineage: lineage?.truncated === true,
  };
  return CUTS.filter((cut) => isCut[cut] || told.includes(cut));
}
