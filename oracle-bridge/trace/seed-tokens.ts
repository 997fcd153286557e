import { MIN_PATTERN_LITERAL_CHARS } from '#protocol/limits.ts';

/**
 * What a caller asked for, one value at a time. `*` and `%` stand for any characters, `_` for one, and `\` takes the
 * meaning from the character behind it. A value without wildcards is exact.
 */
export type SeedToken = ExactToken | PatternToken;

export interface ExactToken {
  readonly kind: 'exact';
  /** As given, trimmed. */
  readonly input: string;
  readonly name: string;
}

export interface PatternToken {
  readonly kind: 'pattern';
  readonly input: string;
  /** For LIKE … ESCAPE '\'. */
  readonly like: string;
  readonly parts: readonly PatternPart[];
}

/** One character as it stands, or a wildcard. */
export type PatternPart = { readonly literal: string } | 'any' | 'one';

/** Trimmed, without empty values and duplicates, in the order given. */
export function tokenise(values: readonly string[]): SeedToken[] {
  const inputs = new Set(values.map((value) => value.trim()).filter((value) => value !== ''));
  return [...inputs].map(toToken);
}

function toToken(input: string): SeedToken {
  const parts = sortWildcards(parsePattern(input));
  const literals = parts.filter((part) => typeof part === 'object');
  if (literals.length === parts.length) {
    return { kind: 'exact', input, name: literals.map(({ literal }) => literal).join('') };
  }
  return { kind: 'pattern', input, like: parts.map(toLike).join(''), parts };
}

/** Neighbouring wildcards in one order, `_` first and `%` once: databases match `%_%_%` in exponential time. */
function sortWildcards(parts: readonly PatternPart[]): PatternPart[] {
  const sorted: PatternPart[] = [];
  for (const part of parts) {
    const last = sorted.at(-1);
    if (last !== 'any' || typeof part === 'object') sorted.push(part);
    else if (part === 'one') sorted.splice(-1, 1, 'one', 'any');
  }
  return sorted;
}

function parsePattern(input: string): PatternPart[] {
  const parts: PatternPart[] = [];
  const characters = Array.from(input);
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? '';
    const next = characters[index + 1];
    if (character === '\\' && next !== undefined) {
      parts.push({ literal: next });
      index++;
    } else if (character === '*' || character === '%') parts.push('any');
    else if (character === '_') parts.push('one');
    else parts.push({ literal: character });
  }
  return parts;
}

function toLike(part: PatternPart): string {
  if (part === 'any') return '%';
  if (part === 'one') return '_';
  return /[%_\\]/.test(part.literal) ? `\\${part.literal}` : part.literal;
}

/** Patterns that would match nearly everything; they must not run. */
export function findTooShort(tokens: readonly SeedToken[]): PatternToken[] {
  return tokens.filter(
    (token) =>
      token.kind === 'pattern' &&
      token.parts.filter((part) => typeof part === 'object').length < MIN_PATTERN_LITERAL_CHARS,
  ) as PatternToken[];
}

/**
 * Whether the whole text matches. Takes at most (text × pattern) steps: a regular expression would take exponential time
 * for hostile patterns.
 */
export function matchesPattern(parts: readonly PatternPart[], text: string): boolean {
  const characters = Array.from(text);
  let at = 0;
  let part = 0;
  /** Where to go on after the latest `any` took one character more. */
  let retry: { part: number; at: number } | undefined;
  while (at < characters.length) {
    const wanted = parts[part];
    if (wanted === 'any') {
      retry = { part: part + 1, at };
      part++;
    } else if (wanted !== undefined && (wanted === 'one' || wanted.literal === characters[at])) {
      part++;
      at++;
    } else if (retry) {
      retry = { part: retry.part, at: retry.at + 1 };
      ({ part, at } = retry);
    } else {
      return false;
    }
  }
  return parts.slice(part).every((rest) => rest === 'any');
}
