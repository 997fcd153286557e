import type { Container } from './lineage-facts.ts';
import { splitParentOf } from './lineage-facts.ts';

/** Levels of one walk, what it starts from being level 1. */
export const MAX_WALK_LEVELS = 20;

/** A container that a walk reached, with its least level in that walk. */
export interface WalkedContainer extends Container {
  readonly walkLevel: number;
}

/** Whether a walk up was cut: a container of the last level has a parent that nothing else has led to. */
export function isCutAbove(walked: ReadonlyMap<string, WalkedContainer>): boolean {
  for (const container of walked.values()) {
    const parent = splitParentOf(container);
    if (container.walkLevel >= MAX_WALK_LEVELS && parent !== undefined && !walked.has(parent)) return true;
  }
  return false;
}

/**
 * Where the walk down begins: at the top root of each seed, and at the seeds themselves, so that the last level is counted
 * from every seed too. If parents run into a cycle, the last lot before it closes is the root. `above`: what the walk up
 * from the seeds has reached. Each seed goes its own way, so one seed never changes what is found for another, and all
 * that is above a seed is below its root.
 */
export function startsOfFamily(seedIds: readonly string[], above: ReadonlyMap<string, Container>): Set<string> {
  const starts = new Set(seedIds);
  for (const seedId of seedIds) starts.add(topRootOf(seedId, above));
  return starts;
}

function topRootOf(seedId: string, above: ReadonlyMap<string, Container>): string {
  const path = [seedId];
  let root = seedId;
  while (path.length < MAX_WALK_LEVELS) {
    const container = above.get(root);
    const parent = container && splitParentOf(container);
    if (parent === undefined || path.includes(parent)) break;
    path.push(parent);
    root = parent;
  }
  return root;
}

/** Containers of a family that nothing was split from. `cut`: what lies behind its last level. */
export function leavesOf(family: ReadonlyMap<string, Container>, cut: readonly Container[]): string[] {
  const parents = new Set<string>();
  for (const container of [...family.values(), ...cut]) {
    const parent = splitParentOf(container);
    if (parent !== undefined) parents.add(parent);
  }
  return [...family.keys()].filter((id) => !parents.has(id));
}
