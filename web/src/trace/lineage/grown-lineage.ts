import type { LineageEdge, LineageNode } from '#protocol/trace.ts';
import type { LineageGraphData } from '../trace-snapshot.ts';
import { ancestorsOf } from './lineage-graph.ts';
import type { LineageGraph } from './lineage-graph.ts';
import { findVisible } from './lineage-layout.ts';
import type { Drawing } from './lineage-layout.ts';

/**
 * A lineage with what a later question found. Nodes that were there keep what they are, a seed stays the only kind of
 * seed; only what the earlier walk could not know is added to them. What came stands behind what was there.
 */
export function joinLineages(before: LineageGraphData, found: LineageGraphData): LineageGraphData {
  const nodes = new Map(before.nodes.map((node) => [node.container_id, node]));
  for (const node of found.nodes) {
    const known = nodes.get(node.container_id);
    nodes.set(node.container_id, known === undefined ? { ...node, is_seed: false } : learn(known, node));
  }
  const edges = new Map<string, LineageEdge>();
  for (const edge of [...before.edges, ...found.edges]) edges.set(keyOf(edge), edge);
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** What a node is called for is known only by a walk that came across the reason. */
function learn(known: LineageNode, found: LineageNode): LineageNode {
  const serials = known.serials ?? found.serials;
  const isWafer = found.node_type === 'WAFER';
  if (serials === known.serials && !isWafer) return known;
  return {
    ...known,
    ...(isWafer ? { node_type: 'WAFER' as const } : {}),
    ...(serials === undefined ? {} : { serials }),
  };
}

function keyOf({ from_cid: from, to_cid: to, edge_type: type }: LineageEdge): string {
  return `${from} ${to} ${type}`;
}

/**
 * What is open when the lineage has grown: what was, what was asked for, and whatever else keeps in sight what was drawn.
 * A node that stood at the left end may have parents now.
 */
export function openedByGrowth(
  before: Drawing,
  after: LineageGraph,
  opened: ReadonlySet<string>,
  askedId: string,
): ReadonlySet<string> {
  const placeOf = (id: string | undefined): number => after.places.get(id ?? '') ?? -1;
  const asked = placeOf(askedId);
  const open = new Set([...Array.from(opened, placeOf), asked, ...ancestorsOf(after, asked)]);
  const visible = findVisible(after, open);
  for (const { place } of before.layout.nodes) {
    const now = placeOf(before.graph.nodes[place]?.container_id);
    if (visible[now] !== 1) for (const above of ancestorsOf(after, now)) open.add(above);
  }
  return new Set(Array.from(open, (place) => after.nodes[place]?.container_id ?? ''));
}
