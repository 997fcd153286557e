import { parseRecord } from '../../stream/records-line.ts';
import type { ExportEncoder } from './export-encoder.ts';

const NEWLINE = 0x0a;

/** One record a line: in the very bytes in which it came, or with these members only. */
export function ndjsonEncoder(columns?: readonly string[]): ExportEncoder {
  return columns === undefined ? asTheyCame() : withColumns(columns);
}

function withColumns(columns: readonly string[]): ExportEncoder {
  const encoder = new TextEncoder();
  const line = (record: Record<string, unknown>): string =>
    `${JSON.stringify(Object.fromEntries(columns.map((column) => [column, record[column]])))}\n`;
  return {
    encode: (records) => encoder.encode(records.map((bytes) => line(parseRecord(bytes))).join('')),
    finish: () => new Uint8Array(),
  };
}

function asTheyCame(): ExportEncoder {
  return {
    encode: (records) => {
      const bytes = new Uint8Array(records.reduce((sum, record) => sum + record.length + 1, 0));
      let at = 0;
      for (const record of records) {
        bytes.set(record, at);
        at += record.length;
        bytes[at++] = NEWLINE;
      }
      return bytes;
    },
    finish: () => new Uint8Array(),
  };
}
