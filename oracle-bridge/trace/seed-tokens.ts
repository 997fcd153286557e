import type { PatternPart } from '#protocol/seed-pattern.ts';
import { countLiterals, hasWildcard, literalPrefix, parsePattern } from '#protocol/seed-pattern.ts';

/** What a caller asked for, one value at a time. A value without wildcards is exact. */
export type SeedToken = ExactToken | PatternToken;

export interface ExactToken {
  readonly kind: 'exact';
  /** As given, trimmed. */
  readonly input: string;
  /** Without escapes: what the warehouse compares. */
  readonly name: string;
  /** `name` as it is compared here. */
  readonly folded: string;
}

export interface PatternToken {
  readonly kind: 'pattern';
  readonly input: string;
  /** For LIKE … ESCAPE '\'. */
  readonly like: string;
  /** As they are compared here. */
  readonly parts: readonly PatternPart[];
}

/** Makes texts equal that are to be taken for the same. */
export type Fold = (text: string) => string;

export const keepCase: Fold = (text) => text;

/**
 * Upper and lower case become one, character by character. Whatever a database takes for the same by upper case, such as
 * `ß` and `ẞ`, is the same by this.
 */
export const foldCase: Fold = (text) => Array.from(text, foldCharacter).join('');

function foldCharacter(character: string): string {
  const upper = character.toUpperCase();
  const lower = (isOneCharacter(upper) ? upper : character).toLowerCase();
  return isOneCharacter(lower) ? lower : character;
}

function isOneCharacter(text: string): boolean {
  return Array.from(text).length === 1;
}

/**
 * Trimmed, without empty values and duplicates, in the order given; of values that are the same when folded the first
 * one stays.
 */
export function tokenise(values: readonly string[], fold: Fold): SeedToken[] {
  const tokens = new Map<string, SeedToken>();
  for (const value of values) {
    const input = value.trim();
    const key = fold(input);
    if (input !== '' && !tokens.has(key)) tokens.set(key, toToken(input, fold));
  }
  return [...tokens.values()];
}

function toToken(input: string, fold: Fold): SeedToken {
  const parts = sortWildcards(parsePattern(input));
  if (hasWildcard(parts)) {
    const folded = parts.map((part) => (typeof part === 'string' ? part : { literal: fold(part.literal) }));
    return { kind: 'pattern', input, like: parts.map(toLike).join(''), parts: folded };
  }
  const name = literalPrefix(parts);
  return { kind: 'exact', input, name, folded: fold(name) };
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

function toLike(part: PatternPart): string {
  if (part === 'any') return '%';
  if (part === 'one') return '_';
  return /[%_\\]/.test(part.literal) ? `\\${part.literal}` : part.literal;
}

/** Patterns that would match nearly everything; they must not run. */
export function findTooShort(tokens: readonly SeedToken[], minLiterals: number): SeedToken[] {
  return tokens.filter((token) => token.kind === 'pattern' && countLiterals(token.parts) < minLiterals);
}

/** Whether the token means this text of the warehouse, which has been folded as the token was. */
export function matchesToken(token: SeedToken, folded: string): boolean {
  return token.kind === 'exact' ? folded === token.folded : matchesPattern(token.parts, folded);
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
