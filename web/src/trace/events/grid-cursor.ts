import { createMemo, createSignal } from 'solid-js';
import type { Accessor } from 'solid-js';
import { cellsOf, rangeBetween } from './cell-selection.ts';
import type { CellRange } from './cell-selection.ts';
import { HEADER_ROW } from './grid-keys.ts';
import type { GridPlace } from './grid-keys.ts';

/** The active cell, and the range from where it was anchored to it. Both are within what there is, however that changes. */
export interface GridCursor {
  readonly active: Accessor<GridPlace>;
  readonly range: Accessor<CellRange>;
  /** The range, if it is more than one cell. */
  readonly selected: Accessor<CellRange | undefined>;
  /** Only headers are in the range. */
  readonly isOnHeaders: Accessor<boolean>;
  /** `isExtended`: the range goes on from where it was anchored. */
  moveTo(place: GridPlace, isExtended: boolean): void;
  selectAll(): void;
  /** Only the active cell. */
  clear(): void;
  /** The rows are others: to the first one. Who is on a header stays there, and everybody in their column. */
  goToFirst(): void;
  /** The columns are others. */
  goHome(): void;
}

const HOME: GridPlace = { row: 0, column: 0 };

function isSamePlace(one: GridPlace, other: GridPlace): boolean {
  return one.row === other.row && one.column === other.column;
}

export function createGridCursor(rows: Accessor<number>, columns: Accessor<number>): GridCursor {
  const [activeAt, setActiveAt] = createSignal<GridPlace>(HOME);
  const [anchorAt, setAnchorAt] = createSignal<GridPlace>(HOME);
  const within = ({ row, column }: GridPlace): GridPlace => ({
    row: Math.min(row, Math.max(0, rows() - 1)),
    column: Math.min(column, Math.max(0, columns() - 1)),
  });
  const active = createMemo(() => within(activeAt()), HOME, { equals: isSamePlace });
  const anchor = createMemo(() => within(anchorAt()), HOME, { equals: isSamePlace });
  const range = createMemo(() => rangeBetween(anchor(), active()));
  const isOnHeaders = (): boolean => active().row === HEADER_ROW && anchor().row === HEADER_ROW;
  const moveTo = (place: GridPlace, isExtended: boolean): void => {
    setActiveAt(place);
    if (!isExtended) setAnchorAt(place);
  };
  return {
    active,
    range,
    selected: createMemo(() => (cellsOf(range()) > 1 && !isOnHeaders() ? range() : undefined)),
    isOnHeaders,
    moveTo,
    selectAll() {
      moveTo(HOME, false);
      moveTo({ row: Math.max(0, rows() - 1), column: Math.max(0, columns() - 1) }, true);
    },
    clear: () => void setAnchorAt(active()),
    goToFirst() {
      const { row, column } = activeAt();
      moveTo({ row: row === HEADER_ROW ? HEADER_ROW : 0, column }, false);
    },
    goHome: () => moveTo(HOME, false),
  };
}
