/** A cell by its place, from 0; the headers are row -1. */
export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

export const HEADER_ROW = -1;

export interface GridExtent {
  readonly rows: number;
  readonly columns: number;
  /** Rows that a page key moves over. */
  readonly pageRows: number;
}

/** Where a key moves the active cell; `undefined` for keys that are not the grid's. */
export function moveByKey(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  at: GridPlace,
  extent: GridExtent,
): GridPlace | undefined {
  if (event.altKey) return undefined;
  const far = event.ctrlKey || event.metaKey;
  const to = (row: number, column: number, first = 0): GridPlace => ({
    row: Math.max(Math.min(first, at.row), Math.min(extent.rows - 1, row)),
    column: Math.max(0, Math.min(extent.columns - 1, column)),
  });
  switch (event.key) {
    case 'ArrowDown':
      return to(far ? extent.rows - 1 : at.row + 1, at.column);
    case 'ArrowUp':
      return far ? { row: 0, column: at.column } : to(at.row - 1, at.column, HEADER_ROW);
    case 'ArrowRight':
      return to(at.row, far ? extent.columns - 1 : at.column + 1);
    case 'ArrowLeft':
      return to(at.row, far ? 0 : at.column - 1);
    case 'PageDown':
      return to(at.row + extent.pageRows, at.column);
    case 'PageUp':
      return to(at.row - extent.pageRows, at.column);
    case 'Home':
      return far ? { row: 0, column: 0 } : to(at.row, 0);
    case 'End':
      return to(far ? extent.rows - 1 : at.row, extent.columns - 1);
    default:
      return undefined;
  }
}
