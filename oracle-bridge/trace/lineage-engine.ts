import type { LineageEdge, LineageNode, LineageSummary } from '#protocol/trace.ts';
import { compareText } from './compare-text.ts';
import { compareEdges, originEdges, semanticEdges } from './lineage-edges.ts';
import type { Container, LineageFacts } from './lineage-facts.ts';
import { leastLevels } from './lineage-levels.ts';
import { findRoots } from './lineage-roots.ts';
import { nodeTypeOf } from './node-type.ts';

export interface Lineage {
  readonly nodes: LineageNode[];
  readonly edges: LineageEdge[];
  readonly summary: LineageSummary;
}

/**
 * The genealogy as a graph, from what the steps of the walk have read, in either direction. Pure: the same facts in any
 * order give the same records in the same order.
 */
export function buildLineage(facts: LineageFacts): Lineage {
  const containers = new Map<string, Container>(facts.walked);
  for (const extra of [...facts.wafers, ...facts.reworkSources]) {
    if (!containers.has(extra.id)) containers.set(extra.id, extra);
  }
  const origins = originEdges(facts);
  const semantic = semanticEdges(facts, containers);
  const edges = [...origins, ...semantic].sort(compareEdges);
  const nodes = toNodes(facts, containers, { origins, semantic });
  return { nodes, edges, summary: summarise(facts, nodes, edges) };
}

function toNodes(
  facts: LineageFacts,
  containers: ReadonlyMap<string, Container>,
  { origins, semantic }: Readonly<Record<'origins' | 'semantic', readonly LineageEdge[]>>,
): LineageNode[] {
  const levels = leastLevels(facts, origins, semantic);
  const waferIds = new Set(semantic.filter((edge) => edge.edge_type === 'wafer_origin').map((edge) => edge.from_cid));
  const seeds = new Set(facts.seedIds);
  const nodes: LineageNode[] = [];
  for (const container of containers.values()) {
    const { id } = container;
    const level = levels.get(id);
    if (level === undefined) continue;
    const serials = facts.serials.get(id);
    nodes.push({
      container_id: id,
      container_name: container.name,
      mfgorder_name: container.order,
      wafer_lot: container.waferLot,
      node_type: nodeTypeOf(container, waferIds.has(id)),
      level,
      is_seed: seeds.has(id),
      ...(serials ? { serials: serials.toSorted(compareText) } : {}),
    });
  }
  return nodes.sort(compareNodes);
}

function summarise(
  { direction, seedIds, truncated }: LineageFacts,
  nodes: readonly LineageNode[],
  edges: readonly LineageEdge[],
): LineageSummary {
  const names = new Map(nodes.map((node) => [node.container_id, node.container_name]));
  const summary = {
    seed_roots: findRoots(seedIds, edges, (id) => names.get(id) ?? id),
    totals: { seeds: seedIds.length, nodes: nodes.length, edges: edges.length },
    truncated,
  };
  if (direction === 'backward') return { direction, roots: [...seedIds], ...summary };
  const withParents = new Set(edges.map((edge) => edge.to_cid));
  const ids = nodes.map((node) => node.container_id);
  return {
    direction,
    roots: ids.filter((id) => !withParents.has(id)),
    leaf_serials: Object.fromEntries(
      nodes.flatMap(({ container_id: id, serials }) => (serials ? [[id, serials]] : [])),
    ),
    ...summary,
  };
}

function compareNodes(a: LineageNode, b: LineageNode): number {
  return a.level - b.level || compareText(a.container_id, b.container_id);
}
