import { describe, expect, it } from 'vitest';
import { fitView, isHeightInView } from '../../web/src/trace/lineage/lineage-view.ts';
import { TouchScroll } from '../../web/src/trace/lineage/touch-scroll.ts';

const finger = (pointerId: number, clientY: number) => ({ pointerId, pointerType: 'touch', clientY });

describe('fingers on the drawing', () => {
  it('move the drawing one by one, and the page together, by what they move on average', () => {
    const touches = new TouchScroll();
    expect(touches.down(finger(1, 300))).toBe(false);
    expect(touches.move(finger(1, 290))).toBeUndefined();
    expect(touches.down(finger(2, 400))).toBe(true);
    // The first one is where it went down: what it moved alone was the drawing's.
    expect(touches.move(finger(2, 360))).toBe(20);
    expect(touches.move(finger(2, 380))).toBe(-10);
    touches.up(finger(2, 380));
    expect(touches.move(finger(1, 100))).toBeUndefined();
  });

  it('are none where a mouse is used', () => {
    const touches = new TouchScroll();
    for (const pointerId of [1, 2]) expect(touches.down({ pointerId, pointerType: 'mouse', clientY: 1 })).toBe(false);
    expect(touches.move({ pointerId: 2, pointerType: 'mouse', clientY: 5 })).toBeUndefined();
  });
});

describe('a drawing', () => {
  it('has its whole height in view while nothing of it lies above or below', () => {
    const size = { width: 800, height: 400 };
    const start = { column: 0, row: 0 };
    const wide = { columns: 40, rows: 3 };
    const fitted = fitView(wide, start, size);
    expect(isHeightInView(fitted, wide, size)).toBe(true);
    expect(isHeightInView({ ...fitted, panX: -500 }, wide, size)).toBe(true);
    expect(isHeightInView({ ...fitted, panY: -1 }, wide, size)).toBe(false);
    expect(isHeightInView({ ...fitted, panY: 350 }, wide, size)).toBe(false);
    expect(isHeightInView({ ...fitted, scale: 9 }, wide, size)).toBe(false);
    const high = { columns: 2, rows: 3000 };
    expect(isHeightInView(fitView(high, start, size), high, size)).toBe(false);
  });
});
