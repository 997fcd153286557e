import type { Direction } from '#protocol/trace.ts';
import type { GrowthQuestion } from '../run/lineage-growth.ts';
import type { LineageGraph } from './lineage-graph.ts';

/** What is known of how the lineage was walked. */
export interface WalkFacts {
  readonly direction: Direction;
  /** A walk was cut at its last level. */
  readonly truncated: boolean;
  /** Of a forward walk: lots were followed into what they were merged into. */
  readonly followMerges: boolean;
  /** Containers whose own lineage was asked for later, and came without a cut; forward ones along merges too. */
  readonly walkedLater: readonly GrowthQuestion[];
}

/**
 * Whether the lineage may go on behind an end of it. The records do not say which node was walked, so this is what can be
 * told for certain: upwards, splits were followed from the seeds to their top, and merges looked up for all on that way;
 * a source, a wafer or a reworked lot beside it was only named. Downwards, all splits of a family were followed if the
 * lineage went forward, but merges only if that was asked for. Where it is not certain, it may go on.
 */
export function endsThatMayGoOn(
  graph: LineageGraph,
  { direction, truncated, followMerges, walkedLater }: WalkFacts,
): (place: number, towards: Direction) => boolean {
  const later = (wanted: Direction): number[] =>
    walkedLater.flatMap(({ containerId, towards }) =>
      towards === wanted ? (graph.places.get(containerId) ?? []) : [],
    );
  const seeds = graph.nodes.flatMap((node, place) => (node.is_seed && !truncated ? [place] : []));
  const walkedUp = new Set([...seeds, ...later('backward')]);
  for (const place of walkedUp)
    for (const { from, type } of graph.parents[place] ?? []) if (type === 'split_from') walkedUp.add(from);
  const walkedDown = new Set(later('forward'));
  for (const place of walkedDown)
    for (const { to, type } of graph.children[place] ?? [])
      if (type === 'split_from' || type === 'merge_source') walkedDown.add(to);
  const isWalkedDown = direction === 'forward' && followMerges && !truncated;
  // Where a loop is closed something is known as well.
  const hasParent = new Set(graph.loops.map(({ to }) => to));
  const hasChild = new Set(graph.loops.map(({ from }) => from));
  return (place, towards) => {
    if (towards === 'backward')
      return graph.parents[place]?.length === 0 && !hasParent.has(place) && !walkedUp.has(place);
    return graph.children[place]?.length === 0 && !hasChild.has(place) && !isWalkedDown && !walkedDown.has(place);
  };
}
