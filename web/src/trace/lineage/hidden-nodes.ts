import type { LineageGraph } from './lineage-graph.ts';
import type { LineageLayout } from './lineage-layout.ts';

/**
 * Counts what is hidden behind a node: hidden nodes that can be reached from it without passing one that is drawn. What
 * two closed nodes both lead to is counted at both. Counted when asked for, for only nodes in sight are asked for.
 */
export function hiddenCounter(
  graph: LineageGraph,
  { byPlace }: Pick<LineageLayout, 'byPlace'>,
): (place: number) => number {
  const known = new Map<number, number>();
  return (place) => {
    const before = known.get(place);
    if (before !== undefined) return before;
    const seen = new Set<number>();
    const walk = (from: number): void => {
      for (const { to } of graph.children[from] ?? []) if (!byPlace.has(to)) seen.add(to);
    };
    walk(place);
    for (const next of seen) walk(next);
    known.set(place, seen.size);
    return seen.size;
  };
}
