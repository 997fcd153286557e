import type { LineageGraph, Link } from './lineage-graph.ts';

export interface PlacedNode {
  readonly place: number;
  /** From 0 at the left; a parent is always left of its children. */
  readonly column: number;
  /** From 0 at the top; no two nodes share column and row. */
  readonly row: number;
  /** Nodes that opening this one would show. */
  readonly hidden: number;
}

export interface LineageLayout {
  /** In row order. */
  readonly nodes: readonly PlacedNode[];
  readonly byPlace: ReadonlyMap<number, PlacedNode>;
  readonly links: readonly Link[];
  readonly columns: number;
  readonly rows: number;
}

/** Nodes that are opened from the start; more are opened by hand. */
export const FIRST_VISIBLE_NODES = 400;

/** The places to open at first: level by level until enough is to be seen. */
export function firstExpanded(graph: LineageGraph): Set<number> {
  const expanded = new Set<number>();
  const visible = new Set(graph.roots);
  for (const place of visible) {
    const links = graph.children[place] ?? [];
    const added = links.filter((link) => !visible.has(link.to)).length;
    if (visible.size + added > FIRST_VISIBLE_NODES) continue;
    expanded.add(place);
    for (const link of links) visible.add(link.to);
  }
  return expanded;
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
  const visible = findVisible(graph, expanded);
  const shown = (link: Link): boolean => expanded.has(link.from) && visible.has(link.from) && visible.has(link.to);
  const order = graph.order.filter((place) => visible.has(place));
  const columns = assignColumns(graph, order, shown);
  const rows = assignRows({ graph, order, columns, shown });
  const nodes = order.map((place) => {
    const hidden = (graph.children[place] ?? []).filter((link) => !expanded.has(place) || !visible.has(link.to)).length;
    return { place, column: columns.get(place) ?? 0, row: rows.get(place) ?? 0, hidden };
  });
  nodes.sort((a, b) => a.row - b.row || a.column - b.column);
  const links = [...order.flatMap((place) => graph.children[place] ?? []), ...graph.loops].filter(shown);
  return {
    nodes,
    byPlace: new Map(nodes.map((node) => [node.place, node])),
    links,
    columns: 1 + nodes.reduce((most, node) => Math.max(most, node.column), -1),
    rows: 1 + nodes.reduce((most, node) => Math.max(most, node.row), -1),
  };
}

function findVisible(graph: LineageGraph, expanded: ReadonlySet<number>): Set<number> {
  const visible = new Set(graph.roots);
  for (const place of visible) {
    if (expanded.has(place)) for (const link of graph.children[place] ?? []) visible.add(link.to);
  }
  return visible;
}

type IsShown = (link: Link) => boolean;

function assignColumns(graph: LineageGraph, order: readonly number[], shown: IsShown): Map<number, number> {
  const columns = new Map<number, number>();
  for (const place of order) {
    const parents = (graph.parents[place] ?? []).filter(shown);
    columns.set(place, 1 + parents.reduce((most, link) => Math.max(most, columns.get(link.from) ?? 0), -1));
  }
  for (const place of order.toReversed()) {
    const children = (graph.children[place] ?? []).filter(shown);
    if (children.length === 0) continue;
    columns.set(place, children.reduce((least, link) => Math.min(least, columns.get(link.to) ?? 0), Infinity) - 1);
  }
  return columns;
}

interface Placing {
  readonly graph: LineageGraph;
  readonly order: readonly number[];
  readonly columns: ReadonlyMap<number, number>;
  readonly shown: IsShown;
}

interface Forest {
  /** The children that belong to a node's own tree. */
  readonly own: ReadonlyMap<number, readonly number[]>;
  readonly rootOf: ReadonlyMap<number, number>;
  readonly roots: readonly number[];
}

function assignRows(placing: Placing): Map<number, number> {
  const forest = buildForest(placing);
  const guests = findGuests(placing, forest);
  const rows = new Map<number, number>();
  const hosted = new Set([...guests.values()].flat());
  let nextRow = 0;
  const placeTree = (root: number): void => {
    const path: { place: number; next: number }[] = [{ place: root, next: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const children = forest.own.get(top.place) ?? [];
      const items = [...children, ...(guests.get(top.place) ?? [])];
      if (top.next === 0 && children.length === 0) rows.set(top.place, nextRow++);
      const item = items[top.next++];
      if (item !== undefined) path.push({ place: item, next: 0 });
      else {
        const middle = children[(children.length - 1) >> 1];
        if (middle !== undefined) rows.set(top.place, rows.get(middle) ?? 0);
        path.pop();
      }
    }
  };
  for (const root of forest.roots) if (!hosted.has(root)) placeTree(root);
  return rows;
}

function buildForest({ graph, order, columns, shown }: Placing): Forest {
  const own = new Map<number, number[]>();
  const rootOf = new Map<number, number>();
  const roots: number[] = [];
  for (const place of order) {
    const parents = (graph.parents[place] ?? []).filter(shown).map((link) => link.from);
    const nearest = parents.reduce<number | undefined>(
      (best, parent) => (best === undefined || (columns.get(parent) ?? 0) > (columns.get(best) ?? 0) ? parent : best),
      undefined,
    );
    rootOf.set(place, nearest === undefined ? place : (rootOf.get(nearest) ?? place));
    if (nearest === undefined) roots.push(place);
    else pushTo(own, nearest, place);
  }
  for (const children of own.values()) children.sort((a, b) => a - b);
  return { own, rootOf, roots: roots.sort((a, b) => a - b) };
}

/** Which trees are placed below which node: each tree hangs on the first placed tree that an edge connects it with. */
function findGuests({ graph, order, shown }: Placing, forest: Forest): Map<number, number[]> {
  const bridges = new Map<number, { readonly host: number; readonly guest: number }[]>();
  const connect = (host: number, other: number): void => {
    const tree = forest.rootOf.get(host) ?? host;
    const guest = forest.rootOf.get(other) ?? other;
    if (tree !== guest) pushTo(bridges, tree, { host, guest });
  };
  for (const link of order.flatMap((place) => graph.children[place] ?? []).filter(shown)) {
    connect(link.to, link.from);
    connect(link.from, link.to);
  }
  const guests = new Map<number, number[]>();
  const placed = new Set<number>();
  for (const start of forest.roots) {
    if (placed.has(start)) continue;
    const reached = new Set([start]);
    for (const tree of reached) {
      placed.add(tree);
      for (const { host, guest } of bridges.get(tree) ?? []) {
        if (placed.has(guest) || reached.has(guest)) continue;
        reached.add(guest);
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
