import { stringify } from 'csv-stringify/browser/esm/sync';
import { labelColumn } from '#protocol/column-labels.ts';
import { parseRecord } from '../../stream/records-line.ts';
import type { ExportEncoder } from './export-encoder.ts';
import type { ExportRequest } from './export-plan.ts';

/** Tells a spreadsheet that the file is UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * CSV (RFC 4180) for a spreadsheet: a text that it would run as a formula gets an apostrophe in front. So does a negative
 * number that came as text because it has more digits than a spreadsheet keeps, and there keeps them all.
 */
export function csvEncoder(
  columns: readonly string[],
  { raw, language }: Pick<ExportRequest, 'raw' | 'language'>,
): ExportEncoder {
  const encoder = new TextEncoder();
  const write = (rows: readonly (readonly unknown[])[]): string =>
    stringify([...rows], {
      escape_formulas: !raw,
      record_delimiter: '\r\n',
      // Not the default where the delimiter is named: a lone line feed inside a text would end its row.
      quote_record_delimiter: true,
      cast: { boolean: String },
    });
  const header = columns.map((column) => (raw ? column : labelColumn(column, language)));
  let isBegun = false;
  const begin = (): string => {
    if (isBegun) return '';
    isBegun = true;
    return BYTE_ORDER_MARK + write([header]);
  };
  return {
    encode: (records) => {
      const rows = records.map((bytes) => {
        const record = parseRecord(bytes);
        return columns.map((column) => record[column]);
      });
      return encoder.encode(begin() + write(rows));
    },
    finish: () => encoder.encode(begin()),
  };
}
