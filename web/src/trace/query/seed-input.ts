import { MAX_SEED_VALUE_CHARS, MIN_PATTERN_LITERAL_CHARS } from '#protocol/limits.ts';
import { countLiterals, hasWildcard, isReworkOrder, parsePattern } from '#protocol/seed-pattern.ts';
import type { InputType } from '#protocol/trace.ts';

/** What the values of a query name. */
export type ValueType = InputType | 'machines';

/** Values one query may hold on this page; the edge would take more, a person cannot read more. */
export const MAX_QUERY_VALUES = 100;
/** An order has a hundred lots and more. */
export const MAX_QUERY_ORDERS = 50;

export interface SeedInput {
  /** Trimmed, without empty ones and without duplicates, in the order they were written. */
  readonly values: readonly string[];
  /** How many there may be. */
  readonly most: number;
  readonly tooMany: boolean;
  readonly tooLong: readonly string[];
  /** Patterns with too few literal characters: they would match half the plant. */
  readonly tooBroad: readonly string[];
  /** GD orders where other orders belong, and the other way round. */
  readonly misplaced: readonly string[];
}

/** New lines and commas, also full-width ones. */
export const VALUE_SEPARATORS = /[\n\r,，、;\t]+/g;

/** Reads what was typed or pasted. */
export function parseSeedInput(text: string, inputType: ValueType): SeedInput {
  const values = [...new Set(text.split(VALUE_SEPARATORS).map((value) => value.trim()))].filter(
    (value) => value !== '',
  );
  const most = inputType === 'work_order' ? MAX_QUERY_ORDERS : MAX_QUERY_VALUES;
  return {
    values,
    most,
    tooMany: values.length > most,
    tooLong: values.filter((value) => value.length > MAX_SEED_VALUE_CHARS),
    tooBroad: values.filter(isTooBroad),
    misplaced: values.filter((value) => isMisplaced(inputType, value)),
  };
}

export function isUsable({ values, tooMany, tooLong, tooBroad, misplaced }: SeedInput): boolean {
  return values.length > 0 && !tooMany && tooLong.length + tooBroad.length + misplaced.length === 0;
}

function isTooBroad(value: string): boolean {
  const parts = parsePattern(value);
  return hasWildcard(parts) && countLiterals(parts) < MIN_PATTERN_LITERAL_CHARS;
}

function isMisplaced(inputType: ValueType, value: string): boolean {
  if (inputType === 'work_order') return isReworkOrder(parsePattern(value));
  return inputType === 'gd_work_order' && !isReworkOrder(parsePattern(value));
}
