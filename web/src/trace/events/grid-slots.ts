import { HEADER_ROW } from './grid-keys.ts';
import type { GridPlace } from './grid-keys.ts';
import type { ScrollSpace } from './scaled-scroll.ts';

/** Places from one on; `to` is behind the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Elements that rows are shown in: as many as are seen wherever the view stands. */
export function slotCount({ rowPx, viewPx }: ScrollSpace): number {
  return Math.ceil(viewPx / rowPx) + 1;
}

/** The row that a slot shows: as the view moves by one row, one slot changes and the others only move. */
export function rowInSlot(slot: number, first: number, slots: number): number {
  return first + ((((slot - first) % slots) + slots) % slots);
}

/** Whether a cell exists: only what is on screen does, the headers always, and of the columns also those that stay. */
export function isOnScreen(
  { row, column }: GridPlace,
  rows: Span,
  columns: Span & { readonly stuck: number },
): boolean {
  const isRow = row === HEADER_ROW || (row >= rows.from && row < rows.to);
  return isRow && (column < columns.stuck || (column >= columns.from && column < columns.to));
}
