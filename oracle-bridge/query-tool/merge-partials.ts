import type { Row } from '../warehouse/warehouse.ts';

/**
 * Partial track-outs of one load. A load (container, machine, spec, track-in) that is tracked out in parts has a row a
 * part, and TRACKINQTY is what remained before it: the load is the greatest, its output the sum, its end the latest.
 */

/** What a load is known by. */
const LOAD_COLUMNS = ['CONTAINERID', 'EQUIPMENTID', 'SPECNAME', 'TRACKINTIMESTAMP'] as const;
/** Columns in which the parts of a load differ by nature. */
const PART_COLUMNS: ReadonlySet<string> = new Set(['TRACKINQTY', 'TRACKOUTQTY', 'TRACKOUTTIMESTAMP']);

/** Rows of the same load have the same key. */
export function loadKeyOf(row: Row): string {
  return JSON.stringify(LOAD_COLUMNS.map((column) => row[column] ?? null));
}

/**
 * One row a load, in the order in which the loads begin in `rows`, with the number of its parts. Parts that differ in
 * anything else cannot be taken for one load: they stay rows of their own, with `partial_count` 1.
 */
export function mergePartials(rows: readonly Row[]): Row[] {
  return [...Map.groupBy(rows, loadKeyOf).values()].flatMap((parts) =>
    areOfOneKind(parts) ? [mergeParts(parts)] : parts.map((part) => ({ ...part, partial_count: 1 })),
  );
}

/**
 * The rows without those of the last load: where reading stopped in the middle, nobody knows whether it is whole. All
 * rows of a load have to follow each other.
 */
export function dropLastLoad(rows: readonly Row[]): Row[] {
  const last = rows.at(-1);
  if (!last) return [];
  const key = loadKeyOf(last);
  return rows.slice(
    0,
    rows.findIndex((row) => loadKeyOf(row) === key),
  );
}

function areOfOneKind(parts: readonly Row[]): boolean {
  const [first, ...others] = parts;
  const compared = Object.keys(first ?? {}).filter((column) => !PART_COLUMNS.has(column));
  return others.every((part) => compared.every((column) => part[column] === first?.[column]));
}

function mergeParts(parts: readonly Row[]): Row {
  return {
    ...parts[0],
    TRACKINQTY: greatest(parts.map((part) => part['TRACKINQTY'])),
    TRACKOUTTIMESTAMP: latest(parts.map((part) => part['TRACKOUTTIMESTAMP'])),
    TRACKOUTQTY: sum(parts.map((part) => part['TRACKOUTQTY'])),
    partial_count: parts.length,
  };
}

type Cell = Row[string] | undefined;

/** Whole numbers; those of more than 15 digits come as text. */
function wholeNumbers(cells: readonly Cell[]): bigint[] {
  return cells.flatMap((cell) => (cell === null || cell === undefined ? [] : [BigInt(cell)]));
}

/** As the warehouse gives it. */
function toCell(value: bigint): number | string {
  const text = value.toString();
  return text.replace('-', '').length <= 15 ? Number(text) : text;
}

function greatest(cells: readonly Cell[]): Row[string] {
  const numbers = wholeNumbers(cells);
  return numbers.length === 0 ? null : toCell(numbers.reduce((most, value) => (value > most ? value : most)));
}

function sum(cells: readonly Cell[]): Row[string] {
  const numbers = wholeNumbers(cells);
  return numbers.length === 0 ? null : toCell(numbers.reduce((total, value) => total + value, 0n));
}

function latest(cells: readonly Cell[]): Row[string] {
  const times = cells.filter((cell) => typeof cell === 'string');
  return times.length === 0 ? null : times.reduce((last, time) => (time > last ? time : last));
}
