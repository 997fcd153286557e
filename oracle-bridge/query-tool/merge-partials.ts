import { exactNumberJson, readDecimal } from '../encode/number-text.ts';
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
  if (parts.length === 1) return { ...parts[0], partial_count: 1 };
  return {
    ...parts[0],
    TRACKINQTY: greatest(parts.map((part) => part['TRACKINQTY'])),
    TRACKOUTTIMESTAMP: latest(parts.map((part) => part['TRACKOUTTIMESTAMP'])),
    TRACKOUTQTY: sum(parts.map((part) => part['TRACKOUTQTY'])),
    partial_count: parts.length,
  };
}

type Cell = Row[string] | undefined;

/** Exact: each number is `units / 10 ** scale`. */
interface Quantities {
  readonly units: readonly bigint[];
  readonly scale: number;
}

/** Quantities come as numbers, and as text where they have more than 15 digits; some have a fraction. */
function quantitiesOf(cells: readonly Cell[]): Quantities {
  const decimals = cells.flatMap((cell) => (cell === null || cell === undefined ? [] : [readDecimal(String(cell))]));
  const scale = Math.max(0, ...decimals.map(({ fraction }) => fraction.length));
  const units = decimals.map(({ sign, whole, fraction }) => {
    const amount = BigInt(whole + fraction.padEnd(scale, '0'));
    return sign === '-' ? -amount : amount;
  });
  return { units, scale };
}

/** As the warehouse gives it. */
function toCell(units: bigint, scale: number): number | string {
  return JSON.parse(exactNumberJson(`${units}e-${scale}`)) as number | string;
}

function greatest(cells: readonly Cell[]): Row[string] {
  const { units, scale } = quantitiesOf(cells);
  if (units.length === 0) return null;
  return toCell(
    units.reduce((most, value) => (value > most ? value : most)),
    scale,
  );
}

function sum(cells: readonly Cell[]): Row[string] {
  const { units, scale } = quantitiesOf(cells);
  if (units.length === 0) return null;
  return toCell(
    units.reduce((total, value) => total + value),
    scale,
  );
}

function latest(cells: readonly Cell[]): Row[string] {
  const times = cells.filter((cell) => typeof cell === 'string');
  return times.length === 0 ? null : times.reduce((last, time) => (time > last ? time : last));
}
