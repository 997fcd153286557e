import type { Reads } from '../job/job-context.ts';
import type { Container, LineageFacts } from './lineage-facts.ts';
import { unknownContainer } from './lineage-facts.ts';
import {
  readContainers,
  readDescendants,
  readMergeSources,
  readNamed,
  readSerials,
  readSplitAncestors,
} from './lineage-reads.ts';
import { isCutAbove, leavesOf, MAX_WALK_LEVELS, startsOfFamily } from './split-walk.ts';

/**
 * Forward: the split ancestors of the seeds, which give the top roots; all descendants of roots and seeds; serial numbers
 * of those that nothing was split from; merge sources of all of them, which become nodes but are not walked; then wafer
 * origins and rework sources. Leaves are decided before anything but splits is known.
 */
export async function readForward(
  reads: Reads,
  seedIds: readonly string[],
  followMerges: boolean,
): Promise<LineageFacts> {
  const above = new Map((await readSplitAncestors(reads, seedIds)).map((container) => [container.id, container]));
  const family = new Map<string, Container>();
  const cut: Container[] = [];
  for (const container of await readDescendants(reads, [...startsOfFamily(seedIds, above)].sort(), followMerges)) {
    if (container.walkLevel <= MAX_WALK_LEVELS) family.set(container.id, container);
    else cut.push(container);
  }
  const serials = await readSerials(reads, leavesOf(family, cut));
  const merges = await readMergeSources(reads, [...family.keys()]);
  const walked = new Map([...family, ...(await readNewSources(reads, merges, family))]);
  return {
    direction: 'forward',
    seedIds,
    walked,
    merges,
    ...(await readNamed(reads, walked)),
    serials,
    truncated: cut.length > 0 || isCutAbove(above),
  };
}

async function readNewSources(
  reads: Reads,
  merges: LineageFacts['merges'],
  family: ReadonlyMap<string, Container>,
): Promise<Map<string, Container>> {
  const ids = new Set(merges.map(({ sourceId }) => sourceId).filter((id) => !family.has(id)));
  const sources = new Map([...ids].map((id) => [id, unknownContainer(id)]));
  for (const container of await readContainers(reads, [...ids].sort())) sources.set(container.id, container);
  return sources;
}
