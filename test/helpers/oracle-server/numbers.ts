/** Exponent byte of 100 to the power of 0. */
const EXPONENT_BIAS = 193;
const MAX_DIGIT_BYTES = 20;
const ZERO = 0x80;

/**
 * Decimal text as Oracle's NUMBER: an exponent to the base of 100, then two decimal digits a byte; negative numbers are
 * complemented and end in 102 if there is room. Digits behind the 40th are cut off.
 */
export function encodeNumber(text: string): Buffer {
  const { isNegative, digits, hundreds } = toBase100(text);
  if (digits.length === 0) return Buffer.from([ZERO]);
  const exponent = hundreds - 1 + EXPONENT_BIAS;
  const bytes = [isNegative ? exponent ^ 0xff : exponent];
  for (const digit of digits.slice(0, MAX_DIGIT_BYTES)) bytes.push(isNegative ? 101 - digit : digit + 1);
  if (isNegative && digits.length < MAX_DIGIT_BYTES) bytes.push(102);
  return Buffer.from(bytes);
}

/** `hundreds`: how many of the base-100 digits stand before the point. */
function toBase100(text: string): { isNegative: boolean; digits: number[]; hundreds: number } {
  const [, sign, whole = '', fraction = '', power = '0'] = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (sign === undefined || whole + fraction === '') throw new TypeError(`not a decimal number: ${text}`);
  const significant = (whole + fraction).replace(/^0+/, '');
  // Where the point is, counted in digits from the first one that is not zero.
  let point = whole.length - (whole + fraction).length + significant.length + Number(power);
  let decimal = significant.replace(/0+$/, '');
  if (point % 2 !== 0) {
    decimal = `0${decimal}`;
    point += 1;
  }
  if (decimal.length % 2 !== 0) decimal += '0';
  const digits = Array.from({ length: decimal.length / 2 }, (_, index) =>
    Number(decimal.slice(index * 2, index * 2 + 2)),
  );
  return { isNegative: sign === '-', digits: significant === '' ? [] : digits, hundreds: point / 2 };
}

/** Plain decimal text without an exponent. */
export function decodeNumber(bytes: Buffer): string {
  const first = bytes.readUInt8(0);
  if (bytes.length === 1 && first === ZERO) return '0';
  const isPositive = (first & 0x80) !== 0;
  const exponent = (isPositive ? first : first ^ 0xff) - EXPONENT_BIAS;
  const end = !isPositive && bytes.at(-1) === 102 ? bytes.length - 1 : bytes.length;
  const digits = [...bytes.subarray(1, end)].map((byte) => String(isPositive ? byte - 1 : 101 - byte).padStart(2, '0'));
  const point = (exponent + 1) * 2;
  const all = digits.join('').padEnd(point, '0');
  const whole = point > 0 ? all.slice(0, point).replace(/^0+(?=\d)/, '') : '0';
  const fraction = (point > 0 ? all.slice(point) : '0'.repeat(-point) + all).replace(/0+$/, '');
  return `${isPositive ? '' : '-'}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** BINARY_DOUBLE: IEEE 754, turned so that its bytes sort as the numbers do. */
export function encodeDouble(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  const isNegative = (bytes.readUInt8(0) & 0x80) !== 0;
  if (isNegative) return Buffer.from(bytes.map((byte) => byte ^ 0xff));
  bytes.writeUInt8(bytes.readUInt8(0) | 0x80, 0);
  return bytes;
}

export function decodeDouble(encoded: Buffer): number {
  const bytes = Buffer.from(encoded);
  const isPositive = (bytes.readUInt8(0) & 0x80) !== 0;
  if (!isPositive) return Buffer.from(bytes.map((byte) => byte ^ 0xff)).readDoubleBE();
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.readDoubleBE();
}
