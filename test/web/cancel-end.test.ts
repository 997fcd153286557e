import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JobState, JobStatus } from '#protocol/job.ts';
import { awaitCancelEnd } from '../../web/src/trace/run/cancel-end.ts';
import { FakeClock } from '../helpers/web-fake-source.ts';

const JOB_ID = 'ab'.repeat(32);

function status(state: JobState, database?: JobStatus['database']): JobStatus {
  return {
    job_id: JOB_ID,
    kind: 'events',
    lane: 'batch',
    profile: 'query_tool',
    site: 'fab1',
    state,
    generation: 1,
    cid_count: 1,
    domains: {},
    progress: { percent: null, records: 0, bytes: 0, records_per_second: null, eta_seconds: null, phase: 'events' },
    created_at: '2026-01-01T00:00:00.000Z',
    deadline_at: '2026-01-01T00:30:00.000Z',
    stream_url: `/api/trace/job/${JOB_ID}/stream`,
    result_url: `/api/trace/job/${JOB_ID}/result`,
    ...(database === undefined ? {} : { database }),
  };
}

/** The edge answers these one after the other, the last one for good; `undefined`: it cannot be reached. */
function answerWith(...answers: readonly (JobStatus | undefined)[]) {
  let next = 0;
  const ask = vi.fn(async (_path: string) => {
    const answer = answers[Math.min(next++, answers.length - 1)];
    if (answer === undefined) throw new TypeError('fetch failed');
    return Response.json(answer);
  });
  vi.stubGlobal('fetch', ask);
  return ask;
}

function watch(clock = new FakeClock(), isOver = () => false) {
  return awaitCancelEnd(JOB_ID, { clock, signal: new AbortController().signal, isOver });
}

afterEach(() => vi.unstubAllGlobals());

describe('the end of a cancel', () => {
  it.each(['confirmed', 'terminated', 'not_running', 'unconfirmed'] as const)(
    'is what the database said, once it has: %s',
    async (database) => {
      const ask = answerWith(
        status('running'),
        undefined,
        status('cancelled', 'pending'),
        status('cancelled', database),
      );
      const clock = new FakeClock();
      expect(await watch(clock)).toBe(database);
      expect(ask.mock.calls).toEqual(Array.from({ length: 4 }, () => [`/api/trace/job/${JOB_ID}`, expect.anything()]));
      expect(clock.waitsMs).toEqual([3000, 3000, 3000, 3000]);
    },
  );

  it.each([
    ['is not said', status('cancelled', 'pending')],
    ['is of a job that ended in another way', status('succeeded', 'confirmed')],
    ['cannot be asked for', undefined],
  ])('that %s is asked for ten times at most', async (_name, answer) => {
    const ask = answerWith(answer);
    expect(await watch()).toBeUndefined();
    expect(ask).toHaveBeenCalledTimes(10);
  });

  it('is not asked for any more when nobody waits for it', async () => {
    const ask = answerWith(status('cancelled', 'pending'));
    expect(await watch(new FakeClock(), () => ask.mock.calls.length === 2)).toBeUndefined();
    expect(ask).toHaveBeenCalledTimes(2);
  });
});
