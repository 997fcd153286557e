import type { LineageEdge } from '#protocol/trace.ts';
import { compareText } from './compare-text.ts';

/**
 * Seed id → name of its topmost ancestor: one without parents, the least name if there are several. A seed without
 * parents is its own root, and so is one that a cycle keeps from every root.
 *
 * The roots are taken in the order of their names, and each claims what it leads to and nobody has claimed: every edge is
 * walked once, however many paths there are.
 */
export function findRoots(
  seedIds: readonly string[],
  edges: readonly LineageEdge[],
  nameOf: (id: string) => string,
): Record<string, string> {
  const children = Map.groupBy(edges, (edge) => edge.from_cid);
  const withParents = new Set(edges.map((edge) => edge.to_cid));
  const roots = [...children.keys()]
    .filter((id) => !withParents.has(id))
    .map((id) => ({ id, name: nameOf(id) }))
    .sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id));
  const rootName = new Map<string, string>();
  for (const { id, name } of roots) {
    const waiting = [id];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (rootName.has(at)) continue;
      rootName.set(at, name);
      for (const { to_cid: child } of children.get(at) ?? []) if (!rootName.has(child)) waiting.push(child);
    }
  }
  return Object.fromEntries(seedIds.map((id) => [id, rootName.get(id) ?? nameOf(id)]));
}
