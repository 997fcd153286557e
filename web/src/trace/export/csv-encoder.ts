import { labelColumn } from '#protocol/column-labels.ts';
import { parseRecord } from '../../stream/records-line.ts';
import { shownValue } from '../shown-name.ts';
import { cellText } from '../cell-text.ts';
import { BYTE_ORDER_MARK, csvText } from './csv-text.ts';
import type { ExportEncoder } from './export-encoder.ts';
import type { ExportRequest } from './export-plan.ts';

/**
 * CSV (RFC 4180) for a spreadsheet: a text that it would run as a formula gets an apostrophe in front. So does a negative
 * number that came as text because it has more digits than a spreadsheet keeps, and there keeps them all.
 */
export function csvEncoder(
  columns: readonly string[],
  { raw, language }: Pick<ExportRequest, 'raw' | 'language'>,
): ExportEncoder {
  const encoder = new TextEncoder();
  const header = columns.map((column) => (raw ? column : labelColumn(column, language)));
  let isBegun = false;
  const begin = (): string => {
    if (isBegun) return '';
    isBegun = true;
    return BYTE_ORDER_MARK + csvText([header], raw);
  };
  return {
    encode: (records) => {
      const rows = records.map((bytes) => {
        const record = parseRecord(bytes);
        return columns.map((column) => (raw ? record[column] : cellOfSheet(column, record[column])));
      });
      return encoder.encode(begin() + csvText(rows, raw));
    },
    finish: () => encoder.encode(begin()),
  };
}

/** Texts as the grid shows them: with a `T` in it a spreadsheet takes no text for a time. What is a number stays one. */
function cellOfSheet(column: string, value: unknown): unknown {
  const shown = shownValue(column, value);
  return typeof shown === 'string' ? cellText(shown) : shown;
}
