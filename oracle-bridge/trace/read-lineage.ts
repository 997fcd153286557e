import type { JobParams } from '#protocol/lease.ts';
import type { Reads } from '../job/job-context.ts';
import type { LineageFacts } from './lineage-facts.ts';
import { readBackward } from './read-backward.ts';
import { readForward } from './read-forward.ts';

export type LineageParams = Pick<Extract<JobParams, { kind: 'lineage' }>, 'direction' | 'follow_merges'>;

/**
 * Everything that a lineage is made of. Every step is one statement, whatever the number of generations; where lists are
 * cut, it is a query for each 1000 of its ids. `seedIds`: sorted.
 */
export async function readLineage(
  reads: Reads,
  seedIds: readonly string[],
  { direction, follow_merges: followMerges }: LineageParams,
): Promise<LineageFacts> {
  if (direction === 'backward') return await readBackward(reads, seedIds);
  return await readForward(reads, seedIds, followMerges);
}
