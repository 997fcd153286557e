import type { GridPlace } from './grid-keys.ts';

/** Cells that are copied at once: some ten megabytes of text. */
export const MAX_COPIED_CELLS = 400_000;

/** A rectangle of cells; the ends belong to it. */
export interface CellRange {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** The rectangle between two corners; the row of headers is no part of it. */
export function rangeBetween(anchor: GridPlace, active: GridPlace): CellRange {
  return {
    top: Math.max(0, Math.min(anchor.row, active.row)),
    bottom: Math.max(0, anchor.row, active.row),
    left: Math.min(anchor.column, active.column),
    right: Math.max(anchor.column, active.column),
  };
}

export function rowsOf(range: CellRange): number {
  return range.bottom - range.top + 1;
}

export function cellsOf(range: CellRange): number {
  return rowsOf(range) * (range.right - range.left + 1);
}

/** Rows of so many columns that can be copied at once. */
export function mostCopiedRows(columns: number): number {
  return Math.floor(MAX_COPIED_CELLS / Math.max(1, columns));
}

export function isInRange(range: CellRange | undefined, row: number, column: number): boolean {
  if (range === undefined) return false;
  return row >= range.top && row <= range.bottom && column >= range.left && column <= range.right;
}
