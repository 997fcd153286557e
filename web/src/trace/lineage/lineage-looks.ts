import type { LineageNode } from '#protocol/trace.ts';
import type { EdgeType } from './lineage-graph.ts';
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

export const BOX_HEIGHT_PX = 22;
const MAX_LABEL_CELLS = 20;
/** Room that a knob takes from the label, beside its digits. */
const KNOB_CELLS = 1;

/** What is written in a node's box beside a knob with this text. */
export function nodeLabel(node: Pick<LineageNode, 'container_id' | 'container_name'>, knob: string): string {
  const room = MAX_LABEL_CELLS - (knob === '' ? 0 : KNOB_CELLS + knob.length);
  return shortenName(node.container_name ?? node.container_id, room);
}

/** What the knob of a node with children says: how many it hides, or that it can be closed. */
export function knobText(isExpanded: boolean, hidden: number): string {
  return isExpanded ? '−' : `+${hidden}`;
}

export function knobWidthPx(text: string): number {
  return 10 + text.length * 6.5;
}
