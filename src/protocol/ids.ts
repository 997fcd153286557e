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

/** One id as an unsigned 64-bit number, or `undefined` if it is not 16 lower-case hex digits. */
function parseContainerId(id: unknown): bigint | undefined {
  if (typeof id !== 'string' || id.length !== 16) return undefined;
  let high = 0;
  let low = 0;
  for (let index = 0; index < 16; index++) {
    const digit = DIGIT_OF_CHAR_CODE[id.charCodeAt(index)] ?? NOT_A_DIGIT;
    if (digit === NOT_A_DIGIT) return undefined;
    if (index < 8) high = high * 16 + digit;
    else low = low * 16 + digit;
  }
  return (BigInt(high) << 32n) | BigInt(low);
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
  const numbers = new BigUint64Array(ids.length);
  for (let index = 0; index < ids.length; index++) {
    const value = parseContainerId(ids[index]);
    if (value === undefined) throw new InvalidContainerIdError(index);
    numbers[index] = value;
  }
  return packSorted(numbers);
}

/** The union of packed lists, sorted and without duplicates. */
export function mergePackedIds(lists: readonly Uint8Array[]): Uint8Array {
  const total = lists.reduce((sum, list) => sum + list.byteLength / CONTAINER_ID_BYTES, 0);
  const numbers = new BigUint64Array(total);
  let at = 0;
  for (const list of lists) {
    const view = new DataView(list.buffer, list.byteOffset, list.byteLength);
    for (let offset = 0; offset < list.byteLength; offset += CONTAINER_ID_BYTES)
      numbers[at++] = view.getBigUint64(offset);
  }
  return packSorted(numbers);
}

/** Sorts `numbers` in place. */
function packSorted(numbers: BigUint64Array): Uint8Array {
  numbers.sort();
  const packed = new Uint8Array(numbers.length * CONTAINER_ID_BYTES);
  const view = new DataView(packed.buffer);
  let count = 0;
  let previous: bigint | undefined;
  for (const value of numbers) {
    if (value === previous) continue;
    view.setBigUint64(count * CONTAINER_ID_BYTES, value);
    previous = value;
    count++;
  }
  return count === numbers.length ? packed : packed.slice(0, count * CONTAINER_ID_BYTES);
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
