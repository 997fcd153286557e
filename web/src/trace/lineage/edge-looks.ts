import type { EdgeType } from './lineage-graph.ts';
import { EDGE_DASHES } from './lineage-looks.ts';

/** Colour and dashes of an edge by its type; each differs in both. */
export const EDGE_LOOKS: Readonly<Record<EdgeType, { readonly colour: string; readonly dashes: string }>> = {
  split_from: { colour: 'stroke-(--edge-split)', dashes: dashesOf('split_from') },
  merge_source: { colour: 'stroke-(--edge-merge)', dashes: dashesOf('merge_source') },
  wafer_origin: { colour: 'stroke-(--edge-wafer)', dashes: dashesOf('wafer_origin') },
  gd_rework_source: { colour: 'stroke-(--edge-rework)', dashes: dashesOf('gd_rework_source') },
};

function dashesOf(type: EdgeType): string {
  return EDGE_DASHES[type].join(' ') || 'none';
}
