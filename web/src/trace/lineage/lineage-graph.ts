import type { LineageEdge, LineageNode } from '#protocol/trace.ts';
import { EDGE_TYPES } from '#protocol/trace.ts';
import { nameOfNode, shownName } from '../shown-name.ts';
import { runAtOnce } from './steps.ts';
import type { Steps } from './steps.ts';

export type EdgeType = LineageEdge['edge_type'];

/** An edge by the places of its nodes; `from` is the parent. */
export interface Link {
  readonly from: number;
  readonly to: number;
  readonly type: EdgeType;
}

/**
 * The lineage as places in an array. Links that would close a loop (the warehouse has some) are kept apart: they are
 * drawn, but neither the layout nor the walk over a subtree follows them.
 */
export interface LineageGraph {
  readonly nodes: readonly LineageNode[];
  readonly places: ReadonlyMap<string, number>;
  readonly parents: readonly (readonly Link[])[];
  readonly children: readonly (readonly Link[])[];
  readonly loops: readonly Link[];
  readonly roots: readonly number[];
  /** Every parent before its children. */
  readonly order: readonly number[];
}

/** Builds the graph; edges between unknown nodes, self-edges and repeated edges are left out. */
export function buildLineageGraph(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): LineageGraph {
  return runAtOnce(graphSteps(nodes, edges));
}

/** The same in steps, none of which is long. */
export function* graphSteps(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): Steps<LineageGraph> {
  const named = Array.from(new Map(nodes.map((node) => [node.container_id, node])).values(), (node) => ({
    node,
    name: nameOfNode(node),
  }));
  yield;
  const sorted = named.sort(byName).map(({ node }) => node);
  yield;
  const places = new Map(sorted.map((node, place) => [node.container_id, place]));
  yield;
  const outgoing = yield* linksByParent(sorted.length, places, edges);
  yield;
  const { order, loops } = yield* sortTopologically(sorted.length, outgoing);
  yield;
  const loopSet = new Set(loops);
  const children = loops.length === 0 ? outgoing : outgoing.map((links) => links.filter((link) => !loopSet.has(link)));
  const parents: Link[][] = sorted.map(() => []);
  yield;
  for (const links of children) for (const link of links) parents[link.to]?.push(link);
  yield;
  const roots = order.filter((place) => parents[place]?.length === 0);
  return { nodes: sorted, places, parents, children, loops, roots, order };
}

interface NamedNode {
  readonly node: LineageNode;
  readonly name: string;
}

function byName(a: NamedNode, b: NamedNode): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.node.container_id < b.node.container_id ? -1 : 1;
}

/** Nodes or edges of one step. */
const STEP_ITEMS = 2000;

/** Those of each parent in the order of the children. */
function* linksByParent(
  count: number,
  places: ReadonlyMap<string, number>,
  edges: readonly LineageEdge[],
): Steps<Link[][]> {
  const incoming: Link[][] = Array.from({ length: count }, () => []);
  const seen = new Set<number>();
  for (const [at, edge] of edges.entries()) {
    if (at % STEP_ITEMS === STEP_ITEMS - 1) yield;
    const from = places.get(edge.from_cid);
    const to = places.get(edge.to_cid);
    if (from === undefined || to === undefined || from === to) continue;
    const key = (from * count + to) * EDGE_TYPES.length + EDGE_TYPES.indexOf(edge.edge_type);
    if (seen.has(key)) continue;
    seen.add(key);
    incoming[to]?.push({ from, to, type: edge.edge_type });
  }
  yield;
  const outgoing: Link[][] = Array.from({ length: count }, () => []);
  for (const links of incoming) for (const link of links) outgoing[link.from]?.push(link);
  return outgoing;
}

/** Depth-first without recursion: a link to a node that is still on the way down closes a loop. */
function* sortTopologically(
  count: number,
  outgoing: readonly (readonly Link[])[],
): Steps<{ readonly order: number[]; readonly loops: Link[] }> {
  const state = new Uint8Array(count);
  const finished: number[] = [];
  const loops: Link[] = [];
  const hasParent = new Uint8Array(count);
  for (const links of outgoing) for (const link of links) hasParent[link.to] = 1;
  yield;
  const starts = Array.from({ length: count }, (_, place) => place);
  // Nodes without parents first: a loop is then entered from outside, if it can be.
  for (const start of [...starts.filter((place) => hasParent[place] === 0), ...starts]) {
    if (state[start] !== 0) continue;
    const path: { place: number; next: number }[] = [{ place: start, next: 0 }];
    state[start] = 1;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const link = outgoing[top.place]?.[top.next++];
      if (link === undefined) {
        state[top.place] = 2;
        finished.push(top.place);
        path.pop();
        if (finished.length % STEP_ITEMS === 0) yield;
      } else if (state[link.to] === 1) loops.push(link);
      else if (state[link.to] === 0) {
        state[link.to] = 1;
        path.push({ place: link.to, next: 0 });
      }
    }
  }
  return { order: finished.toReversed(), loops };
}

/** A node and everything below it, by place; each once. */
export function subtreeOf(graph: LineageGraph, place: number): number[] {
  const seen = new Set<number>([place]);
  for (const next of seen) for (const link of graph.children[next] ?? []) seen.add(link.to);
  return [...seen];
}

/** A node's ancestors, by place: what has to be open for it to be seen. */
export function ancestorsOf(graph: LineageGraph, place: number): number[] {
  const seen = new Set<number>([place]);
  for (const next of seen) for (const link of graph.parents[next] ?? []) seen.add(link.from);
  seen.delete(place);
  return [...seen];
}

/** Every link once, by the parent's name, then by the child's. */
export function linksOf(graph: Pick<LineageGraph, 'children' | 'loops'>): readonly Link[] {
  const links = graph.children.flat();
  if (graph.loops.length === 0) return links;
  return [...links, ...graph.loops].sort((a, b) => a.from - b.from || a.to - b.to);
}

/** Places whose name, as it is shown or written, id or serial number contains `text`, ignoring case. */
export function searchNodes(graph: LineageGraph, text: string): number[] {
  const typed = text.trim();
  // A name means the same with its prefix and without it.
  const wanted = new Set([typed, shownName(typed)].map((each) => each.toLowerCase()));
  if (typed === '') return [];
  return graph.nodes.flatMap((node, place) => {
    const texts = [node.container_name ?? '', node.container_id, ...(node.serials ?? [])].join('\n').toLowerCase();
    return [...wanted].some((each) => texts.includes(each)) ? [place] : [];
  });
}
