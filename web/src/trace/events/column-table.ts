import {
  columnOrderingFeature,
  columnPinningFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createTable,
  functionalUpdate,
  tableFeatures,
} from '@tanstack/solid-table';
import type { Updater } from '@tanstack/solid-table';
import { createEffect, createMemo, createSignal, on, untrack } from 'solid-js';
import type { Accessor } from 'solid-js';
import type { Domain } from '#protocol/domain.ts';
import { localTexts } from '../../storage/page-storage.ts';
import {
  FIRST_COLUMN_STATE,
  isSameShown,
  moveColumn,
  orderedColumns,
  readColumnState,
  resizeColumn,
  shiftColumn,
  shownOf,
  withShown,
} from './column-state.ts';
import type { ShownColumns } from '../address/view-state.ts';
import type { ColumnState } from './column-state.ts';

const STORAGE_PREFIX = 'lotstream.columns.';

const features = tableFeatures({
  columnOrderingFeature,
  columnPinningFeature,
  columnSizingFeature,
  columnVisibilityFeature,
});

/** The columns of one domain as a person arranged them. */
export interface ColumnTable {
  /** Names of the columns in sight, pinned ones first. */
  readonly shown: Accessor<readonly string[]>;
  readonly pinned: Accessor<number>;
  /** All names in their order, hidden ones too. */
  readonly all: Accessor<readonly string[]>;
  /** Whether anything differs from how it was at first. */
  readonly isChanged: Accessor<boolean>;
  widthPx(name: string): number | undefined;
  isShown(name: string): boolean;
  isPinned(name: string): boolean;
  toggleShown(name: string): void;
  togglePinned(name: string): void;
  /** `undefined`: back to the first width. */
  resize(name: string, widthPx: number | undefined): void;
  /** A width while it is being drawn: it is kept with the next change. */
  stretch(name: string, widthPx: number): void;
  move(name: string, before: string | undefined): void;
  shift(name: string, step: -1 | 1): void;
  reset(): void;
}

interface ColumnTableParts {
  readonly domain: Accessor<Domain>;
  readonly columns: Accessor<readonly string[]>;
  /** What the view says of the columns; it comes before what is remembered. */
  readonly shown: Accessor<ShownColumns | undefined>;
  /** The view is to say this. */
  readonly onShown: (shown: ShownColumns | undefined) => void;
}

/** State of columns, remembered by domain in the storage of the browser. */
export function createColumnTable({ domain, columns, shown: asked, onShown }: ColumnTableParts): ColumnTable {
  const load = (): ColumnState =>
    withShown(readColumnState(localTexts.getItem(STORAGE_PREFIX + domain())), untrack(asked));
  const [state, setState] = createSignal<ColumnState>(load());
  createEffect(on(domain, () => setState(load()), { defer: true }));
  const said = createMemo(() => shownOf(state()), undefined, { equals: isSameShown });
  // Also what was remembered: whoever is given the address sees the same columns.
  createEffect(on([domain, said], () => onShown(said())));
  const change = (next: ColumnState): void => {
    setState(next);
    const key = STORAGE_PREFIX + domain();
    if (next === FIRST_COLUMN_STATE) localTexts.removeItem(key);
    else localTexts.setItem(key, JSON.stringify(next));
  };
  const take =
    <Name extends keyof ColumnState>(name: Name) =>
    (updater: Updater<ColumnState[Name]>): void =>
      change({ ...state(), [name]: functionalUpdate(updater, state()[name]) });

  const definitions = createMemo(() => columns().map((id) => ({ id })));
  const table = createTable({
    features,
    data: [],
    get columns() {
      return definitions();
    },
    get state() {
      return state();
    },
    onColumnVisibilityChange: take('columnVisibility'),
    onColumnPinningChange: take('columnPinning'),
  });
  const column = (name: string) => table.getColumn(name);
  const pinned = createMemo(() => (void state(), void columns(), namesOf(table.getStartVisibleLeafColumns())));
  const shown = createMemo(
    () => (void state(), void columns(), [...pinned(), ...namesOf(table.getCenterVisibleLeafColumns())]),
    [],
    { equals: (a, b) => a.length === b.length && a.every((name, index) => name === b[index]) },
  );
  return {
    shown,
    pinned: () => pinned().length,
    all: createMemo(() => orderedColumns(state(), columns())),
    isChanged: () => state() !== FIRST_COLUMN_STATE,
    widthPx: (name) => state().columnSizing[name],
    isShown: (name) => state().columnVisibility[name] !== false,
    isPinned: (name) => state().columnPinning.start.includes(name),
    // The last column in sight stays: a grid without columns could not be asked for them.
    toggleShown(name) {
      if (shown().length > 1 || !shown().includes(name)) column(name)?.toggleVisibility();
    },
    togglePinned: (name) => column(name)?.pin(state().columnPinning.start.includes(name) ? false : 'start'),
    resize: (name, widthPx) => change(resizeColumn(state(), name, widthPx)),
    stretch: (name, widthPx) => void setState(resizeColumn(state(), name, widthPx)),
    move: (name, before) => change(moveColumn(state(), columns(), { name, before })),
    shift: (name, step) => change(shiftColumn(state(), columns(), { name, step })),
    reset: () => change(FIRST_COLUMN_STATE),
  };
}

function namesOf(columns: readonly { readonly id: string }[]): string[] {
  return columns.map(({ id }) => id);
}
