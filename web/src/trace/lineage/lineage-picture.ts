import { EDGE_TYPES } from '#protocol/trace.ts';
import { hiddenCounter } from './hidden-nodes.ts';
import type { EdgeType, LineageGraph } from './lineage-graph.ts';
import type { LineageLayout, PlacedNode } from './lineage-layout.ts';
import type { NodeType } from './lineage-looks.ts';
import { BOX_HEIGHT_PX, EDGE_DASHES, knobText, NODE_OUTLINES, nodeLabel } from './lineage-looks.ts';
import { BOX_PX, linkPaths } from './lineage-paths.ts';
import type { Size } from './lineage-view.ts';
import { drawingSize, nodeX, nodeY } from './lineage-view.ts';

/** Colours as the page has them, in the light it is in. */
export interface PictureLook {
  readonly ground: string;
  readonly line: string;
  readonly ink: string;
  readonly faintInk: string;
  readonly nodes: Readonly<Record<NodeType, string>>;
  readonly edges: Readonly<Record<EdgeType, string>>;
}

export interface Picture {
  readonly graph: LineageGraph;
  readonly layout: LineageLayout;
  readonly expanded: ReadonlySet<number>;
  readonly look: PictureLook;
}

/** Pixels of the picture for one of the drawing, so that print is sharp. */
const BEST_SCALE = 2;
/** What every browser that the page is built for can draw on. */
const MAX_SIDE_PX = 16_384;
/** A pixel takes four bytes: 128 MB. */
const MAX_AREA_PX = 32_000_000;
/** Nothing of a picture is beyond its edge. */
const ALL_ROWS = { first: -1, last: 2 ** 24 };

/** As large as it can be, and no larger than is of use. */
export function pictureScale({ width, height }: Size): number {
  return Math.min(BEST_SCALE, MAX_SIDE_PX / Math.max(width, height), Math.sqrt(MAX_AREA_PX / (width * height)));
}

/** Draws everything that is open as a PNG. */
export async function drawPicture(picture: Picture): Promise<{ readonly blob: Blob; readonly scale: number }> {
  const size = drawingSize(picture.layout);
  const scale = pictureScale(size);
  const canvas = new OffscreenCanvas(Math.ceil(size.width * scale), Math.ceil(size.height * scale));
  const pen = canvas.getContext('2d', { alpha: false });
  if (pen === null) throw new Error('there is no canvas to draw on');
  pen.fillStyle = picture.look.ground;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.scale(scale, scale);
  drawEdges(pen, picture);
  const hiddenBehind = hiddenCounter(picture.graph, picture.layout);
  const outlines = new Map(Object.entries(NODE_OUTLINES).map(([type, outline]) => [type, new Path2D(outline)]));
  for (const node of picture.layout.nodes) drawNode(pen, picture, { node, outlines, hiddenBehind });
  return { blob: await canvas.convertToBlob({ type: 'image/png' }), scale };
}

function drawEdges(pen: OffscreenCanvasRenderingContext2D, { layout, look }: Picture): void {
  const paths = linkPaths(layout, layout.links, ALL_ROWS);
  pen.lineWidth = 1.5;
  for (const type of EDGE_TYPES) {
    pen.setLineDash([...EDGE_DASHES[type]]);
    pen.lineCap = type === 'wafer_origin' ? 'round' : 'butt';
    pen.strokeStyle = look.edges[type];
    pen.stroke(new Path2D(paths.get(type) ?? ''));
  }
  pen.setLineDash([]);
}

interface Detail {
  readonly node: PlacedNode;
  readonly outlines: ReadonlyMap<string, Path2D>;
  readonly hiddenBehind: (place: number) => number;
}

function drawNode(
  pen: OffscreenCanvasRenderingContext2D,
  { graph, expanded, look }: Picture,
  { node: placed, outlines, hiddenBehind }: Detail,
): void {
  const node = graph.nodes[placed.place];
  const outline = outlines.get(node?.node_type ?? '');
  if (node === undefined || outline === undefined) return;
  pen.save();
  pen.translate(nodeX(placed), nodeY(placed));
  pen.beginPath();
  pen.roundRect(0, -BOX_HEIGHT_PX / 2, BOX_PX, BOX_HEIGHT_PX, 4);
  pen.fillStyle = look.ground;
  pen.fill();
  pen.lineWidth = 1;
  pen.strokeStyle = look.line;
  pen.stroke();
  const isClosed = (graph.children[placed.place]?.length ?? 0) > 0 && !expanded.has(placed.place);
  const knob = isClosed ? knobText(false, hiddenBehind(placed.place)) : '';
  pen.fillStyle = look.ink;
  pen.font = `${node.is_seed ? 'bold ' : ''}11px ui-monospace, Consolas, 'Liberation Mono', monospace`;
  pen.fillText(nodeLabel(node, knob), 27, 4);
  if (knob !== '') {
    pen.fillStyle = look.faintInk;
    pen.font = '600 10px system-ui, sans-serif';
    pen.textAlign = 'right';
    pen.fillText(knob, BOX_PX - 9, 3.5);
    pen.textAlign = 'left';
  }
  pen.translate(14, 0);
  pen.fillStyle = look.nodes[node.node_type];
  pen.fill(outline);
  pen.restore();
}
