import * as z from 'zod/mini';

/** A container id as the plant writes it: CHAR(16), 16 lower-case hex digits. */
export const CONTAINER_ID_PATTERN = /^[0-9a-f]{16}$/;
export const CONTAINER_ID_BYTES = 8;

export const containerIdSchema = z.string().check(z.regex(CONTAINER_ID_PATTERN, 'must be 16 lower-case hex digits'));

/** A job id is the unique id of its Durable Object: 64 hex digits. */
export const jobIdSchema = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be a job id'));
export const siteIdSchema = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be a site id'));
export const sha256Schema = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be a lower-case hex SHA-256'));

const HEX_DIGITS = '0123456789abcdef';
const NOT_A_DIGIT = 255;
const DIGIT_OF_CHAR_CODE = new Uint8Array(128).fill(NOT_A_DIGIT);
for (let digit = 0; digit < HEX_DIGITS.length; digit++) DIGIT_OF_CHAR_CODE[HEX_DIGITS.charCodeAt(digit)] = digit;

/** Which half of a 64-bit number a `Uint32Array` over the same memory shows first. */
const LOW_HALF = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH_HALF = 1 - LOW_HALF;

/**
 * The number that eight hex digits of `id` from `start` on stand for, or `NaN`. Numbers of 32 bits, not `BigInt`s: those
 * are objects, and 200,000 of them take longer than everything else about a request.
 */
function parseHalf(id: string, start: number): number {
  let value = 0;
  for (let index = start; index < start + 8; index++) {
    const digit = DIGIT_OF_CHAR_CODE[id.charCodeAt(index)] ?? NOT_A_DIGIT;
    if (digit === NOT_A_DIGIT) return Number.NaN;
    value = value * 16 + digit;
  }
  return value;
}

/** A value among the ids that is none. `index` counts from 0 in the list as given. */
export class InvalidContainerIdError extends Error {
  override readonly name = 'InvalidContainerIdError';
  readonly index: number;

  constructor(index: number) {
    super(`container id at index ${index} is not 16 lower-case hex digits`);
    this.index = index;
  }
}

/**
 * Ids sorted, without duplicates, 8 bytes each, big-endian: byte order is then the order of the strings.
 * @throws InvalidContainerIdError for the first value that is not an id.
 */
export function packContainerIds(ids: readonly unknown[]): Uint8Array {
  const halves = new Uint32Array(ids.length * 2);
  for (let index = 0; index < ids.length; index++) {
    const id = ids[index];
    const high = typeof id === 'string' && id.length === 16 ? parseHalf(id, 0) : Number.NaN;
    const low = typeof id === 'string' ? parseHalf(id, 8) : Number.NaN;
    if (Number.isNaN(high) || Number.isNaN(low)) throw new InvalidContainerIdError(index);
    halves[index * 2 + HIGH_HALF] = high;
    halves[index * 2 + LOW_HALF] = low;
  }
  return packSorted(halves);
}

/** The union of packed lists, sorted and without duplicates. */
export function mergePackedIds(lists: readonly Uint8Array[]): Uint8Array {
  const total = lists.reduce((sum, list) => sum + list.byteLength / CONTAINER_ID_BYTES, 0);
  const halves = new Uint32Array(total * 2);
  let at = 0;
  for (const list of lists) {
    const view = new DataView(list.buffer, list.byteOffset, list.byteLength);
    for (let offset = 0; offset < list.byteLength; offset += CONTAINER_ID_BYTES) {
      halves[at + HIGH_HALF] = view.getUint32(offset);
      halves[at + LOW_HALF] = view.getUint32(offset + 4);
      at += 2;
    }
  }
  return packSorted(halves);
}

/** `halves`: 64-bit numbers as this machine lays them out; they are sorted in place. */
function packSorted(halves: Uint32Array<ArrayBuffer>): Uint8Array {
  new BigUint64Array(halves.buffer).sort();
  const packed = new Uint8Array(halves.byteLength);
  const view = new DataView(packed.buffer);
  let end = 0;
  let previousHigh = -1;
  let previousLow = -1;
  for (let at = 0; at < halves.length; at += 2) {
    const high = halves[at + HIGH_HALF] ?? 0;
    const low = halves[at + LOW_HALF] ?? 0;
    if (high === previousHigh && low === previousLow) continue;
    view.setUint32(end, high);
    view.setUint32(end + 4, low);
    end += CONTAINER_ID_BYTES;
    previousHigh = high;
    previousLow = low;
  }
  return end === packed.byteLength ? packed : packed.slice(0, end);
}

/** The ids of a packed list as strings, in its order. */
export function unpackContainerIds(packed: Uint8Array): string[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const ids: string[] = [];
  for (let offset = 0; offset + CONTAINER_ID_BYTES <= packed.byteLength; offset += CONTAINER_ID_BYTES) {
    const high = view.getUint32(offset).toString(16).padStart(8, '0');
    const low = view
      .getUint32(offset + 4)
      .toString(16)
      .padStart(8, '0');
    ids.push(high + low);
  }
  return ids;
}
