import { stringify } from 'csv-stringify/browser/esm/sync';

/** Tells a spreadsheet that the file is UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** Rows of CSV (RFC 4180). `raw`: a text that a spreadsheet would run as a formula gets no apostrophe in front. */
export function csvText(rows: readonly (readonly unknown[])[], raw: boolean): string {
  return stringify([...rows], {
    escape_formulas: !raw,
    record_delimiter: '\r\n',
    // Not the default where the delimiter is named: a lone line feed inside a text would end its row.
    quote_record_delimiter: true,
    cast: { boolean: String },
  });
}
