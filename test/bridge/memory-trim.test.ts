import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { collectGarbage, IDLE_BEFORE_TRIM_MS, MemoryTrim } from '../../oracle-bridge/job/memory-trim.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function makeTrim() {
  const done: string[] = [];
  const trim = new MemoryTrim({
    collectGarbage: () => done.push('collected'),
    trimWarehouse: () => Promise.resolve(void done.push('trimmed')),
  });
  return { trim, done };
}

it('a job worker gives memory back once, when it has been idle for a while', () => {
  const { trim, done } = makeTrim();
  void trim.jobBegins();
  vi.advanceTimersByTime(IDLE_BEFORE_TRIM_MS * 10);
  expect(done).toEqual([]);
  trim.jobHasEnded();
  vi.advanceTimersByTime(IDLE_BEFORE_TRIM_MS - 1);
  expect(done).toEqual([]);
  vi.advanceTimersByTime(IDLE_BEFORE_TRIM_MS * 10);
  // Wrappers first: what they held is free only then.
  expect(done).toEqual(['collected', 'trimmed']);
});

it('a job waits for what has been begun, and no longer', async () => {
  const trimmed = Promise.withResolvers<void>();
  const trim = new MemoryTrim({ collectGarbage: () => undefined, trimWarehouse: () => trimmed.promise });
  await trim.jobBegins();
  trim.jobHasEnded();
  vi.advanceTimersByTime(IDLE_BEFORE_TRIM_MS);
  let mayRead = false;
  const begun = trim.jobBegins().then(() => (mayRead = true));
  await vi.advanceTimersByTimeAsync(0);
  expect(mayRead).toBe(false);
  trimmed.resolve();
  await begun;
});

it('a job worker that goes from job to job does not stop for it', () => {
  const { trim, done } = makeTrim();
  for (let job = 0; job < 5; job++) {
    void trim.jobBegins();
    vi.advanceTimersByTime(IDLE_BEFORE_TRIM_MS * 2);
    trim.jobHasEnded();
    vi.advanceTimersByTime(IDLE_BEFORE_TRIM_MS - 1);
  }
  expect(done).toEqual([]);
});

it('a collection lets go of what nobody holds', () => {
  vi.useRealTimers();
  const held = new WeakRef(new ArrayBuffer(1));
  // A WeakRef keeps its target until the end of the task it was made or read in.
  return vi.waitFor(
    () => {
      collectGarbage();
      // Not the object itself: what an assertion is given, its error keeps.
      expect(held.deref() === undefined).toBe(true);
    },
    { timeout: 2000, interval: 1 },
  );
});
