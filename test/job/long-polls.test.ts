import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobState, JobStatus } from '#protocol/job.ts';
import type { VersionedStatus } from '../../src/job/job-api.ts';
import { LongPolls } from '../../src/job/long-polls.ts';

/** A job whose status a test sets, and its long-polls on a fake clock. */
class PolledJob {
  readonly polls = new LongPolls({ now: () => Date.now(), read: () => this.current });
  current = statusOf('running', 1);

  become(state: JobState, version: number): void {
    this.current = statusOf(state, version);
    this.polls.wakeAll();
  }
}

function statusOf(state: JobState, version: number): VersionedStatus {
  return { status: { state } as JobStatus, etag: `"${state}-${version}"` };
}

/** When a promise was answered, in milliseconds of the fake clock from now. */
function timed(work: Promise<VersionedStatus>): { readonly answer: () => [atMs: number, etag: string] | undefined } {
  const sinceMs = Date.now();
  let answer: [number, string] | undefined;
  void work.then(({ etag }) => (answer = [Date.now() - sinceMs, etag]));
  return { answer: () => answer };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a long-poll', () => {
  it('is answered when its time is up, if nothing changes', async () => {
    const job = new PolledJob();
    const poll = timed(job.polls.forChange('"running-1"', 20_000));
    await vi.advanceTimersByTimeAsync(19_999);
    expect(poll.answer()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(poll.answer()).toEqual([20_000, '"running-1"']);
  });

  it.each(['succeeded', 'queued'] as const)('is answered at once when the job becomes %s', async (state) => {
    const job = new PolledJob();
    const poll = timed(job.polls.forChange('"running-1"', 20_000));
    await vi.advanceTimersByTimeAsync(10);
    job.become(state, 2);
    await vi.advanceTimersByTimeAsync(0);
    expect(poll.answer()).toEqual([10, `"${state}-2"`]);
  });

  it('with the tag of another state is answered at once', async () => {
    const poll = timed(new PolledJob().polls.forChange('"queued-7-q0"', 20_000));
    await vi.advanceTimersByTimeAsync(0);
    expect(poll.answer()).toEqual([0, '"running-1"']);
  });

  it('of a job that moves on all the time is answered with the newest progress after a moment', async () => {
    const job = new PolledJob();
    const [fresh, stale] = ['"running-1"', '"running-0"'].map((tag) => timed(job.polls.forChange(tag, 20_000)));
    for (let version = 2; version <= 20; version++) {
      await vi.advanceTimersByTimeAsync(100);
      job.become('running', version);
    }
    expect(fresh?.answer()).toEqual([1500, '"running-15"']);
    expect(stale?.answer()).toEqual([1500, '"running-15"']);
  });

  it('is told of progress at once when it has waited long enough for it', async () => {
    const job = new PolledJob();
    const poll = timed(job.polls.forChange('"running-1"', 20_000));
    await vi.advanceTimersByTimeAsync(5000);
    job.become('running', 2);
    await vi.advanceTimersByTimeAsync(0);
    expect(poll.answer()).toEqual([5000, '"running-2"']);
  });

  it('is never held longer than it asked for', async () => {
    const job = new PolledJob();
    const poll = timed(job.polls.forChange('"running-0"', 200));
    await vi.advanceTimersByTimeAsync(200);
    expect(poll.answer()).toEqual([200, '"running-1"']);
  });

  it('without a pause makes fewer calls in a minute than it may, however fast the job is', async () => {
    const job = new PolledJob();
    let calls = 0;
    let etag = '"running-0"';
    const untilMs = Date.now() + 60_000;
    const polling = (async () => {
      while (Date.now() < untilMs) {
        calls++;
        etag = (await job.polls.forChange(etag, 25_000)).etag;
      }
    })();
    for (let version = 2; Date.now() < untilMs; version++) {
      job.become('running', version);
      await vi.advanceTimersByTimeAsync(20);
    }
    job.become('succeeded', 1);
    await polling;
    expect(calls).toBeLessThan(50);
  });
});

describe('a wait for the end', () => {
  it('is not answered by anything else', async () => {
    const job = new PolledJob();
    const poll = timed(job.polls.forEnd(20_000));
    for (let version = 2; version <= 20; version++) {
      await vi.advanceTimersByTimeAsync(100);
      job.become('running', version);
    }
    expect(poll.answer()).toBeUndefined();
    job.become('failed', 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(poll.answer()).toEqual([1900, '"failed-1"']);
  });
});
