import type { Cell } from '../trace-snapshot.ts';

/** Numbers of more digits than a JSON number holds come as their decimal text. */
const EXACT_DIGITS = 15;
/** Ids are hexadecimal and of this length: one in two thousand is all digits, and is no number. */
const ID_CHARS = 16;
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** The number that a cell is, to the 15 to 17 digits that a double has; `undefined` for anything else. */
export function numberOf(cell: Cell | undefined): number | undefined {
  if (typeof cell === 'number') return cell;
  if (typeof cell !== 'string' || cell.length <= EXACT_DIGITS || !DECIMAL.test(cell)) return undefined;
  const isId = cell.length === ID_CHARS && !/[-.]/.test(cell);
  const digits = cell.replace(/^-?[0.]*/, '').replace('.', '').length;
  return isId || digits <= EXACT_DIGITS ? undefined : Number(cell);
}
