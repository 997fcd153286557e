import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLineage } from '../../oracle-bridge/trace/lineage-engine.ts';
import type { Container, LineageFacts } from '../../oracle-bridge/trace/lineage-facts.ts';
import { fitSummary } from '../../oracle-bridge/trace/run-lineage.ts';
import type { Statement, StatementReader } from '../../oracle-bridge/warehouse/warehouse.ts';
import type { LineageSummary } from '../../src/protocol/trace.ts';
import type { JobWarehouse } from '../helpers/both-warehouses.ts';
import { describeOnBothWarehouses } from '../helpers/both-warehouses.ts';
import { id } from '../helpers/tiny-warehouse.ts';
import { traceLineage } from '../helpers/trace-lineage.ts';

/** Notes the name of every statement that is run. */
function counting(warehouse: StatementReader, asked: string[]): StatementReader {
  return {
    readRecords: (statement, options) => warehouse.readRecords(statement, options),
    readRows: (statement: Statement, signal) => {
      asked.push(statement.name);
      return warehouse.readRows(statement, signal);
    },
  };
}

describeOnBothWarehouses('a lineage of many seeds', (make) => {
  let tiny: JobWarehouse;
  beforeAll(async () => {
    tiny = await make({}, [
      // 1001 lots, each split from a lot of its own, four generations up.
      `insert into DWH.DW_MES_CONTAINER by name
       select printf('%016x', n) as CONTAINERID, 'N' || n as CONTAINERNAME,
         case when n >= 10000 then printf('%016x', n - 10000) end as SPLITFROMID
       from (select 1 + s + 10000 * g as n from range(1001) a(s), range(4) b(g))`,
      // Each of the youngest is merged, with a lot that is known from this alone.
      `insert into DWH.DW_MES_PJ_COMBINEDASSYLOTS by name
       select printf('%016x', n) as LOTID, printf('%016x', n + 60000) as CONTAINERID, 'SN' as FINISHEDNAME
       from (select 30001 + s as n from range(1001) a(s))`,
    ]);
  });
  afterAll(() => tiny.close());
  const lots = (first: number) => Array.from({ length: 1001 }, (_, n) => id(first + n));

  it('takes one round trip a step backward, whatever the number of seeds and generations', async () => {
    const asked: string[] = [];
    const ask = { direction: 'backward', seeds: lots(30_001) } as const;
    const { nodes, edges, summary } = await traceLineage(counting(tiny.warehouse, asked), ask);
    expect([nodes.length, edges.length]).toEqual([5005, 4004]);
    expect(summary.totals).toEqual({ seeds: 1001, nodes: 5005, edges: 4004 });
    expect(asked).toEqual(['lineage/split-ancestors', 'lineage/merge-sources', 'lineage/split-ancestors']);
  });

  it.each([
    [false, 'lineage/split-descendants'],
    [true, 'lineage/split-and-merge-descendants'],
  ])('takes one round trip a step forward; through merges: %s', async (followMerges, walk) => {
    const asked: string[] = [];
    const ask = { direction: 'forward', followMerges, seeds: lots(10_001) } as const;
    const { nodes, edges, summary } = await traceLineage(counting(tiny.warehouse, asked), ask);
    expect(summary.totals).toEqual({ seeds: 1001, nodes: nodes.length, edges: edges.length });
    expect([nodes.length, edges.length]).toEqual([5005, 4004]);
    expect(summary.roots).toEqual([...lots(1), ...lots(90_001)]);
    expect(asked).toEqual([
      'lineage/split-ancestors',
      walk,
      'lineage/serial-numbers',
      'lineage/merge-sources',
      'lineage/containers-by-id',
    ]);
  });
});

describe('the summary of a lineage', () => {
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
    const serials = Object.fromEntries(roots.map((root) => [root, [`SN${root}`]]));
    const forward: LineageSummary = {
      ...summary,
      direction: 'forward',
      roots: [],
      seed_roots: {},
      leaf_serials: serials,
    };
    expect(fitSummary(forward)).toEqual({ ...forward, leaf_serials: {}, roots_omitted: true });
    const small = { ...summary, roots: [], seed_roots: {} };
    expect(fitSummary(small)).toEqual(small);
  });
});

describe('the facts of a lineage', () => {
  const facts: LineageFacts = {
    direction: 'forward',
    seedIds: ['b', 'c'],
    walked: new Map(
      [
        lot('a', null),
        lot('b', 'a', 'W'),
        lot('c', 'a', 'W'),
        lot('d', 'c', 'W'),
        lot('e', null),
        { ...lot('f', 'd'), name: 'GD1', originalId: 'x' },
      ].map((container) => [container.id, container]),
    ),
    merges: [
      { sourceId: 'e', targetId: 'd' },
      { sourceId: 'b', targetId: 'd' },
      { sourceId: 'e', targetId: 'd' },
    ],
    wafers: [
      { ...lot('w', null), name: 'W' },
      { ...lot('v', null), name: 'W' },
    ],
    reworkSources: [lot('x', null)],
    serials: new Map([
      ['b', ['S2', 'S1']],
      ['f', ['S1']],
    ]),
    truncated: false,
  };

  function lot(lotId: string, splitFromId: string | null, waferLot: string | null = null): Container {
    return { id: lotId, name: `N${lotId}`, order: null, waferLot, objectType: 'LOT', originalId: null, splitFromId };
  }

  it('give the same records in whatever order they were read', () => {
    const plain = buildLineage(facts);
    expect(plain.nodes).toHaveLength(9);
    expect(plain.edges).toHaveLength(13);
    const shuffled = <Value>(values: readonly Value[]) =>
      fc.shuffledSubarray([...values], { minLength: values.length, maxLength: values.length });
    const anyOrder = fc.record({
      walked: shuffled([...facts.walked]).map((entries) => new Map(entries)),
      merges: shuffled(facts.merges),
      wafers: shuffled(facts.wafers),
      serials: fc.constantFrom(
        facts.serials,
        new Map([...facts.serials].map(([leaf, own]) => [leaf, own.toReversed()])),
      ),
    });
    fc.assert(
      fc.property(anyOrder, (read) => {
        expect(buildLineage({ ...facts, ...read })).toEqual(plain);
      }),
    );
  });
});
