import type { LineageEdge, LineageNode, LineageSummary } from '#protocol/trace.ts';
import { compareText } from './compare-text.ts';
import { originEdges, semanticEdges } from './lineage-edges.ts';
import type { Container, LineageFacts } from './lineage-facts.ts';
import { leastLevels } from './lineage-levels.ts';
import { childrenIn, joinLinks, parentsIn, placeEdges } from './lineage-links.ts';
import type { Links } from './lineage-links.ts';
import { claimByRoots, rootsOf } from './lineage-roots.ts';
import { nodeTypeOf } from './node-type.ts';

export interface Lineage {
  /** By level, then by id. */
  readonly nodes: LineageNode[];
  /** By child, then by parent, then by type. */
  readonly edges: LineageEdge[];
  readonly summary: LineageSummary;
}

/** All containers by id; a place is an index into them. */
interface Known {
  readonly containers: readonly Container[];
  readonly placeOf: ReadonlyMap<string, number>;
  readonly seeds: readonly number[];
}

/**
 * The genealogy as a graph, from what the steps of the walk have read, in either direction. Pure: the same facts in any
 * order give the same records in the same order.
 */
export function buildLineage(facts: LineageFacts): Lineage {
  const byId = new Map<string, Container>(facts.walked);
  for (const extra of [...facts.wafers, ...facts.reworkSources]) if (!byId.has(extra.id)) byId.set(extra.id, extra);
  const known = placeContainers(byId, facts.seedIds);
  const originRecords = originEdges(facts);
  const semanticRecords = semanticEdges(facts, byId);
  const origins = placeEdges(originRecords, known.placeOf);
  const semantic = placeEdges(semanticRecords, known.placeOf);
  const links = joinLinks(origins, semantic);
  const { direction } = facts;
  const levels = leastLevels({ direction, seeds: known.seeds, origins, semantic, count: known.containers.length });
  const wafers = new Set(semanticRecords.flatMap((edge) => (edge.edge_type === 'wafer_origin' ? edge.from_cid : [])));
  const nodes = toNodes(facts, known, { levels, wafers });
  const edges = sortEdges([...originRecords, ...semanticRecords], links);
  return { nodes, edges, summary: summarise(facts, known, { nodes, links }) };
}

function placeContainers(byId: ReadonlyMap<string, Container>, seedIds: readonly string[]): Known {
  const containers = [...byId.values()].sort((a, b) => compareText(a.id, b.id));
  const placeOf = new Map(containers.map(({ id }, place) => [id, place]));
  return { containers, placeOf, seeds: seedIds.flatMap((id) => placeOf.get(id) ?? []) };
}

function toNodes(
  { serials }: LineageFacts,
  { containers, seeds }: Known,
  { levels, wafers }: { readonly levels: Int32Array; readonly wafers: ReadonlySet<string> },
): LineageNode[] {
  const seedPlaces = new Set(seeds);
  const nodes = containers.map((container, place): LineageNode => {
    const own = serials.get(container.id);
    return {
      container_id: container.id,
      container_name: container.name,
      mfgorder_name: container.order,
      wafer_lot: container.waferLot,
      node_type: nodeTypeOf(container, wafers.has(container.id)),
      level: levels[place] ?? 0,
      is_seed: seedPlaces.has(place),
      ...(own ? { serials: own.toSorted(compareText) } : {}),
    };
  });
  // What no edge reaches is no part of it. The sort keeps the order of the ids.
  return nodes.filter((node) => node.level > 0).sort((a, b) => a.level - b.level);
}

/** `links`: the same edges, in the same order. */
function sortEdges(edges: readonly LineageEdge[], { from, to }: Links): LineageEdge[] {
  const compare = (a: number, b: number): number =>
    (to[a] ?? 0) - (to[b] ?? 0) ||
    (from[a] ?? 0) - (from[b] ?? 0) ||
    compareText(edges[a]?.edge_type ?? '', edges[b]?.edge_type ?? '');
  const order = Uint32Array.from(edges.keys()).sort(compare);
  return Array.from(order, (index) => edges[index]).filter((edge) => edge !== undefined);
}

function summarise(
  { direction, seedIds, truncated }: LineageFacts,
  { containers, seeds }: Known,
  { nodes, links }: { readonly nodes: readonly LineageNode[]; readonly links: Links },
): LineageSummary {
  const nameOf = (place: number): string => containers[place]?.name ?? containers[place]?.id ?? '';
  const roots = rootsOf(parentsIn(links, containers.length));
  const rootOf = claimByRoots(roots, childrenIn(links, containers.length), nameOf);
  const seedRoots = seeds.map((seed): [string, string] => [containers[seed]?.id ?? '', nameOf(rootOf[seed] ?? seed)]);
  const summary = {
    seed_roots: Object.fromEntries(seedRoots),
    totals: { seeds: seedIds.length, nodes: nodes.length, edges: links.from.length },
    truncated,
  };
  if (direction === 'backward') return { direction, roots: [...seedIds], ...summary };
  const rootIds = new Set(roots.map((place) => containers[place]?.id));
  const ids = nodes.map((node) => node.container_id);
  const serials = nodes.flatMap((node) => (node.serials ? [[node.container_id, node.serials] as const] : []));
  return {
    direction,
    roots: ids.filter((id) => rootIds.has(id)),
    leaf_serials: Object.fromEntries(serials),
    ...summary,
  };
}
