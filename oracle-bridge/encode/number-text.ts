/**
 * JSON text of numbers, the same bytes that DuckDB writes for them (see `duckdb-json.ts`): the shortest form, a JSON
 * number as long as it has at most 15 digits, else a string.
 */

/** Every number of up to 15 digits survives a JSON number. */
export const EXACT_DIGITS = 15;

const DECIMAL = /^(-?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;
/** Oracle's numbers end at 1e126; a larger exponent is not one of them and would only make a long text. */
const MAX_EXPONENT = 130;
const LARGEST_EXACT = 10 ** EXACT_DIGITS - 1;

/**
 * An exact number given as decimal text, such as `-12.5`, `.5` (as the driver writes NUMBER) or `1e126`.
 * @throws Error for text that is no number.
 */
export function exactNumberJson(text: string): string {
  const { sign, whole, fraction } = readDecimal(text);
  const digits = (whole + fraction).replace(/^0+/, '');
  const plain = `${digits === '' ? '' : sign}${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
  return digits.length <= EXACT_DIGITS ? plain : `"${plain}"`;
}

/** Null for what JSON has no number for. From 1e15 on it is written with its point, or with an exponent from 1e21 on. */
export function doubleJson(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  if (Number.isInteger(value) && Math.abs(value) <= LARGEST_EXACT) return String(value + 0);
  const text = String(value).replace('e+', 'e');
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/**
 * The digits before and behind the point, without zeros that say nothing.
 * @throws Error for text that is no number.
 */
export function readDecimal(text: string): { sign: string; whole: string; fraction: string } {
  const [, sign = '', before = '', behind = '', exponentText = '0'] = DECIMAL.exec(text) ?? [];
  const exponent = Number(exponentText);
  if (before + behind === '' || Math.abs(exponent) > MAX_EXPONENT) throw new Error(`not a number: ${text}`);
  const point = before.length + exponent;
  const digits = '0'.repeat(Math.max(0, -point)) + before + behind;
  const place = Math.max(0, point);
  return {
    sign,
    whole: digits.slice(0, place).padEnd(place, '0').replace(/^0+/, ''),
    fraction: digits.slice(place).replace(/0+$/, ''),
  };
}
