import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampTop,
  isScaled,
  maxTopPx,
  rowsAtTop,
  scrollAtTop,
  scrollHeightPx,
  topAtScroll,
  topToReveal,
  wheelUnitPx,
} from '../../web/src/trace/events/scaled-scroll.ts';
import type { ScrollSpace } from '../../web/src/trace/events/scaled-scroll.ts';

/** What Chromium allows for the height of an element, in CSS pixels, by pixel ratio. */
const HEIGHT_CAP_PX = { 1: 33_554_428, 2: 16_777_214 } as const;

const spaces = fc.record({
  rows: fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 1_500_000 })),
  rowPx: fc.constantFrom(24, 28, 36),
  viewPx: fc.integer({ min: 60, max: 2400 }),
});
const row = fc.double({ min: 0, max: 1, noNaN: true });

function isWhole(space: ScrollSpace, topPx: number, index: number): boolean {
  return index * space.rowPx >= topPx - 1e-6 && (index + 1) * space.rowPx <= topPx + space.viewPx + 1e-6;
}

describe('scaled scrolling', () => {
  it('needs no element higher than browsers allow, at pixel ratios 1 and 2', () => {
    fc.assert(
      fc.property(spaces, (space) => {
        expect(scrollHeightPx(space)).toBeLessThanOrEqual(Math.min(HEIGHT_CAP_PX[1], HEIGHT_CAP_PX[2]) / 2);
      }),
    );
  });

  it.each([1, 2] as const)('reaches every row with the scroll bar alone, at pixel ratio %d', (ratio) => {
    fc.assert(
      fc.property(spaces, row, (space, part) => {
        const index = Math.min(space.rows - 1, Math.floor(part * space.rows));
        const wanted = scrollAtTop(space, topToReveal(space, topToReveal(space, 0, index), index));
        // A browser keeps the place in whole device pixels.
        const kept = Math.round(wanted * ratio) / ratio;
        const { first, count } = rowsAtTop(space, topAtScroll(space, kept));
        expect(index).toBeGreaterThanOrEqual(first);
        expect(index).toBeLessThan(first + count);
      }),
    );
  });

  it('shows the last row whole at the end of the bar, and the first at its beginning', () => {
    fc.assert(
      fc.property(spaces, (space) => {
        const end = topAtScroll(space, Math.max(0, scrollHeightPx(space) - space.viewPx));
        expect(isWhole(space, end, space.rows - 1)).toBe(true);
        expect(isWhole(space, topAtScroll(space, 0), 0)).toBe(true);
      }),
    );
  });

  it('reveals any row whole and moves no further than it must', () => {
    fc.assert(
      fc.property(spaces, row, row, (space, from, to) => {
        const top = clampTop(space, from * maxTopPx(space));
        const index = Math.min(space.rows - 1, Math.floor(to * space.rows));
        const next = topToReveal(space, top, index);
        expect(isWhole(space, next, index)).toBe(true);
        const least = isWhole(space, top, index) ? 0 : Infinity;
        expect(Math.abs(next - top)).toBeLessThanOrEqual(least + 1e-6);
      }),
    );
  });

  it('keeps a place through the bar and back to a fraction of a row', () => {
    fc.assert(
      fc.property(spaces, row, (space, part) => {
        const top = part * maxTopPx(space);
        expect(Math.abs(topAtScroll(space, scrollAtTop(space, top)) - top)).toBeLessThan(0.01);
      }),
    );
  });

  it('scales only what does not fit', () => {
    expect(isScaled({ rows: 200_000, rowPx: 28, viewPx: 500 })).toBe(false);
    expect(isScaled({ rows: 1_000_000, rowPx: 28, viewPx: 500 })).toBe(true);
  });

  it('goes by pixels, lines or pages, as the wheel says', () => {
    expect([0, 1, 2].map((deltaMode) => wheelUnitPx(deltaMode, 500))).toEqual([1, 20, 500]);
  });

  it('has no rows to show when there are none', () => {
    const space = { rows: 0, rowPx: 28, viewPx: 500 };
    expect(rowsAtTop(space, 0).count).toBe(0);
    expect(topAtScroll(space, 0)).toBe(0);
  });
});
