import type { Cell } from './trace-snapshot.ts';

/** A value as a cell: what is no plain value is shown as its JSON. */
export function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}
