import { cellText } from './cell-text.ts';
import type { Cell } from '../trace-snapshot.ts';

export const MIN_COLUMN_PX = 56;
const MAX_FIRST_PX = 340;
const CHAR_PX = 7.4;
/** Chinese characters take the room of nearly two. */
const WIDE_CHAR_PX = 13;
const PADDING_PX = 26;

const WIDE = /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/g;

function textPx(text: string): number {
  const wide = text.match(WIDE)?.length ?? 0;
  return wide * WIDE_CHAR_PX + (text.length - wide) * CHAR_PX;
}

/** Widths that show the header and the given rows whole, within reason. */
export function firstWidths(labels: readonly string[], rows: readonly (readonly Cell[])[]): number[] {
  return labels.map((label, index) => {
    const widest = rows.reduce((most, row) => Math.max(most, textPx(cellText(row[index]))), textPx(label));
    return Math.round(Math.min(MAX_FIRST_PX, Math.max(MIN_COLUMN_PX, widest + PADDING_PX)));
  });
}

/** Where each column begins, and behind the last one the whole width. */
export function columnEdges(widths: readonly number[]): number[] {
  let edge = 0;
  return [0, ...widths.map((width) => (edge += width))];
}

/** The columns of which a part lies between `leftPx` and `leftPx + viewPx`: `to` is behind the last. */
export function columnsInView(edges: readonly number[], leftPx: number, viewPx: number): { from: number; to: number } {
  const columns = edges.length - 1;
  let from = 0;
  while (from < columns - 1 && (edges[from + 1] ?? 0) <= leftPx) from++;
  let to = from;
  while (to < columns && (edges[to] ?? 0) < leftPx + viewPx) to++;
  return { from, to: Math.max(to, Math.min(columns, from + 1)) };
}
