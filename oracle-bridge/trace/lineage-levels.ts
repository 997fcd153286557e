import type { Direction, LineageEdge } from '#protocol/trace.ts';

/**
 * Number of steps from a seed, which is level 1, for all containers that are reached. Steps go along splits and merges.
 *
 * Backward, a step goes from a child to its parents, and the least number counts. Forward, what a seed has led to is
 * counted down from the nearest such seed; the rest of the family (the root and what it led to beside the seeds, merge
 * sources) by the least number of steps in either direction.
 *
 * What only a wafer or a rework leads to stands one level above the nearest container that names it: those edges are no
 * steps, for they would jump over the splits between.
 */
export function leastLevels(
  { direction, seedIds }: { readonly direction: Direction; readonly seedIds: readonly string[] },
  origins: readonly LineageEdge[],
  semantic: readonly LineageEdge[],
): Map<string, number> {
  const levels = direction === 'backward' ? levelsUp(seedIds, origins) : levelsOfFamily(seedIds, origins);
  addNamedOnly(levels, semantic);
  return levels;
}

type Neighbours = (id: string) => Iterable<string>;

function levelsUp(seedIds: readonly string[], origins: readonly LineageEdge[]): Map<string, number> {
  return countSteps(seedIds, parentsIn(origins));
}

function levelsOfFamily(seedIds: readonly string[], origins: readonly LineageEdge[]): Map<string, number> {
  const parents = parentsIn(origins);
  const children = childrenIn(origins);
  const levels = countSteps(seedIds, (id) => [...parents(id), ...children(id)]);
  for (const [id, level] of countSteps(seedIds, children)) levels.set(id, level);
  return levels;
}

function parentsIn(origins: readonly LineageEdge[]): Neighbours {
  const byChild = Map.groupBy(origins, (edge) => edge.to_cid);
  return (id) => (byChild.get(id) ?? []).map((edge) => edge.from_cid);
}

function childrenIn(origins: readonly LineageEdge[]): Neighbours {
  const byParent = Map.groupBy(origins, (edge) => edge.from_cid);
  return (id) => (byParent.get(id) ?? []).map((edge) => edge.to_cid);
}

function countSteps(seedIds: readonly string[], neighboursOf: Neighbours): Map<string, number> {
  const levels = new Map<string, number>(seedIds.map((id) => [id, 1]));
  let frontier = [...seedIds];
  for (let level = 2; frontier.length > 0; level++) {
    const next: string[] = [];
    for (const id of frontier) {
      for (const neighbour of neighboursOf(id)) {
        if (levels.has(neighbour)) continue;
        levels.set(neighbour, level);
        next.push(neighbour);
      }
    }
    frontier = next;
  }
  return levels;
}

function addNamedOnly(levels: Map<string, number>, semantic: readonly LineageEdge[]): void {
  const named = new Map<string, number>();
  for (const { from_cid: source, to_cid: child } of semantic) {
    const childLevel = levels.get(child);
    if (levels.has(source) || childLevel === undefined) continue;
    named.set(source, Math.min(childLevel + 1, named.get(source) ?? Number.POSITIVE_INFINITY));
  }
  for (const [id, level] of named) levels.set(id, level);
}
