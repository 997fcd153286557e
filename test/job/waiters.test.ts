import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Waiters } from '../../src/job/waiters.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('those who wait for a change', () => {
  it('are woken by it, by their time, or by their own leaving', async () => {
    const waiters = new Waiters(3);
    const leaving = new AbortController();
    const woken = [waiters.wait(1000), waiters.wait(50), waiters.wait(1000, leaving.signal)];
    leaving.abort();
    expect(await woken[2]).toBe(true);
    vi.advanceTimersByTime(50);
    expect(await woken[1]).toBe(true);
    waiters.wakeAll();
    expect(await woken[0]).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('are told when there is no room, so that nobody asks again in a circle', async () => {
    const waiters = new Waiters(1);
    const first = waiters.wait(1000);
    expect(await waiters.wait(1000)).toBe(false);
    waiters.wakeAll();
    expect(await first).toBe(true);
    const again = waiters.wait(1000);
    waiters.wakeAll();
    expect(await again).toBe(true);
  });
});
