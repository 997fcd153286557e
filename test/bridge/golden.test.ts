import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnsweredLineage } from '../../oracle-bridge/golden/golden-differences.ts';
import { goldenDifferences } from '../../oracle-bridge/golden/golden-differences.ts';
import type { GoldenAsk } from '../../oracle-bridge/golden/golden-lineage.ts';
import { GOLDEN_LINEAGES } from '../../oracle-bridge/golden/golden-lineages.ts';
import { GoldenIds } from '../../oracle-bridge/golden/golden-rows.ts';
import type { GoldenResult } from '../../oracle-bridge/golden/run-golden.ts';
import { runGolden } from '../../oracle-bridge/golden/run-golden.ts';
import type { FetchedRow } from '../../oracle-bridge/encode/row-encoder.ts';
import type { Query } from '../../oracle-bridge/warehouse/sql/query.ts';
import type { OracleDouble } from '../helpers/oracle-on-duckdb.ts';
import { openOracleDouble } from '../helpers/oracle-on-duckdb.ts';

const QUESTIONS = GOLDEN_LINEAGES.reduce((sum, { asks }) => sum + asks.length, 0);

async function collect(run: (query: Query) => Promise<FetchedRow[]>): Promise<GoldenResult[]> {
  const options = { walks: ['recursive'], signal: new AbortController().signal } as const;
  const results: GoldenResult[] = [];
  for await (const result of runGolden(run, options)) results.push(result);
  return results;
}

const wrong = (results: readonly GoldenResult[]) => results.filter(({ differences }) => differences.length > 0);

describe('golden lineages asked of a database whose tables stay untouched', () => {
  let oracle: OracleDouble;
  beforeAll(async () => {
    oracle = await openOracleDouble();
  });
  afterAll(() => oracle.close());

  it('are all answered as they should be, from rows that stand in the statements', async () => {
    const results = await collect((query) => oracle.run(query));
    expect(results).toHaveLength(QUESTIONS);
    expect(wrong(results)).toEqual([]);
  });

  it('show a database that leaves out a row', async () => {
    const results = await collect(async (query) => (await oracle.run(query)).slice(0, -1));
    // One lineage has a container without a row: a row less makes it no other.
    expect(wrong(results).length).toBe(QUESTIONS - 1);
  });

  it('show a database that gives every level one too many', async () => {
    const isWalk = (query: Query) => /_LEVEL/.test(query.text);
    const results = await collect(async (query) => {
      const rows = await oracle.run(query);
      return isWalk(query) ? rows.map((row) => [...row.slice(0, -1), Number(row.at(-1)) + 1]) : rows;
    });
    expect(wrong(results).length).toBeGreaterThan(0);
  });

  it('say what the database said where it refuses a statement, and go on', async () => {
    const results = await collect(() => Promise.reject(new Error('ORA-00942: table or view does not exist')));
    expect(results).toHaveLength(QUESTIONS);
    for (const { differences } of results) expect(differences).toEqual(['ORA-00942: table or view does not exist']);
  });

  it('end when they are stopped', async () => {
    const stop = new AbortController();
    const results = runGolden((query) => oracle.run(query), { walks: ['recursive'], signal: stop.signal });
    await results.next();
    stop.abort(new Error('stopped'));
    await expect(results.next()).rejects.toThrow('stopped');
  });
});

describe('the comparison with a golden lineage', () => {
  const ids = new GoldenIds(0);
  const ask: GoldenAsk = {
    direction: 'forward',
    seeds: ['A'],
    levels: { A: 1, B: 2 },
    edges: ['A > B'],
    seedRoots: { A: 'A' },
    roots: ['A'],
    serials: { B: ['S1'] },
    types: { B: 'GD' },
  };
  const node = { mfgorder_name: null, wafer_lot: null, container_name: null };
  const right: AnsweredLineage = {
    nodes: [
      { ...node, container_id: ids.idOf('A'), node_type: 'GA', level: 1, is_seed: true },
      { ...node, container_id: ids.idOf('B'), node_type: 'GD', level: 2, is_seed: false, serials: ['S1'] },
    ],
    edges: [{ from_cid: ids.idOf('A'), to_cid: ids.idOf('B'), edge_type: 'split_from' }],
    summary: {
      direction: 'forward',
      roots: [ids.idOf('A')],
      seed_roots: { [ids.idOf('A')]: 'A' },
      leaf_serials: { [ids.idOf('B')]: ['S1'] },
      totals: { seeds: 1, nodes: 2, edges: 1 },
      truncated: false,
    },
  };
  const [a, b] = right.nodes as [AnsweredLineage['nodes'][number], AnsweredLineage['nodes'][number]];
  const [edge] = right.edges as [AnsweredLineage['edges'][number]];
  const WRONG: readonly (readonly [string, AnsweredLineage])[] = [
    ['levels', { ...right, nodes: [a, { ...b, level: 3 }] }],
    ['levels', { ...right, nodes: [a] }],
    ['edges', { ...right, edges: [{ ...edge, edge_type: 'merge_source' }] }],
    ['edges', { ...right, edges: [edge, edge] }],
    ['seeds', { ...right, nodes: [a, { ...b, is_seed: true }] }],
    ['seedRoots', { ...right, summary: { ...right.summary, seed_roots: {} } }],
    ['roots', { ...right, summary: { ...right.summary, roots: [] } }],
    ['serialsOfNodes', { ...right, nodes: [a, { ...b, serials: ['S2'] }] }],
    ['leafSerials', { ...right, summary: { ...right.summary, leaf_serials: {} } }],
    ['types', { ...right, nodes: [a, { ...b, node_type: 'GA' }] }],
    ['totals', { ...right, summary: { ...right.summary, totals: { seeds: 2, nodes: 2, edges: 1 } } }],
    ['direction', { ...right, summary: { ...right.summary, direction: 'backward' } }],
    ['truncated', { ...right, summary: { ...right.summary, truncated: true } }],
  ];

  it('finds nothing where all is right', () => {
    expect(goldenDifferences(right, ask, ids)).toEqual([]);
  });

  it.each(WRONG)('finds wrong %s', (what, answer) => {
    expect(goldenDifferences(answer, ask, ids).join('\n')).toContain(`${what}: `);
  });
});
