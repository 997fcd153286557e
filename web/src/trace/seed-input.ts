import { MAX_SEED_VALUE_CHARS, MIN_PATTERN_LITERAL_CHARS } from '#protocol/limits.ts';

/** Values one query may hold on this page; the edge would take more, a person cannot read more. */
export const MAX_QUERY_VALUES = 100;

const WILDCARD = /[*%]/;

export interface SeedInput {
  /** Trimmed, without empty ones and without duplicates, in the order they were written. */
  readonly values: readonly string[];
  readonly tooMany: boolean;
  readonly tooLong: readonly string[];
  /** Patterns with too few literal characters: they would match half the plant. */
  readonly tooBroad: readonly string[];
}

/** Reads what was typed or pasted: values separated by new lines or commas (also full-width ones). */
export function parseSeedInput(text: string): SeedInput {
  const values = [...new Set(text.split(/[\n\r,，、;\t]+/).map((value) => value.trim()))].filter(
    (value) => value !== '',
  );
  return {
    values,
    tooMany: values.length > MAX_QUERY_VALUES,
    tooLong: values.filter((value) => value.length > MAX_SEED_VALUE_CHARS),
    tooBroad: values.filter((value) => WILDCARD.test(value) && literalChars(value) < MIN_PATTERN_LITERAL_CHARS),
  };
}

export function isUsable(input: SeedInput): boolean {
  return input.values.length > 0 && !input.tooMany && input.tooLong.length === 0 && input.tooBroad.length === 0;
}

function literalChars(pattern: string): number {
  return pattern.replaceAll(/[*%_]/g, '').length;
}
