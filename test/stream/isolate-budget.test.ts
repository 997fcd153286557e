import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_BRIDGE_BODY_BYTES, MAX_CHUNK_RAW_BYTES, MAX_COMPLETE_BODY_BYTES } from '#protocol/limits.ts';
import {
  bridgeBodyBudget,
  createBudget,
  inflatedBudget,
  MAX_HOLD_MS,
  requestBodyBudget,
} from '../../src/stream/isolate-budget.ts';

describe('a budget', () => {
  it('never gives more than its limit and gets everything back, in any order of calls', () => {
    const step = fc.oneof(fc.record({ take: fc.integer({ min: 0, max: 100 }) }), fc.record({ release: fc.nat(20) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const budget = createBudget(100);
        const given: { bytes: number; release: () => void }[] = [];
        let heldBytes = 0;
        for (const step of steps) {
          if ('take' in step) {
            const fits = heldBytes + step.take <= 100;
            heldBytes += fits ? step.take : 0;
            const release = budget.tryTake(step.take, 0);
            if (release) given.push({ bytes: step.take, release });
          } else {
            const one = given[step.release];
            one?.release();
            heldBytes -= one?.bytes ?? 0;
            if (one) one.bytes = 0;
          }
          expect(budget.usedBytes).toBe(heldBytes);
          expect(budget.usedBytes).toBeLessThanOrEqual(100);
        }
        for (const each of given) each.release();
        expect(budget.usedBytes).toBe(0);
      }),
    );
  });

  it('refuses to take what could never be there', () => {
    const budget = createBudget(10);
    for (const bytes of [11, -1, 0.5, Number.NaN]) expect(() => budget.tryTake(bytes, 0)).toThrow(RangeError);
    expect(budget.usedBytes).toBe(0);
  });

  it('of the isolate has room for the largest single thing each is for', () => {
    expect(inflatedBudget.limitBytes).toBeGreaterThanOrEqual(MAX_CHUNK_RAW_BYTES);
    expect(bridgeBodyBudget.limitBytes).toBeGreaterThanOrEqual(
      Math.max(MAX_COMPLETE_BODY_BYTES, MAX_BRIDGE_BODY_BYTES),
    );
    const budgets = [inflatedBudget, requestBodyBudget, bridgeBodyBudget];
    expect(budgets.reduce((sum, { limitBytes }) => sum + limitBytes, 0)).toBeLessThan(128 * 1024 * 1024);
  });

  it('has what nobody gave back again when it is needed, and what is held in time not before', () => {
    let nowMs = 0;
    const budget = createBudget(10);
    const forgotten = budget.tryTake(6, nowMs);
    nowMs = 1000;
    const held = budget.tryTake(4, nowMs);
    nowMs = MAX_HOLD_MS - 1;
    expect(budget.tryTake(1, nowMs)).toBeUndefined();
    nowMs = MAX_HOLD_MS;
    const later = budget.tryTake(6, nowMs);
    expect(budget.usedBytes).toBe(10);
    expect(budget.tryTake(1, nowMs)).toBeUndefined();
    forgotten?.();
    expect(budget.usedBytes).toBe(10);
    held?.();
    later?.();
    expect(budget.usedBytes).toBe(0);
  });
});
