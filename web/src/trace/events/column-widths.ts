import { cellText } from './cell-text.ts';
import type { Cell } from '../trace-snapshot.ts';

export const MIN_COLUMN_PX = 56;
const MAX_FIRST_PX = 340;
const PADDING_PX = 24;

/** Widths that show the header and the given rows whole, within reason. */
export function firstWidths(
  labels: readonly string[],
  rows: readonly (readonly Cell[])[],
  textPx: (text: string) => number,
): number[] {
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
