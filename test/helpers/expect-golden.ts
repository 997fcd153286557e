import { expect } from 'vitest';
import type { StatementReader } from '../../oracle-bridge/warehouse/warehouse.ts';
import { goldenDifferences } from '../../oracle-bridge/golden/golden-differences.ts';
import type { GoldenAsk } from '../../oracle-bridge/golden/golden-lineage.ts';
import type { GoldenIds } from '../../oracle-bridge/golden/golden-rows.ts';
import { traceLineage } from './trace-lineage.ts';

/** Walks a golden lineage in a warehouse that holds its rows, and compares everything that is answered. */
export async function expectGolden(warehouse: StatementReader, ask: GoldenAsk, ids: GoldenIds): Promise<void> {
  const seeds = ask.seeds.map((key) => ids.idOf(key));
  const answer = await traceLineage(warehouse, { ...ask, seeds });
  expect(answer.summary.totals).toMatchObject({ nodes: answer.nodes.length, edges: answer.edges.length });
  expect(goldenDifferences(answer, ask, ids)).toEqual([]);
}
