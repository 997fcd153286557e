import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateRule, RateWindow } from '../../src/limits/rate-window.ts';
import { countRequest } from '../../src/limits/rate-window.ts';

const RULE: RateRule = { maxRequests: 3, windowSeconds: 60 };
const START_MS = Date.UTC(2026, 0, 1);

/** Counts requests at these moments, one after the other. */
function countAll(rule: RateRule, times: readonly number[]) {
  let window: RateWindow | undefined;
  return times.map((now) => {
    const counted = countRequest(window, rule, now);
    window = counted.window;
    return { now, ...counted };
  });
}

const ruleArbitrary = fc.record({
  maxRequests: fc.integer({ min: 1, max: 5 }),
  windowSeconds: fc.integer({ min: 1, max: 10 }),
});
/** Moments in order, several of them in one window more often than not. */
const timesArbitrary = fc.array(fc.nat(4000), { minLength: 1, maxLength: 60 }).map((gaps) => {
  let now = START_MS;
  return gaps.map((gap) => (now += gap));
});

describe('a rate limit', () => {
  it('admits its number of requests, says what is left, and refuses until the window that the first began has ended', () => {
    const answers = countAll(
      RULE,
      [0, 1, 59_999, 59_999, 60_000].map((at) => START_MS + at),
    );
    expect(answers.map(({ count }) => count)).toEqual([
      { admitted: true, remaining: 2, resetSeconds: 60 },
      { admitted: true, remaining: 1, resetSeconds: 60 },
      { admitted: true, remaining: 0, resetSeconds: 1 },
      { admitted: false, remaining: 0, resetSeconds: 1 },
      { admitted: true, remaining: 2, resetSeconds: 60 },
    ]);
  });

  it('changes nothing by refusing', () => {
    const known = { endsAtMs: START_MS + 1, requests: 3 };
    expect(countRequest(known, RULE, START_MS).window).toBe(known);
  });

  it('never admits more than its number from a first request to the end of its window', () => {
    fc.assert(
      fc.property(ruleArbitrary, timesArbitrary, (rule, times) => {
        const admitted = countAll(rule, times).filter(({ count }) => count.admitted);
        const ends = [...new Set(admitted.map(({ window }) => window.endsAtMs))];
        let open = Number.NEGATIVE_INFINITY;
        for (const endsAtMs of ends) {
          const inside = admitted.filter(({ window }) => window.endsAtMs === endsAtMs);
          const first = inside[0]?.now ?? 0;
          // A window begins with a request, behind the end of the one before it.
          expect(first).toBeGreaterThanOrEqual(open);
          expect(endsAtMs).toBe(first + rule.windowSeconds * 1000);
          expect(inside.length).toBeLessThanOrEqual(rule.maxRequests);
          open = endsAtMs;
        }
      }),
    );
  });

  it('refuses only when the window is used up', () => {
    fc.assert(
      fc.property(ruleArbitrary, timesArbitrary, (rule, times) => {
        for (const { count, window, now } of countAll(rule, times)) {
          if (count.admitted) continue;
          expect(window.requests).toBe(rule.maxRequests);
          expect(window.endsAtMs).toBeGreaterThan(now);
        }
      }),
    );
  });

  it('says truly when the next request is admitted, to the second', () => {
    fc.assert(
      fc.property(ruleArbitrary, timesArbitrary, (rule, times) => {
        for (const { count, window, now } of countAll(rule, times)) {
          expect(count.resetSeconds).toBeGreaterThanOrEqual(1);
          expect(count.resetSeconds).toBeLessThanOrEqual(rule.windowSeconds);
          if (count.admitted) continue;
          expect(countRequest(window, rule, now + count.resetSeconds * 1000).count.admitted).toBe(true);
          const secondBefore = now + (count.resetSeconds - 1) * 1000;
          expect(countRequest(window, rule, secondBefore).count.admitted).toBe(false);
        }
      }),
    );
  });

  it('keeps its word when the clock is set back or the window is made shorter', () => {
    const full = { endsAtMs: START_MS + 3_600_000, requests: 3 };
    const { window, count } = countRequest(full, RULE, START_MS);
    expect(count).toEqual({ admitted: false, remaining: 0, resetSeconds: 60 });
    expect(countRequest(window, RULE, START_MS + 60_000).count.admitted).toBe(true);
  });

  it('has nothing left to give when its number was made smaller', () => {
    const known = { endsAtMs: START_MS + 1000, requests: 10 };
    expect(countRequest(known, RULE, START_MS).count).toEqual({ admitted: false, remaining: 0, resetSeconds: 1 });
  });
});
