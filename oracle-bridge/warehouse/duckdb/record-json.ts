import { EXACT_DIGITS } from '../../encode/number-text.ts';
import type { ColumnDeclaration, ColumnType } from '../sql/statement-file.ts';

/**
 * SQL expressions that give a column its wire form inside DuckDB: padding trimmed, empty text null (as in Oracle), times
 * as text, NaN null, numbers JSON numbers in their shortest form as long as they have at most 15 digits, else strings.
 */

const LARGEST_EXACT = '9'.repeat(EXACT_DIGITS);

/** Blanks only, as Oracle's RTRIM does: without the second argument DuckDB takes every kind of space. */
const trimText = (column: string): string => `nullif(rtrim(${column}, ' '), '')`;

const writeTime = (column: string): string => `strftime(${column}, '%Y-%m-%dT%H:%M:%S')`;

/** All decimals of a value, without zeros at the end; the cast makes sure that there is a point to trim to. */
const writeDecimal = (column: string): string => `rtrim(rtrim(cast(${column} as decimal(38, 9))::varchar, '0'), '.')`;

const isExactDecimal = (text: string): string =>
  `length(ltrim(replace(replace(${text}, '-', ''), '.', ''), '0')) <= ${EXACT_DIGITS}`;

const quote = (text: string): string => `'"' || ${text} || '"'`;

/** JSON text of a column's value; never null. */
const JSON_OF: Readonly<Record<ColumnType, (column: string) => string>> = {
  text: (column) => `coalesce(to_json(${trimText(column)})::varchar, 'null')`,
  time: (column) => `coalesce(${quote(writeTime(column))}, 'null')`,
  whole: (column) =>
    `case when ${column} between -${LARGEST_EXACT} and ${LARGEST_EXACT} then ${column}::varchar ` +
    `else coalesce(${quote(`${column}::varchar`)}, 'null') end`,
  decimal: (column) =>
    `case when ${column} is null then 'null' when ${isExactDecimal(writeDecimal(column))} ` +
    `then ${writeDecimal(column)} else ${quote(writeDecimal(column))} end`,
  double: (column) =>
    `case when ${column} is null or not isfinite(${column}) then 'null' ` +
    `when ${column} = trunc(${column}) and abs(${column}) <= ${LARGEST_EXACT} then ${column}::bigint::varchar ` +
    `else to_json(${column})::varchar end`,
};

/** JSON text of one record: an object keyed by column name, compact, in the order of the columns. */
export function recordJson(columns: readonly ColumnDeclaration[]): string {
  const members = columns.map(
    ({ name, type }, index) => `'${index === 0 ? '{' : ','}"${name}":', ${JSON_OF[type](name)}`,
  );
  return `concat(${members.join(', ')}, '}')`;
}

/** One column of an answer in rows: text as it is, numbers as JSON text (see `isJsonColumn`). */
export function rowValue({ name, type }: ColumnDeclaration): string {
  if (type === 'text') return trimText(name);
  return type === 'time' ? writeTime(name) : JSON_OF[type](name);
}

/** Whether `rowValue` gives JSON text. */
export function isJsonColumn({ type }: ColumnDeclaration): boolean {
  return type !== 'text' && type !== 'time';
}
