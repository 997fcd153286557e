/**
 * How a seed value is read: `*` and `%` stand for any characters, `_` for one, and `\` takes the meaning from the
 * character behind it. Edge, bridge and page read it here, so that none of them takes for text what another takes for a
 * wildcard.
 */

/** One character (a code point) as it stands, or a wildcard. */
export type PatternPart = { readonly literal: string } | 'any' | 'one';

export function parsePattern(value: string): PatternPart[] {
  const parts: PatternPart[] = [];
  const characters = Array.from(value);
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

export function hasWildcard(parts: readonly PatternPart[]): boolean {
  return parts.some((part) => typeof part === 'string');
}

export function countLiterals(parts: readonly PatternPart[]): number {
  return parts.filter((part) => typeof part === 'object').length;
}

/** The text in front of the first wildcard; without one, all of it. */
export function literalPrefix(parts: readonly PatternPart[]): string {
  let prefix = '';
  for (const part of parts) {
    if (typeof part === 'string') break;
    prefix += part.literal;
  }
  return prefix;
}

/** Whether the text in front of the first wildcard names a GD (rework) order. */
export function isReworkOrder(parts: readonly PatternPart[]): boolean {
  return literalPrefix(parts).toUpperCase().startsWith('GD');
}
