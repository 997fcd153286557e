import { env, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { JobState, JobSummary } from '#protocol/job.ts';
import { isTerminal } from '#protocol/job.ts';
import type { JobAnnouncement } from '../../src/job/job-api.ts';
import { ANNOUNCEMENT_TTL_MS, JobIndex } from '../../src/site/job-index.ts';
import { IDEMPOTENCY_TTL_MS, PENDING_TTL_MS, Reservations } from '../../src/site/reservations.ts';
import type { ReservedJob, ReserveJob } from '../../src/site/site-api.ts';

/** The books of a site on its real store, with a clock of the test's own. */
const START_MS = Date.UTC(2026, 0, 1);

interface Books {
  readonly index: JobIndex;
  readonly reservations: Reservations;
  now: number;
  reserve(change?: Partial<ReserveJob>, facts?: { bridgeConnected?: boolean }): ReservedJob;
  announce(
    jobId: string,
    state: JobState,
    change?: Partial<JobAnnouncement> & { lane?: 'interactive' | 'batch' },
  ): void;
}

let sites = 0;

async function withBooks(test: (books: Books) => void): Promise<void> {
  sites++;
  await runInDurableObject(env.SITE.getByName(`books${sites}`), (_site, { storage }) => {
    const { sql } = storage;
    const index = new JobIndex(sql);
    let minted = 0;
    const reservations = new Reservations({ sql, index, mintJobId: () => (++minted).toString(16).padStart(64, '0') });
    let sequence = 0;
    const books: Books = {
      index,
      reservations,
      now: START_MS,
      reserve: (change = {}, { bridgeConnected = true } = {}) =>
        reservations.reserve(
          { kind: 'events', lane: 'batch', owner: 'ann', contentHash: 'hash', share: true, ...change },
          { now: books.now, bridgeConnected, maxJobsPerOwner: 3 },
        ),
      announce(jobId, state, { lane = 'batch', ...change } = {}) {
        sequence++;
        const announcement = {
          summary: summaryOf(jobId, { state, lane, now: books.now }),
          sequence,
          owners: ['ann'],
          contentHash: 'hash',
          cacheSeconds: 0,
          bridgeId: undefined,
          ...change,
        };
        if (index.record(announcement, books.now)) reservations.hear(announcement, books.now);
      },
    };
    test(books);
  });
}

function utc(ms: number): string {
  return new Date(ms).toISOString();
}

function summaryOf(
  jobId: string,
  { state, lane, now }: { state: JobState; lane: 'interactive' | 'batch'; now: number },
): JobSummary {
  return {
    job_id: jobId,
    kind: 'events',
    lane,
    profile: 'query_tool',
    site: 'books',
    state,
    generation: 1,
    cid_count: 1,
    progress: { percent: 0, records: 0, bytes: 0, records_per_second: null, eta_seconds: null, phase: 'events' },
    created_at: utc(START_MS),
    deadline_at: utc(START_MS + 1_800_000),
    stream_url: '',
    result_url: '',
    ...(isTerminal(state) ? { ended_at: utc(now), expires_at: utc(now + 3_600_000) } : {}),
  };
}

function refusal(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was refused');
}

describe('a reservation', () => {
  it('gives equal requests one job from the first moment, and others another one', () =>
    withBooks((books) => {
      const first = books.reserve();
      expect(first).toEqual({ jobId: first.jobId, joined: false });
      expect(books.reserve({ owner: 'bob' })).toEqual({ jobId: first.jobId, joined: true });
      expect(books.reserve({ contentHash: 'other' }).jobId).not.toBe(first.jobId);
    }));

  it('is joined while its job lives', () =>
    withBooks((books) => {
      const { jobId } = books.reserve();
      books.announce(jobId, 'queued');
      books.now += PENDING_TTL_MS + 1;
      expect(books.reserve()).toEqual({ jobId, joined: true });
      books.announce(jobId, 'running');
      books.now += ANNOUNCEMENT_TTL_MS - 1;
      expect(books.reserve()).toEqual({ jobId, joined: true });
      books.now += 1;
      expect(books.reserve().joined).toBe(false);
    }));

  it('dies when its job was never heard of', () =>
    withBooks((books) => {
      const { jobId } = books.reserve();
      books.now += PENDING_TTL_MS - 1;
      expect(books.reserve().jobId).toBe(jobId);
      books.now += 1;
      const next = books.reserve();
      expect(next.joined).toBe(false);
      expect(next.jobId).not.toBe(jobId);
    }));

  it('answers from the finished result as long as it may, and says how old it is', () =>
    withBooks((books) => {
      const { jobId } = books.reserve();
      books.announce(jobId, 'succeeded', { cacheSeconds: 60 });
      books.now += 59_999;
      expect(books.reserve({ owner: 'bob' }, { bridgeConnected: false })).toEqual({
        jobId,
        joined: true,
        ageSeconds: 59.999,
      });
      books.now += 1;
      expect(books.reserve().joined).toBe(false);
    }));

  it('grows no younger when the end is announced again', () =>
    withBooks((books) => {
      const { jobId } = books.reserve();
      const ended = summaryOf(jobId, { state: 'succeeded', lane: 'batch', now: books.now });
      books.announce(jobId, 'succeeded', { cacheSeconds: 60 });
      books.now += 45_000;
      books.announce(jobId, 'succeeded', { cacheSeconds: 60, summary: ended, owners: ['ann', 'bob'] });
      books.now += 14_999;
      expect(books.reserve()).toEqual({ jobId, joined: true, ageSeconds: 59.999 });
      books.now += 1;
      expect(books.reserve().joined).toBe(false);
    }));

  it.each(['succeeded', 'partial', 'failed', 'cancelled'] as const)(
    'ends with a job that is %s and may not be shared',
    (state) =>
      withBooks((books) => {
        const { jobId } = books.reserve();
        books.announce(jobId, state);
        expect(books.reserve().jobId).not.toBe(jobId);
      }),
  );

  it('does not answer from a result that is about to be dropped', () =>
    withBooks((books) => {
      const { jobId } = books.reserve();
      books.announce(jobId, 'succeeded', { cacheSeconds: 86_400 });
      books.now += 3_600_000 - 2000;
      expect(books.reserve().joined).toBe(false);
    }));

  it('that must not be shared is new, and takes the place of the older one', () =>
    withBooks((books) => {
      const first = books.reserve();
      books.announce(first.jobId, 'running');
      const second = books.reserve({ share: false });
      expect(second.joined).toBe(false);
      expect(books.reserve()).toEqual({ jobId: second.jobId, joined: true });
      books.announce(first.jobId, 'succeeded', { cacheSeconds: 60 });
      expect(books.reserve().jobId).toBe(second.jobId);
    }));

  it('of an id that turned out to be gone is made anew', () =>
    withBooks((books) => {
      const first = books.reserve({ idempotencyKey: 'k' });
      const second = books.reserve({ idempotencyKey: 'k', notJobId: first.jobId });
      expect(second).toEqual({ jobId: second.jobId, joined: false });
      expect(second.jobId).not.toBe(first.jobId);
      expect(books.reserve({ idempotencyKey: 'k' }).jobId).toBe(second.jobId);
    }));

  it('is relearned from a live job when everything was lost', () =>
    withBooks((books) => {
      const jobId = 'f'.repeat(64);
      books.announce(jobId, 'running');
      expect(books.reserve()).toEqual({ jobId, joined: true });
    }));

  it('ignores what it heard already', () =>
    withBooks((books) => {
      const { jobId } = books.reserve();
      books.announce(jobId, 'running', { sequence: 5 });
      books.announce(jobId, 'queued', { sequence: 5 });
      books.announce(jobId, 'queued', { sequence: 4 });
      expect(books.index.find(jobId)).toMatchObject({ state: 'running', sequence: 5, waiting: false });
    }));
});

describe('without a bridge', () => {
  it('nothing new is reserved, but what is there may be joined', () =>
    withBooks((books) => {
      expect(refusal(() => books.reserve({}, { bridgeConnected: false }))).toMatchObject({
        code: 'BRIDGE_UNAVAILABLE',
        retryAfterSeconds: 5,
      });
      const { jobId } = books.reserve();
      expect(books.reserve({ owner: 'bob' }, { bridgeConnected: false })).toEqual({ jobId, joined: true });
    }));
});

describe('an idempotency key', () => {
  it('keeps its job for a day, whatever became of it, and is its owner’s own', () =>
    withBooks((books) => {
      const { jobId } = books.reserve({ idempotencyKey: 'k' });
      books.announce(jobId, 'failed');
      books.now += IDEMPOTENCY_TTL_MS - 1;
      expect(books.reserve({ idempotencyKey: 'k', share: false })).toMatchObject({ jobId, joined: true });
      expect(books.reserve({ idempotencyKey: 'k', owner: 'bob' }).jobId).not.toBe(jobId);
      books.now += 1;
      expect(books.reserve({ idempotencyKey: 'k', share: false }).joined).toBe(false);
    }));

  it('does not name an interactive job that left nothing: made again, it would be no job of the index', () =>
    withBooks((books) => {
      const { jobId } = books.reserve({ idempotencyKey: 'k', lane: 'interactive' });
      books.announce(jobId, 'succeeded', { lane: 'interactive' });
      books.now += 3_600_000 - 2001;
      expect(books.reserve({ idempotencyKey: 'k', lane: 'interactive' })).toMatchObject({ jobId, joined: true });
      books.now += 1;
      const next = books.reserve({ idempotencyKey: 'k', lane: 'interactive' });
      expect(next.joined).toBe(false);
      expect(next.jobId).not.toBe(jobId);
      expect(books.reserve({ idempotencyKey: 'k', lane: 'interactive' })).toMatchObject({ jobId: next.jobId });
    }));

  it('is refused for another request, until it has run out', () =>
    withBooks((books) => {
      books.reserve({ idempotencyKey: 'k' });
      expect(refusal(() => books.reserve({ idempotencyKey: 'k', contentHash: 'other' }))).toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      });
      books.now += IDEMPOTENCY_TTL_MS;
      expect(books.reserve({ idempotencyKey: 'k', contentHash: 'other' }).joined).toBe(false);
    }));

  it('binds a job that was joined', () =>
    withBooks((books) => {
      const { jobId } = books.reserve();
      books.reserve({ idempotencyKey: 'k', owner: 'bob' });
      books.announce(jobId, 'failed', { owners: ['ann', 'bob'] });
      expect(books.reserve({ idempotencyKey: 'k', owner: 'bob' }).jobId).toBe(jobId);
    }));
});

describe('the limit of jobs of an owner', () => {
  it('counts reserved, queued and running jobs of the batch lane, and names them', () =>
    withBooks((books) => {
      const ids = ['1', '2', '3'].map((contentHash) => books.reserve({ contentHash }).jobId);
      const [queued = '', running = ''] = ids;
      books.announce(queued, 'queued', { contentHash: '1' });
      books.announce(running, 'running', { contentHash: '2' });
      const error = refusal(() => books.reserve({ contentHash: '4' }));
      expect(error).toMatchObject({ code: 'CONCURRENT_JOB_LIMIT', retryAfterSeconds: 10, members: { limit: 3 } });
      expect((error as { members: { jobs: string[] } }).members.jobs.toSorted()).toEqual(ids.toSorted());
      expect(books.reserve({ contentHash: '4', lane: 'interactive' }).joined).toBe(false);
      expect(books.reserve({ contentHash: '4b', owner: 'bob' }).joined).toBe(false);
      expect(books.reserve({ contentHash: '1' })).toEqual({ jobId: queued, joined: true });
      books.announce(running, 'succeeded', { contentHash: '2' });
      expect(books.reserve({ contentHash: '5' }).joined).toBe(false);
    }));

  it('does not count ids that came to nothing, nor jobs that fell silent', () =>
    withBooks((books) => {
      for (const contentHash of ['1', '2']) books.reserve({ contentHash });
      books.announce(books.reserve({ contentHash: '3' }).jobId, 'running', { contentHash: '3' });
      books.now += PENDING_TTL_MS;
      for (const contentHash of ['4', '5']) books.reserve({ contentHash });
      expect(refusal(() => books.reserve({ contentHash: '6' }))).toMatchObject({ code: 'CONCURRENT_JOB_LIMIT' });
      books.now += ANNOUNCEMENT_TTL_MS - PENDING_TTL_MS;
      expect(books.reserve({ contentHash: '6' }).joined).toBe(false);
    }));

  it('holds for joining the live job of somebody else', () =>
    withBooks((books) => {
      const other = books.reserve({ owner: 'bob' });
      books.announce(other.jobId, 'running', { owners: ['bob'] });
      for (const contentHash of ['1', '2', '3']) books.reserve({ contentHash });
      expect(refusal(() => books.reserve())).toMatchObject({ code: 'CONCURRENT_JOB_LIMIT' });
    }));
});

describe('the index', () => {
  it('forgets interactive jobs with their result, batch jobs a week later', () =>
    withBooks((books) => {
      books.announce('a'.repeat(64), 'succeeded', { lane: 'interactive' });
      books.announce('b'.repeat(64), 'succeeded');
      books.announce('c'.repeat(64), 'running');
      const list = (): string[] =>
        books.index.list({ owner: 'ann', limit: 10 }, books.now).jobs.map((job) => `${job.job_id[0]} ${job.state}`);
      expect(list()).toEqual(['c running', 'b succeeded', 'a succeeded']);
      books.now += 3_600_000;
      books.index.purge(books.now);
      expect(list()).toEqual(['c running', 'b expired']);
      expect(books.index.list({ owner: 'ann', limit: 10, state: 'expired' }, books.now).jobs).toHaveLength(1);
      books.now += 7 * 86_400_000;
      books.index.purge(books.now);
      expect(list()).toEqual([]);
    }));

  it('keeps whose a job was when an announcement names nobody', () =>
    withBooks((books) => {
      books.announce('a'.repeat(64), 'running');
      books.announce('a'.repeat(64), 'cancelled', { owners: [] });
      expect(books.index.list({ owner: 'ann', limit: 10 }, books.now).jobs).toMatchObject([{ state: 'cancelled' }]);
    }));

  it('has rows no longer than they are worth', () =>
    withBooks((books) => {
      const { jobId } = books.reserve({ idempotencyKey: 'k' });
      expect(books.reservations.nextPurgeAt()).toBe(START_MS + PENDING_TTL_MS);
      books.announce(jobId, 'succeeded', { cacheSeconds: 60 });
      books.now += IDEMPOTENCY_TTL_MS;
      books.reservations.purge(books.now);
      expect(books.reservations.nextPurgeAt()).toBeUndefined();
    }));
});
