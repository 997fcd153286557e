import type { BindValue } from './answers.ts';
import { OraFailure } from './answers.ts';
import { TYPE_CODE } from './columns.ts';
import { decodeDate } from './dates.ts';
import { decodeDouble, decodeNumber } from './numbers.ts';
import type { TtcReader } from './ttc-reader.ts';

/** Values longer than this come behind all others of their row. */
const MAX_TEXT_BYTES = 32_767;
const ARRAY_FLAG = 0x40;

/** Type and greatest size of a bound value or a defined column. */
export interface BindShape {
  readonly type: number;
  readonly maxBytes: number;
}

export function readShapes(reader: TtcReader, count: number): BindShape[] {
  return Array.from({ length: count }, () => {
    const type = reader.byte();
    const flags = reader.byte();
    if (flags & ARRAY_FLAG) throw new OraFailure({ code: 3115 });
    reader.skipBytes(2);
    const maxBytes = reader.integer();
    // Elements, flags; type id; type version, character set; its form; prefetch, column id.
    reader.skipIntegers(2);
    if (reader.integer() > 0) reader.value();
    reader.skipIntegers(2);
    reader.byte();
    reader.skipIntegers(2);
    return { type, maxBytes };
  });
}

export function readBindRow(reader: TtcReader, shapes: readonly BindShape[]): BindValue[] {
  const values: BindValue[] = shapes.map(() => null);
  for (const isLong of [false, true]) {
    for (const [index, shape] of shapes.entries()) {
      if (shape.maxBytes > MAX_TEXT_BYTES === isLong) values[index] = decodeBind(shape.type, reader.value());
    }
  }
  return values;
}

function decodeBind(type: number, bytes: Buffer | null): BindValue {
  if (bytes === null) return null;
  switch (type) {
    case TYPE_CODE.VARCHAR:
    case TYPE_CODE.CHAR:
    case TYPE_CODE.LONG:
      return bytes.toString();
    case TYPE_CODE.NUMBER:
      return toExactNumber(decodeNumber(bytes));
    case TYPE_CODE.BINARY_DOUBLE:
      return decodeDouble(bytes);
    case TYPE_CODE.DATE:
    case TYPE_CODE.TIMESTAMP:
      return decodeDate(bytes, false);
    case TYPE_CODE.TIMESTAMP_LTZ:
      return decodeDate(bytes, true);
    default:
      throw new OraFailure({ code: 3115 });
  }
}

function toExactNumber(text: string): number | bigint {
  const number = Number(text);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? BigInt(text) : number;
}
