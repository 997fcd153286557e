import { cellText } from '../cell-text.ts';
import type { Cell } from '../trace-snapshot.ts';
import { numberOf } from './cell-number.ts';
import { readPlantTime, readTypedTime } from './plant-time.ts';

/** A side of a range that may or may not belong to it. */
interface Bound {
  readonly at: number;
  readonly isIncluded: boolean;
}

export type Condition =
  | { readonly type: 'contains'; readonly pieces: readonly string[]; readonly isNegated: boolean }
  | { readonly type: 'equals'; readonly text: string; readonly isNegated: boolean }
  | { readonly type: 'empty'; readonly isNegated: boolean }
  | { readonly type: 'between'; readonly kind: 'number' | 'time'; readonly low: Bound; readonly high: Bound };

const COMPARISON = /^(>=|<=|>|<)(.*)$/;
const LOWEST: Bound = { at: -Infinity, isIncluded: true };
const HIGHEST: Bound = { at: Infinity, isIncluded: true };

/**
 * What a filter means, as people write it:
 * `text` contains it, in any case, `*` stands for any characters; `!text` does not; `=text` is exactly it, `!=text` is not;
 * `=` is empty, `!=` is not; `>` `>=` `<` `<=` before a number or a time, or `from..to` with both ends in it, either of
 * which may be left out. A day means the whole day, a minute the whole minute.
 *
 * @returns `undefined` for a comparison with what is neither a number nor a time.
 */
export function readCondition(typed: string): Condition | undefined {
  const text = typed.trim();
  const comparison = COMPARISON.exec(text);
  if (comparison !== null) return readComparison(comparison[1] ?? '', comparison[2] ?? '');
  if (text.startsWith('!=')) return readEquals(text.slice(2), true);
  if (text.startsWith('=')) return readEquals(text.slice(1), false);
  const range = readRange(text);
  if (range !== undefined) return range;
  const isNegated = text.startsWith('!') && text.length > 1;
  const pieces = (isNegated ? text.slice(1) : text).trim().toLowerCase().split('*');
  return { type: 'contains', pieces, isNegated };
}

export function meets(condition: Condition, cell: Cell): boolean {
  switch (condition.type) {
    case 'empty':
      return (cell === null || cell === '') !== condition.isNegated;
    case 'equals':
      return equals(cell, condition.text) !== condition.isNegated;
    case 'contains':
      return containsInOrder(cellText(cell).toLowerCase(), condition.pieces) !== condition.isNegated;
    default: {
      const value =
        condition.kind === 'number' ? numberOf(cell) : typeof cell === 'string' ? readPlantTime(cell) : undefined;
      if (value === undefined) return false;
      const { low, high } = condition;
      return (
        (value > low.at || (low.isIncluded && value === low.at)) &&
        (value < high.at || (high.isIncluded && value === high.at))
      );
    }
  }
}

function equals(cell: Cell, text: string): boolean {
  if (typeof cell === 'number' && text !== '') return cell === Number(text);
  return cellText(cell).toLowerCase() === text;
}

function containsInOrder(text: string, pieces: readonly string[]): boolean {
  let from = 0;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from);
    if (at === -1) return false;
    from = at + piece.length;
  }
  return true;
}

function readEquals(typed: string, isNegated: boolean): Condition {
  const text = typed.trim().toLowerCase();
  return text === '' ? { type: 'empty', isNegated } : { type: 'equals', text, isNegated };
}

function readComparison(operator: string, typed: string): Condition | undefined {
  const operand = readOperand(typed);
  if (operand === undefined) return undefined;
  const { kind, from, behind } = operand;
  // A day is before another time when all of it is, and up to it when its first moment is.
  if (operator === '>') return { type: 'between', kind, low: kind === 'time' ? behind : exclude(from), high: HIGHEST };
  if (operator === '>=') return { type: 'between', kind, low: from, high: HIGHEST };
  if (operator === '<') return { type: 'between', kind, low: LOWEST, high: exclude(from) };
  return { type: 'between', kind, low: LOWEST, high: kind === 'time' ? exclude(behind) : from };
}

function readRange(text: string): Condition | undefined {
  const at = text.indexOf('..');
  if (at === -1) return undefined;
  const typed = [text.slice(0, at), text.slice(at + 2)] as const;
  const [low, high] = typed.map((side) => (side.trim() === '' ? undefined : readOperand(side)));
  const kind = low?.kind ?? high?.kind;
  const isWrong = (side: typeof low, index: 0 | 1) => side?.kind !== kind && typed[index].trim() !== '';
  if (kind === undefined || isWrong(low, 0) || isWrong(high, 1)) return undefined;
  const end = high === undefined ? HIGHEST : kind === 'time' ? exclude(high.behind) : high.from;
  return { type: 'between', kind, low: low?.from ?? LOWEST, high: end };
}

interface Operand {
  readonly kind: 'number' | 'time';
  readonly from: Bound;
  /** The first moment behind a time; a number is its own end. */
  readonly behind: Bound;
}

function readOperand(typed: string): Operand | undefined {
  const text = typed.trim();
  const span = readTypedTime(text);
  if (span !== undefined) return { kind: 'time', from: include(span.fromMs), behind: include(span.toMs) };
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) return undefined;
  return { kind: 'number', from: include(value), behind: include(value) };
}

function include(at: number): Bound {
  return { at, isIncluded: true };
}

function exclude(bound: Bound): Bound {
  return { at: bound.at, isIncluded: false };
}
