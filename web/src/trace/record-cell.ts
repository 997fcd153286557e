import { shownValue } from './shown-name.ts';
import type { Cell } from './trace-snapshot.ts';

/** A value as a cell: what is no plain value is shown as its JSON. */
export function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

/** A value of a record as a cell that is shown. */
export function shownCell(record: Readonly<Record<string, unknown>>, column: string): Cell {
  return shownValue(column, cellOf(record[column]));
}
