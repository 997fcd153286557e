import * as z from 'zod/mini';
import type { ShownColumns } from '../address/view-state.ts';
import { MIN_COLUMN_PX } from './column-widths.ts';

/** Longest width that a column can be drawn to. */
export const MAX_COLUMN_PX = 1600;

/**
 * What a person did to the columns of a domain, in the terms of the table library. Columns it does not name stand where
 * the warehouse has them, as wide as their texts; names that a domain no longer has mean nothing.
 */
export const columnStateSchema = z.object({
  columnVisibility: z.record(z.string(), z.boolean()),
  columnOrder: z.array(z.string()),
  columnPinning: z.object({ start: z.array(z.string()), end: z.array(z.string()) }),
  columnSizing: z.record(z.string(), z.number().check(z.minimum(MIN_COLUMN_PX), z.maximum(MAX_COLUMN_PX))),
});
export type ColumnState = z.infer<typeof columnStateSchema>;

export const FIRST_COLUMN_STATE: ColumnState = {
  columnVisibility: {},
  columnOrder: [],
  columnPinning: { start: [], end: [] },
  columnSizing: {},
};

/** What was remembered; anything that cannot be read is as if nothing had been. */
export function readColumnState(text: string | null): ColumnState {
  try {
    const parsed = columnStateSchema.safeParse(JSON.parse(text ?? ''));
    return parsed.success ? parsed.data : FIRST_COLUMN_STATE;
  } catch {
    return FIRST_COLUMN_STATE;
  }
}

/** What a view says of columns; `undefined` where nothing was done to them but to their widths. */
export function shownOf(state: ColumnState): ShownColumns | undefined {
  const hidden = Object.keys(state.columnVisibility).filter((name) => state.columnVisibility[name] === false);
  const { columnOrder: order, columnPinning } = state;
  const isFirst = hidden.length === 0 && order.length === 0 && columnPinning.start.length === 0;
  return isFirst ? undefined : { hidden, pinned: columnPinning.start, order };
}

export function isSameShown(one: ShownColumns | undefined, other: ShownColumns | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The state with what a view says in place of what it had. */
export function withShown(state: ColumnState, shown: ShownColumns | undefined): ColumnState {
  if (shown === undefined) return state;
  return {
    ...state,
    columnVisibility: Object.fromEntries(shown.hidden.map((name) => [name, false])),
    columnOrder: [...shown.order],
    columnPinning: { start: [...shown.pinned], end: [] },
  };
}

/** All columns in their order on screen: pinned ones first. Hidden ones keep their place. */
export function orderedColumns(state: ColumnState, columns: readonly string[]): string[] {
  const known = new Set(columns);
  const pinned = state.columnPinning.start.filter((name) => known.has(name));
  const isPinned = new Set(pinned);
  const chosen = state.columnOrder.filter((name) => known.has(name));
  const isChosen = new Set(chosen);
  return [
    ...pinned,
    ...[...chosen, ...columns.filter((name) => !isChosen.has(name))].filter((name) => !isPinned.has(name)),
  ];
}

/** The columns in sight as a view has them, in their order. */
export function columnsInSight(shown: ShownColumns, columns: readonly string[]): string[] {
  return orderedColumns(withShown(FIRST_COLUMN_STATE, shown), columns).filter((name) => !shown.hidden.includes(name));
}

/**
 * Puts a column before another one; behind all others without one. Dropped among pinned columns it is pinned, dropped
 * among the others it no longer is.
 */
export function moveColumn(
  state: ColumnState,
  columns: readonly string[],
  move: { readonly name: string; readonly before: string | undefined },
): ColumnState {
  const { name, before } = move;
  if (name === before || !columns.includes(name)) return state;
  const others = orderedColumns(state, columns).filter((each) => each !== name);
  const at = before === undefined ? others.length : others.indexOf(before);
  const columnOrder = [...others.slice(0, at), name, ...others.slice(at)];
  const pinned = new Set(state.columnPinning.start);
  // Between the last pinned column and the first other one it stays what it was.
  if (before !== undefined && pinned.has(before)) pinned.add(name);
  else if (at > 0 && !pinned.has(others[at - 1] ?? '')) pinned.delete(name);
  return { ...state, columnOrder, columnPinning: { start: columnOrder.filter((each) => pinned.has(each)), end: [] } };
}

/** Moves a column over the next one in sight, to the left or to the right. */
export function shiftColumn(
  state: ColumnState,
  columns: readonly string[],
  shift: { readonly name: string; readonly step: -1 | 1 },
): ColumnState {
  const seen = orderedColumns(state, columns).filter((each) => state.columnVisibility[each] !== false);
  const at = seen.indexOf(shift.name);
  const target = at + shift.step;
  if (at === -1 || target < 0 || target >= seen.length) return state;
  return moveColumn(state, columns, { name: shift.name, before: seen[shift.step === -1 ? target : target + 1] });
}

/** Within what can be drawn, in whole pixels; `undefined` goes back to the width of the texts. */
export function resizeColumn(state: ColumnState, name: string, widthPx: number | undefined): ColumnState {
  const { [name]: _, ...others } = state.columnSizing;
  if (widthPx === undefined) return { ...state, columnSizing: others };
  const whole = Math.round(Math.min(MAX_COLUMN_PX, Math.max(MIN_COLUMN_PX, widthPx)));
  return { ...state, columnSizing: { ...others, [name]: whole } };
}
