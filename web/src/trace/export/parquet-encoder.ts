import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import type { Bytes } from '../../stream/bytes.ts';
import { parseRecord } from '../../stream/records-line.ts';
import type { ExportEncoder } from './export-encoder.ts';

/** A row group is written at so many records or bytes of JSON: what is held at a time, and written without a pause. */
const MAX_GROUP_RECORDS = 10_000;
const MAX_GROUP_BYTES = 16_000_000;

type ColumnType = 'DOUBLE' | 'BOOLEAN' | 'STRING';

/**
 * Parquet needs the type of a column before its first value, and a column of numbers has text where a number has too many
 * digits. So the records are read twice: once for the types, once to write. Columns keep the warehouse's names.
 */
export function parquetEncoder(columns: readonly string[]): ExportEncoder {
  const types = new Map<string, ColumnType>();
  const writer = new ByteWriter();
  let file: ParquetWriter | undefined;
  let rows: Record<string, unknown>[] = [];
  let rowBytes = 0;

  const typeOf = (column: string): ColumnType => types.get(column) ?? 'STRING';
  const open = (): ParquetWriter =>
    new ParquetWriter({
      writer,
      schema: schemaFromColumnData({
        columnData: columns.map((name) => ({ name, data: [], type: typeOf(name), nullable: true })),
      }),
    });
  const writeGroup = (): void => {
    file ??= open();
    if (rows.length === 0) return;
    const columnData = columns.map((name) => ({ name, data: rows.map((row) => valueOf(row[name], typeOf(name))) }));
    void file.write({ columnData, rowGroupSize: rows.length });
    rows = [];
    rowBytes = 0;
  };
  /** The bytes written since the last call; offsets in the file go on counting. */
  const take = (): Bytes => {
    const bytes = new Uint8Array(writer.getBuffer());
    writer.index = 0;
    return bytes;
  };

  return {
    learn: (records) => {
      for (const bytes of records) {
        const record = parseRecord(bytes);
        for (const column of columns) {
          const type = typeOfValue(record[column]);
          if (type === undefined) continue;
          const known = types.get(column);
          types.set(column, known === undefined || known === type ? type : 'STRING');
        }
      }
    },
    encode: (records) => {
      for (const bytes of records) {
        rows.push(parseRecord(bytes));
        rowBytes += bytes.length;
        if (rows.length >= MAX_GROUP_RECORDS || rowBytes >= MAX_GROUP_BYTES) writeGroup();
      }
      return take();
    },
    finish: () => {
      writeGroup();
      void file?.finish();
      return take();
    },
  };
}

function typeOfValue(value: unknown): ColumnType | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number') return 'DOUBLE';
  return typeof value === 'boolean' ? 'BOOLEAN' : 'STRING';
}

/** A value as its column has it: in a column of texts everything is text, what is no plain value its JSON. */
function valueOf(value: unknown, type: ColumnType): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (type !== 'STRING' && (typeof value === 'number' || typeof value === 'boolean')) return value;
  return JSON.stringify(value);
}
