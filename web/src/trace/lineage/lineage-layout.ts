import type { LineageGraph, Link } from './lineage-graph.ts';
import { runAtOnce } from './steps.ts';
import type { Steps } from './steps.ts';
import { treePlaces } from './tree-places.ts';
import type { TreePlace } from './tree-places.ts';

export interface PlacedNode {
  readonly place: number;
  /** From 0 at the left; a parent is always left of its children. */
  readonly column: number;
  /** From 0 at the top; no two nodes share column and row. */
  readonly row: number;
  /** For those who hear the drawing. */
  readonly tree: TreePlace;
}

export interface LineageLayout {
  /** In row order. */
  readonly nodes: readonly PlacedNode[];
  readonly byPlace: ReadonlyMap<number, PlacedNode>;
  /** Every link between two nodes that are drawn, so both parents of a merged lot, whichever of them was opened. */
  readonly links: readonly Link[];
  readonly columns: number;
  readonly rows: number;
}

/** Nodes that are opened from the start; more are opened by hand. */
export const FIRST_VISIBLE_NODES = 300;
/** Lots that were asked for and are in sight from the start, however many nodes that takes: only what is on screen is drawn. */
const SEEDS_IN_SIGHT = 20;

/**
 * The places to open at first: the way to what was asked for, which may lead through a wafer that every lot of its family
 * hangs on; then, level by level until enough is to be seen, what else is above it; then the rest.
 */
export function firstExpanded(graph: LineageGraph): Set<number> {
  const expanded = new Set<number>();
  const visible = new Set(graph.roots);
  const open = (place: number, limit: number): void => {
    if (expanded.has(place) || visible.size > limit) return;
    const links = graph.children[place] ?? [];
    const added = links.filter((link) => !visible.has(link.to)).length;
    if (visible.size + added > limit) return;
    expanded.add(place);
    for (const link of links) visible.add(link.to);
  };
  const seeds = graph.nodes.flatMap((node, place) => (node.is_seed ? [place] : []));
  const wayTo = narrowWays(graph);
  for (const seed of seeds.slice(0, SEEDS_IN_SIGHT))
    if (!visible.has(seed)) for (const place of wayTo(seed)) open(place, Infinity);
  const aboveSeeds = new Set(seeds.flatMap((seed) => (graph.parents[seed] ?? []).map((link) => link.from)));
  for (const place of aboveSeeds) for (const link of graph.parents[place] ?? []) aboveSeeds.add(link.from);
  for (const place of visible) if (aboveSeeds.has(place)) open(place, FIRST_VISIBLE_NODES);
  for (const place of visible) open(place, FIRST_VISIBLE_NODES);
  return expanded;
}

/** What has to be open for a node to be seen, from the root down: of all ways the one on which the fewest others come along. */
function narrowWays(graph: LineageGraph): (place: number) => readonly number[] {
  const widths = new Float64Array(graph.nodes.length);
  const above = new Int32Array(graph.nodes.length).fill(-1);
  for (const place of graph.order) {
    let least = Infinity;
    for (const { from } of graph.parents[place] ?? []) {
      const width = (widths[from] ?? 0) + (graph.children[from]?.length ?? 0);
      if (width >= least) continue;
      least = width;
      above[place] = from;
    }
    widths[place] = least === Infinity ? 0 : least;
  }
  return (place) => {
    const way: number[] = [];
    for (let at = above[place] ?? -1; at !== -1; at = above[at] ?? -1) way.push(at);
    return way.toReversed();
  };
}

/**
 * Lays the opened part of the lineage out from left to right.
 *
 * Columns: as far right as the children allow, so a merged-in lot stands beside what it was merged into. Rows: each node
 * belongs to one tree, that of its rightmost parent; a tree takes a block of rows of its own, and a parent stands in the
 * row of its middle child. A tree that only feeds another one is placed right below the node it feeds. So no two nodes
 * meet, and a node with two parents is drawn once, with both edges.
 */
export function layOutLineage(graph: LineageGraph, expanded: ReadonlySet<number>): LineageLayout {
  return runAtOnce(layoutSteps(graph, expanded));
}

/** The same in steps, none of which is long. */
export function* layoutSteps(graph: LineageGraph, expanded: ReadonlySet<number>): Steps<LineageLayout> {
  const visible = findVisible(graph, expanded);
  const shown = (link: Link): boolean => visible[link.from] === 1 && visible[link.to] === 1;
  const order = graph.order.filter((place) => visible[place] === 1);
  yield;
  const links = order.flatMap((place) => (graph.children[place] ?? []).filter(shown));
  yield;
  const placing = { graph, order, links, shown, columns: assignColumns(graph, order, shown) };
  yield;
  const forest = buildForest(placing);
  yield;
  const rows = yield* assignRows(placing, forest);
  const roots = forest.roots.toSorted((a, b) => (rows[a] ?? 0) - (rows[b] ?? 0));
  const tree = treePlaces(roots, forest.own);
  yield;
  const nodes = [...tree].map(([place, at]) => ({
    place,
    column: placing.columns[place] ?? 0,
    row: rows[place] ?? 0,
    tree: at,
  }));
  yield;
  nodes.sort((a, b) => a.row - b.row || a.column - b.column);
  yield;
  return {
    nodes,
    byPlace: new Map(nodes.map((node) => [node.place, node])),
    links: [...links, ...graph.loops.filter(shown)],
    columns: 1 + nodes.reduce((most, node) => Math.max(most, node.column), -1),
    rows: 1 + nodes.reduce((most, node) => Math.max(most, node.row), -1),
  };
}

/** By place: 1 for every node that an open path from a root leads to. */
export function findVisible(graph: LineageGraph, expanded: ReadonlySet<number>): Uint8Array {
  const visible = new Uint8Array(graph.nodes.length);
  for (const place of graph.roots) visible[place] = 1;
  for (const place of graph.order) {
    if (visible[place] === 1 && expanded.has(place))
      for (const link of graph.children[place] ?? []) visible[link.to] = 1;
  }
  return visible;
}

type IsShown = (link: Link) => boolean;

/** By place: first as far left as the parents allow, then as far right as the children allow. */
function assignColumns(graph: LineageGraph, order: readonly number[], shown: IsShown): Int32Array {
  const columns = new Int32Array(graph.nodes.length);
  for (const place of order) {
    for (const link of graph.children[place] ?? []) {
      if (shown(link)) columns[link.to] = Math.max(columns[link.to] ?? 0, (columns[place] ?? 0) + 1);
    }
  }
  for (const place of order.toReversed()) {
    let least = Infinity;
    for (const link of graph.children[place] ?? []) if (shown(link)) least = Math.min(least, columns[link.to] ?? 0);
    if (least !== Infinity) columns[place] = least - 1;
  }
  return columns;
}

interface Placing {
  readonly graph: LineageGraph;
  readonly order: readonly number[];
  readonly links: readonly Link[];
  readonly columns: Int32Array;
  readonly shown: IsShown;
}

interface Forest {
  /** The children that belong to a node's own tree. */
  readonly own: ReadonlyMap<number, readonly number[]>;
  /** By place. */
  readonly rootOf: Int32Array;
  readonly roots: readonly number[];
}

function* assignRows(placing: Placing, forest: Forest): Steps<Int32Array> {
  const guests = findGuests(placing, forest);
  yield;
  const rows = new Int32Array(placing.graph.nodes.length);
  const hosted = new Set([...guests.values()].flat());
  let nextRow = 0;
  const placeTree = (root: number): void => {
    const path: { place: number; next: number }[] = [{ place: root, next: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const children = forest.own.get(top.place) ?? NONE;
      if (top.next === 0 && children.length === 0) rows[top.place] = nextRow++;
      const item = children[top.next] ?? guests.get(top.place)?.[top.next - children.length];
      top.next++;
      if (item !== undefined) path.push({ place: item, next: 0 });
      else {
        const middle = children[(children.length - 1) >> 1];
        if (middle !== undefined) rows[top.place] = rows[middle] ?? 0;
        path.pop();
      }
    }
  };
  for (const root of forest.roots) if (!hosted.has(root)) placeTree(root);
  yield;
  return rows;
}

const NONE: readonly number[] = [];

function buildForest({ graph, order, columns, shown }: Placing): Forest {
  const own = new Map<number, number[]>();
  const rootOf = new Int32Array(graph.nodes.length);
  const roots: number[] = [];
  for (const place of order) {
    let nearest = -1;
    for (const link of graph.parents[place] ?? []) {
      if (shown(link) && (nearest === -1 || (columns[link.from] ?? 0) > (columns[nearest] ?? 0))) nearest = link.from;
    }
    rootOf[place] = nearest === -1 ? place : (rootOf[nearest] ?? place);
    if (nearest === -1) roots.push(place);
    else pushTo(own, nearest, place);
  }
  for (const children of own.values()) children.sort((a, b) => a - b);
  return { own, rootOf, roots: roots.sort((a, b) => a - b) };
}

/** Which trees are placed below which node: each tree hangs on the first placed tree that an edge connects it with. */
function findGuests({ links }: Placing, forest: Forest): ReadonlyMap<number, readonly number[]> {
  const bridges = new Map<number, { readonly host: number; readonly guest: number }[]>();
  for (const { from, to } of links) {
    const upper = forest.rootOf[from] ?? from;
    const lower = forest.rootOf[to] ?? to;
    if (upper === lower) continue;
    pushTo(bridges, lower, { host: to, guest: upper });
    pushTo(bridges, upper, { host: from, guest: lower });
  }
  const guests = new Map<number, number[]>();
  const reached = new Set<number>();
  for (const start of forest.roots) {
    if (reached.has(start)) continue;
    reached.add(start);
    const trees = [start];
    for (const tree of trees) {
      for (const { host, guest } of bridges.get(tree) ?? []) {
        if (reached.has(guest)) continue;
        reached.add(guest);
        trees.push(guest);
        pushTo(guests, host, guest);
      }
    }
  }
  return guests;
}

function pushTo<Value>(lists: Map<number, Value[]>, key: number, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** What is drawn: a graph, which of its nodes are open, and where each stands. */
export interface Drawing {
  readonly graph: LineageGraph;
  readonly expanded: ReadonlySet<number>;
  readonly layout: LineageLayout;
}

/** `opened`: container ids, which mean the same when the lineage has grown. */
export function* drawingSteps(graph: LineageGraph, opened: ReadonlySet<string>): Steps<Drawing> {
  const expanded = new Set<number>();
  for (const id of opened) {
    const place = graph.places.get(id);
    if (place !== undefined) expanded.add(place);
  }
  yield;
  return { graph, expanded, layout: yield* layoutSteps(graph, expanded) };
}
