import type { Drawing, LineageLayout, PlacedNode } from './lineage-layout.ts';
import type { Link } from './lineage-graph.ts';

/** Geometry of the drawing, in its own pixels (at scale 1). */
/** Width of a node's box: the plant's usual names have room in it, beside a knob. */
export const BOX_PX = 212;
export const BOX_HEIGHT_PX = 22;
/** Edges run in the gap between two boxes. */
export const GAP_PX = 42;
const COLUMN_PX = BOX_PX + GAP_PX;
export const ROW_PX = 30;
const MARGIN_PX = 28;

export const MIN_SCALE = 0.15;
export const MAX_SCALE = 4;
/** At first the whole drawing is shown only if it is no smaller than this, at which names can just be read … */
const READABLE_SCALE = 0.5;
/** … and else a part of it, at this scale. */
const FIRST_SCALE = 0.8;
/** Room between the edge of the screen and what was moved into sight. */
const EDGE_PX = 24;
/** What is cut by less is not taken for cut. */
const ROUNDING_PX = 0.5;
/** Below this labels are unreadable and are left out. */
export const LABEL_SCALE = 0.4;

/** What part is on screen: a point of the drawing at (x, y) is shown at (x · scale + panX, y · scale + panY). */
export interface View {
  readonly scale: number;
  readonly panX: number;
  readonly panY: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
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

export function drawingSize(layout: Extent): Size {
  const width = (layout.columns - 1) * COLUMN_PX + BOX_PX + 2 * MARGIN_PX;
  return { width, height: (layout.rows - 1) * ROW_PX + 2 * MARGIN_PX };
}

type Extent = Pick<LineageLayout, 'columns' | 'rows'>;
type Spot = Pick<PlacedNode, 'column' | 'row'>;

/** The whole drawing, however small it gets down to `MIN_SCALE`; at that what is around `start`. */
export function fitView(layout: Extent, start: Spot, size: Size): View {
  return viewAt(Math.min(wholeScale(layout, size), 1), { layout, start, size });
}

/** The whole drawing if its names can be read then; else what is around `start`, where they can. */
export function firstView(layout: Extent, start: Spot, size: Size): View {
  const scale = wholeScale(layout, size);
  return viewAt(scale < READABLE_SCALE ? FIRST_SCALE : Math.min(scale, 1), { layout, start, size });
}

/** At which all of the drawing is on screen. */
function wholeScale(layout: Extent, size: Size): number {
  const drawing = drawingSize(layout);
  return Math.min(size.width / drawing.width, size.height / drawing.height);
}

interface Ground {
  readonly layout: Extent;
  readonly start: Spot;
  readonly size: Size;
}

/**
 * What is smaller than the screen stands in the middle of it. Of what is not, `start` is seen: it stands in the middle of
 * the height, and as much as there is room for left of it.
 */
function viewAt(wanted: number, { layout, start, size }: Ground): View {
  const scale = clampScale(wanted);
  const drawing = drawingSize(layout);
  const freeX = size.width - drawing.width * scale;
  const freeY = size.height - drawing.height * scale;
  const wantedX = size.width - (nodeX(start) + COLUMN_PX) * scale;
  const wantedY = size.height / 2 - nodeY(start) * scale;
  return {
    scale,
    panX: freeX >= 0 ? freeX / 2 : Math.min(0, Math.max(freeX, wantedX)),
    panY: freeY >= 0 ? freeY / 2 : Math.min(0, Math.max(freeY, wantedY)),
  };
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
export function beyondView(layout: Extent, view: View, size: Size): Beyond {
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

/** Two fingers that were here are there now: what was under them still is. */
export function pinchView(
  view: View,
  [from, otherFrom]: readonly [Point, Point],
  [to, otherTo]: readonly [Point, Point],
): View {
  const before = Math.max(1, Math.hypot(otherFrom.x - from.x, otherFrom.y - from.y));
  const now = Math.hypot(otherTo.x - to.x, otherTo.y - to.y);
  const [x, y] = [(from.x + otherFrom.x) / 2, (from.y + otherFrom.y) / 2];
  const zoomed = zoomAt(view, now / before, x, y);
  const [nextX, nextY] = [(to.x + otherTo.x) / 2, (to.y + otherTo.y) / 2];
  return { ...zoomed, panX: zoomed.panX + nextX - x, panY: zoomed.panY + nextY - y };
}

/**
 * Moves just enough that all of these nodes are wholly on screen, and makes them smaller where that is needed.
 *
 * @returns `undefined` if their names could not be read then
 */
export function showAll(view: View, nodes: readonly PlacedNode[], size: Size): View | undefined {
  if (nodes.length === 0) return view;
  const left = Math.min(...nodes.map(nodeX));
  const right = Math.max(...nodes.map(nodeX)) + BOX_PX;
  const top = Math.min(...nodes.map(nodeY)) - BOX_HEIGHT_PX / 2;
  const bottom = Math.max(...nodes.map(nodeY)) + BOX_HEIGHT_PX / 2;
  const [roomX, roomY] = [size.width - 2 * EDGE_PX, size.height - 2 * EDGE_PX];
  const scale = Math.min(view.scale, roomX / (right - left), roomY / (bottom - top));
  if (scale < Math.min(view.scale, READABLE_SCALE)) return undefined;
  const { panX, panY } = zoomAt(view, scale / view.scale, size.width / 2, size.height / 2);
  return {
    scale,
    panX: panX + pushRangeInside(left * scale + panX, right * scale + panX, size.width),
    panY: panY + pushRangeInside(top * scale + panY, bottom * scale + panY, size.height),
  };
}

/** Moves just enough that a node is on screen, with room around it. */
export function revealNode(view: View, node: PlacedNode, size: Size): View {
  const x = nodeX(node) * view.scale + view.panX;
  const y = nodeY(node) * view.scale + view.panY;
  const label = Math.min(COLUMN_PX * view.scale, size.width / 2);
  return {
    scale: view.scale,
    panX: view.panX + pushInside(x, EDGE_PX, size.width - label),
    panY: view.panY + pushInside(y, EDGE_PX, size.height - EDGE_PX),
  };
}

/** When the screen changes its size, a node that was in sight stays so. */
export function keepNodeInSight(view: View, node: PlacedNode, before: Size, after: Size): View {
  const seen = revealNode(view, node, before);
  return seen.panX === view.panX && seen.panY === view.panY ? revealNode(view, node, after) : view;
}

/** Keeps a part of the drawing on screen, whatever was dragged. */
export function keepInSight(view: View, layout: Extent, size: Size): View {
  const drawing = drawingSize(layout);
  const rest = 80;
  return {
    scale: view.scale,
    panX: Math.min(size.width - rest, Math.max(rest - drawing.width * view.scale, view.panX)),
    panY: Math.min(size.height - rest, Math.max(rest - drawing.height * view.scale, view.panY)),
  };
}

/** Whether nothing of the drawing lies above or below, so that there is nothing to move up or down. */
export function isHeightInView({ scale, panY }: View, layout: Extent, size: Size): boolean {
  return panY >= 0 && panY + drawingSize(layout).height * scale <= size.height;
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

function isIn(from: number, to: number, end: number): boolean {
  return from >= -ROUNDING_PX && to <= end + ROUNDING_PX;
}

/** Nodes that are wholly on screen. */
export function nodesInside(layout: LineageLayout, view: View, size: Size): readonly PlacedNode[] {
  return nodesInView(layout, view, size).filter((node) => {
    const x = nodeX(node) * view.scale + view.panX;
    const y = nodeY(node) * view.scale + view.panY;
    const half = (BOX_HEIGHT_PX / 2) * view.scale;
    return isIn(x, x + BOX_PX * view.scale, size.width) && isIn(y - half, y + half, size.height);
  });
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

function pushRangeInside(from: number, to: number, end: number): number {
  return from < EDGE_PX ? EDGE_PX - from : Math.min(0, end - EDGE_PX - to);
}

function pushInside(at: number, low: number, high: number): number {
  return at < low ? low - at : at > high ? high - at : 0;
}
