import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LEASE_GIVE_UP_RATIO } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { EdgeClient } from '../../oracle-bridge/edge/edge-client.ts';
import type { LeaseEnd } from '../../oracle-bridge/edge/lease-keeper.ts';
import { keepLease } from '../../oracle-bridge/edge/lease-keeper.ts';
import { SILENT, makeLease } from '../helpers/bridge-samples.ts';

const TTL_MS = 30_000;
const GIVE_UP_MS = TTL_MS * LEASE_GIVE_UP_RATIO;
type Renew = EdgeClient['renew'];

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function keep(renew: Renew, askedAtMs = performance.now()) {
  const ends: { end: LeaseEnd; atMs: number }[] = [];
  const phases: string[] = [];
  const startedAtMs = performance.now();
  const keeper = keepLease(
    { lease: makeLease({ ttl_ms: TTL_MS }), askedAtMs },
    {
      client: {
        renew: (lease, phase, signal) => {
          phases.push(phase);
          return renew(lease, phase, signal);
        },
      },
      log: SILENT,
      now: () => performance.now(),
      readPhase: () => 'events',
      onEnd: (end) => ends.push({ end, atMs: performance.now() - startedAtMs }),
    },
  );
  return { keeper, ends, phases };
}

const renewed: Renew = () => Promise.resolve({ ttl_ms: TTL_MS, cancelled: false });

describe('keeping a lease', () => {
  it('renews it every third of its time, with the phase of the job', async () => {
    const { keeper, ends, phases } = keep(renewed);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(phases).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(phases).toEqual(['events']);
    await vi.advanceTimersByTimeAsync(590_000);
    expect(phases).toHaveLength(60);
    expect(ends).toEqual([]);
    keeper.stop();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(phases).toHaveLength(60);
  });

  it('lets go at the give-up ratio when nothing answers, trying again and again until then', async () => {
    const { ends, phases } = keep(() => Promise.reject(new ProblemError('BRIDGE_UNAVAILABLE', 'away')));
    await vi.advanceTimersByTimeAsync(GIVE_UP_MS - 1);
    expect(ends).toEqual([]);
    expect(phases.length).toBeGreaterThan(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends).toEqual([{ end: 'lost', atMs: GIVE_UP_MS }]);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(ends).toHaveLength(1);
  });

  it('lets go in time even if a renewal hangs', async () => {
    const { ends } = keep(
      (_lease, _phase, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    );
    await vi.advanceTimersByTimeAsync(GIVE_UP_MS);
    expect(ends).toEqual([{ end: 'lost', atMs: GIVE_UP_MS }]);
  });

  it('counts from the moment a renewal was sent, not from its answer', async () => {
    let calls = 0;
    const { ends } = keep(async () => {
      calls++;
      if (calls > 1) throw new ProblemError('BRIDGE_UNAVAILABLE', 'away');
      await new Promise((resolve) => setTimeout(resolve, 5000));
      return { ttl_ms: TTL_MS, cancelled: false };
    });
    await vi.advanceTimersByTimeAsync(10_000 + GIVE_UP_MS);
    expect(ends).toEqual([{ end: 'lost', atMs: 10_000 + GIVE_UP_MS }]);
  });

  it('survives two lost renewals', async () => {
    let calls = 0;
    const { keeper, ends } = keep(() => {
      calls++;
      return calls % 3 === 0
        ? renewed(makeLease(), '', new AbortController().signal)
        : Promise.reject(new Error('lost'));
    });
    await vi.advanceTimersByTimeAsync(300_000);
    expect(ends).toEqual([]);
    keeper.stop();
  });

  it('ends with a cancel or a fence as soon as the edge says so', async () => {
    const cancelled = keep(() => Promise.resolve({ ttl_ms: TTL_MS, cancelled: true }));
    const fenced = keep(() => Promise.reject(new ProblemError('LEASE_FENCED', 'no')));
    const gone = keep(() => Promise.reject(new ProblemError('JOB_RESULT_EXPIRED', 'no')));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(cancelled.ends).toEqual([{ end: 'cancelled', atMs: 10_000 }]);
    expect(fenced.ends).toEqual([{ end: 'lost', atMs: 10_000 }]);
    expect(gone.ends).toEqual([{ end: 'lost', atMs: 10_000 }]);
  });

  it('renews at once a lease that is not young any more, and follows a new TTL', async () => {
    await vi.advanceTimersByTimeAsync(60_000);
    const { keeper, phases } = keep(
      () => Promise.resolve({ ttl_ms: 6000, cancelled: false }),
      performance.now() - TTL_MS / 3,
    );
    await vi.advanceTimersByTimeAsync(0);
    expect(phases).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(phases).toHaveLength(2);
    keeper.stop();
  });
});
