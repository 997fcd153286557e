import type { LineageEdge } from '#protocol/trace.ts';

/**
 * Edges by the places of their containers, counted in the order of the ids. A lineage may have a million of them: walks
 * go over numbers, and no id is looked up twice.
 */
export interface Links {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** Of place `n`: `places[first[n]] … places[first[n + 1] - 1]`. */
export interface Neighbours {
  readonly first: Int32Array;
  readonly places: Int32Array;
}

/** Every end of an edge must have a place. */
export function placeEdges(edges: readonly LineageEdge[], placeOf: ReadonlyMap<string, number>): Links {
  const from = new Int32Array(edges.length);
  const to = new Int32Array(edges.length);
  for (const [index, edge] of edges.entries()) {
    from[index] = placeOf.get(edge.from_cid) ?? -1;
    to[index] = placeOf.get(edge.to_cid) ?? -1;
  }
  return { from, to };
}

export function joinLinks(one: Links, other: Links): Links {
  return { from: joinArrays(one.from, other.from), to: joinArrays(one.to, other.to) };
}

export function childrenIn({ from, to }: Links, count: number): Neighbours {
  return groupByFirst(from, to, count);
}

export function parentsIn({ from, to }: Links, count: number): Neighbours {
  return groupByFirst(to, from, count);
}

export function* neighboursOf({ first, places }: Neighbours, place: number): Generator<number> {
  const end = first[place + 1] ?? 0;
  for (let index = first[place] ?? end; index < end; index++) yield places[index] ?? -1;
}

function joinArrays(one: Int32Array, other: Int32Array): Int32Array {
  const joined = new Int32Array(one.length + other.length);
  joined.set(one);
  joined.set(other, one.length);
  return joined;
}

function groupByFirst(keys: Int32Array, values: Int32Array, count: number): Neighbours {
  const first = new Int32Array(count + 1);
  for (const key of keys) first[key + 1] = (first[key + 1] ?? 0) + 1;
  for (let place = 0; place < count; place++) first[place + 1] = (first[place + 1] ?? 0) + (first[place] ?? 0);
  const next = first.slice();
  const places = new Int32Array(values.length);
  for (const [index, key] of keys.entries()) {
    const at = next[key] ?? 0;
    places[at] = values[index] ?? -1;
    next[key] = at + 1;
  }
  return { first, places };
}
