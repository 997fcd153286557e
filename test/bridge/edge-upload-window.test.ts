import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_STAGED_CHUNKS } from '#protocol/limits.ts';
import { UploadWindow } from '../../oracle-bridge/edge/upload-window.ts';

const never = new AbortController().signal;

/** Whether it is still open after everything has run that needs no time. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const later = async (): Promise<symbol> => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    return pending;
  };
  return (await Promise.race([promise, later()])) === pending;
}

async function fill(window: UploadWindow, chunks: number): Promise<void> {
  for (let chunk = 0; chunk < chunks; chunk++) await window.reserve(never);
}

describe('the credit of a domain', () => {
  it('lets eight chunks go and the ninth after a seal', async () => {
    const window = new UploadWindow();
    await fill(window, MAX_STAGED_CHUNKS);
    window.beginSeal();
    const ninth = window.reserve(never);
    expect(await isPending(ninth)).toBe(true);
    for (let left = MAX_STAGED_CHUNKS - 1; left >= 0; left--) window.arrive(left);
    expect(await isPending(ninth)).toBe(true);
    window.endSeal(MAX_STAGED_CHUNKS, MAX_STAGED_CHUNKS);
    await ninth;
    expect(window.held).toBe(1);
  });

  it('does not let anybody wait for a seal that can never come', async () => {
    const window = new UploadWindow();
    await fill(window, MAX_STAGED_CHUNKS);
    expect(window.isFull).toBe(true);
    await expect(window.reserve(never)).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' });

    window.beginSeal();
    const waiting = window.reserve(never);
    window.loseSeal();
    await expect(waiting).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' });
  });

  it('gives a place back when its chunk is lost, and lets a waiting writer go with the signal', async () => {
    const window = new UploadWindow();
    await fill(window, MAX_STAGED_CHUNKS);
    window.beginSeal();
    const abort = new AbortController();
    const waiting = window.reserve(abort.signal);
    abort.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
    const next = window.reserve(never);
    window.lose();
    await next;
    expect(window.held).toBe(MAX_STAGED_CHUNKS);
  });

  it('follows an edge that grants less, as long as something is under way', async () => {
    const window = new UploadWindow();
    await fill(window, 2);
    window.arrive(0);
    const third = window.reserve(never);
    expect(await isPending(third)).toBe(true);
    window.arrive(0);
    await third;
  });

  it('never holds more than the credit and never stands still, whatever arrives, gets lost or overtakes', async () => {
    const scenario = fc.record({
      ranges: fc.array(fc.integer({ min: 0, max: MAX_STAGED_CHUNKS }), { minLength: 1, maxLength: 12 }),
      order: fc.infiniteStream(fc.nat(1000)),
      stingy: fc.boolean(),
    });
    await fc.assert(fc.asyncProperty(scenario, runScenario), { numRuns: 300 });
  });
});

/** Writes and seals ranges while answers come in any order; the edge's own count is kept beside the window's. */
async function runScenario(given: { ranges: number[]; order: Iterator<number>; stingy: boolean }): Promise<void> {
  const window = new UploadWindow();
  const answers: (() => void)[] = [];
  let staged = 0;
  let most = 0;
  let written = 0;
  const credit = (): number => (given.stingy ? 0 : MAX_STAGED_CHUNKS - staged);
  const answered = (effect: () => void): Promise<void> =>
    new Promise((resolve) =>
      answers.push(() => {
        effect();
        resolve();
      }),
    );

  const writer = async (): Promise<void> => {
    let previousSeal: Promise<void> = Promise.resolve();
    for (const chunks of given.ranges) {
      const arrivals: Promise<void>[] = [];
      for (let chunk = 0; chunk < chunks; chunk++) {
        await window.reserve(never);
        most = Math.max(most, window.held);
        written++;
        arrivals.push(
          answered(() => {
            staged++;
            window.arrive(credit());
          }),
        );
      }
      window.beginSeal();
      const before = previousSeal;
      previousSeal = (async () => {
        await before;
        await Promise.all(arrivals);
        await answered(() => {
          staged -= chunks;
          window.endSeal(chunks, credit());
        });
      })();
    }
    await previousSeal;
  };

  const work = writer();
  for (let idle = 0; idle < 50; idle++) {
    await Promise.resolve();
    if (answers.length === 0) continue;
    idle = 0;
    const pick = given.order.next().value % answers.length;
    answers.splice(pick, 1)[0]?.();
  }
  expect(await isPending(work)).toBe(false);
  expect(most).toBeLessThanOrEqual(MAX_STAGED_CHUNKS);
  expect(written).toBe(given.ranges.reduce((sum, chunks) => sum + chunks, 0));
  expect(window.held).toBe(0);
}
