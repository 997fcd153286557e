import type { ChunkHead } from '#protocol/bridge-message.ts';

/**
 * Byte slices of a `records` line, as the bridge wrote it:
 *
 *     {"type":"records","domain":"materials","batch":1,"count":2,"data":[{…},<TAB>{…}]}<LF>
 *
 * JSON text holds no raw TAB (inside a string it is written \t), so a comma and a TAB can only stand between two
 * records: pages are cut without parsing.
 */
const LINE_TAIL = ']}\n';
const TAB = 0x09;
const OPENING_BRACKET = 0x5b;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const COMMA = 0x2c;
const SEPARATOR_BYTES = 2;

/** What stands before the first record of a chunk. */
export function recordsLineHead(head: Pick<ChunkHead, 'domain' | 'batch' | 'count'>): string {
  return `{"type":"records","domain":"${head.domain}","batch":${head.batch},"count":${head.count},"data":[`;
}

/** Whether a line has exactly the head its chunk claims, and the end of every `records` line. */
export function isRecordsLineOf(raw: Uint8Array, head: Pick<ChunkHead, 'domain' | 'batch' | 'count'>): boolean {
  const start = recordsLineHead(head);
  return (
    raw.byteLength >= start.length + LINE_TAIL.length &&
    hasAsciiAt(raw, 0, start) &&
    hasAsciiAt(raw, raw.byteLength - LINE_TAIL.length, LINE_TAIL)
  );
}

function hasAsciiAt(bytes: Uint8Array, at: number, ascii: string): boolean {
  for (let index = 0; index < ascii.length; index++) {
    if (bytes[at + index] !== ascii.charCodeAt(index)) return false;
  }
  return true;
}

/** The records of a checked line, joined as they are: what stands between `"data":[` and `]}`. */
export function dataSlice(raw: Uint8Array): Uint8Array {
  return raw.subarray(raw.indexOf(OPENING_BRACKET) + 1, raw.byteLength - LINE_TAIL.length);
}

/**
 * Records `from` up to `from + count` of a checked line, joined as they are; fewer where the line ends before.
 * @param from Counts from 0.
 */
export function sliceRecords(raw: Uint8Array, from: number, count: number): Uint8Array {
  const data = dataSlice(raw);
  const start = skipRecords(data, 0, from);
  if (start === undefined || count <= 0) return data.subarray(0, 0);
  const next = skipRecords(data, start, count);
  return data.subarray(start, next === undefined ? data.byteLength : next - SEPARATOR_BYTES);
}

/** Where the record behind the next `count` ones begins; `undefined` if there are not so many separators. */
function skipRecords(data: Uint8Array, start: number, count: number): number | undefined {
  let at = start;
  for (let skipped = 0; skipped < count; skipped++) {
    const tab = data.indexOf(TAB, at);
    if (tab < 0) return undefined;
    at = tab + 1;
  }
  return at;
}

/**
 * Number of records in what `dataSlice` gave. `undefined` if it is not a list of JSON objects joined by comma and TAB,
 * as far as that can be seen without parsing: every TAB stands behind `},` and before `{`.
 */
export function countRecords(data: Uint8Array): number | undefined {
  if (data[0] !== OPENING_BRACE || data.at(-1) !== CLOSING_BRACE) return undefined;
  let records = 1;
  for (let tab = data.indexOf(TAB); tab >= 0; tab = data.indexOf(TAB, tab + 1)) {
    if (data[tab - 2] !== CLOSING_BRACE || data[tab - 1] !== COMMA || data[tab + 1] !== OPENING_BRACE) return undefined;
    records++;
  }
  return records;
}
