import type { ExportEncoder } from './export-encoder.ts';

const NEWLINE = 0x0a;

/** One record a line, in the very bytes in which it came. */
export function ndjsonEncoder(): ExportEncoder {
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
