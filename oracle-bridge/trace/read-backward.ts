import type { Reads } from '../job/job-context.ts';
import type { LineageFacts } from './lineage-facts.ts';
import { readMergeSources, readNamed, readSplitAncestors } from './lineage-reads.ts';
import type { WalkedContainer } from './split-walk.ts';
import { isCutAbove } from './split-walk.ts';

/**
 * Backward: split ancestors of the seeds, merge sources of all of them, split ancestors of the sources that are new (and
 * no second look for merges), then wafer origins and rework sources.
 */
export async function readBackward(reads: Reads, seedIds: readonly string[]): Promise<LineageFacts> {
  const walked = new Map<string, WalkedContainer>();
  addNearest(walked, await readSplitAncestors(reads, seedIds));
  const merges = await readMergeSources(reads, [...walked.keys()]);
  const newSources = new Set(merges.map(({ sourceId }) => sourceId).filter((id) => !walked.has(id)));
  addNearest(walked, await readSplitAncestors(reads, [...newSources].sort()));
  return {
    direction: 'backward',
    seedIds,
    walked,
    merges,
    ...(await readNamed(reads, walked)),
    serials: new Map(),
    truncated: isCutAbove(walked),
  };
}

/** Of a container that two walks have reached, the one with the lesser level stays. */
function addNearest(walked: Map<string, WalkedContainer>, found: readonly WalkedContainer[]): void {
  for (const container of found) {
    const before = walked.get(container.id);
    if (!before || before.walkLevel > container.walkLevel) walked.set(container.id, container);
  }
}
