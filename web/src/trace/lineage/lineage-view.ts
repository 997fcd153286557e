import type { Drawing, LineageLayout, PlacedNode } from './lineage-layout.ts';
import type { Link } from './lineage-graph.ts';

/** Geometry of the drawing, in its own pixels (at scale 1). */
/** Width of a node's box: the plant's usual names have room in it, beside a knob. */
export const BOX_PX = 212;
/** Edges run in the gap between two boxes. */
export const GAP_PX = 42;
const COLUMN_PX = BOX_PX + GAP_PX;
export const ROW_PX = 30;
const MARGIN_PX = 28;

export const MIN_SCALE = 0.15;
export const MAX_SCALE = 4;
/** A fitted drawing is not smaller than this. */
const READABLE_SCALE = 0.8;
/** Below this labels are unreadable and are left out. */
export const LABEL_SCALE = 0.4;

/** What part is on screen: a point of the drawing at (x, y) is shown at (x · scale + panX, y · scale + panY). */
export interface View {
  readonly scale: number;
  readonly panX: number;
  readonly panY: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function nodeX(node: Pick<PlacedNode, 'column'>): number {
  return MARGIN_PX + node.column * COLUMN_PX;
}

export function nodeY(node: Pick<PlacedNode, 'row'>): number {
  return MARGIN_PX + node.row * ROW_PX;
}

export function drawingSize(layout: Pick<LineageLayout, 'columns' | 'rows'>): Size {
  const width = (layout.columns - 1) * COLUMN_PX + BOX_PX + 2 * MARGIN_PX;
  return { width, height: (layout.rows - 1) * ROW_PX + 2 * MARGIN_PX };
}

/**
 * The whole drawing if it can be read; else what is around `start`, at a readable scale: it stands in the middle of the
 * height, and as much as there is room for left of it.
 */
export function fitView(
  layout: Pick<LineageLayout, 'columns' | 'rows'>,
  start: Pick<PlacedNode, 'column' | 'row'>,
  size: Size,
): View {
  const drawing = drawingSize(layout);
  const wanted = Math.min(size.width / drawing.width, size.height / drawing.height, 1);
  const scale = clampScale(Math.max(wanted, READABLE_SCALE));
  const freeX = size.width - drawing.width * scale;
  const freeY = size.height - drawing.height * scale;
  const wantedY = size.height / 2 - nodeY(start) * scale;
  const panY = freeY >= 0 ? freeY / 2 : Math.min(0, Math.max(freeY, wantedY));
  if (freeX >= 0) return { scale, panX: Math.min(freeX / 2, 24), panY };
  const endX = (nodeX(start) + COLUMN_PX) * scale;
  return { scale, panX: Math.min(0, Math.max(freeX, size.width - endX)), panY };
}

/** Of the lots that were searched for, the middle one that is drawn; the uppermost node at the left edge if none is. */
export function startNode({ graph, layout }: Pick<Drawing, 'graph' | 'layout'>): PlacedNode | undefined {
  const seeds = layout.nodes.filter(({ place }) => graph.nodes[place]?.is_seed === true);
  return seeds[(seeds.length - 1) >> 1] ?? firstNode(layout);
}

/** Sides on which the drawing goes on beyond the screen. */
export interface Beyond {
  readonly left: boolean;
  readonly right: boolean;
  readonly top: boolean;
  readonly bottom: boolean;
}

/** The margin around the drawing does not count. */
export function beyondView(layout: Pick<LineageLayout, 'columns' | 'rows'>, view: View, size: Size): Beyond {
  const drawing = drawingSize(layout);
  const marginPx = MARGIN_PX * view.scale;
  return {
    left: view.panX + marginPx < 0,
    right: view.panX + drawing.width * view.scale - marginPx > size.width,
    top: view.panY + marginPx < 0,
    bottom: view.panY + drawing.height * view.scale - marginPx > size.height,
  };
}

/** The uppermost node at the left edge. */
export function firstNode(layout: Pick<LineageLayout, 'nodes'>): PlacedNode | undefined {
  return layout.nodes.find((node) => node.column === 0);
}

/** Of these nodes the one nearest to a point of the drawing. */
export function nearestNode(nodes: readonly PlacedNode[], x: number, y: number): PlacedNode | undefined {
  let nearest: PlacedNode | undefined;
  let least = Infinity;
  for (const node of nodes) {
    const distance = Math.hypot(nodeX(node) + COLUMN_PX / 2 - x, nodeY(node) - y);
    if (distance < least) [nearest, least] = [node, distance];
  }
  return nearest;
}

/** Zooms so that the point of the drawing under (x, y) stays where it is. */
export function zoomAt(view: View, factor: number, x: number, y: number): View {
  const scale = clampScale(view.scale * factor);
  const ratio = scale / view.scale;
  return { scale, panX: x - (x - view.panX) * ratio, panY: y - (y - view.panY) * ratio };
}

/** Moves just enough that a node is on screen, with room around it. */
export function revealNode(view: View, node: PlacedNode, size: Size): View {
  const x = nodeX(node) * view.scale + view.panX;
  const y = nodeY(node) * view.scale + view.panY;
  const label = Math.min(COLUMN_PX * view.scale, size.width / 2);
  return {
    scale: view.scale,
    panX: view.panX + pushInside(x, 24, size.width - label),
    panY: view.panY + pushInside(y, 24, size.height - 24),
  };
}

/** When the screen changes its size, a node that was in sight stays so. */
export function keepNodeInSight(view: View, node: PlacedNode, before: Size, after: Size): View {
  const seen = revealNode(view, node, before);
  return seen.panX === view.panX && seen.panY === view.panY ? revealNode(view, node, after) : view;
}

/** Keeps a part of the drawing on screen, whatever was dragged. */
export function keepInSight(view: View, layout: Pick<LineageLayout, 'columns' | 'rows'>, size: Size): View {
  const drawing = drawingSize(layout);
  const rest = 80;
  return {
    scale: view.scale,
    panX: Math.min(size.width - rest, Math.max(rest - drawing.width * view.scale, view.panX)),
    panY: Math.min(size.height - rest, Math.max(rest - drawing.height * view.scale, view.panY)),
  };
}

/** The nodes on screen and a row or column around it. `layout.nodes` is in row order, so this is a slice of it. */
export function nodesInView(layout: LineageLayout, view: View, size: Size): readonly PlacedNode[] {
  const { first, last } = rowsInView(view, size);
  const left = (-view.panX / view.scale - MARGIN_PX) / COLUMN_PX - 1;
  const right = ((size.width - view.panX) / view.scale - MARGIN_PX) / COLUMN_PX;
  return layout.nodes
    .slice(firstAtRow(layout.nodes, first), firstAtRow(layout.nodes, last + 1))
    .filter((node) => node.column >= left && node.column <= right);
}

/** The links of which any part may be on screen. */
export function linksInView(layout: LineageLayout, { first, last }: RowRange): readonly Link[] {
  return layout.links.filter((link) => {
    const from = layout.byPlace.get(link.from)?.row ?? 0;
    const to = layout.byPlace.get(link.to)?.row ?? 0;
    return Math.max(from, to) >= first && Math.min(from, to) <= last;
  });
}

/** Rows on screen, and one around them. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

export function rowsInView(view: View, size: Size): RowRange {
  const first = Math.floor((-view.panY / view.scale - MARGIN_PX) / ROW_PX) - 1;
  const last = Math.ceil(((size.height - view.panY) / view.scale - MARGIN_PX) / ROW_PX) + 1;
  return { first, last };
}

function firstAtRow(nodes: readonly PlacedNode[], row: number): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((nodes[middle]?.row ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

function clampScale(scale: number): number {
  return Math.min(MAX_SCALE, Math.max(MIN_SCALE, scale));
}

function pushInside(at: number, low: number, high: number): number {
  return at < low ? low - at : at > high ? high - at : 0;
}
