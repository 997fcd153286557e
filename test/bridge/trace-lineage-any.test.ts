import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JobWarehouse } from '../helpers/both-warehouses.ts';
import { describeOnBothWarehouses } from '../helpers/both-warehouses.ts';
import type { Genealogy } from '../helpers/lineage-reference.ts';
import { referenceForward, referenceLineage } from '../helpers/lineage-reference.ts';
import type { TinyRow } from '../helpers/tiny-warehouse.ts';
import { id } from '../helpers/tiny-warehouse.ts';
import type { LineageAsk } from '../helpers/trace-lineage.ts';
import { edgeTexts, levelsOf, traceLineage } from '../helpers/trace-lineage.ts';

const ids14 = fc.nat(13);
const ids44 = fc.nat(43);
/** Up to 14 containers, parents and merges at random: trees, diamonds, cycles, lots that are their own parent. */
const tangle = fc.record({
  parents: fc.array(fc.option(ids14, { freq: 4 }), { minLength: 2, maxLength: 14 }),
  merges: fc.array(fc.tuple(ids14, ids14), { maxLength: 8 }),
  seeds: fc.uniqueArray(ids14, { minLength: 1, maxLength: 4 }),
});
/** Long lines with few branches and gaps: walks that end at their last level. */
const line = fc.record({
  parents: fc
    .array(fc.nat(99), { minLength: 30, maxLength: 44 })
    .map((chances) => chances.map((chance, index) => parentInLine(chance, index))),
  merges: fc.array(fc.tuple(ids44, ids44), { maxLength: 3 }),
  seeds: fc.uniqueArray(ids44, { minLength: 1, maxLength: 3 }),
});

/** `chance` of 100: the one before, seldom another of those before, or none. The first is its own parent. */
function parentInLine(chance: number, index: number): number | null {
  if (chance === 98) return null;
  return Math.max(0, index - (chance > 90 ? chance - 89 : 1));
}

const graphs = [
  ...fc.sample(tangle, { numRuns: 60, seed: 20_260_301 }),
  ...fc.sample(line, { numRuns: 24, seed: 20_260_302 }),
];

/** Container `number` of genealogy `index`. */
const idIn = (index: number, number: number) => id(100_000 + index * 100 + number);
/** Serial number of a merge, shared by several of them. */
const serialOf = (source: number) => `SN-${source % 3}`;

function genealogyOf(index: number): Genealogy {
  const { parents, merges } = graphs[index] ?? { parents: [], merges: [] };
  return {
    parents: new Map(
      parents.flatMap((parent, number) => (parent === null ? [] : [[idIn(index, number), idIn(index, parent)]])),
    ),
    merges: merges.map(([source, target]) => [idIn(index, source), idIn(index, target)]),
    serials: merges.map(([source]) => [idIn(index, source), serialOf(source)]),
  };
}

/** A container without a row has no name; its id stands for it. */
function nameOf(root: string, rows: number): string {
  return Number.parseInt(root, 16) % 100 < rows ? `N${root}` : root;
}

describeOnBothWarehouses('lineage of any genealogy', (make) => {
  let tiny: JobWarehouse;
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
      for (const [source, target] of pairs) {
        const pair = { CONTAINERID: idIn(index, source), LOTID: idIn(index, target) };
        merges.push({ ...pair, FINISHEDNAME: serialOf(source) });
      }
    }
    tiny = await make({ CONTAINER: containers, PJ_COMBINEDASSYLOTS: merges });
  });
  afterAll(() => tiny.close());

  const seedsOf = (index: number) => (graphs[index]?.seeds ?? []).map((number) => idIn(index, number));
  const ask = (index: number, how: Omit<LineageAsk, 'seeds'>) =>
    traceLineage(tiny.warehouse, { ...how, seeds: seedsOf(index) });
  const expectRoots = (index: number, roots: ReadonlyMap<string, readonly string[]>, found: Record<string, string>) => {
    const rows = graphs[index]?.parents.length ?? 0;
    for (const [seed, candidates] of roots)
      expect(found[seed]).toBe(candidates.map((root) => nameOf(root, rows)).toSorted()[0]);
  };

  it('backward is what a naive walk finds: the same containers, least levels, edges and roots', async () => {
    for (const index of graphs.keys()) {
      const expected = referenceLineage(genealogyOf(index), seedsOf(index));
      const { nodes, edges, summary } = await ask(index, { direction: 'backward' });
      expect(levelsOf(nodes)).toEqual(expected.levels);
      expect(edgeTexts(edges)).toEqual(expected.edges);
      expectRoots(index, expected.roots, summary.seed_roots);
    }
  });

  it.each([false, true])('forward is what a naive walk finds, and its leaves; through merges: %s', async (through) => {
    let cut = 0;
    for (const index of graphs.keys()) {
      const expected = referenceForward(genealogyOf(index), seedsOf(index), through);
      const { nodes, edges, summary } = await ask(index, { direction: 'forward', followMerges: through });
      expect(levelsOf(nodes)).toEqual(expected.levels);
      expect(edgeTexts(edges)).toEqual(expected.edges);
      expectRoots(index, expected.roots, summary.seed_roots);
      expect(new Map(Object.entries(summary.leaf_serials ?? {}))).toEqual(expected.serials);
      expect(summary.truncated).toBe(expected.truncated);
      cut += expected.truncated ? 1 : 0;
    }
    expect(cut).toBeGreaterThan(3);
    expect(cut).toBeLessThan(graphs.length / 2);
  });

  /** For questions that take many answers. */
  const some = [...graphs.keys()].filter((index) => index % 6 === 0);

  it('forward from several seeds gives the containers that each of them gives', async () => {
    for (const index of some) {
      const whole = await ask(index, { direction: 'forward' });
      const parts = new Set<string>();
      for (const seed of seedsOf(index)) {
        const { nodes } = await traceLineage(tiny.warehouse, { direction: 'forward', seeds: [seed] });
        for (const node of nodes) parts.add(node.container_id);
      }
      expect(new Set(whole.nodes.map((node) => node.container_id))).toEqual(parts);
    }
  });

  it('depends neither on the size of a batch nor on the order of the seeds', async () => {
    for (const index of some) {
      for (const direction of ['backward', 'forward'] as const) {
        const plain = await ask(index, { direction, batchRecords: 1 });
        const seeds = seedsOf(index).toReversed();
        expect(await traceLineage(tiny.warehouse, { direction, seeds, batchRecords: 5000 })).toEqual(plain);
      }
    }
  });
});
