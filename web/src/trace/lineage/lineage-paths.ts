import type { EdgeType, Link } from './lineage-graph.ts';
import type { LineageLayout } from './lineage-layout.ts';
import { COLUMN_PX, nodeX, nodeY, ROW_PX } from './lineage-view.ts';

/** Width of a node's box; edges run in the gap between two boxes. */
export const BOX_PX = 176;
const GAP_PX = COLUMN_PX - BOX_PX;
/** More nodes than any lineage has. */
const MAX_PLACES = 2 ** 24;
/** Distance of two edges of different types between the same pair. */
const LANE_PX = 5;

/** One path for all links of a type: a handful of elements, however many edges. */
export function linkPaths(layout: LineageLayout, links: readonly Link[]): ReadonlyMap<EdgeType, string> {
  const lanes = new Map<number, number>();
  const paths = new Map<EdgeType, string[]>();
  for (const link of links) {
    const pair = link.from * MAX_PLACES + link.to;
    const lane = lanes.get(pair) ?? 0;
    lanes.set(pair, lane + 1);
    const pieces = paths.get(link.type) ?? [];
    pieces.push(linkPath(layout, link, lane * LANE_PX));
    paths.set(link.type, pieces);
  }
  return new Map([...paths].map(([type, pieces]) => [type, pieces.join('')]));
}

/** Over the gap to the child; past boxes in between, it runs in the space between two rows. */
function linkPath(layout: LineageLayout, link: Link, shiftPx: number): string {
  const from = layout.byPlace.get(link.from);
  const to = layout.byPlace.get(link.to);
  if (from === undefined || to === undefined) return '';
  const startX = nodeX(from) + BOX_PX;
  const startY = nodeY(from) + shiftPx;
  const endX = nodeX(to);
  const endY = nodeY(to) + shiftPx;
  if (endX <= startX) {
    // A link that closes a loop runs back, below its nodes.
    const low = Math.max(startY, endY) + 20;
    return `M${startX} ${startY}C${startX + 40} ${low} ${endX - 40} ${low} ${endX} ${endY}`;
  }
  const bendX = endX - GAP_PX;
  const middle = GAP_PX / 2;
  const last = (fromY: number): string => `C${bendX + middle} ${fromY} ${endX - middle} ${endY} ${endX} ${endY}`;
  if (bendX <= startX) return `M${startX} ${startY}${last(startY)}`;
  const laneY = startY + (endY < startY ? -ROW_PX : ROW_PX) / 2;
  return `M${startX} ${startY}C${startX + middle} ${startY} ${startX + middle} ${laneY} ${startX + GAP_PX} ${laneY}H${bendX}${last(laneY)}`;
}
