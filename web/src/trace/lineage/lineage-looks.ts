import type { LineageNode } from '#protocol/trace.ts';
import type { EdgeType } from './lineage-graph.ts';
import { nameOfNode } from '../shown-name.ts';
import { BOX_HEIGHT_PX, BOX_PX } from './lineage-view.ts';
import { shortenName } from './node-label.ts';

export type NodeType = LineageNode['node_type'];

/** Outlines of nodes by their type, around (0, 0), some 12 pixels wide: they say the same as the colours. */
export const NODE_OUTLINES: Readonly<Record<NodeType, string>> = {
  WAFER: 'M6 0A6 6 0 1 1 -6 0A6 6 0 1 1 6 0Z',
  GD: 'M-3.4 -5.8H3.4L6.8 0L3.4 5.8H-3.4L-6.8 0Z',
  GC: 'M0 -6.8L6.8 0L0 6.8L-6.8 0Z',
  GA: 'M-5.5 -5.5H5.5V5.5H-5.5Z',
  LOT: 'M0 -6.2L6.4 5.4H-6.4Z',
  UNKNOWN: 'M-5 -2H5V2H-5Z',
};

/** Lengths of dashes and gaps by the type of an edge; none for a solid line. */
export const EDGE_DASHES: Readonly<Record<EdgeType, readonly number[]>> = {
  split_from: [],
  merge_source: [7, 4],
  wafer_origin: [1.5, 4],
  gd_rework_source: [9, 3, 2, 3],
};

/** Short dashes are points. */
export const EDGE_CAPS: Readonly<Record<EdgeType, 'butt' | 'round'>> = {
  split_from: 'butt',
  merge_source: 'butt',
  wafer_origin: 'round',
  gd_rework_source: 'butt',
};

/** Marks the box of a lot that was asked for, along its left edge, from the middle of which it is drawn. */
export const SEED_MARK = `M5 ${-BOX_HEIGHT_PX / 2}H4A4 4 0 0 0 0 ${4 - BOX_HEIGHT_PX / 2}V${BOX_HEIGHT_PX / 2 - 4}A4 4 0 0 0 4 ${BOX_HEIGHT_PX / 2}H5Z`;

/** Of the outline of a box whose events were not read. */
export const UNREAD_DASHES: readonly number[] = [4, 2];

/** Where the label of a box begins, behind the shape. */
export const LABEL_X_PX = 27;
/** Of the font of the labels, which is of even width, and a little more than any of those in use. */
const CELL_PX = 6.7;
/** Between the label and what is right of it. */
const LABEL_GAP_PX = 4;
/** Between a knob and the right edge of its box. */
export const KNOB_INSET_PX = 4;

/** What is written in a node's box beside a knob with this text. */
export function nodeLabel(node: Pick<LineageNode, 'container_id' | 'container_name'>, knob: string): string {
  const knobPx = knob === '' ? 0 : knobWidthPx(knob) + KNOB_INSET_PX;
  const roomPx = BOX_PX - LABEL_X_PX - LABEL_GAP_PX - knobPx;
  return shortenName(nameOfNode(node), Math.floor(roomPx / CELL_PX));
}

/** What the knob of a node with children says: how many it hides, or that it can be closed. */
export function knobText(isExpanded: boolean, hidden: number): string {
  return isExpanded ? '−' : `+${hidden}`;
}

export function knobWidthPx(text: string): number {
  return 10 + text.length * 6.5;
}
