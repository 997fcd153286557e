/**
 * CRC-32 of a concatenation without its bytes. A CRC is the remainder of a polynomial over GF(2), so putting n bytes
 * behind A multiplies A's remainder by x^(8n) modulo the CRC's polynomial; B's remainder is then added (xor). Bits are
 * reflected, as in gzip: x^0 is the highest bit.
 */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;
const X_TO_THE_8 = 0x00800000;
/** Lengths are exact integers, so no exponent has more bits. */
const MAX_LENGTH_BITS = 53;

function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= shifted;
    shifted = (shifted & 1) !== 0 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
  }
  return product >>> 0;
}

/** `SHIFT_BY_BYTES[k]` is x^(8·2^k): what 2^k more bytes multiply a CRC by. */
const SHIFT_BY_BYTES: readonly number[] = (() => {
  const powers = [X_TO_THE_8];
  for (let bit = 1; bit < MAX_LENGTH_BITS; bit++) {
    const last = powers[bit - 1] ?? ONE;
    powers.push(multiply(last, last));
  }
  return powers;
})();

/**
 * CRC-32 of A followed by B.
 * @param crcA CRC-32 of A; 0 for no bytes.
 * @param crcB CRC-32 of B.
 * @param lengthB Length of B in bytes, any safe integer: it is not taken modulo 2^32.
 */
export function combineCrc32(crcA: number, crcB: number, lengthB: number): number {
  let shifted = crcA >>> 0;
  let rest = lengthB;
  for (let bit = 0; rest > 0; bit++) {
    if (rest % 2 === 1) shifted = multiply(SHIFT_BY_BYTES[bit] ?? ONE, shifted);
    rest = Math.floor(rest / 2);
  }
  return (shifted ^ crcB) >>> 0;
}
