import { EDGE_TYPES } from '#protocol/trace.ts';
import { hiddenCounter } from './hidden-nodes.ts';
import type { EdgeType, LineageGraph } from './lineage-graph.ts';
import type { LineageLayout, PlacedNode } from './lineage-layout.ts';
import type { NodeType } from './lineage-looks.ts';
import {
  EDGE_CAPS,
  EDGE_DASHES,
  knobText,
  LABEL_X_PX,
  NODE_OUTLINES,
  nodeLabel,
  SEED_MARK,
  UNREAD_DASHES,
} from './lineage-looks.ts';
import { linkPaths } from './lineage-paths.ts';
import type { RowRange, Size } from './lineage-view.ts';
import {
  BOX_HEIGHT_PX,
  BOX_PX,
  drawingSize,
  linksInView,
  nodesInView,
  nodeX,
  nodeY,
  rowsInView,
} from './lineage-view.ts';
import { openPng } from './png-writer.ts';

/** Colours as the page has them, in the light it is in. */
export interface PictureLook {
  readonly ground: string;
  readonly line: string;
  readonly ink: string;
  readonly faintInk: string;
  /** Of the mark of what was asked for. */
  readonly seed: string;
  readonly nodes: Readonly<Record<NodeType, string>>;
  readonly edges: Readonly<Record<EdgeType, string>>;
}

export interface Picture {
  readonly graph: LineageGraph;
  readonly layout: LineageLayout;
  readonly expanded: ReadonlySet<number>;
  /** Container ids whose events were not read, because they came later. */
  readonly unread: ReadonlySet<string>;
  readonly look: PictureLook;
}

/** Pixels of the picture for one of the drawing, so that print is sharp. */
const BEST_SCALE = 2;
/** What viewers of pictures open; a canvas may be less high, so it is drawn in strips. */
const MAX_SIDE_PX = 65_000;
const MAX_AREA_PX = 96_000_000;
/** Pixels of a strip: 16 MB while it is drawn. */
const STRIP_AREA_PX = 4_000_000;

/** As large as it can be, and no larger than is of use. */
export function pictureScale({ width, height }: Size): number {
  return Math.min(BEST_SCALE, MAX_SIDE_PX / Math.max(width, height), Math.sqrt(MAX_AREA_PX / (width * height)));
}

export interface PictureMeans {
  readonly signal: AbortSignal;
  /** Percent that are drawn. */
  readonly told: (percent: number) => void;
}

/**
 * Draws everything that is open as a PNG, strip by strip.
 *
 * @throws when there is no canvas or no memory for it; the reason of `signal`
 */
export async function drawPicture(
  picture: Picture,
  means: PictureMeans,
): Promise<{ readonly blob: Blob; readonly scale: number }> {
  const size = drawingSize(picture.layout);
  const scale = pictureScale(size);
  const width = Math.max(1, Math.floor(size.width * scale));
  const height = Math.max(1, Math.floor(size.height * scale));
  return { blob: await writeStrips({ width, height }, stripPainter(picture, scale), means), scale };
}

/** A picture of this size from strips of it. @throws what `draw` throws; the reason of `signal` */
export async function writeStrips(
  { width, height }: Size,
  draw: (strip: Strip) => Uint8ClampedArray,
  { signal, told }: PictureMeans,
): Promise<Blob> {
  const writer = openPng(width, height);
  const stripPx = Math.max(1, Math.floor(STRIP_AREA_PX / width));
  try {
    for (let top = 0; top < height; top += stripPx) {
      // Whoever stops it says so in a message, which gets its turn here.
      await new Promise((resolve) => setTimeout(resolve));
      signal.throwIfAborted();
      told((100 * top) / height);
      await writer.write(draw({ top, width, height: Math.min(stripPx, height - top) }));
    }
    return await writer.close();
  } catch (thrown) {
    await writer.abort();
    throw thrown;
  }
}

interface Strip extends Size {
  /** In pixels of the picture. */
  readonly top: number;
}

function stripPainter(picture: Picture, scale: number): (strip: Strip) => Uint8ClampedArray {
  const hiddenBehind = hiddenCounter(picture.graph, picture.layout);
  const outlines = new Map(Object.entries(NODE_OUTLINES).map(([type, outline]) => [type, new Path2D(outline)]));
  const seedMark = new Path2D(SEED_MARK);
  return ({ top, width, height }) => {
    const pen = new OffscreenCanvas(width, height).getContext('2d', { alpha: false, willReadFrequently: true });
    if (pen === null) throw new Error('there is no canvas to draw on');
    const view = { scale, panX: 0, panY: -top };
    pen.fillStyle = picture.look.ground;
    pen.fillRect(0, 0, width, height);
    pen.setTransform(scale, 0, 0, scale, 0, -top);
    drawEdges(pen, picture, rowsInView(view, { width, height }));
    for (const node of nodesInView(picture.layout, view, { width, height }))
      drawNode(pen, picture, { node, outlines, seedMark, hiddenBehind });
    return pen.getImageData(0, 0, width, height).data;
  };
}

function drawEdges(pen: OffscreenCanvasRenderingContext2D, { layout, look }: Picture, rows: RowRange): void {
  const paths = linkPaths(layout, linksInView(layout, rows), rows);
  pen.lineWidth = 1.5;
  for (const type of EDGE_TYPES) {
    pen.setLineDash([...EDGE_DASHES[type]]);
    pen.lineCap = EDGE_CAPS[type];
    pen.strokeStyle = look.edges[type];
    pen.stroke(new Path2D(paths.get(type) ?? ''));
  }
  pen.setLineDash([]);
}

interface Detail {
  readonly node: PlacedNode;
  readonly outlines: ReadonlyMap<string, Path2D>;
  readonly seedMark: Path2D;
  readonly hiddenBehind: (place: number) => number;
}

function drawNode(
  pen: OffscreenCanvasRenderingContext2D,
  { graph, expanded, unread, look }: Picture,
  { node: placed, outlines, seedMark, hiddenBehind }: Detail,
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
  if (unread.has(node.container_id)) pen.setLineDash([...UNREAD_DASHES]);
  pen.stroke();
  if (node.is_seed) {
    pen.fillStyle = look.seed;
    pen.fill(seedMark);
  }
  const isClosed = (graph.children[placed.place]?.length ?? 0) > 0 && !expanded.has(placed.place);
  const knob = isClosed ? knobText(false, hiddenBehind(placed.place)) : '';
  pen.fillStyle = look.ink;
  pen.font = `${node.is_seed ? 'bold ' : ''}11px ui-monospace, Consolas, 'Liberation Mono', monospace`;
  pen.fillText(nodeLabel(node, knob), LABEL_X_PX, 4);
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
