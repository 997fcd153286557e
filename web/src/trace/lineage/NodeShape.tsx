import type { NodeType } from './lineage-looks.ts';
import { NODE_OUTLINES } from './lineage-looks.ts';

/** Fill of a node by its type; the shape says the same to whoever does not see colours. */
const NODE_COLOURS: Readonly<Record<NodeType, string>> = {
  WAFER: 'fill-(--node-wafer)',
  GD: 'fill-(--node-gd)',
  GC: 'fill-(--node-gc)',
  GA: 'fill-(--node-ga)',
  LOT: 'fill-(--node-lot)',
  UNKNOWN: 'fill-(--node-unknown)',
};

export function NodeShape(props: { readonly type: NodeType }) {
  return <path d={NODE_OUTLINES[props.type]} class={NODE_COLOURS[props.type]} />;
}
