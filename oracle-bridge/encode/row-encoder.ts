import type { ColumnDeclaration, ColumnType } from '../warehouse/sql/statement-file.ts';
import type { RecordBatch, Row } from '../warehouse/warehouse.ts';
import { doubleJson, exactNumberJson } from './number-text.ts';
import { encodeText, RECORD_SEPARATOR } from './record-encoder.ts';

/**
 * Values of a fetched row in the order of the statement's columns. NUMBER comes as decimal text, because a JavaScript
 * number would lose digits; times come as text, trimmed text as it is.
 */
export type FetchedRow = readonly (string | number | null)[];

const CONTAINER_COLUMN = 'CONTAINERID';

/** ASCII that stands in JSON as it is: nearly all text, and several times as fast as `JSON.stringify`. */
const PLAIN_TEXT = /^[ !#-[\]-~]*$/;
/** Numbers that need no second look. */
const PLAIN_WHOLE = /^-?[1-9]\d{0,14}$/;
const NO_NUMBER = /^[+-]?(nan|inf|infinity)$/i;

/** JSON text of a value that is not null. */
const JSON_OF: Readonly<Record<ColumnType, (value: string | number) => string>> = {
  text: writeText,
  time: writeText,
  whole: writeExact,
  decimal: writeExact,
  double: (value) => (typeof value === 'number' ? doubleJson(value) : writeDoubleText(value)),
};

function writeText(value: string | number): string {
  const text = String(value);
  return PLAIN_TEXT.test(text) ? `"${text}"` : encodeText(text);
}

function writeExact(value: string | number): string {
  if (typeof value === 'string' && PLAIN_WHOLE.test(value)) return value;
  return typeof value === 'number' && !Number.isFinite(value) ? 'null' : exactNumberJson(String(value));
}

function writeDoubleText(text: string): string {
  if (NO_NUMBER.test(text)) return 'null';
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw new Error(`not a number: ${text}`);
  return doubleJson(value);
}

/** The fetched rows of one range as records, the same bytes that DuckDB makes of the same row. */
export class RowEncoder {
  readonly #members: readonly { readonly start: string; readonly write: (value: string | number) => string }[];
  readonly #containerAt: number;
  readonly #containers = new Set<string>();

  constructor(columns: readonly ColumnDeclaration[]) {
    this.#members = columns.map(({ name, type }, index) => ({
      start: `${index === 0 ? '{' : ','}"${name}":`,
      write: JSON_OF[type],
    }));
    this.#containerAt = columns.findIndex(({ name }) => name === CONTAINER_COLUMN);
  }

  /** @throws Error for a value that is not of its column's type. */
  encodeBatch(rows: readonly FetchedRow[]): RecordBatch {
    const before = this.#containers.size;
    const records = rows.map((row) => this.#encodeRow(row));
    return {
      count: records.length,
      json: Buffer.from(records.join(RECORD_SEPARATOR)),
      containersFound: this.#containers.size - before,
    };
  }

  #encodeRow(row: FetchedRow): string {
    const container = row[this.#containerAt] ?? null;
    if (container !== null) this.#containers.add(String(container));
    let text = '';
    let index = 0;
    for (const { start, write } of this.#members) {
      const value = row[index++] ?? null;
      text += start + (value === null ? 'null' : write(value));
    }
    return `${text}}`;
  }
}

/** A fetched row for code that looks into it: numbers are numbers while they are exact, else text. */
export function readFetchedRow(columns: readonly ColumnDeclaration[], values: FetchedRow): Row {
  const row: Record<string, string | number | null> = {};
  for (const [index, { name, type }] of columns.entries()) {
    const value = values[index] ?? null;
    if (value === null || type === 'text' || type === 'time') row[name] = value;
    else row[name] = JSON.parse(JSON_OF[type](value)) as string | number | null;
  }
  return row;
}
