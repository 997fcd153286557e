/** A cell by its place, from 0. */
export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

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
  const to = (row: number, column: number): GridPlace => ({
    row: Math.max(0, Math.min(extent.rows - 1, row)),
    column: Math.max(0, Math.min(extent.columns - 1, column)),
  });
  switch (event.key) {
    case 'ArrowDown':
      return to(far ? extent.rows - 1 : at.row + 1, at.column);
    case 'ArrowUp':
      return to(far ? 0 : at.row - 1, at.column);
    case 'ArrowRight':
      return to(at.row, far ? extent.columns - 1 : at.column + 1);
    case 'ArrowLeft':
      return to(at.row, far ? 0 : at.column - 1);
    case 'PageDown':
      return to(at.row + extent.pageRows, at.column);
    case 'PageUp':
      return to(at.row - extent.pageRows, at.column);
    case 'Home':
      return to(far ? 0 : at.row, 0);
    case 'End':
      return to(far ? extent.rows - 1 : at.row, extent.columns - 1);
    default:
      return undefined;
  }
}
