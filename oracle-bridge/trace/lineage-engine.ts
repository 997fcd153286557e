import type { LineageEdge, LineageNode, LineageSummary } from '#protocol/trace.ts';
import { nodeTypeOf } from './node-type.ts';
import { leastLevels } from './lineage-levels.ts';
import { findRoots } from './lineage-roots.ts';

/**
 * The backward genealogy as a graph, from what the steps of the walk have read. Pure: the same facts in any order give
 * the same records in the same order.
 */

/** A container as the lineage statements give it; all but the id is null for one that has no row. */
export interface Container {
  readonly id: string;
  readonly name: string | null;
  readonly order: string | null;
  readonly waferLot: string | null;
  readonly objectType: string | null;
  readonly originalId: string | null;
  readonly splitFromId: string | null;
}

/** A container that a split walk reached, with its least level in that walk. */
export interface WalkedContainer extends Container {
  readonly splitLevel: number;
}

export interface Merge {
  readonly targetId: string;
  readonly sourceId: string;
}

export interface LineageFacts {
  readonly seedIds: readonly string[];
  /** Of both split walks: from the seeds, and from the merge sources that were new. */
  readonly walked: ReadonlyMap<string, WalkedContainer>;
  readonly merges: readonly Merge[];
  /** Containers that bear the name of a walked one's wafer lot. */
  readonly wafers: readonly Container[];
  /** Rework sources that were not walked, as far as they exist. */
  readonly reworkSources: readonly Container[];
}

export interface Lineage {
  readonly nodes: LineageNode[];
  readonly edges: LineageEdge[];
  readonly summary: LineageSummary;
}

/** Levels of one split walk, the seed being level 1. */
export const MAX_SPLIT_LEVELS = 20;

export function buildLineage(facts: LineageFacts): Lineage {
  const { seedIds, walked } = facts;
  const containers = new Map<string, Container>(walked);
  for (const extra of [...facts.wafers, ...facts.reworkSources]) {
    if (!containers.has(extra.id)) containers.set(extra.id, extra);
  }
  const origins = [...splitEdges(walked), ...mergeEdges(facts.merges, walked)];
  const semantic = [...waferEdges(facts), ...reworkEdges(walked, containers)];
  const edges = [...origins, ...semantic].sort(compareEdges);

  const levels = leastLevels(seedIds, origins, semantic);
  const waferIds = new Set(semantic.filter((edge) => edge.edge_type === 'wafer_origin').map((edge) => edge.from_cid));
  const seeds = new Set(seedIds);
  const nodes = [...containers.values()]
    .filter(({ id }) => levels.has(id))
    .map((container) => toNode(container, levels.get(container.id) ?? 1, { seeds, waferIds }))
    .sort(compareNodes);
  const summary: LineageSummary = {
    direction: 'backward',
    roots: [...seedIds],
    seed_roots: findRoots(seedIds, edges, (id) => containers.get(id)?.name ?? id),
    totals: { seeds: seedIds.length, nodes: nodes.length, edges: edges.length },
    truncated: isCut(walked),
  };
  return { nodes, edges, summary };
}

/** The parent by split, unless it is the container itself. */
export function splitParentOf({ id, splitFromId }: Container): string | undefined {
  return splitFromId === null || splitFromId === id ? undefined : splitFromId;
}

/** Where a reworked (GD) lot came from, by the lot itself. */
export function reworkSourceOf(container: Container): string | undefined {
  if (nodeTypeOf(container, false) !== 'GD') return undefined;
  const source = container.originalId ?? container.splitFromId;
  return source === null || source === container.id ? undefined : source;
}

function* splitEdges(walked: ReadonlyMap<string, WalkedContainer>): Generator<LineageEdge> {
  for (const container of walked.values()) {
    const parent = splitParentOf(container);
    if (parent !== undefined && walked.has(parent)) yield toEdge(parent, container.id, 'split_from');
  }
}

function* mergeEdges(merges: readonly Merge[], walked: ReadonlyMap<string, Container>): Generator<LineageEdge> {
  const seen = new Set<string>();
  for (const { sourceId, targetId } of merges) {
    const pair = `${sourceId} ${targetId}`;
    if (sourceId === targetId || seen.has(pair) || !walked.has(sourceId) || !walked.has(targetId)) continue;
    seen.add(pair);
    yield toEdge(sourceId, targetId, 'merge_source');
  }
}

function* waferEdges({ walked, wafers }: LineageFacts): Generator<LineageEdge> {
  const wafersOfName = Map.groupBy(wafers, ({ name }) => name);
  for (const { id, waferLot } of walked.values()) {
    const origins = waferLot === null ? [] : (wafersOfName.get(waferLot) ?? []);
    for (const wafer of origins) if (wafer.id !== id) yield toEdge(wafer.id, id, 'wafer_origin');
  }
}

function* reworkEdges(
  walked: ReadonlyMap<string, Container>,
  known: ReadonlyMap<string, Container>,
): Generator<LineageEdge> {
  for (const container of walked.values()) {
    const source = reworkSourceOf(container);
    if (source !== undefined && known.has(source)) yield toEdge(source, container.id, 'gd_rework_source');
  }
}

/** A walk was cut if a container of the last level has a parent that nothing else has led to. */
function isCut(walked: ReadonlyMap<string, WalkedContainer>): boolean {
  for (const container of walked.values()) {
    const parent = splitParentOf(container);
    if (container.splitLevel >= MAX_SPLIT_LEVELS && parent !== undefined && !walked.has(parent)) return true;
  }
  return false;
}

function toEdge(fromId: string, toId: string, type: LineageEdge['edge_type']): LineageEdge {
  return { from_cid: fromId, to_cid: toId, edge_type: type };
}

function toNode(
  container: Container,
  level: number,
  { seeds, waferIds }: { seeds: ReadonlySet<string>; waferIds: ReadonlySet<string> },
): LineageNode {
  return {
    container_id: container.id,
    container_name: container.name,
    mfgorder_name: container.order,
    wafer_lot: container.waferLot,
    node_type: nodeTypeOf(container, waferIds.has(container.id)),
    level,
    is_seed: seeds.has(container.id),
  };
}

function compareNodes(a: LineageNode, b: LineageNode): number {
  return a.level - b.level || compareText(a.container_id, b.container_id);
}

function compareEdges(a: LineageEdge, b: LineageEdge): number {
  return (
    compareText(a.to_cid, b.to_cid) || compareText(a.from_cid, b.from_cid) || compareText(a.edge_type, b.edge_type)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
