import type { RecordBatch, Row } from '../warehouse/warehouse.ts';

/**
 * Between two records of a batch. A TAB cannot stand inside JSON text, where it is written `\t`, so a batch can be cut
 * without being parsed.
 */
export const RECORD_SEPARATOR = ',\t';

/**
 * Objects as batches of at most `batchRecords`, in the form `Warehouse.readRecords` gives: for record sets that are made
 * in JavaScript. `containersFound` is 0: whoever made the records knows it better.
 */
export function* encodeRecords(records: Iterable<Row | object>, batchRecords: number): Generator<RecordBatch> {
  let texts: string[] = [];
  for (const record of records) {
    texts.push(encodeRecord(record));
    if (texts.length < batchRecords) continue;
    yield toBatch(texts);
    texts = [];
  }
  if (texts.length > 0) yield toBatch(texts);
}

/** Control characters as DuckDB writes them (`\u001F`), so that both dialects give the same bytes. */
const CONTROL_ESCAPE = /\\(?:u00([01][0-9a-f])|.)/g;

/** Compact JSON; what JSON has no number for (NaN, Infinity) is null. */
export function encodeRecord(record: object): string {
  return escapeControls(JSON.stringify(record));
}

/** A text as JSON. */
export function encodeText(value: string): string {
  return escapeControls(JSON.stringify(value));
}

function escapeControls(text: string): string {
  if (!text.includes('\\u00')) return text;
  return text.replaceAll(CONTROL_ESCAPE, (escape, digits: string | undefined) =>
    digits === undefined ? escape : `\\u00${digits.toUpperCase()}`,
  );
}

function toBatch(texts: readonly string[]): RecordBatch {
  return { count: texts.length, json: Buffer.from(texts.join(RECORD_SEPARATOR)), containersFound: 0 };
}
