import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LeaseRequest, Slots } from '#protocol/bridge-message.ts';
import type { Lease } from '#protocol/lease.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { KeptLease } from '../../oracle-bridge/edge/lease-keeper.ts';
import { LeaseLoop } from '../../oracle-bridge/edge/lease-loop.ts';
import { NONCE, SILENT, makeLease } from '../helpers/bridge-samples.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(answer: (request: LeaseRequest, call: number, signal: AbortSignal) => Promise<Lease[]> | Lease[]) {
  const requests: LeaseRequest[] = [];
  const kept: KeptLease[] = [];
  const free = { interactive: 1, batch: 1 };
  const loop = new LeaseLoop({
    client: {
      lease: async (request, signal) => {
        requests.push(request);
        return await answer(request, requests.length, signal);
      },
    },
    bootId: NONCE,
    readFreeSlots: (): Slots => ({ ...free }),
    onLease: (lease) => {
      kept.push(lease);
      free[lease.lease.spec.lane]--;
    },
    log: SILENT,
    now: () => performance.now(),
  });
  return { loop, requests, kept, free };
}

describe('the lease loop', () => {
  it('asks at its start for the free slots of both lanes, and again while there is work', async () => {
    const { loop, requests, kept } = setUp((_request, call) => (call === 1 ? [makeLease()] : []));
    loop.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(kept).toHaveLength(1);
    expect(requests.map((request) => request.slots)).toEqual([
      { interactive: 1, batch: 1 },
      { interactive: 1, batch: 0 },
    ]);
    expect(new Set(requests.map((request) => request.request_id)).size).toBe(2);
    expect(requests.every((request) => request.boot_id === NONCE)).toBe(true);
  });

  it('asks when it is woken and every half minute, and never without a free slot', async () => {
    const { loop, requests, free } = setUp(() => []);
    loop.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(requests).toHaveLength(1);
    loop.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(requests).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(requests).toHaveLength(3);
    free.interactive = 0;
    free.batch = 0;
    loop.wake();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(requests).toHaveLength(3);
  });

  it('has one call under way at a time', async () => {
    const first = Promise.withResolvers<Lease[]>();
    const { loop, requests } = setUp((_request, call) => (call === 1 ? first.promise : []));
    loop.start();
    await vi.advanceTimersByTimeAsync(0);
    loop.wake();
    loop.wake();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(requests).toHaveLength(1);
    first.resolve([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(requests).toHaveLength(2);
  });

  it('repeats a call without an answer with its request id, and renews what it gets before anything else', async () => {
    const { loop, requests, kept } = setUp((_request, call) => {
      if (call < 4) throw new ProblemError('BRIDGE_UNAVAILABLE', 'away');
      return call === 4 ? [makeLease({ ttl_ms: 30_000 })] : [];
    });
    loop.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(kept).toEqual([]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(new Set(requests.slice(0, 4).map((request) => request.request_id)).size).toBe(1);
    expect(requests[4]?.request_id).not.toBe(requests[0]?.request_id);
    expect(kept).toHaveLength(1);
    expect(performance.now() - (kept[0]?.askedAtMs ?? 0)).toBeLessThanOrEqual(30_000);
  });

  it('dates a lease from the first time it was asked for, but never so far back that it could not be renewed', async () => {
    const answer = Promise.withResolvers<Lease[]>();
    const { loop, kept } = setUp((_request, call) => (call === 1 ? answer.promise : []));
    const startedAtMs = performance.now();
    loop.start();
    await vi.advanceTimersByTimeAsync(4000);
    answer.resolve([makeLease({ ttl_ms: 30_000 }), makeLease({ ttl_ms: 3000, job_id: 'cd'.repeat(32) })]);
    await vi.advanceTimersByTimeAsync(0);
    expect(kept.map(({ askedAtMs }) => askedAtMs - startedAtMs)).toEqual([0, 3000]);
  });

  it('forgets a request that was refused and asks anew later', async () => {
    const { loop, requests } = setUp((_request, call) => {
      if (call === 1) throw new ProblemError('PROTOCOL_TOO_OLD', 'old');
      return [];
    });
    loop.start();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(requests).toHaveLength(2);
    expect(requests[1]?.request_id).not.toBe(requests[0]?.request_id);
  });

  it('stops after the call under way, and cuts one that hangs', async () => {
    const slow = Promise.withResolvers<Lease[]>();
    const { loop, requests, kept } = setUp(() => slow.promise);
    loop.start();
    await vi.advanceTimersByTimeAsync(0);
    const stopped = loop.stop();
    slow.resolve([makeLease()]);
    await stopped;
    expect(kept).toHaveLength(1);
    expect(requests).toHaveLength(1);

    const hanging = setUp(
      (_request, _call, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cut')))),
    );
    hanging.loop.start();
    await vi.advanceTimersByTimeAsync(0);
    const cut = hanging.loop.stop();
    await vi.advanceTimersByTimeAsync(2000);
    await cut;
    expect(hanging.requests).toHaveLength(1);
  });
});
