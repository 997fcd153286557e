import { crc32 } from 'node:zlib';
import { ProblemError } from '#protocol/problem.ts';

/**
 * Where a reader stands in the log of one job, as text that is only good for being sent back. 15 bytes, base64url:
 *
 *     version 1 · generation 4 · position 6 · check 4
 *
 * The check is the CRC-32 of the job id and the bytes before it. It tells a mistake (a cut cursor, another job's) from a
 * cursor; it is no secret: whoever may read the job may read all of it.
 */
export interface CursorPlace {
  /** From 1. */
  readonly generation: number;
  /** Position of the last log entry the reader has; 0: none. */
  readonly position: number;
}

const VERSION = 1;
const CHECKED_BYTES = 11;
const CURSOR_BYTES = 15;
const CURSOR_PATTERN = /^[A-Za-z0-9_-]{20}$/;
const MAX_GENERATION = 2 ** 32 - 1;
const MAX_POSITION = 2 ** 48 - 1;

/** @throws RangeError for a place that no log has. */
export function encodeCursor(place: CursorPlace & { readonly jobId: string }): string {
  const { jobId, generation, position } = place;
  if (!isInteger(generation, 1, MAX_GENERATION) || !isInteger(position, 0, MAX_POSITION))
    throw new RangeError(`no log has position ${position} of generation ${generation}`);
  const bytes = new Uint8Array(CURSOR_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, generation);
  view.setUint16(5, Math.floor(position / 2 ** 32));
  view.setUint32(7, position % 2 ** 32);
  view.setUint32(CHECKED_BYTES, checkValue(jobId, bytes));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

/** @throws ProblemError `INVALID_CURSOR` for text that is no cursor, or a cursor of another job. */
export function decodeCursor(text: string, jobId: string): CursorPlace {
  if (!CURSOR_PATTERN.test(text)) throw invalidCursor();
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  if (view.getUint8(0) !== VERSION || view.getUint32(CHECKED_BYTES) !== checkValue(jobId, bytes)) throw invalidCursor();
  const generation = view.getUint32(1);
  if (generation === 0) throw invalidCursor();
  return { generation, position: view.getUint16(5) * 2 ** 32 + view.getUint32(7) };
}

function checkValue(jobId: string, bytes: Uint8Array): number {
  return crc32(bytes.subarray(0, CHECKED_BYTES), crc32(jobId));
}

function isInteger(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function invalidCursor(): ProblemError {
  return new ProblemError('INVALID_CURSOR', 'The cursor is not one of this job. Read the stream from its beginning.');
}
