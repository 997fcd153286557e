import type { Direction } from '#protocol/trace.ts';
import type { Links, Neighbours } from './lineage-links.ts';
import { childrenIn, neighboursOf, parentsIn } from './lineage-links.ts';

export interface LevelQuestion {
  readonly direction: Direction;
  readonly seeds: readonly number[];
  /** Splits and merges. */
  readonly origins: Links;
  /** Wafer origins and rework sources. */
  readonly semantic: Links;
  /** Places there are. */
  readonly count: number;
}

/**
 * By place: number of steps from a seed, which is level 1; 0 for what is not reached. Steps go along splits and merges.
 *
 * Backward, a step goes from a child to its parents, and the least number counts. Forward, what a seed has led to is
 * counted down from the nearest such seed; the rest of the family (the root and what it led to beside the seeds, merge
 * sources) by the least number of steps in either direction.
 *
 * What only a wafer or a rework leads to stands one level above the nearest container that names it: those edges are no
 * steps, for they would jump over the splits between.
 */
export function leastLevels({ direction, seeds, origins, semantic, count }: LevelQuestion): Int32Array {
  const parents = parentsIn(origins, count);
  const levels = new Int32Array(count);
  if (direction === 'backward') countSteps(levels, seeds, [parents]);
  else {
    const children = childrenIn(origins, count);
    countSteps(levels, seeds, [parents, children]);
    const down = new Int32Array(count);
    countSteps(down, seeds, [children]);
    for (const [place, level] of down.entries()) if (level > 0) levels[place] = level;
  }
  addNamedOnly(levels, semantic);
  return levels;
}

function countSteps(levels: Int32Array, seeds: readonly number[], ways: readonly Neighbours[]): void {
  for (const seed of seeds) levels[seed] = 1;
  let frontier = [...seeds];
  for (let level = 2; frontier.length > 0; level++) {
    const next: number[] = [];
    for (const place of frontier) {
      for (const way of ways) {
        for (const neighbour of neighboursOf(way, place)) {
          if (levels[neighbour] !== 0) continue;
          levels[neighbour] = level;
          next.push(neighbour);
        }
      }
    }
    frontier = next;
  }
}

function addNamedOnly(levels: Int32Array, { from, to }: Links): void {
  const named = new Map<number, number>();
  for (const [index, source] of from.entries()) {
    const childLevel = levels[to[index] ?? -1] ?? 0;
    if (levels[source] !== 0 || childLevel === 0) continue;
    named.set(source, Math.min(childLevel + 1, named.get(source) ?? Number.POSITIVE_INFINITY));
  }
  for (const [place, level] of named) levels[place] = level;
}
