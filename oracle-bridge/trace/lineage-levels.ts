import type { LineageEdge } from '#protocol/trace.ts';

/**
 * Least number of steps from a seed, which is level 1, for all containers that are reached. Steps go from a child to its
 * parents and merge sources. What only a wafer or a rework leads to stands one level above the nearest container that
 * names it: those edges are no steps, for they would jump over the splits between.
 */
export function leastLevels(
  seedIds: readonly string[],
  origins: readonly LineageEdge[],
  semantic: readonly LineageEdge[],
): Map<string, number> {
  const parents = Map.groupBy(origins, (edge) => edge.to_cid);
  const levels = new Map<string, number>(seedIds.map((id) => [id, 1]));
  let frontier = [...seedIds];
  for (let level = 2; frontier.length > 0; level++) {
    const next: string[] = [];
    for (const child of frontier) {
      for (const { from_cid: parent } of parents.get(child) ?? []) {
        if (levels.has(parent)) continue;
        levels.set(parent, level);
        next.push(parent);
      }
    }
    frontier = next;
  }
  addNamedOnly(levels, semantic);
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
