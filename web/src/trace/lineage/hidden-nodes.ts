import type { LineageGraph } from './lineage-graph.ts';
import type { LineageLayout } from './lineage-layout.ts';

/**
 * Counts what is hidden behind a node: hidden nodes that can be reached from it without passing one that is drawn. What
 * two closed nodes both lead to is counted at both. Counted when asked for, for only nodes in sight are asked for.
 */
export function hiddenCounter(graph: LineageGraph, { nodes }: Pick<LineageLayout, 'nodes'>): (place: number) => number {
  const known = new Map<number, number>();
  /** By place: the number of the last walk that came by; of what is drawn more than there are walks. */
  const passed = new Uint32Array(graph.nodes.length);
  for (const { place } of nodes) passed[place] = DRAWN;
  const found = new Int32Array(graph.nodes.length);
  let walks = 0;
  const count = (place: number): number => {
    const walk = ++walks;
    let hidden = 0;
    for (let from = place, next = 0; ; from = found[next++] ?? -1) {
      for (const { to } of graph.children[from] ?? []) {
        const before = passed[to];
        if (before === walk || before === DRAWN) continue;
        passed[to] = walk;
        found[hidden++] = to;
      }
      if (next === hidden) return hidden;
    }
  };
  const onlyChild = (place: number): number | undefined => {
    const hidden = new Set((graph.children[place] ?? []).flatMap(({ to }) => (passed[to] === DRAWN ? [] : to)));
    return hidden.size === 1 ? [...hidden][0] : undefined;
  };
  return (place) => {
    // Many lots may lead to the one that they were merged into: what is behind that is counted once.
    const way: number[] = [];
    let end = place;
    for (let next = onlyChild(end); next !== undefined && !known.has(end); next = onlyChild(end)) {
      way.push(end);
      end = next;
    }
    let hidden = known.get(end) ?? count(end);
    known.set(end, hidden);
    for (const each of way.toReversed()) known.set(each, ++hidden);
    return hidden;
  };
}

const DRAWN = 2 ** 32 - 1;
