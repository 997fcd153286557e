import { beforeAll, describe, expect, it } from 'vitest';
import type { PageFigures } from '../bench/page.ts';
import { measurePage } from '../bench/page.ts';

/** Half a gigabyte is read three times. */
const TIMEOUT_MS = 600_000;
const MAX_TASK_MS = 50;
const MAX_MAIN_GROWTH_MB = 30;
const MAX_HEAP_MB = 150;
/** Of a result of half a gigabyte. */
const MAX_LEFT_MB = 3;
const FRAMES_TO_FIRST_ROW = 2;
const MIN_FRAMES_RATIO = 0.95;

/** Frames and thread time, no clock: what else the machine does is not measured. */
describe('a million records in the page', () => {
  let figures: PageFigures;
  // Every row is reached by keyboard, wheel and scroll bar, or this fails.
  beforeAll(async () => {
    figures = await measurePage();
  }, TIMEOUT_MS);

  it('have their first row painted within two frames of being read', () => {
    // Of most of several queries: what else the machine does only ever adds frames.
    const frames = figures.stream.first_row.map((first) => first.frames).toSorted((one, other) => one - other);
    expect(frames[Math.floor(frames.length / 2)]).toBeLessThanOrEqual(FRAMES_TO_FIRST_ROW);
  });

  it('never keep the main thread for long while they arrive', () => {
    expect(figures.stream.longest_tasks_ms[0]).toBeLessThan(MAX_TASK_MS);
    expect(figures.stream.longest_tasks_ms[0]).toBeGreaterThan(1);
  });

  it('are not in memory, and leave nothing there', () => {
    const { before, whole, left } = figures.stream.heap_mb;
    expect(whole.main - before.main).toBeLessThanOrEqual(MAX_MAIN_GROWTH_MB);
    expect(whole.main + whole.worker).toBeLessThanOrEqual(MAX_HEAP_MB);
    expect(figures.stream.stored_mb).toBeGreaterThan(MAX_HEAP_MB);
    expect(left.worker).toBe(0);
    expect(left.main - before.main).toBeLessThanOrEqual(MAX_LEFT_MB);
  });

  it.each(['1', '2'])('scroll as smoothly as an empty page at %s pixels a pixel', (ratio) => {
    expect(figures.scrolling[ratio]?.ratio_to_empty).toBeGreaterThanOrEqual(MIN_FRAMES_RATIO);
  });
});
