import { MIN_PATTERN_LITERAL_CHARS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';

/**
 * Seed values as the job takes them: trimmed, without empty ones and duplicates, in the order given.
 * @throws ProblemError `INVALID_PARAMS` when nothing is left, or for a pattern that would match half the plant.
 */
export function cleanSeedValues(values: readonly string[]): string[] {
  const cleaned = [...new Set(values.map((value) => value.trim()))].filter((value) => value !== '');
  if (cleaned.length === 0) throw new ProblemError('INVALID_PARAMS', 'params.values has no value that is not empty.');
  for (const value of cleaned) {
    const { wildcards, literals } = countChars(value);
    if (wildcards > 0 && literals < MIN_PATTERN_LITERAL_CHARS) {
      const detail = `The pattern ${value} needs at least ${MIN_PATTERN_LITERAL_CHARS} characters that are not wildcards.`;
      throw new ProblemError('INVALID_PARAMS', detail, { members: { value } });
    }
  }
  return cleaned;
}

/** `*`, `%` and `_` are wildcards unless a backslash stands before them. */
function countChars(value: string): { wildcards: number; literals: number } {
  let wildcards = 0;
  let literals = 0;
  for (const char of value.replaceAll(/\\[\\*%_]/g, 'x')) {
    if (char === '*' || char === '%' || char === '_') wildcards++;
    else literals++;
  }
  return { wildcards, literals };
}
