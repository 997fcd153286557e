import type { CellValue } from './answers.ts';
import { OraFailure } from './answers.ts';
import { encodeDate } from './dates.ts';
import { encodeDouble, encodeNumber } from './numbers.ts';
import { MESSAGE } from './message-types.ts';
import type { TtcWriter } from './ttc-writer.ts';

export type ColumnType = 'VARCHAR' | 'CHAR' | 'NUMBER' | 'DATE' | 'BINARY_DOUBLE' | 'CLOB';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Bytes of text; 4000 unless told. */
  readonly size?: number;
  /** Digits of NUMBER; 0 is a NUMBER without a limit. */
  readonly precision?: number;
  /** Digits behind the point; -127 without a limit. */
  readonly scale?: number;
}

/** Numbers of the types on the wire. */
export const TYPE_CODE = {
  VARCHAR: 1,
  NUMBER: 2,
  LONG: 8,
  DATE: 12,
  CHAR: 96,
  BINARY_DOUBLE: 101,
  CLOB: 112,
  TIMESTAMP: 180,
  TIMESTAMP_LTZ: 231,
} as const;

const AL32UTF8 = 873;
const DEFAULT_TEXT_BYTES = 4000;
const SIZES: Readonly<Record<ColumnType, number | undefined>> = {
  VARCHAR: undefined,
  CHAR: undefined,
  NUMBER: 22,
  DATE: 7,
  BINARY_DOUBLE: 8,
  CLOB: DEFAULT_TEXT_BYTES,
};

export function writeDescription(writer: TtcWriter, columns: readonly Column[]): void {
  writer.byte(MESSAGE.describe, 0).integer(DEFAULT_TEXT_BYTES, columns.length);
  if (columns.length > 0) writer.byte(0);
  for (const [index, column] of columns.entries()) writeColumn(writer, column, index + 1);
  writer.integer(0, 0, 0, 0, 0, 0);
}

function writeColumn(writer: TtcWriter, column: Column, position: number): void {
  const { name, type, precision = 0, scale = -127 } = column;
  const isText = type === 'VARCHAR' || type === 'CHAR' || type === 'CLOB';
  const size = SIZES[type] ?? column.size ?? DEFAULT_TEXT_BYTES;
  writer.byte(TYPE_CODE[type], 0, type === 'NUMBER' ? precision : 0, type === 'NUMBER' ? scale & 0xff : 0);
  // Size, array elements, flags, type id, type version, character set and its form.
  writer.integer(size, 0, 0, 0, 0, isText ? AL32UTF8 : 0).byte(isText ? 1 : 0);
  // Size once more, column id; may be null; length of the name.
  writer.integer(size, 0).byte(1, name.length).name(name);
  // Schema, type name, position, flags.
  writer.integer(0, 0, position, 0);
}

/** `defined`: type codes the session wants instead of the columns' own; CLOB is given as LONG alone. */
export function writeRow(
  writer: TtcWriter,
  columns: readonly Column[],
  row: readonly CellValue[],
  defined: readonly number[] | undefined,
): void {
  writer.byte(MESSAGE.rowData);
  for (const [index, column] of columns.entries()) {
    const value = row[index] ?? null;
    writer.value(value === null ? null : encodeCell(column, value));
    if (column.type !== 'CLOB') continue;
    if (defined?.[index] !== TYPE_CODE.LONG) throw new OraFailure({ code: 3115 });
    // Null indicator and return code of a long value.
    writer.integer(0, 0);
  }
}

function encodeCell({ name, type }: Column, value: string | number | bigint | Date): Buffer {
  switch (type) {
    case 'VARCHAR':
    case 'CHAR':
    case 'CLOB':
      if (typeof value === 'string') return Buffer.from(value);
      break;
    case 'NUMBER':
      if (!(value instanceof Date)) return encodeNumber(String(value));
      break;
    case 'DATE':
      if (value instanceof Date) return encodeDate(value);
      break;
    case 'BINARY_DOUBLE':
      if (typeof value === 'number') return encodeDouble(value);
      break;
  }
  throw new TypeError(`column ${name} of type ${type} cannot hold ${String(value)}`);
}
