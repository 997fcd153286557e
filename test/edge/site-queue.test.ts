import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OfferTarget, WaitingJob } from '../../src/site/queue.ts';
import { boundSlots, chooseBridge, nextHousekeepingAt, orderQueue, shareOf } from '../../src/site/queue.ts';

function job(jobId: string, owner: string, createdAtMs: number): WaitingJob {
  return { jobId, owner, lane: 'batch', createdAtMs };
}

function idsOf(jobs: readonly WaitingJob[]): string[] {
  return jobs.map(({ jobId }) => jobId);
}

const nobodyRuns = (): number => 0;

describe('the order of the queue', () => {
  it('is by age for one owner', () => {
    expect(idsOf(orderQueue([job('c', 'a', 3), job('a', 'a', 1), job('b', 'a', 2)], nobodyRuns))).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('lets owners take turns', () => {
    const jobs = [job('a1', 'a', 1), job('a2', 'a', 2), job('a3', 'a', 3), job('b1', 'b', 4), job('b2', 'b', 5)];
    expect(idsOf(orderQueue(jobs, nobodyRuns))).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  });

  it('counts what already runs as turns that were taken', () => {
    const jobs = [job('a1', 'a', 1), job('b1', 'b', 2), job('b2', 'b', 3)];
    expect(idsOf(orderQueue(jobs, (owner) => (owner === 'a' ? 2 : 0)))).toEqual(['b1', 'b2', 'a1']);
  });

  it('does not depend on the order in which jobs are listed', () => {
    const jobs = [job('x', 'a', 1), job('y', 'b', 1), job('z', 'a', 1)];
    expect(idsOf(orderQueue(jobs.toReversed(), nobodyRuns))).toEqual(idsOf(orderQueue(jobs, nobodyRuns)));
  });

  const jobsArbitrary = fc.uniqueArray(
    fc.record({
      jobId: fc.stringMatching(/^[0-9a-f]{4}$/),
      owner: fc.constantFrom('a', 'b', 'c'),
      at: fc.nat(9),
    }),
    { selector: ({ jobId }) => jobId, maxLength: 30 },
  );

  it('keeps every job once, keeps each owner’s jobs in order of age, and never lets one owner overtake by two turns', () => {
    fc.assert(
      fc.property(jobsArbitrary, fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(4)), (drawn, running) => {
        const jobs = drawn.map(({ jobId, owner, at }) => job(jobId, owner, at));
        const runningOf = (owner: string): number => running[owner] ?? 0;
        const ordered = orderQueue(jobs, runningOf);
        expect(idsOf(ordered).sort()).toEqual(idsOf(jobs).sort());
        const served = new Map<string, number>();
        for (const [place, front] of ordered.entries()) {
          const turnOf = (owner: string): number => runningOf(owner) + (served.get(owner) ?? 0);
          const behind = ordered.slice(place + 1);
          const own = behind.filter(({ owner }) => owner === front.owner);
          expect(own.filter(({ createdAtMs }) => createdAtMs < front.createdAtMs)).toEqual([]);
          expect(behind.filter(({ owner }) => turnOf(owner) < turnOf(front.owner))).toEqual([]);
          const { owner } = front;
          served.set(owner, (served.get(owner) ?? 0) + 1);
        }
      }),
    );
  });

  it('starves nobody while others keep coming', () => {
    let queue = [job('first', 'z', 0), job('second', 'z', 0)];
    const servedIn = new Map<string, number>();
    for (let round = 1; round <= 50; round++) {
      queue.push(job(`n${round}a`, `owner${round}`, round), job(`n${round}b`, `owner${round}`, round));
      const [next] = orderQueue(queue, nobodyRuns);
      queue = queue.filter((waiting) => waiting !== next);
      if (next) servedIn.set(next.jobId, round);
    }
    expect([servedIn.get('first'), servedIn.get('second')]).toEqual([1, 2]);
  });
});

function bridge(bridgeId: string, change: Partial<OfferTarget> = {}): OfferTarget {
  return {
    bridgeId,
    slots: { interactive: 4, batch: 2 },
    free: { interactive: 4, batch: 2 },
    draining: false,
    offered: { interactive: 0, batch: 0 },
    ...change,
  };
}

describe('an offer', () => {
  it('goes to the bridge with the most room', () => {
    const busy = bridge('a', { free: { interactive: 1, batch: 0 } });
    expect(chooseBridge([busy, bridge('b')], 'batch')?.bridgeId).toBe('b');
  });

  it('counts the offers since the last status', () => {
    const offered = bridge('a', { offered: { interactive: 0, batch: 1 } });
    expect(chooseBridge([offered, bridge('b')], 'batch')?.bridgeId).toBe('b');
    expect(chooseBridge([offered, bridge('b')], 'interactive')?.bridgeId).toBe('a');
  });

  it('goes to a full bridge rather than to nobody', () => {
    expect(chooseBridge([bridge('a', { free: { interactive: 0, batch: 0 } })], 'batch')?.bridgeId).toBe('a');
  });

  it('goes to another than the bridge that lost the job, if that has room', () => {
    const other = bridge('b', { free: { interactive: 1, batch: 1 } });
    expect(chooseBridge([bridge('a'), other], 'batch', 'a')?.bridgeId).toBe('b');
    expect(chooseBridge([bridge('a')], 'batch', 'a')?.bridgeId).toBe('a');
    const full = bridge('b', { free: { interactive: 0, batch: 0 } });
    expect(chooseBridge([bridge('a'), full], 'batch', 'a')?.bridgeId).toBe('a');
  });

  it('does not go to one that drains, or has no slot of the lane', () => {
    const draining = bridge('a', { draining: true });
    const clicksOnly = bridge('b', { slots: { interactive: 4, batch: 0 } });
    expect(chooseBridge([draining, clicksOnly], 'batch')).toBeUndefined();
    expect(chooseBridge([draining, clicksOnly], 'interactive')?.bridgeId).toBe('b');
  });
});

describe('the share of a bridge in jobs that have just come', () => {
  const withRoom = (batch: number, change: Partial<OfferTarget> = {}): OfferTarget =>
    bridge('b', { free: { interactive: 9, batch }, ...change });

  it.each([
    ['all, alone', 2, [], 3],
    ['all, beside a full one', 2, [withRoom(0)], 3],
    ['one, beside its equal', 2, [withRoom(2)], 1],
    ['none, beside a roomier one', 1, [withRoom(2)], 0],
    ['what it is ahead, and one', 4, [withRoom(2), withRoom(1)], 3],
    ['all, beside one that drains', 2, [withRoom(2, { draining: true })], 3],
  ])('is %s', (_name, room, others, share) => {
    expect(shareOf(room, others, 'batch')).toBe(share);
  });

  it('is at least one for the roomiest: no job waits for nobody', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 5 }), (rooms) => {
        const room = Math.max(...rooms);
        const others = rooms.toSorted((left, right) => left - right).slice(0, -1);
        expect(
          shareOf(
            room,
            others.map((other) => withRoom(other)),
            'batch',
          ),
        ).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

it('slots of one lease call are bounded', () => {
  expect(boundSlots({ interactive: 100, batch: 1 }, 16)).toEqual({ interactive: 16, batch: 1 });
});

describe('housekeeping', () => {
  const range = { least: 60, most: 3600 };
  it.each([
    [undefined, 4600],
    [1000, 1060],
    [2000, 2000],
    [9000, 4600],
  ])('due at %s is set to %s', (due, at) => {
    expect(nextHousekeepingAt(1000, due, range)).toBe(at);
  });
});
