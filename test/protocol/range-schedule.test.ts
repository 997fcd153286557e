import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRanges, endOfRange } from '#protocol/range-schedule.ts';

function endsOf(total: number, batchRecords: number): number[] {
  const ends: number[] = [];
  while ((ends.at(-1) ?? 0) < total) ends.push(endOfRange(ends.at(-1) ?? 0, total, batchRecords));
  return ends;
}

describe('the ranges of a domain', () => {
  it('start small and end at the same places wherever work is taken up', () => {
    expect(endsOf(3500, 5000)).toEqual([50, 250, 1250, 2250, 3250, 3500]);
    expect([30, 100, 700].map((from) => endOfRange(from, 3500, 5000))).toEqual([50, 250, 1250]);
  });

  it('go on without a gap to the end of the list, and never hold more than they may', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), fc.integer({ min: 1, max: 5000 }), (from, more, batchRecords) => {
        const total = from + more + 1;
        const end = endOfRange(from, total, batchRecords);
        expect(end).toBeGreaterThan(from);
        expect(end).toBeLessThanOrEqual(Math.min(total, from + 1000));
        expect((end - from) * 40).toBeLessThanOrEqual(Math.max(40, 8 * batchRecords));
      }),
    );
  });

  it('are counted without being made', () => {
    expect([0, 1, 50, 51, 250, 251, 1250, 1251].map((total) => countRanges(total, 5000))).toEqual([
      0, 1, 1, 2, 2, 3, 3, 4,
    ]);
    expect(countRanges(114_892, 5000)).toBe(117);
  });
});
