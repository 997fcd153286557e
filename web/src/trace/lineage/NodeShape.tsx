import type { LineageNode } from '#protocol/trace.ts';

export type NodeType = LineageNode['node_type'];

/** Fill of a node by its type; the shape says the same to whoever does not see colours. */
export const NODE_COLOURS: Readonly<Record<NodeType, string>> = {
  WAFER: 'fill-(--node-wafer)',
  GD: 'fill-(--node-gd)',
  GC: 'fill-(--node-gc)',
  GA: 'fill-(--node-ga)',
  LOT: 'fill-(--node-lot)',
  UNKNOWN: 'fill-(--node-unknown)',
};

/** Outlines around (0, 0), some 12 pixels wide. */
const OUTLINES: Readonly<Record<NodeType, string>> = {
  WAFER: 'M6 0A6 6 0 1 1 -6 0A6 6 0 1 1 6 0Z',
  GD: 'M-3.4 -5.8H3.4L6.8 0L3.4 5.8H-3.4L-6.8 0Z',
  GC: 'M0 -6.8L6.8 0L0 6.8L-6.8 0Z',
  GA: 'M-5.5 -5.5H5.5V5.5H-5.5Z',
  LOT: 'M0 -6.2L6.4 5.4H-6.4Z',
  UNKNOWN: 'M-5 -2H5V2H-5Z',
};

export function NodeShape(props: { readonly type: NodeType }) {
  return <path d={OUTLINES[props.type]} class={NODE_COLOURS[props.type]} />;
}
