import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secondsToWait } from '../../web/src/components/seconds-to-wait.ts';

describe('the wait after a refusal', () => {
  it.each([
    [0, 0, 0],
    [0, -499, 0],
    [37, -499, 37],
    [37, 0, 37],
    [37, 1, 37],
    [37, 1000, 36],
    [37, 36_999, 1],
    [37, 37_000, 0],
    [37, 99_000, 0],
  ])('of %d s is, %d ms later by a clock that ticks, %d s', (wait, laterMs, left) => {
    expect(secondsToWait(wait, 1_000_000, 1_000_000 + laterMs)).toBe(left);
  });

  it('never gets longer, and is never longer than it was', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.array(fc.integer({ min: -1000, max: 20_000_000 })), (wait, laterMs) => {
        const left = laterMs.toSorted((a, b) => a - b).map((ms) => secondsToWait(wait, 0, ms));
        expect(left).toEqual(left.toSorted((a, b) => b - a));
        for (const seconds of left) expect(seconds).toBeLessThanOrEqual(wait);
      }),
    );
  });
});
