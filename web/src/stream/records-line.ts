import type { Bytes } from './bytes.ts';
import type { Domain } from '#protocol/domain.ts';
import { domainSchema } from '#protocol/domain.ts';
import { MalformedLineError } from '#protocol/job-event.ts';

/**
 * A `records` line is the bridge's own bytes: compact JSON whose records are separated by a comma and one TAB, and a TAB
 * cannot occur inside JSON text otherwise. So records are found, counted and cut out without parsing the line.
 */
export interface RecordsHead {
  readonly domain: Domain;
  readonly batch: number;
  readonly count: number;
  /** Where the first record begins in the line. */
  readonly dataOffset: number;
}

const TAB = 0x09;
const COMMA = 0x2c;
/** `]}` and the newline. */
const TAIL = [0x5d, 0x7d, 0x0a] as const;
/** A record ends so many bytes before the next one begins. */
export const SEPARATOR_BYTES = 2;
const MAX_HEAD_BYTES = 160;
const PREFIX = new TextEncoder().encode('{"type":"records"');
const HEAD = /^\{"type":"records","domain":"([a-z_]+)","batch":([1-9]\d{0,9}),"count":([1-9]\d{0,6}),"data":\[/;

const latin1 = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether a line claims to hold records; whether it does, `parseRecordsHead` says. */
export function isRecordsLine(line: Bytes): boolean {
  return PREFIX.every((byte, index) => line[index] === byte);
}

/** @throws MalformedLineError if the envelope is not that of a `records` line. */
export function parseRecordsHead(line: Bytes): RecordsHead {
  const found = HEAD.exec(latin1.decode(line.subarray(0, MAX_HEAD_BYTES)));
  const domain = domainSchema.safeParse(found?.[1]);
  if (found === null || !domain.success) throw new MalformedLineError('a records line has another head');
  if (TAIL.some((byte, index) => line[line.length - TAIL.length + index] !== byte)) {
    throw new MalformedLineError('a records line does not end as one');
  }
  return { domain: domain.data, batch: Number(found[2]), count: Number(found[3]), dataOffset: found[0].length };
}

/** Where each record begins, and one more: record `i` is the bytes from `bounds[i]` to `bounds[i + 1] - 2`. */
export type RecordBounds = Uint32Array;

/** @throws MalformedLineError if the line holds another number of records than `count`. */
export function findRecordBounds(line: Bytes, head: Pick<RecordsHead, 'count' | 'dataOffset'>): RecordBounds {
  const bounds = new Uint32Array(head.count + 1);
  bounds[0] = head.dataOffset;
  let found = 1;
  for (let tab = line.indexOf(TAB, head.dataOffset); tab !== -1; tab = line.indexOf(TAB, tab + 1)) {
    if (line[tab - 1] !== COMMA || found >= head.count) throw new MalformedLineError('records are cut in another way');
    bounds[found++] = tab + 1;
  }
  if (found !== head.count) throw new MalformedLineError('a records line holds another number of records than it says');
  bounds[found] = line.length - TAIL.length + SEPARATOR_BYTES;
  return bounds;
}

/** The bytes of record `index` (from 0) of a line. */
export function sliceRecord(line: Bytes, bounds: RecordBounds, index: number): Bytes {
  const from = bounds[index];
  const next = bounds[index + 1];
  if (from === undefined || next === undefined) throw new RangeError(`no record ${index} in this line`);
  return line.subarray(from, next - SEPARATOR_BYTES);
}

/** All records of a line at once: where every one is needed, that is quicker than one by one. @throws MalformedLineError */
export function parseRecords(line: Bytes, head: Pick<RecordsHead, 'count' | 'dataOffset'>): Record<string, unknown>[] {
  // From the bracket that opens the list to the one that closes it.
  const list = line.subarray(head.dataOffset - 1, line.length - TAIL.length + 1);
  let records: unknown;
  try {
    records = JSON.parse(utf8.decode(list));
  } catch (cause) {
    throw new MalformedLineError('a records line is not JSON', { cause });
  }
  if (!Array.isArray(records) || records.length !== head.count)
    throw new MalformedLineError('a records line holds another number of records than it says');
  return records;
}

/** @throws MalformedLineError if the bytes are not one JSON object. */
export function parseRecord(bytes: Bytes): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw new MalformedLineError('a record is not JSON', { cause });
  }
  throw new MalformedLineError('a record is no object');
}
