import { compareText } from './compare-text.ts';
import type { Neighbours } from './lineage-links.ts';
import { neighboursOf } from './lineage-links.ts';

/** Places without parents. */
export function rootsOf(parents: Neighbours): number[] {
  const roots: number[] = [];
  for (let place = 0; place + 1 < parents.first.length; place++)
    if (parents.first[place] === parents.first[place + 1]) roots.push(place);
  return roots;
}

/**
 * By place: the topmost ancestor, which is one without parents; if there are several, the one with the least name, then
 * with the least id. What has no parents is its own root, and so is what a cycle keeps from every root.
 *
 * The roots are taken in the order of their names, and each claims what it leads to and nobody has claimed: every edge is
 * walked once, however many paths there are.
 */
export function claimByRoots(
  roots: readonly number[],
  children: Neighbours,
  nameOf: (place: number) => string,
): Int32Array {
  const rootOf = new Int32Array(children.first.length - 1).fill(-1);
  const named = roots.map((place) => ({ place, name: nameOf(place) }));
  named.sort((a, b) => compareText(a.name, b.name) || a.place - b.place);
  for (const { place: root } of named) {
    const waiting = [root];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (rootOf[at] !== -1) continue;
      rootOf[at] = root;
      for (const child of neighboursOf(children, at)) if (rootOf[child] === -1) waiting.push(child);
    }
  }
  return rootOf.map((root, place) => (root === -1 ? place : root));
}
