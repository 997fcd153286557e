import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MEMORY_CHECK_MS, MemoryGuard, isMemoryFull } from '../../oracle-bridge/job/memory-guard.ts';
import { createLogger } from '../../oracle-bridge/log.ts';

describe('whether memory is full', () => {
  it('is told by the limit, and by a tenth less once it was', () => {
    expect(isMemoryFull(1000, 1000, false)).toBe(false);
    expect(isMemoryFull(1001, 1000, false)).toBe(true);
    expect(isMemoryFull(901, 1000, true)).toBe(true);
    expect(isMemoryFull(900, 1000, true)).toBe(false);
  });

  it('is never so without a limit, and never less so for a bridge that was full', () => {
    const bytes = fc.nat({ max: 2 ** 40 });
    fc.assert(fc.property(bytes, fc.boolean(), (rss, wasFull) => !isMemoryFull(rss, 0, wasFull)));
    fc.assert(
      fc.property(bytes, bytes, (rss, limit) => isMemoryFull(rss, limit, true) || !isMemoryFull(rss, limit, false)),
    );
  });
});

describe('the watch over memory', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function watch(limitBytes: number) {
    const lines: string[] = [];
    const changes: boolean[] = [];
    const state = { rssBytes: 0, relieved: 0 };
    const guard = new MemoryGuard({
      limitBytes,
      readRssBytes: () => state.rssBytes,
      relieve: () => state.relieved++,
      onChange: () => changes.push(guard.isFull),
      log: createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } }),
    });
    return { guard, lines, changes, state };
  }

  it('says once that there is too much, gives back at every look, and says once that there is room', () => {
    const { guard, lines, changes, state } = watch(1000);
    guard.start();
    expect(guard.isFull).toBe(false);
    state.rssBytes = 2000;
    vi.advanceTimersByTime(3 * MEMORY_CHECK_MS);
    expect(guard.isFull).toBe(true);
    expect(state.relieved).toBe(3);
    state.rssBytes = 950;
    vi.advanceTimersByTime(MEMORY_CHECK_MS);
    expect(guard.isFull).toBe(true);
    state.rssBytes = 900;
    vi.advanceTimersByTime(2 * MEMORY_CHECK_MS);
    expect(changes).toEqual([true, false]);
    expect(lines.map((line) => (JSON.parse(line) as { rss_bytes: number }).rss_bytes)).toEqual([2000, 900]);
    expect(state.relieved).toBe(4);
    guard.stop();
    state.rssBytes = 2000;
    vi.advanceTimersByTime(2 * MEMORY_CHECK_MS);
    expect(guard.isFull).toBe(false);
  });

  it('looks before the first job is asked for', () => {
    const { guard, state } = watch(1000);
    state.rssBytes = 2000;
    guard.start();
    expect(guard.isFull).toBe(true);
    guard.stop();
  });

  it('does nothing without a limit', () => {
    const { guard, changes, state } = watch(0);
    state.rssBytes = 1e12;
    guard.start();
    vi.advanceTimersByTime(2 * MEMORY_CHECK_MS);
    expect([guard.isFull, changes, state.relieved]).toEqual([false, [], 0]);
  });
});
