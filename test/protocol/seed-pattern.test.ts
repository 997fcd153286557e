import { describe, expect, it } from 'vitest';
import { countLiterals, hasWildcard, isReworkOrder, literalPrefix, parsePattern } from '#protocol/seed-pattern.ts';

describe('a seed value', () => {
  it.each([
    ['GA1', false, 3, 'GA1'],
    ['GA*', true, 2, 'GA'],
    ['GA%1', true, 3, 'GA'],
    ['G_1', true, 2, 'G'],
    ['*', true, 0, ''],
    ['', false, 0, ''],
    [String.raw`A\_B`, false, 3, 'A_B'],
    [String.raw`A\*B*`, true, 3, 'A*B'],
    [String.raw`\G\D1`, false, 3, 'GD1'],
    ['A\\', false, 2, 'A\\'],
    [String.raw`\\*`, true, 1, '\\'],
    ['焊😀*', true, 2, '焊😀'],
  ])('%s is read as wildcards and text', (value, isPattern, literals, prefix) => {
    const parts = parsePattern(value);
    expect([hasWildcard(parts), countLiterals(parts), literalPrefix(parts)]).toEqual([isPattern, literals, prefix]);
  });

  it('names a GD order by its first letters, in any case', () => {
    const named = ['GD25060502', 'gd*', 'Gd_', String.raw`\gD1`];
    const others = ['G*', '*GD', 'G_D', 'GA1', ''];
    expect([...named, ...others].filter((value) => isReworkOrder(parsePattern(value)))).toEqual(named);
  });
});
