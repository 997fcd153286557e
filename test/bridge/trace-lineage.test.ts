import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LineageEdge, LineageNode, LineageSummary } from '../../src/protocol/trace.ts';
import { lineageEdgeSchema, lineageNodeSchema, lineageSummarySchema } from '../../src/protocol/trace.ts';
import { fitSummary, runLineage } from '../../oracle-bridge/trace/run-lineage.ts';
import type { Statement, Warehouse } from '../../oracle-bridge/warehouse/warehouse.ts';
import type { Genealogy } from '../helpers/lineage-reference.ts';
import { referenceLineage } from '../helpers/lineage-reference.ts';
import { makeRecordedJob } from '../helpers/recorded-job.ts';
import type { TinyRow, TinyWarehouse } from '../helpers/tiny-warehouse.ts';
import { id, makeTinyWarehouse } from '../helpers/tiny-warehouse.ts';

interface Answer {
  readonly nodes: LineageNode[];
  readonly edges: LineageEdge[];
  readonly summary: LineageSummary;
}

async function trace(warehouse: Warehouse, seeds: readonly string[]): Promise<Answer> {
  const params = { kind: 'lineage', direction: 'backward' } as const;
  const { job, output } = makeRecordedJob({
    warehouse,
    params,
    domains: ['nodes', 'edges'],
    ids: seeds,
    batchRecords: 7,
  });
  await runLineage(job);
  for (const domain of ['nodes', 'edges'] as const) {
    expect(output.domain(domain).end).toEqual({ status: 'complete' });
    expect(output.domain(domain).seals.at(-1)?.idsTo).toBe(seeds.length);
  }
  return {
    nodes: output.records('nodes').map((record) => lineageNodeSchema.parse(record)),
    edges: output.records('edges').map((record) => lineageEdgeSchema.parse(record)),
    summary: lineageSummarySchema.parse(output.aggregation),
  };
}

const edgeTexts = (edges: readonly LineageEdge[]) =>
  edges.map((edge) => `${edge.from_cid} ${edge.edge_type} ${edge.to_cid}`).toSorted();
const levelsOf = (nodes: readonly LineageNode[]) =>
  Object.fromEntries(nodes.map((node) => [node.container_name, node.level]));

/** Named containers: `{L1: 'P1'}` is a lot L1 that was split from P1. Ids follow the order of the names. */
class Plant {
  readonly #ids = new Map<string, string>();
  readonly #rows: TinyRow[] = [];
  readonly #merges: TinyRow[] = [];
  readonly #base: number;

  constructor(base: number) {
    this.#base = base;
  }

  id(name: string): string {
    const known = this.#ids.get(name);
    if (known) return known;
    const made = id(this.#base + this.#ids.size);
    this.#ids.set(name, made);
    return made;
  }

  lots(parents: Readonly<Record<string, string | null>>, more: TinyRow = {}): this {
    for (const [name, parent] of Object.entries(parents)) {
      const SPLITFROMID = parent === null ? null : this.id(parent);
      this.#rows.push({ CONTAINERID: this.id(name), CONTAINERNAME: name, SPLITFROMID, ...more });
    }
    return this;
  }

  merge(target: string | null, ...sources: (string | null)[]): this {
    for (const source of sources) {
      this.#merges.push({
        LOTID: target === null ? null : this.id(target),
        CONTAINERID: source === null ? null : this.id(source),
      });
    }
    return this;
  }

  get tables() {
    return { CONTAINER: this.#rows, PJ_COMBINEDASSYLOTS: this.#merges };
  }
}

describe('lineage of the cases that once went wrong', () => {
  const plant = new Plant(100)
    .lots({ L1: 'P1', P1: 'P2', P2: null, L2: 'P1', L3: null })
    .lots({ C5: 'C1', C1: 'C2', C2: 'C1' })
    .lots({ S1: 'S1' })
    .lots(Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`G${n + 1}`, n === 24 ? null : `G${n + 2}`])))
    .lots({ T1: null, U1: null, U2: null })
    .merge('T1', 'U1', 'U2', 'U1', null, 'T1')
    .merge(null, 'U1')
    .lots({ A: 'B', B: 'C', C: null, M1: 'M0', M0: null })
    .merge('B', 'M1')
    .merge('M0', 'L3')
    .lots({ D1: null, D2: 'D1', D3: 'D1', D4: 'D2' })
    .merge('D4', 'D3')
    .lots({ K1: 'gone' })
    .lots({ '56014S00T-5K07R': null }, { OBJECTTYPE: 'LOT' })
    .lots({ 'GD25060502-A11': null }, { FIRSTNAME: '56014S00T-5K07R ', MFGORDERNAME: 'GD25060502' })
    .lots({ 'GA25060001-A01': 'N1', N1: null }, { MFGORDERNAME: 'GA25060001' });
  let tiny: TinyWarehouse;
  const ask = (...names: string[]) =>
    trace(
      tiny.warehouse,
      names.map((name) => plant.id(name)),
    );

  beforeAll(async () => {
    const tables = plant.tables;
    const rows = tables.CONTAINER.map((row) =>
      row['CONTAINERNAME'] === 'GD25060502-A11' ? { ...row, ORIGINALCONTAINERID: plant.id('56014S00T-5K07R') } : row,
    );
    tiny = await makeTinyWarehouse({ ...tables, CONTAINER: rows });
  });
  afterAll(() => tiny.close());

  it('three levels deep, a shared parent, and a lot alone', async () => {
    const { nodes, edges, summary } = await ask('L1', 'L2', 'L3');
    expect(levelsOf(nodes)).toEqual({ L1: 1, L2: 1, L3: 1, P1: 2, P2: 3 });
    expect(edgeTexts(edges)).toEqual(
      [
        ['P1', 'L1'],
        ['P1', 'L2'],
        ['P2', 'P1'],
      ]
        .map(([a, b]) => `${plant.id(a ?? '')} split_from ${plant.id(b ?? '')}`)
        .toSorted(),
    );
    expect(summary).toMatchObject({
      totals: { seeds: 3, nodes: 5, edges: 3 },
      truncated: false,
      direction: 'backward',
    });
    expect(summary.seed_roots).toEqual({ [plant.id('L1')]: 'P2', [plant.id('L2')]: 'P2', [plant.id('L3')]: 'L3' });
    expect(summary.roots.toSorted()).toEqual(['L1', 'L2', 'L3'].map((name) => plant.id(name)).toSorted());
    expect(nodes.filter((node) => node.is_seed).map((node) => node.container_name)).toEqual(['L1', 'L2', 'L3']);
  });

  it('a cycle ends, and leaves the seed its own root', async () => {
    const { nodes, edges, summary } = await ask('C5');
    expect(levelsOf(nodes)).toEqual({ C5: 1, C1: 2, C2: 3 });
    expect(edges).toHaveLength(3);
    expect(summary.seed_roots).toEqual({ [plant.id('C5')]: 'C5' });
    expect(summary.truncated).toBe(false);
  });

  it('a container that is its own parent has none', async () => {
    const { nodes, edges } = await ask('S1');
    expect([levelsOf(nodes), edges]).toEqual([{ S1: 1 }, []]);
  });

  it('the 21st level is not given, which is said', async () => {
    const cut = await ask('G1');
    expect(cut.nodes).toHaveLength(20);
    expect(cut.edges).toHaveLength(19);
    expect(cut.summary.truncated).toBe(true);
    const whole = await ask('G6');
    expect([whole.nodes.length, whole.summary.truncated]).toEqual([20, false]);
    expect(whole.summary.seed_roots).toEqual({ [plant.id('G6')]: 'G25' });
  });

  it('merge sources collapse, and null or the lot itself is none', async () => {
    const { nodes, edges } = await ask('T1');
    expect(levelsOf(nodes)).toEqual({ T1: 1, U1: 2, U2: 2 });
    expect(edgeTexts(edges)).toEqual(
      ['U1', 'U2'].map((source) => `${plant.id(source)} merge_source ${plant.id('T1')}`).toSorted(),
    );
  });

  it('sources get one further split pass, and no second merge pass', async () => {
    const { nodes, summary } = await ask('A');
    expect(levelsOf(nodes)).toEqual({ A: 1, B: 2, C: 3, M1: 3, M0: 4 });
    expect(summary.seed_roots).toEqual({ [plant.id('A')]: 'C' });
  });

  it('a diamond is visited once', async () => {
    const { nodes, edges } = await ask('D4');
    expect(levelsOf(nodes)).toEqual({ D4: 1, D2: 2, D3: 2, D1: 3 });
    expect(edges).toHaveLength(4);
  });

  it('a parent without a row, and a seed without one, are nodes of unknown type', async () => {
    const { nodes } = await ask('K1', 'never heard of');
    const unknown = nodes.filter((node) => node.container_name === null);
    expect(unknown.map((node) => [node.container_id, node.node_type, node.level])).toEqual([
      [plant.id('never heard of'), 'UNKNOWN', 1],
      [plant.id('gone'), 'UNKNOWN', 2],
    ]);
  });

  it('wafer origin and rework source are two edges between the same pair', async () => {
    const { nodes, edges } = await ask('GD25060502-A11');
    expect(edges.map((edge) => edge.edge_type).toSorted()).toEqual(['gd_rework_source', 'wafer_origin']);
    expect(nodes.map((node) => [node.container_name, node.node_type, node.level])).toEqual([
      ['GD25060502-A11', 'GD', 1],
      ['56014S00T-5K07R', 'WAFER', 2],
    ]);
  });

  it('the type of a node follows its order or name', async () => {
    const { nodes } = await ask('GA25060001-A01', '56014S00T-5K07R', 'L3');
    expect(Object.fromEntries(nodes.map((node) => [node.container_name, node.node_type]))).toEqual({
      'GA25060001-A01': 'GA',
      N1: 'GA',
      '56014S00T-5K07R': 'LOT',
      L3: 'UNKNOWN',
    });
  });
});

/** Container `number` of genealogy `index`. */
const idIn = (index: number, number: number) => id(100_000 + index * 100 + number);

/** A container without a row has no name; its id stands for it. */
function nameOf(root: string, rows: number): string {
  return Number.parseInt(root, 16) % 100 < rows ? `N${root}` : root;
}

describe('lineage of any genealogy', () => {
  /** Up to 14 containers, parents and merges at random: trees, diamonds, cycles, lots that are their own parent. */
  const graph = fc.record({
    parents: fc.array(fc.option(fc.nat(13), { freq: 4 }), { minLength: 2, maxLength: 14 }),
    merges: fc.array(fc.tuple(fc.nat(13), fc.nat(13)), { maxLength: 8 }),
    seeds: fc.uniqueArray(fc.nat(13), { minLength: 1, maxLength: 4 }),
  });
  const graphs = fc.sample(graph, { numRuns: 80, seed: 20_260_301 });
  let tiny: TinyWarehouse;

  beforeAll(async () => {
    const containers: TinyRow[] = [];
    const merges: TinyRow[] = [];
    for (const [index, { parents, merges: pairs }] of graphs.entries()) {
      for (const [number, parent] of parents.entries()) {
        containers.push({
          CONTAINERID: idIn(index, number),
          CONTAINERNAME: `N${idIn(index, number)}`,
          SPLITFROMID: parent === null ? null : idIn(index, parent),
        });
      }
      for (const [source, target] of pairs)
        merges.push({ CONTAINERID: idIn(index, source), LOTID: idIn(index, target) });
    }
    tiny = await makeTinyWarehouse({ CONTAINER: containers, PJ_COMBINEDASSYLOTS: merges });
  });
  afterAll(() => tiny.close());

  it('is what a naive walk finds: the same containers, least levels, edges and roots', async () => {
    for (const [index, { parents, merges, seeds }] of graphs.entries()) {
      const genealogy: Genealogy = {
        parents: new Map(
          parents.flatMap((parent, number) => (parent === null ? [] : [[idIn(index, number), idIn(index, parent)]])),
        ),
        merges: merges.map(([source, target]) => [idIn(index, source), idIn(index, target)]),
      };
      const seedIds = seeds.map((number) => idIn(index, number));
      const expected = referenceLineage(genealogy, seedIds);
      const { nodes, edges, summary } = await trace(tiny.warehouse, seedIds);
      expect(new Map(nodes.map((node) => [node.container_id, node.level]))).toEqual(expected.levels);
      expect(edgeTexts(edges)).toEqual(expected.edges);
      for (const [seed, roots] of expected.roots) {
        const names = roots.map((root) => nameOf(root, parents.length));
        expect(summary.seed_roots[seed]).toBe(names.toSorted()[0]);
      }
    }
  });
});

describe('a lineage of many seeds', () => {
  it('takes one round trip a step, whatever the number of seeds and generations', async () => {
    const tiny = await makeTinyWarehouse({}, [
      // 1001 lots, each split from a lot of its own, four generations up.
      `insert into DWH.DW_MES_CONTAINER by name
       select printf('%016x', n) as CONTAINERID, 'N' || n as CONTAINERNAME,
         case when n >= 10000 then printf('%016x', n - 10000) end as SPLITFROMID
       from (select 1 + s + 10000 * g as n from range(1001) a(s), range(4) b(g))`,
    ]);
    const asked: string[] = [];
    const counting: Warehouse = {
      description: tiny.warehouse.description,
      readRecords: (statement, options) => tiny.warehouse.readRecords(statement, options),
      readRows: (statement: Statement, signal) => {
        asked.push(statement.name);
        return tiny.warehouse.readRows(statement, signal);
      },
      close: () => tiny.warehouse.close(),
    };
    const seeds = Array.from({ length: 1001 }, (_, n) => id(30_001 + n));
    const { nodes, edges, summary } = await trace(counting, seeds);
    expect([nodes.length, edges.length]).toEqual([4004, 3003]);
    expect(summary.totals).toEqual({ seeds: 1001, nodes: 4004, edges: 3003 });
    expect(asked).toEqual(['lineage/split-ancestors', 'lineage/merge-sources']);
    await tiny.close();
  });

  it('names no roots in a summary that would not fit into a line, and says so', () => {
    const roots = Array.from({ length: 60_000 }, (_, n) => id(n));
    const summary: LineageSummary = {
      direction: 'backward',
      roots,
      seed_roots: Object.fromEntries(roots.map((root) => [root, `N${root}`])),
      totals: { seeds: 60_000, nodes: 60_000, edges: 0 },
      truncated: false,
    };
    expect(fitSummary(summary)).toEqual({ ...summary, roots: [], seed_roots: {}, roots_omitted: true });
    const small = { ...summary, roots: [], seed_roots: {} };
    expect(fitSummary(small)).toEqual(small);
  });
});
