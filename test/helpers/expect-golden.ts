import { expect } from 'vitest';
import type { LineageEdge } from '../../src/protocol/trace.ts';
import type { StatementReader } from '../../oracle-bridge/warehouse/warehouse.ts';
import type { GoldenAsk } from '../fixtures/golden-lineages.ts';
import type { GoldenIds } from './golden-rows.ts';
import { levelsOf, traceLineage } from './trace-lineage.ts';

/** Walks a golden lineage in a warehouse that holds its rows, and compares everything that is answered. */
export async function expectGolden(warehouse: StatementReader, ask: GoldenAsk, ids: GoldenIds): Promise<void> {
  const seeds = ask.seeds.map((key) => ids.idOf(key));
  const { nodes, edges, summary } = await traceLineage(warehouse, { ...ask, seeds });
  const named = <Value>(values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).map(([id, value]) => [ids.keyOf(id), value]));
  expect(named(Object.fromEntries(levelsOf(nodes)))).toEqual(ask.levels);
  expect(edges.map((edge) => goldenEdge(edge, ids)).toSorted()).toEqual(ask.edges.toSorted());
  expect(new Set(nodes.filter((node) => node.is_seed).map((node) => node.container_id))).toEqual(new Set(seeds));

  const seedRoots = Object.entries(ask.seedRoots).map(([key, name]) => [
    key,
    name.startsWith('@') ? ids.idOf(name.slice(1)) : name,
  ]);
  expect(named(summary.seed_roots)).toEqual(Object.fromEntries(seedRoots));
  expect(summary.roots.map((id) => ids.keyOf(id)).toSorted()).toEqual((ask.roots ?? ask.seeds).toSorted());
  expect(summary.leaf_serials && named(summary.leaf_serials)).toEqual(
    ask.direction === 'forward' ? (ask.serials ?? {}) : undefined,
  );
  const serials = nodes.flatMap((node) => (node.serials ? [[ids.keyOf(node.container_id), node.serials]] : []));
  expect(Object.fromEntries(serials)).toEqual(ask.serials ?? {});
  expect(summary).toMatchObject({
    direction: ask.direction,
    totals: { seeds: seeds.length, nodes: nodes.length, edges: edges.length },
    truncated: ask.truncated ?? false,
  });
  const types = Object.fromEntries(nodes.map((node) => [ids.keyOf(node.container_id), node.node_type]));
  expect(types).toMatchObject(ask.types ?? {});
}

/** An edge as the golden lineages write it. */
function goldenEdge({ from_cid, to_cid, edge_type }: LineageEdge, ids: GoldenIds): string {
  const pair = `${ids.keyOf(from_cid)} > ${ids.keyOf(to_cid)}`;
  return edge_type === 'split_from' ? pair : `${pair} ${edge_type}`;
}
