import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { LineageEdge, LineageNode } from '#protocol/trace.ts';
import { EDGE_TYPES } from '#protocol/trace.ts';
import { joinLineages, openedByGrowth } from '../../web/src/trace/lineage/grown-lineage.ts';
import { hiddenCounter } from '../../web/src/trace/lineage/hidden-nodes.ts';
import { endsThatMayGoOn } from '../../web/src/trace/lineage/lineage-ends.ts';
import { ancestorsOf, buildLineageGraph, graphSteps, linksOf } from '../../web/src/trace/lineage/lineage-graph.ts';
import type { LineageGraph } from '../../web/src/trace/lineage/lineage-graph.ts';
import { actionOfKey } from '../../web/src/trace/lineage/lineage-keys.ts';
import { drawingSteps, layOutLineage, layoutSteps } from '../../web/src/trace/lineage/lineage-layout.ts';
import type { LineageLayout } from '../../web/src/trace/lineage/lineage-layout.ts';
import { pictureScale, writeStrips } from '../../web/src/trace/lineage/lineage-picture.ts';
import { openPng } from '../../web/src/trace/lineage/png-writer.ts';
import { runAtOnce, runInSlices } from '../../web/src/trace/lineage/steps.ts';
import { readPng } from '../helpers/read-png.ts';
import { containerIdOf, createRandom, makeLineage } from '../helpers/web-demo-data.ts';

function nodeOf(number: number, is_seed = false): LineageNode {
  return {
    container_id: containerIdOf(number),
    container_name: `N${String(number).padStart(4, '0')}`,
    mfgorder_name: null,
    wafer_lot: null,
    node_type: 'GA',
    level: 1,
    is_seed,
  };
}

function edgeOf(from: number, to: number, edge_type: LineageEdge['edge_type'] = 'split_from'): LineageEdge {
  return { from_cid: containerIdOf(from), to_cid: containerIdOf(to), edge_type };
}

const MOST_NODES = 30;
const number = fc.nat({ max: MOST_NODES - 1 });
const nodes = Array.from({ length: MOST_NODES }, (_, index) => nodeOf(index));
/** Loops, self-parents and doubled edges too. */
const edges = fc.array(
  fc.tuple(number, number, fc.constantFrom(...EDGE_TYPES)).map(([from, to, type]) => edgeOf(from, to, type)),
  { maxLength: MOST_NODES * 2 },
);
const opened = fc.uniqueArray(number);
/** Each node but the first hangs on one before it. */
const trees = fc
  .array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: MOST_NODES - 1 })
  .map((picks) => picks.map((pick, index) => edgeOf(pick % (index + 1), index + 1)));

function setOf(numbers: readonly number[]): ReadonlySet<string> {
  return new Set(numbers.map(containerIdOf));
}

describe('opening and closing', () => {
  it('draws every edge of which both ends are drawn, whichever parent was opened, and no other', () => {
    fc.assert(
      fc.property(edges, opened, (given, open) => {
        const graph = buildLineageGraph(nodes, given);
        const { layout } = runAtOnce(drawingSteps(graph, setOf(open)));
        const wanted = linksOf(graph).filter(({ from, to }) => layout.byPlace.has(from) && layout.byPlace.has(to));
        expect(new Set(layout.links)).toEqual(new Set(wanted));
        expect(layout.links).toHaveLength(wanted.length);
      }),
    );
  });

  it('loses no node: each is drawn or counted at a node that is, and opening all of these shows it', () => {
    fc.assert(
      fc.property(edges, opened, (given, open) => {
        const graph = buildLineageGraph(nodes, given);
        const expanded = new Set(open);
        for (;;) {
          const layout = layOutLineage(graph, expanded);
          const hiddenBehind = hiddenCounter(graph, layout);
          const counts = layout.nodes.map(({ place }) => (expanded.has(place) ? 0 : hiddenBehind(place)));
          const hidden = graph.nodes.length - layout.nodes.length;
          expect(Math.max(...counts)).toBeLessThanOrEqual(hidden);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(hidden);
          if (hidden === 0) break;
          for (const [at, { place }] of layout.nodes.entries()) if ((counts[at] ?? 0) > 0) expanded.add(place);
        }
      }),
    );
  });

  it('counts in a tree every hidden node exactly once', () => {
    fc.assert(
      fc.property(trees, opened, (given, open) => {
        const graph = buildLineageGraph(nodes.slice(0, given.length + 1), given);
        const expanded = new Set(open.filter((place) => place < graph.nodes.length));
        const layout = layOutLineage(graph, expanded);
        const hiddenBehind = hiddenCounter(graph, layout);
        const counts = layout.nodes.map(({ place }) => hiddenBehind(place));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(graph.nodes.length - layout.nodes.length);
      }),
    );
  });

  it('counts behind each node what can be reached from it without passing one that is drawn', () => {
    fc.assert(
      fc.property(edges, opened, (given, open) => {
        const graph = buildLineageGraph(nodes, given);
        const layout = layOutLineage(graph, new Set(open));
        const behind = (place: number): ReadonlySet<number> =>
          new Set(
            (graph.children[place] ?? []).flatMap(({ to }) => (layout.byPlace.has(to) ? [] : [to, ...behind(to)])),
          );
        const hiddenBehind = hiddenCounter(graph, layout);
        for (const { place } of layout.nodes) expect(hiddenBehind(place)).toBe(behind(place).size);
      }),
    );
  });

  it('hides nothing by opening, and shows nothing by closing', () => {
    fc.assert(
      fc.property(edges, opened, number, (given, open, toggled) => {
        const graph = buildLineageGraph(nodes, given);
        const closed = layOutLineage(graph, new Set(open.filter((place) => place !== toggled)));
        const isDrawn = layOutLineage(graph, new Set([...open, toggled])).byPlace;
        expect(closed.nodes.every(({ place }) => isDrawn.has(place))).toBe(true);
        const added = closed.byPlace.has(toggled) ? Math.min(1, hiddenCounter(graph, closed)(toggled)) : 0;
        expect(isDrawn.size).toBeGreaterThanOrEqual(closed.nodes.length + added);
      }),
    );
  });

  it('shows a merged lot with both edges when only one of its parents is open, in another subtree', () => {
    // 0 → 1 → 2, 3 → 2 by merge; 3 stays closed.
    const graph = buildLineageGraph(
      [0, 1, 2, 3].map((each) => nodeOf(each)),
      [edgeOf(0, 1), edgeOf(1, 2), edgeOf(3, 2, 'merge_source')],
    );
    const layout = layOutLineage(graph, new Set([0, 1]));
    const types = layout.links.filter((link) => link.to === 2).map((link) => link.type);
    expect(types.sort()).toEqual(['merge_source', 'split_from']);
    const closed = layOutLineage(graph, new Set([0]));
    expect(closed.byPlace.has(2)).toBe(false);
    expect([1, 3].map(hiddenCounter(graph, closed))).toEqual([1, 1]);
  });

  it('is done in slices between which the page gets its turn, and is left where it is called off', async () => {
    const lineage = makeLineage(['GA26011704-A00-003'], 5000);
    // Every step takes as long as a slice may.
    let nowMs = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 8));
    try {
      const { promise, resolve } = Promise.withResolvers<LineageGraph>();
      let turns = 0;
      const turn = setInterval(() => turns++);
      runInSlices(graphSteps(lineage.nodes, lineage.edges), resolve);
      const graph = await promise;
      clearInterval(turn);
      expect(graph).toEqual(buildLineageGraph(lineage.nodes, lineage.edges));
      expect(turns).toBeGreaterThan(3);
      const done = vi.fn<(layout: LineageLayout) => void>();
      const all = new Set(graph.nodes.keys());
      const callOff = runInSlices(layoutSteps(graph, all), done);
      callOff();
      await new Promise<LineageLayout>((ready) => void runInSlices(layoutSteps(graph, all), ready));
      expect(done).not.toHaveBeenCalled();
    } finally {
      clock.mockRestore();
    }
  });
});

describe('the keys of the tree', () => {
  const graph = buildLineageGraph(
    [0, 1, 2].map((each) => nodeOf(each)),
    [edgeOf(0, 1), edgeOf(1, 2)],
  );
  const press = (key: string, place: number, open: readonly number[], shiftKey = false) => {
    const expanded = new Set(open);
    return actionOfKey({ key, shiftKey }, place, { graph, expanded, layout: layOutLineage(graph, expanded) });
  };

  it('open with right, then go to the child; close with left, then go to the parent', () => {
    expect(press('ArrowRight', 0, [])).toEqual({ type: 'toggle' });
    expect(press('ArrowRight', 0, [0])).toEqual({ type: 'focus', place: 1 });
    expect(press('ArrowLeft', 1, [0, 1])).toEqual({ type: 'toggle' });
    expect(press('ArrowLeft', 1, [0])).toEqual({ type: 'focus', place: 0 });
    expect(press('ArrowLeft', 0, [])).toBeUndefined();
    expect(press('*', 0, [])).toEqual({ type: 'openBelow' });
  });

  it('ask for more with shift', () => {
    expect(press('ArrowRight', 2, [0, 1], true)).toEqual({ type: 'grow', towards: 'forward' });
    expect(press('ArrowLeft', 0, [], true)).toEqual({ type: 'grow', towards: 'backward' });
  });
});

describe('ends of a lineage', () => {
  // 0 and 1 above the seed 2 by splits; 3 merged into 1; 4 is the wafer of 2.
  const graph = buildLineageGraph(
    [nodeOf(0), nodeOf(1), nodeOf(2, true), nodeOf(3), nodeOf(4)],
    [edgeOf(0, 1), edgeOf(1, 2), edgeOf(3, 1, 'merge_source'), edgeOf(4, 2, 'wafer_origin')],
  );
  const backward = { direction: 'backward', truncated: false, followMerges: false, walkedLater: [] } as const;
  const ends = (facts: Parameters<typeof endsThatMayGoOn>[1], towards: 'forward' | 'backward') =>
    [0, 1, 2, 3, 4].filter((place) => endsThatMayGoOn(graph, facts)(place, towards));

  it('may go on upwards where the walk has only named a lot, and everywhere when it was cut', () => {
    expect(ends(backward, 'backward')).toEqual([3, 4]);
    expect(ends({ ...backward, truncated: true }, 'backward')).toEqual([0, 3, 4]);
  });

  it('may go on downwards unless the walk went that way, along merges too', () => {
    expect(ends(backward, 'forward')).toEqual([2]);
    const forward = { ...backward, direction: 'forward' } as const;
    expect(ends(forward, 'forward')).toEqual([2]);
    expect(ends({ ...forward, followMerges: true }, 'forward')).toEqual([]);
    expect(ends({ ...forward, followMerges: true, truncated: true }, 'forward')).toEqual([2]);
  });
});

describe('ends of a lineage with a loop', () => {
  it('are not where the loop is closed', () => {
    const graph = buildLineageGraph([nodeOf(0), nodeOf(1), nodeOf(2)], [edgeOf(0, 1), edgeOf(1, 0), edgeOf(1, 2)]);
    expect(graph.loops).toHaveLength(1);
    const facts = { direction: 'backward', truncated: false, followMerges: false, walkedLater: [] } as const;
    const mayGoOn = endsThatMayGoOn(graph, facts);
    expect([0, 1, 2].filter((place) => mayGoOn(place, 'backward'))).toEqual([]);
    expect([0, 1, 2].filter((place) => mayGoOn(place, 'forward'))).toEqual([2]);
  });
});

describe('ends of a lineage that has grown', () => {
  it('do not go on above or below what was asked for later', () => {
    // 1 merged into the seed 0; 2 above 1 by a split; 3 below 0.
    const graph = buildLineageGraph(
      [nodeOf(0, true), nodeOf(1), nodeOf(2), nodeOf(3)],
      [edgeOf(1, 0, 'merge_source'), edgeOf(2, 1), edgeOf(0, 3)],
    );
    const facts = { direction: 'backward', truncated: false, followMerges: false } as const;
    const before = endsThatMayGoOn(graph, { ...facts, walkedLater: [] });
    expect([before(2, 'backward'), before(3, 'forward')]).toEqual([true, true]);
    const walkedLater = [
      { containerId: containerIdOf(1), towards: 'backward' },
      { containerId: containerIdOf(0), towards: 'forward' },
    ] as const;
    const after = endsThatMayGoOn(graph, { ...facts, walkedLater });
    expect([after(2, 'backward'), after(3, 'forward')]).toEqual([false, false]);
  });
});

describe('a lineage that has grown', () => {
  it('has all of both, each once, and keeps what was known of a node', () => {
    const known = { ...nodeOf(1, true), level: 3 };
    const before = { nodes: [nodeOf(0), known], edges: [edgeOf(0, 1)] };
    const found = {
      nodes: [{ ...nodeOf(1), serials: ['SN-1'] }, nodeOf(2, true), { ...nodeOf(0), node_type: 'WAFER' as const }],
      edges: [edgeOf(0, 1), edgeOf(1, 2)],
    };
    const { nodes: joined, edges: joinedEdges } = joinLineages(before, found);
    expect(joined).toEqual([{ ...nodeOf(0), node_type: 'WAFER' }, { ...known, serials: ['SN-1'] }, nodeOf(2)]);
    expect(joinedEdges).toEqual([edgeOf(0, 1), edgeOf(1, 2)]);
  });

  it('hides nothing that was in sight, and shows what was asked for', () => {
    fc.assert(
      fc.property(edges, edges, opened, number, (first, more, open, asked) => {
        const known = nodes.slice(0, MOST_NODES / 2);
        const before = buildLineageGraph(known, first);
        const data = joinLineages({ nodes: known, edges: first }, { nodes, edges: more });
        const after = buildLineageGraph(data.nodes, data.edges);
        const askedId = containerIdOf(asked % known.length);
        const ids = setOf(open);
        const drawnBefore = runAtOnce(drawingSteps(before, ids));
        const grown = openedByGrowth(drawnBefore, after, ids, askedId);
        const drawn = runAtOnce(drawingSteps(after, grown)).layout.byPlace;
        for (const { place } of drawnBefore.layout.nodes)
          expect(drawn.has(after.places.get(before.nodes[place]?.container_id ?? '') ?? -1)).toBe(true);
        for (const { to } of after.children[after.places.get(askedId) ?? -1] ?? []) expect(drawn.has(to)).toBe(true);
        expect(ancestorsOf(after, after.places.get(askedId) ?? -1).every((place) => drawn.has(place))).toBe(true);
      }),
    );
  });
});

describe('the picture of a lineage', () => {
  it('is drawn sharp when it is small, and never larger than a viewer opens', () => {
    expect(pictureScale({ width: 600, height: 400 })).toBe(2);
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 6000 }), fc.integer({ min: 100, max: 700_000 }), (width, height) => {
        const scale = pictureScale({ width, height });
        expect(Math.max(width, height) * scale).toBeLessThanOrEqual(65_000.001);
        expect(width * height * scale * scale).toBeLessThanOrEqual(96_000_001);
      }),
    );
  });

  it('is written strip by strip, and read back pixel by pixel', async () => {
    const pictures = fc.record({
      width: fc.integer({ min: 1, max: 40 }),
      strips: fc.array(fc.integer({ min: 1, max: 9 })),
    });
    await fc.assert(
      fc.asyncProperty(pictures, fc.nat(), async ({ width, strips }, seed) => {
        const random = createRandom(seed);
        const height = strips.reduce((sum, lines) => sum + lines, 0);
        const writer = openPng(width, height);
        const wanted: number[] = [];
        for (const lines of strips) {
          const pixels = Uint8ClampedArray.from({ length: lines * width * 4 }, () => random() * 256);
          wanted.push(...pixels.filter((_, at) => at % 4 < 3));
          await writer.write(pixels);
        }
        const read = readPng(Buffer.from(await (await writer.close()).arrayBuffer()));
        expect([read.width, read.height, [...read.pixels]]).toEqual([width, height, wanted]);
      }),
    );
  });

  it('tells how far it is, and is left between two strips, its packing with it', async () => {
    const ended: string[] = [];
    vi.stubGlobal(
      'CompressionStream',
      class {
        readonly readable = new ReadableStream();
        readonly writable = new WritableStream({
          close: () => void ended.push('closed'),
          abort: () => void ended.push('aborted'),
        });
      },
    );
    try {
      const stop = new AbortController();
      const tops: number[] = [];
      const told: number[] = [];
      const size = { width: 4000, height: 4000 };
      const draw = ({ top, width, height }: { top: number; width: number; height: number }) => {
        tops.push(top);
        if (tops.length === 2) stop.abort();
        return new Uint8ClampedArray(width * height * 4);
      };
      const written = writeStrips(size, draw, { signal: stop.signal, told: (percent) => void told.push(percent) });
      await expect(written).rejects.toMatchObject({ name: 'AbortError' });
      expect({ tops, told, ended }).toEqual({ tops: [0, 1000], told: [0, 25], ended: ['aborted'] });
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
