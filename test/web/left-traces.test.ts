import { describe, expect, it } from 'vitest';
import type { JobState, JobSummary, Quality } from '#protocol/job.ts';
import type { LeftTracesParts } from '../../web/src/jobs/left-traces.ts';
import { LeftTraces, MAX_TOLD, MAX_WATCHED, WATCH_POLL_MS } from '../../web/src/jobs/left-traces.ts';
import { ClientProblemError } from '../../web/src/stream/client-problem.ts';
import type { ValuesQuery } from '../../web/src/trace/trace-query.ts';
import type { LeftOutcome } from '../../web/src/trace/run/left-run.ts';
import type { ResultState } from '../../web/src/trace/address/url-state.ts';
import { FIRST_VIEW } from '../../web/src/trace/address/view-state.ts';

const QUERY: ValuesQuery = {
  mode: 'container',
  inputType: 'lot_id',
  values: ['GA26011704-A00-003'],
  profile: 'query_tool',
  direction: 'forward',
  followMerges: false,
  domains: ['history', 'holds'],
};

const idOf = (index: number): string => index.toString(16).padStart(64, '0');

function jobOf(jobId: string, state: JobState): JobSummary {
  return {
    job_id: jobId,
    kind: 'events',
    lane: 'batch',
    profile: 'query_tool',
    site: 'fab1',
    state,
    generation: 1,
    cid_count: 10,
    progress: { percent: 10, records: 0, bytes: 0, records_per_second: null, eta_seconds: null, phase: 'events' },
    created_at: '2026-03-18T02:00:00Z',
    deadline_at: '2026-03-18T03:00:00Z',
    stream_url: '/s',
    result_url: '/r',
  };
}

/** The edge, this browser's memory and the time, as the watch meets them. */
class World {
  readonly states = new Map<string, JobState | number>();
  readonly known = new Map<string, ResultState>();
  readonly accepted: ResultState[] = [];
  readonly ended: string[] = [];
  looks: string[] = [];
  #nowMs = 1_000_000;
  #waits: { atMs: number; task: () => void }[] = [];
  readonly traces: LeftTraces;

  constructor() {
    const parts: LeftTracesParts = {
      clock: {
        nowMs: () => this.#nowMs,
        after: (delayMs, task) => {
          const wait = { atMs: this.#nowMs + delayMs, task };
          this.#waits.push(wait);
          return () => void (this.#waits = this.#waits.filter((each) => each !== wait));
        },
      },
      getStatus: async (jobId) => {
        this.looks.push(jobId);
        const state = this.states.get(jobId) ?? 404;
        if (typeof state === 'string') return jobOf(jobId, state);
        throw new ClientProblemError(state === 0 ? { code: 'OFFLINE' } : { code: 'JOB_NOT_FOUND', status: state });
      },
      viewOf: (jobId) =>
        this.known.get(jobId) ?? {
          query: undefined,
          jobId,
          lineageJobId: undefined,
          grownJobIds: [],
          view: FIRST_VIEW,
        },
      accepted: (view) => void this.accepted.push(view),
      ended: ({ job_id: jobId, state }) => void this.ended.push(`${Number.parseInt(jobId, 16)} ${state}`),
      changed: () => undefined,
    };
    this.traces = new LeftTraces(parts);
  }

  get told() {
    return this.traces.told.map(({ view, state }) => [view.jobId, state.type]);
  }

  get waits(): number {
    return this.#waits.length;
  }

  async pass(ms: number): Promise<void> {
    this.#nowMs += ms;
    const due = this.#waits.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#waits = this.#waits.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { task } of due) task();
    await new Promise((resolve) => setImmediate(resolve));
  }

  job(index: number): LeftOutcome {
    const lineageJobId = idOf(100 + index);
    return { type: 'job', jobId: idOf(index), lineageJobId, grownJobIds: [], seeds: undefined, cuts: [] };
  }

  async leaveJob(index: number, state: JobState | number): Promise<void> {
    this.states.set(idOf(index), state);
    await this.traces.add({ query: QUERY, jobId: idOf(index), outcome: Promise.resolve(this.job(index)) });
  }
}

describe('a trace that was left before it was a job', () => {
  it('is told at once, becomes a job that is remembered with its query, and is told until it has ended', async () => {
    const world = new World();
    const { promise, resolve } = Promise.withResolvers<LeftOutcome>();
    const left = world.traces.add({ query: QUERY, jobId: undefined, outcome: promise });
    expect(world.told).toEqual([[undefined, 'starting']]);
    world.states.set(idOf(1), 'queued');
    resolve(world.job(1));
    await left;
    const view = { query: QUERY, jobId: idOf(1), lineageJobId: idOf(101), grownJobIds: [], view: FIRST_VIEW };
    expect(world.accepted).toEqual([view]);
    expect(world.told).toEqual([[idOf(1), 'running']]);
    expect(world.traces.told[0]?.view).toEqual(view);
    world.states.set(idOf(1), 'succeeded');
    await world.pass(WATCH_POLL_MS);
    expect(world.traces.told[0]?.state).toEqual({ type: 'over', state: 'succeeded' });
    expect(world.waits).toBe(0);
  });

  it('and was cut is remembered as one that was cut', async () => {
    const world = new World();
    const outcome = { ...world.job(1), cuts: ['lots'] as const };
    await world.traces.add({ query: QUERY, jobId: undefined, outcome: Promise.resolve(outcome) });
    expect(world.accepted).toMatchObject([{ jobId: idOf(1), cuts: ['lots'] }]);
  });

  it.each([
    [{ type: 'nothing' }, 'nothing'],
    [{ type: 'stopped' }, 'stopped'],
    [{ type: 'failed', problem: { code: 'RATE_LIMITED' } }, 'failed'],
  ] as const)('and never became one says so: %j', async (outcome, told) => {
    const world = new World();
    await world.traces.add({ query: QUERY, jobId: undefined, outcome: Promise.resolve(outcome) });
    expect(world.told).toEqual([[undefined, told]]);
    world.traces.dismiss(world.traces.told[0]?.id ?? 0);
    expect(world.told).toEqual([]);
    expect(world.accepted).toEqual([]);
  });

  it('says so also when its worker failed', async () => {
    const world = new World();
    await world.traces.add({ query: QUERY, jobId: undefined, outcome: Promise.reject(new Error('gone')) });
    expect(world.told).toEqual([[undefined, 'failed']]);
  });

  it('says that it does not go on also to those who wanted to hear no more of it', async () => {
    const world = new World();
    const { promise, resolve } = Promise.withResolvers<LeftOutcome>();
    const left = world.traces.add({ query: QUERY, jobId: undefined, outcome: promise });
    world.traces.dismiss(world.traces.told[0]?.id ?? 0);
    expect(world.told).toEqual([]);
    resolve({ type: 'failed', problem: { code: 'BRIDGE_UNAVAILABLE' } });
    await left;
    expect(world.told).toEqual([[undefined, 'failed']]);
  });

  it('and has become the job that is looked at by then is told no more; when that is left, it is told again', async () => {
    const world = new World();
    const { promise, resolve } = Promise.withResolvers<LeftOutcome>();
    const left = world.traces.add({ query: QUERY, jobId: undefined, outcome: promise });
    world.states.set(idOf(1), 'running');
    world.traces.shows(idOf(1));
    resolve(world.job(1));
    await left;
    expect(world.told).toEqual([]);
    expect(world.accepted.map(({ jobId }) => jobId)).toEqual([idOf(1)]);
    await world.leaveJob(1, 'running');
    world.traces.shows(undefined);
    expect(world.told).toEqual([[idOf(1), 'running']]);
  });

  it('is among the jobs even if nobody wanted to hear of it', async () => {
    const world = new World();
    const { promise, resolve } = Promise.withResolvers<LeftOutcome>();
    const left = world.traces.add({ query: QUERY, jobId: undefined, outcome: promise });
    world.traces.dismiss(world.traces.told[0]?.id ?? 0);
    resolve(world.job(1));
    await left;
    expect(world.accepted.map(({ jobId }) => jobId)).toEqual([idOf(1)]);
    expect(world.told).toEqual([]);
  });
});

describe('a job that was left', () => {
  it('is told when it runs, also where the edge cannot be asked, and not when it had ended or is unknown', async () => {
    const world = new World();
    await world.leaveJob(1, 'running');
    await world.leaveJob(2, 0);
    await world.leaveJob(3, 'succeeded');
    await world.leaveJob(4, 404);
    expect(world.told).toEqual([
      [idOf(1), 'running'],
      [idOf(2), 'running'],
    ]);
    expect(world.accepted).toEqual([]);
  });

  it('is told no more when it is opened or was cancelled', async () => {
    const world = new World();
    await world.leaveJob(1, 'running');
    await world.leaveJob(2, 'running');
    world.traces.shows(idOf(1));
    world.states.set(idOf(2), 'cancelled');
    await world.pass(WATCH_POLL_MS);
    expect(world.told).toEqual([]);
    expect(world.waits).toBe(0);
  });

  it('is told once, however often it is left', async () => {
    const world = new World();
    await world.leaveJob(1, 'running');
    await world.leaveJob(1, 'running');
    expect(world.told).toEqual([[idOf(1), 'running']]);
  });

  it('is watched with few others, and the newest are told', async () => {
    const world = new World();
    for (let index = 0; index < MAX_WATCHED + 2; index++) await world.leaveJob(index, 'running');
    expect(world.told.length).toBe(MAX_TOLD);
    expect(world.told.at(-1)).toEqual([idOf(MAX_WATCHED + 1), 'running']);
    world.looks = [];
    for (let look = 0; look < 4; look++) await world.pass(WATCH_POLL_MS);
    expect(new Set(world.looks).size).toBe(MAX_WATCHED);
    expect(world.looks.length).toBeLessThanOrEqual(16);
  });
});

describe('the end of a job that nobody looks at', () => {
  it('is told once, of those that were left and of those that a list showed and this browser began', async () => {
    const world = new World();
    await world.leaveJob(1, 'running');
    await world.leaveJob(2, 'succeeded');
    await world.leaveJob(3, 'running');
    const views = [4, 5].map((index) => jobOf(idOf(index), 'running'));
    world.known.set(idOf(4), {
      query: QUERY,
      jobId: idOf(4),
      lineageJobId: undefined,
      grownJobIds: [],
      view: FIRST_VIEW,
    });
    world.traces.heard(views);
    world.traces.dismiss(world.traces.told[0]?.id ?? 0);
    for (const index of [1, 3, 4, 5]) world.states.set(idOf(index), 'succeeded');
    world.traces.shows(idOf(3));
    await world.pass(WATCH_POLL_MS - 1);
    expect(world.ended).toEqual([]);
    await world.pass(1);
    world.traces.heard([jobOf(idOf(1), 'succeeded'), jobOf(idOf(4), 'succeeded')]);
    for (let look = 0; look < 3; look++) await world.pass(WATCH_POLL_MS);
    expect(world.ended).toEqual(['1 succeeded', '4 succeeded']);
    expect(world.told).toEqual([]);
    expect(world.waits).toBe(0);
  });
});

describe('a list of jobs', () => {
  it('tells of those that are watched, so that they are not asked for', async () => {
    const world = new World();
    await world.leaveJob(1, 'running');
    world.looks = [];
    await world.pass(WATCH_POLL_MS / 2);
    world.traces.heard([jobOf(idOf(1), 'running')]);
    await world.pass(WATCH_POLL_MS / 2);
    expect(world.looks).toEqual([]);
    world.traces.heard([jobOf(idOf(1), 'partial')]);
    expect(world.traces.told[0]?.state).toEqual({ type: 'over', state: 'partial' });
  });

  it('tells of one that was cut off at a limit that it is not complete', async () => {
    const world = new World();
    await world.leaveJob(1, 'running');
    const quality: Quality = { status: 'truncated', failed_domains: [], truncated_domains: ['history'] };
    world.traces.heard([{ ...jobOf(idOf(1), 'succeeded'), quality }]);
    expect(world.traces.told[0]?.state).toEqual({ type: 'over', state: 'partial' });
  });
});
