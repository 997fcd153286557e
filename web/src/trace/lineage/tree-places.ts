/** Where a node stands in the tree that is read out: its parent there is one of those it has in the lineage. */
export interface TreePlace {
  /** `undefined` of a root. */
  readonly parent: number | undefined;
  /** Of a root 1. */
  readonly level: number;
  /** Among the children of its parent, or among the roots; from 1. */
  readonly position: number;
  readonly setSize: number;
  /** From 0; each parent is followed by all that is below it. */
  readonly order: number;
}

/** Places by node. `own`: the children of each node that has any, from the top down; no node has two parents in it. */
export function treePlaces(
  roots: readonly number[],
  own: ReadonlyMap<number, readonly number[]>,
): ReadonlyMap<number, TreePlace> {
  const places = new Map<number, TreePlace>();
  const waiting: { readonly parent: number | undefined; readonly siblings: readonly number[]; next: number }[] = [
    { parent: undefined, siblings: roots, next: 0 },
  ];
  for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
    const node = top.siblings[top.next++];
    if (node === undefined) {
      waiting.pop();
      continue;
    }
    places.set(node, {
      parent: top.parent,
      level: waiting.length,
      position: top.next,
      setSize: top.siblings.length,
      order: places.size,
    });
    const below = own.get(node);
    if (below !== undefined) waiting.push({ parent: node, siblings: below, next: 0 });
  }
  return places;
}
