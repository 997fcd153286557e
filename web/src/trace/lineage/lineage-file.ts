import { csvText, BYTE_ORDER_MARK } from '../export/csv-text.ts';
import { shownName } from '../shown-name.ts';
import type { LineageGraphData } from '../trace-snapshot.ts';
import { buildLineageGraph, linksOf } from './lineage-graph.ts';
import type { EdgeType } from './lineage-graph.ts';
import { layOutLineage } from './lineage-layout.ts';
import { drawPicture } from './lineage-picture.ts';
import type { PictureLook, PictureMeans } from './lineage-picture.ts';

/** A table of all relations. */
export interface LineageCsvRequest {
  readonly format: 'csv';
  /** Parent, its id, child, its id, kind of relation. */
  readonly headings: readonly [string, string, string, string, string];
  readonly edgeNames: Readonly<Record<EdgeType, string>>;
}

/** A picture of the whole drawing, also of what is not on screen. */
export interface LineagePngRequest {
  readonly format: 'png';
  /** Container ids of the nodes that are open; absent: everything is. */
  readonly opened: readonly string[] | undefined;
  /** Container ids whose events were not read, because they came later. */
  readonly unread: readonly string[];
  readonly look: PictureLook;
}

export type LineageFileRequest = LineageCsvRequest | LineagePngRequest;

export interface LineageFile {
  readonly blob: Blob;
  /** Relations in the table, or containers in the picture. */
  readonly count: number;
  /** Of the picture: its size beside that on screen; 1 unless it would be too large. */
  readonly scale: number;
}

/** What became of the wish for a file. */
export type LineageFileOutcome =
  | { readonly type: 'made'; readonly file: LineageFile }
  | { readonly type: 'cancelled' | 'failed' };

/**
 * Makes the file. Runs in the worker: a picture of thousands of nodes takes its time.
 *
 * @throws when there is no memory for it; the reason of `means.signal`
 */
export async function makeLineageFile(
  data: LineageGraphData,
  request: LineageFileRequest,
  means: PictureMeans,
): Promise<LineageFile> {
  const graph = buildLineageGraph(data.nodes, data.edges);
  if (request.format === 'csv') {
    const rows = linksOf(graph).map(({ from, to, type }) => {
      const [parent, child] = [graph.nodes[from], graph.nodes[to]];
      return [
        shownName(parent?.container_name ?? ''),
        parent?.container_id,
        shownName(child?.container_name ?? ''),
        child?.container_id,
        request.edgeNames[type],
      ];
    });
    const text = BYTE_ORDER_MARK + csvText([request.headings, ...rows], false);
    return { blob: new Blob([text], { type: 'text/csv' }), count: rows.length, scale: 1 };
  }
  const opened = request.opened?.flatMap((id) => graph.places.get(id) ?? []) ?? graph.nodes.keys();
  const expanded = new Set(opened);
  const layout = layOutLineage(graph, expanded);
  const { look } = request;
  const unread = new Set(request.unread);
  const { blob, scale } = await drawPicture({ graph, layout, expanded, unread, look }, means);
  return { blob, count: layout.nodes.length, scale };
}
