import type { EdgeType, Link } from './lineage-graph.ts';
import type { LineageLayout, PlacedNode } from './lineage-layout.ts';
import { EDGE_DASHES } from './lineage-looks.ts';
import { BOX_PX, GAP_PX, nodeX, nodeY, ROW_PX } from './lineage-view.ts';
import type { Point, RowRange } from './lineage-view.ts';
import { openPen } from './path-pen.ts';
import type { PathPen } from './path-pen.ts';

/** Where in the gap an edge turns up or down. */
const TRUNK_PX = GAP_PX / 2;
/** Where one turns that runs back: no other does. */
const LOOP_TRUNK_PX = 24.5;
const CORNER_PX = 6;
/** Types turn at places of their own, so that one does not hide another. */
const TRUNK_SHIFT_PX: Readonly<Record<EdgeType, number>> = {
  split_from: 0,
  merge_source: 7,
  wafer_origin: -7,
  gd_rework_source: -3.5,
};
/** The same for edges that pass between two rows; the boxes leave 8 pixels there. */
const PASS_SHIFT_PX: Readonly<Record<EdgeType, number>> = {
  split_from: -1,
  merge_source: 3,
  wafer_origin: -3,
  gd_rework_source: 1,
};
/** Distance of two edges of different types between the same pair. */
const LANE_PX = 5;
/** How far an edge is drawn beyond the screen. */
const BEYOND_PX = 4 * ROW_PX;
/** More nodes than any lineage has. */
const MAX_PLACES = 2 ** 24;

interface Clip {
  readonly topPx: number;
  readonly bottomPx: number;
}

interface Shift {
  readonly yPx: number;
  /** From the parent's box, or the gap before the child's. */
  readonly trunkPx: number;
  /** From the middle between two rows. */
  readonly passPx: number;
}

/**
 * One path for all links of a type: a handful of elements, however many edges. What lies beyond the screen is cut off,
 * and pieces that then coincide (a parent with a thousand children has one trunk) are drawn once.
 */
export function linkPaths(
  layout: LineageLayout,
  links: readonly Link[],
  rows: RowRange,
): ReadonlyMap<EdgeType, string> {
  const clip = { topPx: nodeY({ row: rows.first }) - BEYOND_PX, bottomPx: nodeY({ row: rows.last }) + BEYOND_PX };
  const lanes = new Map<number, number>();
  const paths = new Map<EdgeType, Set<string>>();
  for (const link of links) {
    const from = layout.byPlace.get(link.from);
    const to = layout.byPlace.get(link.to);
    if (from === undefined || to === undefined) continue;
    const pair = link.from * MAX_PLACES + link.to;
    const lane = lanes.get(pair) ?? 0;
    lanes.set(pair, lane + 1);
    const pieces = paths.get(link.type) ?? new Set();
    const trunkPx = TRUNK_PX + TRUNK_SHIFT_PX[link.type];
    const shift = { yPx: lane * LANE_PX, trunkPx, passPx: PASS_SHIFT_PX[link.type] };
    const pen = openPen(EDGE_DASHES[link.type]);
    drawLink(pen, { from, to, shift, clip });
    for (const piece of pen.pieces()) pieces.add(piece);
    paths.set(link.type, pieces);
  }
  return new Map([...paths].map(([type, pieces]) => [type, [...pieces].join('')]));
}

interface DrawnLink {
  readonly from: PlacedNode;
  readonly to: PlacedNode;
  readonly shift: Shift;
  readonly clip: Clip;
}

/** Over the gap to the child; past boxes in between, it runs in the space between two rows. */
function drawLink(pen: PathPen, { from, to, shift, clip }: DrawnLink): void {
  const startX = nodeX(from) + BOX_PX;
  const startY = nodeY(from) + shift.yPx;
  const endX = nodeX(to);
  const endY = nodeY(to) + shift.yPx;
  if (to.column <= from.column) {
    // A link that closes a loop runs back round the boxes: between two rows, and from the left into its node.
    const laneY = startY + (endY < startY ? -ROW_PX : ROW_PX) / 2;
    const [outX, inX] = [startX + LOOP_TRUNK_PX, endX - GAP_PX + LOOP_TRUNK_PX];
    step(pen, { x: startX, y: startY }, { trunkX: outX, endY: laneY, behind: -1 }, clip);
    pen.across(inX + CORNER_PX);
    step(pen, { x: inX + CORNER_PX, y: laneY }, { trunkX: inX, endY, before: -1 }, clip);
    pen.across(endX);
    return;
  }
  const firstTrunkX = startX + shift.trunkPx;
  const lastTrunkX = endX - GAP_PX + shift.trunkPx;
  if (to.column === from.column + 1) step(pen, { x: startX, y: startY }, { trunkX: firstTrunkX, endY }, clip);
  else {
    const passY = startY + (endY < startY ? -ROW_PX : ROW_PX) / 2 + shift.passPx;
    step(pen, { x: startX, y: startY }, { trunkX: firstTrunkX, endY: passY }, clip);
    pen.across(firstTrunkX + CORNER_PX);
    step(pen, { x: firstTrunkX + CORNER_PX, y: passY }, { trunkX: lastTrunkX, endY }, clip);
  }
  pen.across(endX);
}

interface Turns {
  readonly trunkX: number;
  readonly endY: number;
  /** Which way it runs before the trunk and behind it: to the right, or back. */
  readonly before?: 1 | -1;
  readonly behind?: 1 | -1;
}

/** From (x, y) along the row, up or down the trunk, and round the corner into the row at `endY`. */
function step(pen: PathPen, { x, y }: Point, { trunkX, endY, before = 1, behind = 1 }: Turns, clip: Clip): void {
  pen.move(x, y);
  if (y === endY) return;
  const turn = Math.min(CORNER_PX, Math.abs(endY - y) / 2) * Math.sign(endY - y);
  const isSeen = (place: number): boolean => place >= clip.topPx && place <= clip.bottomPx;
  const clamped = (place: number): number => Math.min(clip.bottomPx, Math.max(clip.topPx, place));
  if (isSeen(y)) {
    pen.across(trunkX - CORNER_PX * before);
    pen.turn(trunkX, y, trunkX, y + turn);
  } else pen.move(trunkX, clamped(y));
  if (isSeen(endY)) {
    pen.down(endY - turn);
    pen.turn(trunkX, endY, trunkX + CORNER_PX * behind, endY);
  } else {
    pen.down(clamped(endY));
    pen.move(trunkX, clamped(endY));
  }
}
