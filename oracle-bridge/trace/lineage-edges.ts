import type { LineageEdge } from '#protocol/trace.ts';
import type { Container, LineageFacts, Merge } from './lineage-facts.ts';
import { reworkSourceOf, splitParentOf } from './lineage-facts.ts';

/** Splits and merges between walked containers: the edges that a walk may follow. Each once. */
export function originEdges({ walked, merges }: Pick<LineageFacts, 'walked' | 'merges'>): LineageEdge[] {
  return [...splitEdges(walked), ...mergeEdges(merges, walked)];
}

/** What walked containers only name: wafer origins, and rework sources among the `known` containers. */
export function semanticEdges(facts: LineageFacts, known: ReadonlyMap<string, Container>): LineageEdge[] {
  return [...waferEdges(facts), ...reworkEdges(facts.walked, known)];
}

function* splitEdges(walked: ReadonlyMap<string, Container>): Generator<LineageEdge> {
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

function toEdge(fromId: string, toId: string, type: LineageEdge['edge_type']): LineageEdge {
  return { from_cid: fromId, to_cid: toId, edge_type: type };
}
