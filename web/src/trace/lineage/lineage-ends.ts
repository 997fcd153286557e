import type { Direction } from '#protocol/trace.ts';
import type { LineageGraph } from './lineage-graph.ts';

/** What is known of how the lineage was walked. */
export interface WalkFacts {
  readonly direction: Direction;
  /** A walk was cut at its last level. */
  readonly truncated: boolean;
  /** Of a forward walk: lots were followed into what they were merged into. */
  readonly followMerges: boolean;
}

/**
 * Whether the lineage may go on behind an end of it. The records do not say which node was walked, so this is what can be
 * told for certain: upwards, splits were followed from the seeds to their top, and merges looked up for all on that way;
 * a source, a wafer or a reworked lot beside it was only named. Downwards, all splits of a family were followed if the
 * lineage went forward, but merges only if that was asked for. Where it is not certain, it may go on.
 */
export function endsThatMayGoOn(
  graph: LineageGraph,
  { direction, truncated, followMerges }: WalkFacts,
): (place: number, towards: Direction) => boolean {
  const walkedUp = truncated ? new Set<number>() : aboveSeedsBySplits(graph);
  const isWalkedDown = direction === 'forward' && followMerges && !truncated;
  return (place, towards) => {
    if (towards === 'backward') return graph.parents[place]?.length === 0 && !walkedUp.has(place);
    return graph.children[place]?.length === 0 && !isWalkedDown;
  };
}

function aboveSeedsBySplits(graph: LineageGraph): ReadonlySet<number> {
  const above = new Set(graph.nodes.flatMap((node, place) => (node.is_seed ? [place] : [])));
  for (const place of above)
    for (const { from, type } of graph.parents[place] ?? []) if (type === 'split_from') above.add(from);
  return above;
}
