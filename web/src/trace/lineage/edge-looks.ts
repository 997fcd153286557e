import type { EdgeType } from './lineage-graph.ts';

/** Colour and dashes of an edge by its type; each differs in both. */
export const EDGE_LOOKS: Readonly<Record<EdgeType, { readonly colour: string; readonly dashes: string }>> = {
  split_from: { colour: 'stroke-(--edge-split)', dashes: 'none' },
  merge_source: { colour: 'stroke-(--edge-merge)', dashes: '7 4' },
  wafer_origin: { colour: 'stroke-(--edge-wafer)', dashes: '1.5 4' },
  gd_rework_source: { colour: 'stroke-(--edge-rework)', dashes: '9 3 2 3' },
};
