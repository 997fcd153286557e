import { isDeepStrictEqual } from 'node:util';
import type { LineageEdge, LineageNode, LineageSummary } from '#protocol/trace.ts';
import type { GoldenAsk } from './golden-lineage.ts';
import type { GoldenIds } from './golden-rows.ts';

export interface AnsweredLineage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  readonly summary: LineageSummary;
}

/** What of an answer is not as the golden lineage has it, a line each; none: it is right. */
export function goldenDifferences(answer: AnsweredLineage, ask: GoldenAsk, ids: GoldenIds): string[] {
  const expected = expectedFacts(ask, ids);
  return Object.entries(answeredFacts(answer, ask, ids)).flatMap(([what, found]) => {
    const wanted = expected[what as keyof typeof expected];
    return isDeepStrictEqual(found, wanted)
      ? []
      : [`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`];
  });
}

interface GoldenFacts {
  readonly levels: Readonly<Record<string, number>>;
  readonly edges: readonly string[];
  readonly seeds: readonly string[];
  readonly seedRoots: Readonly<Record<string, string>>;
  readonly roots: readonly string[];
  readonly serialsOfNodes: Readonly<Record<string, readonly string[]>>;
  readonly leafSerials: Readonly<Record<string, readonly string[]>> | undefined;
  readonly types: Readonly<Record<string, string>>;
  readonly totals: LineageSummary['totals'];
  readonly direction: string;
  readonly truncated: boolean;
}

function expectedFacts(ask: GoldenAsk, ids: GoldenIds): GoldenFacts {
  const seedRoots = Object.entries(ask.seedRoots).map(([key, name]) => [
    key,
    name.startsWith('@') ? ids.idOf(name.slice(1)) : name,
  ]);
  const serials = ask.serials ?? {};
  return {
    levels: ask.levels,
    edges: ask.edges.toSorted(),
    seeds: ask.seeds.toSorted(),
    seedRoots: Object.fromEntries(seedRoots),
    roots: (ask.roots ?? ask.seeds).toSorted(),
    serialsOfNodes: serials,
    leafSerials: ask.direction === 'forward' ? serials : undefined,
    types: ask.types ?? {},
    totals: { seeds: ask.seeds.length, nodes: Object.keys(ask.levels).length, edges: ask.edges.length },
    direction: ask.direction,
    truncated: ask.truncated ?? false,
  };
}

/** Of the types only those that the golden lineage names. */
function answeredFacts({ nodes, edges, summary }: AnsweredLineage, ask: GoldenAsk, ids: GoldenIds): GoldenFacts {
  const keyed = <Value>(values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).map(([id, value]) => [ids.keyOf(id), value]));
  const ofNodes = <Value>(read: (node: LineageNode) => Value | undefined) =>
    Object.fromEntries(
      nodes.flatMap((node) => {
        const value = read(node);
        return value === undefined ? [] : [[ids.keyOf(node.container_id), value] as const];
      }),
    );
  return {
    levels: ofNodes((node) => node.level),
    edges: edges.map((edge) => edgeText(edge, ids)).toSorted(),
    seeds: nodes.flatMap((node) => (node.is_seed ? ids.keyOf(node.container_id) : [])).toSorted(),
    seedRoots: keyed(summary.seed_roots),
    roots: summary.roots.map((id) => ids.keyOf(id)).toSorted(),
    serialsOfNodes: ofNodes((node) => node.serials),
    leafSerials: summary.leaf_serials && keyed(summary.leaf_serials),
    types: ofNodes((node) => (ask.types && ids.keyOf(node.container_id) in ask.types ? node.node_type : undefined)),
    totals: { ...summary.totals, nodes: nodes.length, edges: edges.length },
    direction: summary.direction,
    truncated: summary.truncated,
  };
}

/** An edge as the golden lineages write it. */
function edgeText({ from_cid, to_cid, edge_type }: LineageEdge, ids: GoldenIds): string {
  const pair = `${ids.keyOf(from_cid)} > ${ids.keyOf(to_cid)}`;
  return edge_type === 'split_from' ? pair : `${pair} ${edge_type}`;
}
