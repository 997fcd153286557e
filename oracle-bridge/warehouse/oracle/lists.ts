/**
 * How a list of values reaches an Oracle statement, whose file names it by slot: `{{ list ids }}` stands between the
 * parentheses of an IN over an indexed column, `{{ rows ids }}` is a query of its values, in a column ID.
 *
 * `bound`: as binds. Lists have one of two sizes, filled up by repeating their last value, so that a statement has two
 * texts and two plans, whatever is asked for. `loaded`: from the table LOTSTREAM_IDS, which was filled before.
 */
export type ListMode = 'bound' | 'loaded';

/** Values of a bound list; Oracle takes at most 1000 in an IN (ORA-01795). */
export const LIST_SIZES = [100, 1000] as const;
export type ListSize = (typeof LIST_SIZES)[number];

export const MAX_LIST_SIZE = LIST_SIZES[1];
/** A constructor takes at most 999 values (ORA-00939). */
const MAX_CONSTRUCTOR_VALUES = 500;
/** Length of LOTSTREAM_IDS.ID. What is longer than any column can match nothing. */
const MAX_VALUE_CHARS = 255;
const LOADED = 'select ID from LOTSTREAM_IDS';

/** The values that can match, once each: empty text is null in Oracle, and null equals nothing. */
export function matchableValues(list: readonly string[]): string[] {
  return [...new Set(list)].filter((value) => value !== '' && value.length <= MAX_VALUE_CHARS);
}

/** Consecutive parts of at most 1000 values; none for an empty list. */
export function cutList(values: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let from = 0; from < values.length; from += MAX_LIST_SIZE) parts.push(values.slice(from, from + MAX_LIST_SIZE));
  return parts;
}

/** The least size that holds the part. */
export function sizeOf(part: readonly string[]): ListSize {
  return part.length <= LIST_SIZES[0] ? LIST_SIZES[0] : LIST_SIZES[1];
}

/** The part filled up to its size. */
export function padList(part: readonly string[]): string[] {
  const last = part.at(-1);
  if (last === undefined) throw new Error('an empty list cannot be filled up');
  return [...part, ...Array.from({ length: sizeOf(part) - part.length }, () => last)];
}

/** Name of the bind of one value, counted from 0. */
export function bindOfValue(list: string, index: number): string {
  return `${list}_${index + 1}`;
}

/** Text for a slot that names a list; `size` of a bound one. */
export function listText(form: 'list' | 'rows', list: string, size: ListSize | 'loaded'): string {
  if (size === 'loaded') return LOADED;
  const names = Array.from({ length: size }, (_, index) => `:${bindOfValue(list, index)}`);
  return form === 'list' ? names.join(', ') : constructorsOf(names);
}

function constructorsOf(names: readonly string[]): string {
  const queries: string[] = [];
  for (let from = 0; from < names.length; from += MAX_CONSTRUCTOR_VALUES) {
    const values = names.slice(from, from + MAX_CONSTRUCTOR_VALUES).join(', ');
    queries.push(`select COLUMN_VALUE as ID from table(sys.odcivarchar2list(${values}))`);
  }
  return queries.join(' union all ');
}
