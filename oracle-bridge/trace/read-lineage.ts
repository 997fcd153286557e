import type { JobParams } from '#protocol/lease.ts';
import type { Reads } from '../job/job-context.ts';
import type { LineageFacts } from './lineage-facts.ts';
import { readBackward } from './read-backward.ts';
import { readForward } from './read-forward.ts';

export type LineageParams = Pick<Extract<JobParams, { kind: 'lineage' }>, 'direction' | 'follow_merges'>;

/**
 * Everything that a lineage is made of. Every step is one round trip to the database, whatever the number of seeds and
 * generations. `seedIds`: sorted.
 */
export async function readLineage(
  reads: Reads,
  seedIds: readonly string[],
  { direction, follow_merges: followMerges }: LineageParams,
): Promise<LineageFacts> {
  if (direction === 'backward') return await readBackward(reads, seedIds);
  return await readForward(reads, seedIds, followMerges);
}
