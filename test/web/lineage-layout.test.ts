import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineageEdge, LineageNode } from '#protocol/trace.ts';
import { EDGE_TYPES } from '#protocol/trace.ts';
import { ancestorsOf, buildLineageGraph, searchNodes, subtreeOf } from '../../web/src/trace/lineage/lineage-graph.ts';
import { hiddenCounter } from '../../web/src/trace/lineage/hidden-nodes.ts';
import { FIRST_VISIBLE_NODES, firstExpanded, layOutLineage } from '../../web/src/trace/lineage/lineage-layout.ts';
import { linkPaths } from '../../web/src/trace/lineage/lineage-paths.ts';
import {
  beyondView,
  BOX_HEIGHT_PX,
  BOX_PX,
  drawingSize,
  firstView,
  fitView,
  keepNodeInSight,
  linksInView,
  MIN_SCALE,
  pinchView,
  nodesInside,
  nodesInView,
  nodeX,
  nodeY,
  revealNode,
  showAll,
  rowsInView,
  startNode,
} from '../../web/src/trace/lineage/lineage-view.ts';
import { nameOfNode } from '../../web/src/trace/shown-name.ts';
import type { LineageLayout } from '../../web/src/trace/lineage/lineage-layout.ts';
import { openPen } from '../../web/src/trace/lineage/path-pen.ts';
import { containerIdOf, makeLineage } from '../helpers/web-demo-data.ts';

function nodeOf(number: number, name = `N${number}`): LineageNode {
  return {
    container_id: containerIdOf(number),
    container_name: name,
    mfgorder_name: null,
    wafer_lot: null,
    node_type: 'GA',
    level: 1,
    is_seed: false,
  };
}

/** How many nodes are not wholly on the screen. */
function outside(...[layout, view, size]: Parameters<typeof nodesInside>): number {
  return layout.nodes.length - nodesInside(layout, view, size).length;
}

/** Nodes at these places, in row order. */
function layoutOf(spots: readonly { readonly column: number; readonly row: number }[]): LineageLayout {
  const tree = { parent: undefined, level: 1, position: 1, setSize: 1, order: 0 };
  const nodes = spots.map((spot, place) => ({ ...spot, place, tree })).sort((a, b) => a.row - b.row);
  const byPlace = new Map(nodes.map((node) => [node.place, node]));
  const last = (of: 'column' | 'row') => 1 + Math.max(...nodes.map((node) => node[of]));
  return { nodes, byPlace, links: [], columns: last('column'), rows: last('row') };
}

function edgeOf(from: number, to: number, type: LineageEdge['edge_type'] = 'split_from'): LineageEdge {
  return { from_cid: containerIdOf(from), to_cid: containerIdOf(to), edge_type: type };
}

/** Any lineage at all: also loops, self-parents, doubled edges and edges to unknown nodes. */
const lineages = fc.integer({ min: 1, max: 40 }).chain((count) => {
  const place = fc.integer({ min: 0, max: count });
  const edge = fc.tuple(place, place, fc.constantFrom(...EDGE_TYPES)).map(([from, to, type]) => edgeOf(from, to, type));
  return fc.record({
    nodes: fc.constant(Array.from({ length: count }, (_, index) => nodeOf(index))),
    edges: fc.array(edge, { maxLength: count * 3 }),
    opened: fc.array(fc.nat({ max: count }), { maxLength: count }),
  });
});

describe('the graph of a lineage', () => {
  it('orders every parent before its children, and loses no node and no edge, whatever loops there are', () => {
    fc.assert(
      fc.property(lineages, ({ nodes, edges }) => {
        const graph = buildLineageGraph(nodes, edges);
        const at = new Map(graph.order.map((place, index) => [place, index]));
        expect(at.size).toBe(nodes.length);
        for (const link of graph.children.flat()) expect(at.get(link.from)).toBeLessThan(at.get(link.to) ?? -1);
        const known = (id: string): boolean => graph.places.has(id);
        const wanted = edges.filter(
          (edge) => known(edge.from_cid) && known(edge.to_cid) && edge.from_cid !== edge.to_cid,
        );
        const distinct = new Set(wanted.map((edge) => JSON.stringify(edge)));
        expect(graph.children.flat().length + graph.loops.length).toBe(distinct.size);
      }),
    );
  });

  it('keeps both parents of a merged lot', () => {
    const graph = buildLineageGraph([nodeOf(1), nodeOf(2), nodeOf(3)], [edgeOf(1, 3), edgeOf(2, 3, 'merge_source')]);
    const merged = graph.places.get(containerIdOf(3)) ?? -1;
    expect(graph.parents[merged]?.map((link) => link.type).sort()).toEqual(['merge_source', 'split_from']);
    expect(ancestorsOf(graph, merged)).toHaveLength(2);
  });

  it('keeps two edges of different types between the same pair', () => {
    const graph = buildLineageGraph(
      [nodeOf(1), nodeOf(2)],
      [edgeOf(1, 2, 'wafer_origin'), edgeOf(1, 2, 'gd_rework_source')],
    );
    const layout = layOutLineage(graph, new Set([0, 1]));
    const paths = linkPaths(layout, layout.links, { first: 0, last: 1 });
    expect(paths.size).toBe(2);
    expect(new Set(paths.values()).size).toBe(2);
  });

  it('takes the whole subtree of a node, once each', () => {
    const diamond = [edgeOf(1, 2), edgeOf(1, 3), edgeOf(2, 4), edgeOf(3, 4)];
    const graph = buildLineageGraph(
      [1, 2, 3, 4].map((number) => nodeOf(number)),
      diamond,
    );
    expect(subtreeOf(graph, graph.places.get(containerIdOf(1)) ?? -1).sort((a, b) => a - b)).toEqual([0, 1, 2, 3]);
  });

  it('finds nodes by a part of name, id or serial number, ignoring case', () => {
    const graph = buildLineageGraph(
      [{ ...nodeOf(1, 'GA26-A00'), serials: ['SN-1', 'SN-2'] }, nodeOf(2, 'gd25-A11')],
      [],
    );
    expect(searchNodes(graph, 'GD25').map((place) => graph.nodes[place]?.container_name)).toEqual(['gd25-A11']);
    expect(searchNodes(graph, containerIdOf(1).slice(-6))).toHaveLength(1);
    expect(searchNodes(graph, 'sn-2').map((place) => graph.nodes[place]?.container_name)).toEqual(['GA26-A00']);
    expect(searchNodes(graph, '  ')).toEqual([]);
  });

  it('finds and orders names as they are shown, with the prefix and without it', () => {
    const graph = buildLineageGraph([nodeOf(1, '參考編號：GA-2'), nodeOf(2, 'GA-3'), nodeOf(3, 'GA-1')], []);
    expect(graph.nodes.map(nameOfNode)).toEqual(['GA-1', 'GA-2', 'GA-3']);
    expect(searchNodes(graph, 'ga-2')).toEqual([1]);
    expect(searchNodes(graph, '參考編號：GA-2')).toEqual([1]);
    expect(searchNodes(graph, '參考編號：GA-3')).toEqual([2]);
    expect(searchNodes(graph, '參考')).toEqual([1]);
  });
});

describe('the layout of a lineage', () => {
  it('puts no two nodes on one spot and every parent left of its children', () => {
    fc.assert(
      fc.property(lineages, ({ nodes, edges, opened }) => {
        const graph = buildLineageGraph(nodes, edges);
        for (const expanded of [new Set(graph.nodes.keys()), new Set(opened)]) {
          const layout = layOutLineage(graph, expanded);
          const spots = new Set(layout.nodes.map((node) => `${node.column}/${node.row}`));
          expect(spots.size).toBe(layout.nodes.length);
          for (const node of layout.nodes) expect(Math.min(node.column, node.row)).toBeGreaterThanOrEqual(0);
          for (const link of layout.links.filter((each) => !graph.loops.includes(each))) {
            expect(layout.byPlace.get(link.from)?.column).toBeLessThan(layout.byPlace.get(link.to)?.column ?? -1);
          }
        }
      }),
    );
  });

  it('shows everything when all is open, and only roots when nothing is', () => {
    fc.assert(
      fc.property(lineages, ({ nodes, edges }) => {
        const graph = buildLineageGraph(nodes, edges);
        expect(layOutLineage(graph, new Set(graph.nodes.keys())).nodes).toHaveLength(nodes.length);
        const closed = layOutLineage(graph, new Set());
        expect(new Set(closed.nodes.map((node) => node.place))).toEqual(new Set(graph.roots));
        expect(closed.links).toEqual([]);
      }),
    );
  });

  it('opens no more at first than can be read', () => {
    const { nodes, edges } = makeLineage(['GA26011704-A00-003', 'GA26011705-A00-003'], 5000);
    const graph = buildLineageGraph(nodes, edges);
    const layout = layOutLineage(graph, firstExpanded(graph));
    expect(layout.nodes.length).toBeLessThanOrEqual(FIRST_VISIBLE_NODES);
    expect(layout.nodes.length).toBeGreaterThan(100);
    const hiddenBehind = hiddenCounter(graph, layout);
    const closed = layout.nodes.filter(({ place }) => hiddenBehind(place) > 0);
    expect(closed.length).toBeGreaterThan(0);
  });

  it('shows at first what was asked for, however large its family and however deep it stands', () => {
    // A root with many children; below one of the last, a line of five; the lot that was asked for ends it.
    const wide = Array.from({ length: FIRST_VISIBLE_NODES / 2 }, (_, index) => edgeOf(0, index + 1));
    const grandchildren = wide.map((_, index) => edgeOf(index + 1, 1000 + index));
    const deep = [edgeOf(150, 2000), edgeOf(2000, 2001), edgeOf(2001, 2002), edgeOf(2002, 2003)];
    const edges = [...wide, ...grandchildren, ...deep];
    const numbers = wide.flatMap((_, index) => [index + 1, index + 1000]);
    const nodes = [0, ...numbers, 2000, 2001, 2002].map((number) => nodeOf(number));
    const graph = buildLineageGraph([...nodes, { ...nodeOf(2003), is_seed: true }], edges);
    const { byPlace, nodes: shown } = layOutLineage(graph, firstExpanded(graph));
    expect(byPlace.has(graph.places.get(containerIdOf(2003)) ?? -1)).toBe(true);
    expect(shown.length).toBeGreaterThan(FIRST_VISIBLE_NODES * 0.9);
    expect(shown.length).toBeLessThanOrEqual(FIRST_VISIBLE_NODES);
  });

  it('shows at first what was asked for, however many of its family hang on the wafer above it', () => {
    // One wafer, direct parent of all; below it a line of four splits, of which the last was asked for.
    const family = Array.from({ length: 400 }, (_, index) => edgeOf(0, index + 1, 'wafer_origin'));
    const splits = [edgeOf(1, 2), edgeOf(2, 3), edgeOf(3, 1000)];
    const nodes = Array.from({ length: 401 }, (_, number) => nodeOf(number));
    const graph = buildLineageGraph([...nodes, { ...nodeOf(1000), is_seed: true }], [...family, ...splits]);
    expect(graph.roots).toHaveLength(1);
    const { byPlace, nodes: shown } = layOutLineage(graph, firstExpanded(graph));
    expect(byPlace.has(graph.places.get(containerIdOf(1000)) ?? -1)).toBe(true);
    expect(shown).toHaveLength(402);
  });

  it('goes at first to what was asked for by the parent that brings the fewest others along', () => {
    // The lot hangs on a wafer of 400 and, by way of two others, on a lot of its own.
    const family = Array.from({ length: 400 }, (_, index) => edgeOf(0, index + 10, 'wafer_origin'));
    const edges = [...family, edgeOf(0, 4, 'wafer_origin'), edgeOf(1, 2), edgeOf(2, 3), edgeOf(3, 4)];
    const nodes = [0, 1, 2, 3, ...family.map((_, index) => index + 10)].map((number) => nodeOf(number));
    const graph = buildLineageGraph([...nodes, { ...nodeOf(4), is_seed: true }], edges);
    const { nodes: shown } = layOutLineage(graph, firstExpanded(graph));
    const ids = shown.map(({ place }) => graph.nodes[place]?.container_id);
    expect(new Set(ids)).toEqual(new Set([0, 1, 2, 3, 4].map(containerIdOf)));
  });

  it('is read out as a tree: each node below one of its parents, counted among those that stand there', () => {
    fc.assert(
      fc.property(lineages, ({ nodes, edges, opened }) => {
        const graph = buildLineageGraph(nodes, edges);
        const layout = layOutLineage(graph, new Set(opened));
        const read = layout.nodes.toSorted((a, b) => a.tree.order - b.tree.order);
        expect(read.map(({ tree }) => tree.order)).toEqual(read.map((_, index) => index));
        const way: number[] = [];
        const siblings = new Map<number | undefined, typeof read>();
        for (const node of read) {
          const { level, parent } = node.tree;
          // Whoever hears level after level takes the last one above for the parent.
          expect(level).toBeLessThanOrEqual(way.length + 1);
          way.length = level - 1;
          expect(way.at(-1)).toBe(parent);
          const parents = graph.parents[node.place]?.filter(({ from }) => layout.byPlace.has(from)) ?? [];
          expect(parents.some(({ from }) => from === parent) || (parents.length === 0 && level === 1)).toBe(true);
          way.push(node.place);
          siblings.set(parent, [...(siblings.get(parent) ?? []), node]);
        }
        for (const each of siblings.values()) {
          expect(each.map(({ tree }) => tree.position)).toEqual(each.map((_, index) => index + 1));
          expect(new Set(each.map(({ tree }) => tree.setSize))).toEqual(new Set([each.length]));
          expect(each.map(({ row }) => row)).toEqual(each.map(({ row }) => row).toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it('starts with what was asked for on the screen, however wide and high it is', () => {
    for (const [nodesWanted, lots] of [
      [60, ['GA26011704-A00-003']],
      [5000, ['GA26011704-A00-003', 'GA26011705-A00-003']],
    ] as const) {
      const { nodes, edges, seedIds } = makeLineage(lots, nodesWanted);
      const graph = buildLineageGraph(nodes, edges);
      for (const expanded of [firstExpanded(graph), new Set(graph.nodes.keys())]) {
        const layout = layOutLineage(graph, expanded);
        for (const size of [
          { width: 940, height: 230 },
          { width: 420, height: 300 },
        ]) {
          const start = startNode({ graph, layout });
          if (start === undefined) throw new Error('the layout lost its nodes');
          expect(seedIds).toContain(graph.nodes[start.place]?.container_id);
          const view = firstView(layout, start, size);
          const left = nodeX(start) * view.scale + view.panX;
          const y = nodeY(start) * view.scale + view.panY;
          expect(left).toBeGreaterThanOrEqual(0);
          expect(left + BOX_PX * view.scale).toBeLessThanOrEqual(size.width);
          expect(y).toBeGreaterThan(0);
          expect(y).toBeLessThan(size.height);
        }
      }
    }
  });

  it('keeps the node of the keyboard in sight when the screen gets less high, and lets it be where it was not', () => {
    const tree = { parent: undefined, level: 1, position: 1, setSize: 1, order: 0 };
    const node = { place: 0, column: 0, row: 6, tree };
    const view = { scale: 1, panX: 0, panY: 0 };
    const before = { width: 900, height: nodeY(node) + 30 };
    const after = { ...before, height: before.height - 80 };
    expect(keepNodeInSight(view, node, before, after).panY).toBe(-74);
    expect(keepNodeInSight(view, { ...node, row: 9 }, before, after)).toBe(view);
    expect(keepNodeInSight(view, node, before, before)).toEqual(view);
  });

  it('is fitted so that every node is on the screen, in its middle, down to the smallest scale', () => {
    const size = { width: 1112, height: 240 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 60 }), (columns, rows) => {
        const spots = [0, columns - 1].flatMap((column) => [0, rows - 1].map((row) => ({ column, row })));
        const layout = layoutOf(spots);
        const view = fitView(layout, { column: 0, row: 0 }, size);
        const drawing = drawingSize(layout);
        const isWhole = Math.min(size.width / drawing.width, size.height / drawing.height) >= MIN_SCALE;
        expect(view.scale).toBeLessThanOrEqual(1);
        expect(view.scale).toBeGreaterThanOrEqual(MIN_SCALE);
        fc.pre(isWhole);
        expect(outside(layout, view, size)).toBe(0);
        expect(beyondView(layout, view, size)).toEqual({ left: false, right: false, top: false, bottom: false });
        expect(view.panX + (drawing.width * view.scale) / 2).toBeCloseTo(size.width / 2);
        expect(view.panY + (drawing.height * view.scale) / 2).toBeCloseTo(size.height / 2);
      }),
    );
  });

  it('is whole at first only while its names can be read', () => {
    const size = { width: 1112, height: 240 };
    const scaleOf = (columns: number, rows: number) => firstView({ columns, rows }, { column: 0, row: 0 }, size).scale;
    expect(scaleOf(1, 1)).toBe(1);
    expect(scaleOf(6, 9)).toBeLessThan(0.8);
    expect(scaleOf(6, 9)).toBeGreaterThanOrEqual(0.5);
    expect(scaleOf(6, 23)).toBe(0.8);
  });

  it('is moved, and made smaller only if it has to be, so that all of some nodes are in sight', () => {
    const size = { width: 900, height: 300 };
    const nodes = layoutOf([0, 1, 2, 3].map((column) => ({ column, row: 0 }))).nodes;
    const view = { scale: 1, panX: -200, panY: 0 };
    for (const [shown, scale] of [
      [nodes.slice(0, 3), 1],
      [nodes, 900 / 1000],
    ] as const) {
      const moved = showAll(view, shown, size);
      expect(moved?.scale).toBeLessThanOrEqual(scale);
      expect(moved?.scale).toBeGreaterThan(scale - 0.1);
      if (moved === undefined) throw new Error('there is room');
      const layout = { ...layoutOf([]), nodes: [...shown] };
      expect(outside(layout, moved, size)).toBe(0);
    }
    expect(showAll(view, [], size)).toBe(view);
    const wide = layoutOf([0, 9].map((column) => ({ column, row: 0 }))).nodes;
    expect(showAll(view, wide, size)).toBeUndefined();
  });

  it('keeps under two fingers what was under them', () => {
    const point = fc.record({ x: fc.integer({ min: 0, max: 900 }), y: fc.integer({ min: 0, max: 300 }) });
    const pair = fc.tuple(point, point).filter(([a, b]) => Math.hypot(a.x - b.x, a.y - b.y) > 20);
    const view = { scale: 1, panX: 30, panY: -12 };
    const middle = ([a, b]: readonly [{ x: number; y: number }, { x: number; y: number }]) => ({
      x: (a.x + b.x) / 2,
      y: (a.y + b.y) / 2,
    });
    fc.assert(
      fc.property(pair, pair, (from, to) => {
        const next = pinchView(view, from, to);
        expect(next.scale).toBeGreaterThanOrEqual(MIN_SCALE);
        const [before, after] = [middle(from), middle(to)];
        expect((after.x - next.panX) / next.scale).toBeCloseTo((before.x - view.panX) / view.scale);
        expect((after.y - next.panY) / next.scale).toBeCloseTo((before.y - view.panY) / view.scale);
      }),
    );
  });

  it('says how many nodes are not wholly on the screen', () => {
    const layout = layoutOf([0, 1, 2, 3].map((row) => ({ column: 0, row })));
    const size = { width: 400, height: nodeY({ row: 2 }) };
    const view = { scale: 1, panX: 0, panY: 0 };
    expect(outside(layout, view, size)).toBe(2);
    expect(outside(layout, { ...view, panX: -40 }, size)).toBe(4);
  });

  it('says on which sides there is more than the screen shows', () => {
    const layout = { columns: 4, rows: 20 };
    const { width, height } = drawingSize(layout);
    const all = { scale: 1, panX: 0, panY: 0 };
    const none = { left: false, right: false, top: false, bottom: false };
    expect(beyondView(layout, all, { width, height })).toEqual(none);
    expect(beyondView(layout, all, { width: width - 60, height })).toEqual({ ...none, right: true });
    expect(beyondView(layout, { ...all, panX: -60 }, { width, height })).toEqual({ ...none, left: true });
    expect(beyondView(layout, { ...all, panY: -60 }, { width, height: height - 120 })).toEqual({
      ...none,
      top: true,
      bottom: true,
    });
  });

  it('draws of five thousand nodes only those on screen', () => {
    const { nodes, edges } = makeLineage(['GA26011704-A00-003'], 5000);
    const graph = buildLineageGraph(nodes, edges);
    const layout = layOutLineage(graph, new Set(graph.nodes.keys()));
    const size = { width: 1100, height: 420 };
    const view = firstView(layout, startNode({ graph, layout }) ?? { column: 0, row: 0 }, size);
    expect(nodesInView(layout, view, size).length).toBeGreaterThan(0);
    expect(nodesInView(layout, view, size).length).toBeLessThan(200);
    const rows = rowsInView(view, size);
    const drawn = [...linkPaths(layout, linksInView(layout, rows), rows).values()].join('');
    expect(drawn.length).toBeGreaterThan(100);
    expect(drawn.length).toBeLessThan(100_000);
    for (const node of [layout.nodes[0], layout.nodes[2500], layout.nodes.at(-1)]) {
      if (node === undefined) throw new Error('the layout lost its nodes');
      expect(nodesInView(layout, revealNode(view, node, size), size)).toContain(node);
    }
  });
});

/** Straight pieces of a path, each from its lesser to its greater end. */
function straightPieces(path: string): { x: [number, number]; y: [number, number] }[] {
  const pieces: { x: [number, number]; y: [number, number] }[] = [];
  let [x, y] = [0, 0];
  for (const [, letter, rest = ''] of path.matchAll(/([MHVQ])([^MHVQ]+)/g)) {
    const numbers = rest.split(' ').map(Number);
    const nextX = letter === 'V' ? x : (numbers.at(letter === 'H' ? 0 : -2) ?? x);
    const nextY = letter === 'H' ? y : (numbers.at(-1) ?? y);
    if (letter === 'H' || letter === 'V')
      pieces.push({ x: [Math.min(x, nextX), Math.max(x, nextX)], y: [Math.min(y, nextY), Math.max(y, nextY)] });
    [x, y] = [nextX, nextY];
  }
  return pieces;
}

describe('an edge', () => {
  it('runs behind no box, also where it runs back to close a loop', () => {
    fc.assert(
      fc.property(lineages, ({ nodes, edges }) => {
        const splits = edges.map((edge) => ({ ...edge, edge_type: 'split_from' as const }));
        const graph = buildLineageGraph(nodes, splits);
        const layout = layOutLineage(graph, new Set(graph.nodes.keys()));
        const path = linkPaths(layout, layout.links, { first: 0, last: layout.rows }).get('split_from') ?? '';
        for (const { x, y } of straightPieces(path)) {
          const covered = layout.nodes.filter(
            (node) =>
              x[1] > nodeX(node) &&
              x[0] < nodeX(node) + BOX_PX &&
              y[1] > nodeY(node) - BOX_HEIGHT_PX / 2 &&
              y[0] < nodeY(node) + BOX_HEIGHT_PX / 2,
          );
          expect(covered).toEqual([]);
        }
      }),
    );
  });

  it('that runs back leaves its node on the right and comes from the left into the other', () => {
    const graph = buildLineageGraph([nodeOf(0), nodeOf(1)], [edgeOf(0, 1), edgeOf(1, 0)]);
    const layout = layOutLineage(graph, new Set([0, 1]));
    const back = linkPaths(layout, graph.loops, { first: 0, last: 1 }).get('split_from') ?? '';
    const pieces = straightPieces(back);
    const { width } = drawingSize(layout);
    expect(pieces[0]?.x[0]).toBe(nodeX({ column: 1 }) + BOX_PX);
    expect(pieces.at(-1)?.x[1]).toBe(nodeX({ column: 0 }));
    expect(Math.min(...pieces.map(({ x }) => x[0]))).toBeGreaterThan(0);
    expect(Math.max(...pieces.map(({ x }) => x[1]))).toBeLessThan(width);
  });
});

describe('a dashed line', () => {
  const way = fc.array(
    fc.tuple(
      fc.boolean(),
      fc.integer({ min: -400, max: 400 }).map((half) => half / 2),
    ),
  );

  it('is drawn as a whole, and falls together with every other one that runs there', () => {
    fc.assert(
      fc.property(way, fc.constantFrom([7, 4], [1.5, 4], [9, 3, 2, 3]), (steps, dashes) => {
        const period = dashes.reduce((sum, length) => sum + length, 0);
        const pen = openPen(dashes);
        let [x, y] = [0, 0];
        pen.move(x, y);
        /** Half pixels of each line, by the line. */
        const wanted = new Set<string>();
        for (const [isAcross, to] of steps) {
          const [low, high] = [Math.min(isAcross ? x : y, to), Math.max(isAcross ? x : y, to)];
          for (let at = low; at < high; at += 0.5) wanted.add(isAcross ? `y${y}:${at}` : `x${x}:${at}`);
          if (isAcross) pen.across((x = to));
          else pen.down((y = to));
        }
        const drawn = new Set<string>();
        for (const piece of pen.pieces()) {
          const [, left, top, turn, end] = /^M(\S+) (\S+)([HV])(\S+)$/.exec(piece) ?? [];
          const isAcross = turn === 'H';
          const [from, to] = [Number(isAcross ? left : top), Number(end)];
          for (let at = from; at < to; at += 0.5)
            drawn.add(isAcross ? `y${Number(top)}:${at}` : `x${Number(left)}:${at}`);
          // Dashes begin where the piece does: at a multiple of the period, or it ends before the next one.
          expect(from % period === 0 || to <= Math.ceil(from / period) * period).toBe(true);
        }
        expect(drawn).toEqual(wanted);
      }),
    );
  });

  it('is drawn once where edges share it', () => {
    // 0 is merged into 2 and 3, along the same trunk.
    const edges = [edgeOf(0, 2), edgeOf(0, 3)].map((edge) => ({ ...edge, edge_type: 'merge_source' as const }));
    const graph = buildLineageGraph(
      [0, 1, 2, 3].map((number) => nodeOf(number)),
      edges,
    );
    const layout = layOutLineage(graph, new Set(graph.nodes.keys()));
    const path = linkPaths(layout, layout.links, { first: 0, last: 9 }).get('merge_source') ?? '';
    const pieces = path.split('M').filter(Boolean);
    expect(pieces.length).toBeGreaterThan(4);
    expect(new Set(pieces).size).toBe(pieces.length);
  });
});
