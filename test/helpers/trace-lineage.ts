import { expect } from 'vitest';
import type { Direction, LineageEdge, LineageNode, LineageSummary } from '../../src/protocol/trace.ts';
import { lineageEdgeSchema, lineageNodeSchema, lineageSummarySchema } from '../../src/protocol/trace.ts';
import { runLineage } from '../../oracle-bridge/trace/run-lineage.ts';
import type { StatementReader } from '../../oracle-bridge/warehouse/warehouse.ts';
import { makeRecordedJob } from './recorded-job.ts';

export interface LineageAsk {
  readonly direction: Direction;
  readonly followMerges?: boolean;
  readonly seeds: readonly string[];
  readonly batchRecords?: number;
}

export interface TracedLineage {
  readonly nodes: LineageNode[];
  readonly edges: LineageEdge[];
  readonly summary: LineageSummary;
}

/** Runs a lineage as a job does, and reads what it wrote as the wire has it. */
export async function traceLineage(warehouse: StatementReader, ask: LineageAsk): Promise<TracedLineage> {
  const { direction, followMerges = false, seeds, batchRecords = 7 } = ask;
  const params = { kind: 'lineage', direction, follow_merges: followMerges } as const;
  const domains = ['nodes', 'edges'] as const;
  const { job, output } = makeRecordedJob({ warehouse, params, domains, ids: seeds, batchRecords });
  await runLineage(job);
  for (const domain of domains) {
    expect(output.domain(domain).end).toEqual({ status: 'complete' });
    expect(output.domain(domain).seals.at(-1)?.idsTo).toBe(seeds.length);
  }
  return {
    nodes: output.records('nodes').map((record) => lineageNodeSchema.parse(record)),
    edges: output.records('edges').map((record) => lineageEdgeSchema.parse(record)),
    summary: lineageSummarySchema.parse(output.aggregation),
  };
}

/** `from type to`, sorted. */
export function edgeTexts(edges: readonly LineageEdge[]): string[] {
  return edges.map((edge) => `${edge.from_cid} ${edge.edge_type} ${edge.to_cid}`).toSorted();
}

export function levelsOf(nodes: readonly LineageNode[]): Map<string, number> {
  return new Map(nodes.map((node) => [node.container_id, node.level]));
}
