import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobStatus } from '#protocol/job.ts';
import type { Bytes } from '../../web/src/stream/bytes.ts';
import { readProblem } from '../../web/src/stream/client-problem.ts';
import type { Clock } from '../../web/src/stream/clock.ts';
import { systemClock } from '../../web/src/stream/clock.ts';
import { BlobStore } from '../../web/src/stream/raw-store.ts';
import type { StreamSource } from '../../web/src/stream/stream-source.ts';
import { MachineList } from '../../web/src/trace/run/machines.ts';
import { elapsedMs } from '../../web/src/trace/stages/elapsed.ts';
import { MAX_DRAWN_NODES, MAX_INLINE_IDS } from '../../web/src/trace/run/small-stages.ts';
import { MAX_LEFT_MS, TraceRun } from '../../web/src/trace/run/trace-run.ts';
import type { DaysQuery, ValuesQuery } from '../../web/src/trace/trace-query.ts';
import type { TraceSnapshot } from '../../web/src/trace/trace-snapshot.ts';
import type { DemoOptions } from '../helpers/web-demo-server.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';

const QUERY: ValuesQuery = {
  mode: 'container',
  inputType: 'lot_id',
  values: ['GA26011704-A00-003', 'XX-none'],
  profile: 'query_tool',
  direction: 'forward',
  followMerges: false,
  domains: ['history', 'holds'],
};

const DAYS: DaysQuery = {
  mode: 'date_range',
  startDate: '2026-01-01',
  endDate: '2026-01-31',
  groups: ['成型', '測試'],
  profile: 'mid_section_defect',
  direction: 'backward',
  followMerges: false,
  domains: ['upstream_history', 'materials'],
};

let server: DemoServer;
let base: string;
const realFetch = fetch;

beforeEach(async () => {
  server = new DemoServer({ records: 2000, nodes: 50, paceMs: 0 });
  base = await server.start();
  vi.stubGlobal('fetch', (path: string, init?: RequestInit) => realFetch(new URL(path, base), init));
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await server.stop();
});

function openSource(path: string): StreamSource {
  return {
    async open(after, signal) {
      const url = new URL(path, base);
      if (after !== undefined) url.searchParams.set('after', after);
      const response = await realFetch(url, { signal });
      if (!response.ok || response.body === null) return { ok: false, problem: await readProblem(response) };
      return { ok: true, chunks: response.body as AsyncIterable<Bytes> };
    },
  };
}

/** A busy machine needs its time. */
function eventually<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: 30_000 });
}

function newRun(
  changed: () => void = () => undefined,
  clock: Clock = systemClock,
  changedNow = changed,
  raw = new BlobStore(),
): TraceRun {
  return new TraceRun({
    run: 1,
    clock,
    random: () => 0,
    openSource,
    openStore: async () => raw,
    machines: new MachineList(),
    changed,
    appeared: () => changed(),
    changedNow,
  });
}

/** Resolves with the first snapshot that is as wanted. */
function until(
  wanted: (snapshot: TraceSnapshot) => boolean,
  clock = systemClock,
): { run: TraceRun; reached: Promise<TraceSnapshot> } {
  const { promise, resolve } = Promise.withResolvers<TraceSnapshot>();
  const run: TraceRun = newRun(() => {
    const snapshot = run.snapshot();
    if (wanted(snapshot)) resolve(snapshot);
  }, clock);
  return { run, reached: promise };
}

/** What is asked of this job does not arrive. */
function cutOff(jobId: string): void {
  vi.stubGlobal('fetch', (path: string, init?: RequestInit) =>
    path.includes(jobId) ? Promise.reject(new TypeError('cut off')) : realFetch(new URL(path, base), init),
  );
}

function use(options: DemoOptions): void {
  server.options = { ...server.options, ...options };
}

describe('a trace', () => {
  it('goes through its three stages and ends with every record', async () => {
    const run = newRun();
    await run.trace(QUERY);
    const snapshot = run.snapshot();
    expect(snapshot.stages).toEqual({ seed_resolve: 'done', lineage: 'done', events: 'done' });
    expect(snapshot.seeds).toMatchObject({ count: 1, asked: 2, notFound: ['XX-none'] });
    expect(snapshot.lineage).toMatchObject({ seeds: 1, drawable: true, direction: 'forward' });
    expect(run.lineage.graph?.nodes.length).toBe(snapshot.lineage?.nodes);
    expect(snapshot.stream?.outcome?.type).toBe('complete');
    expect(snapshot.stream?.domains.map((domain) => [domain.domain, domain.records, domain.ended])).toEqual([
      ['history', 1240, true],
      ['holds', 60, true],
    ]);
    const events = server.requests.filter((request) => request.startsWith('POST'));
    expect(events).toEqual(['POST /api/trace/seed-resolve', 'POST /api/trace/lineage', 'POST /api/trace/events']);
  });

  it('knows where it was cut, and says so of the job again when its address does', async () => {
    use({ patternMost: 2 });
    const run = newRun();
    await run.trace({ ...QUERY, values: ['GA26*', 'GA2601*', 'GA25010001-A00-001'] });
    const { seeds, cuts, stream, lineage } = run.snapshot();
    expect(seeds?.warnings).toEqual([
      { code: 'PATTERN_CUT', value: 'GA26*', given: 2 },
      { code: 'PATTERN_CUT', value: 'GA2601*', given: 2 },
    ]);
    expect([stream?.outcome?.type, cuts]).toEqual(['complete', ['lots']]);
    const opened = newRun();
    await opened.openJob(stream?.jobId ?? '', [lineage?.jobId ?? ''], { cuts });
    expect(opened.snapshot().cuts).toEqual(['lots']);
    use({ patternMost: 3, isLineageCut: true });
    const deep = newRun();
    await deep.trace(QUERY);
    expect(deep.snapshot().cuts).toEqual(['lineage']);
    const again = newRun();
    await again.openJob(deep.snapshot().stream?.jobId ?? '', [], { cuts: ['lineage'] });
    expect(again.snapshot().cuts).toEqual(['lineage']);
  });

  it('too large for one job is read in the parts that its refusal names, each a job to be opened', async () => {
    use({ limitIds: 20 });
    const run = newRun();
    await run.trace(QUERY);
    const refused = run.snapshot();
    expect(refused.problem?.problem).toMatchObject({ code: 'CID_LIMIT_EXCEEDED', status: 413 });
    expect(refused.problem?.problem.splitPlan).toHaveLength(3);
    expect([refused.stages.events, refused.parts]).toEqual(['failed', undefined]);
    await run.readInParts();
    const read = run.snapshot();
    expect([read.problem, read.stages.events, read.stream?.outcome?.type]).toEqual([undefined, 'done', 'complete']);
    expect(read.parts?.posting).toBe('done');
    const parts = read.parts?.parts ?? [];
    expect(parts.map(({ range }) => range)).toEqual([
      { from: 0, to: 17 },
      { from: 17, to: 34 },
      { from: 34, to: 50 },
    ]);
    expect(read.stream?.jobId).toBe(parts[0]?.jobId);
    const asked = server.bodies.slice(-3) as { ids_range: unknown; lineage_job_id: unknown }[];
    expect(asked.map(({ ids_range }) => ids_range)).toEqual(parts.map(({ range }) => range));
    expect(new Set(asked.map(({ lineage_job_id }) => lineage_job_id))).toEqual(new Set([read.lineage?.jobId]));
    const other = newRun();
    await other.openJob(parts[2]?.jobId ?? '', [read.lineage?.jobId ?? ''], { parts, query: QUERY });
    expect(other.snapshot()).toMatchObject({ parts: { posting: 'done', parts }, stages: { events: 'done' } });
    expect(other.snapshot().stream?.domains.map(({ records }) => records)).toEqual([1240, 60]);
  });

  it('that is opened by a part goes on asking for those that are missing, where its query is known', async () => {
    const run = newRun();
    await run.trace(QUERY);
    const { stream, lineage } = run.snapshot();
    const parts = [
      { range: { from: 0, to: 25 }, jobId: stream?.jobId },
      { range: { from: 25, to: 50 }, jobId: undefined },
    ];
    const known = until((snapshot) => snapshot.parts?.posting === 'done');
    await known.run.openJob(stream?.jobId ?? '', [lineage?.jobId ?? ''], { parts, query: QUERY });
    expect((await known.reached).parts?.parts[1]?.jobId).toMatch(/^[0-9a-f]{64}$/);
    expect(server.bodies.at(-1)).toMatchObject({ ids_range: { from: 25, to: 50 } });
    const asked = server.bodies.length;
    const bare = newRun();
    await bare.openJob(stream?.jobId ?? '', [lineage?.jobId ?? ''], { parts });
    expect(bare.snapshot().parts).toEqual({ parts, posting: 'stopped', problem: undefined });
    expect(server.bodies).toHaveLength(asked);
  });

  it('goes on asking for its parts when the wish to read the events again is taken back', async () => {
    const run = newRun();
    await run.trace(QUERY);
    const { stream, lineage } = run.snapshot();
    const parts = [
      { range: { from: 0, to: 25 }, jobId: stream?.jobId },
      { range: { from: 25, to: 50 }, jobId: undefined },
    ];
    use({ stageMs: 60_000 });
    const opened = newRun();
    await opened.openJob(stream?.jobId ?? '', [lineage?.jobId ?? ''], { parts, query: QUERY });
    expect(opened.snapshot().parts?.posting).toBe('active');
    const again = opened.readAgain(() => expect.unreachable());
    expect(opened.snapshot().again).toEqual({ type: 'asking' });
    opened.cancelReadAgain();
    await again;
    await new Promise((resolve) => setImmediate(resolve));
    expect(opened.snapshot().parts?.posting).toBe('active');
    opened.stop();
  });

  it('of the reverse query goes backward', async () => {
    const run = newRun();
    await run.trace({ ...QUERY, profile: 'query_tool_reverse', direction: 'backward' });
    expect(run.snapshot().lineage).toMatchObject({ seeds: 1, direction: 'backward' });
  });

  it('goes the way that was chosen, through merges if that was', async () => {
    const run = newRun();
    await run.trace({ ...QUERY, profile: 'mid_section_defect', followMerges: true });
    expect(server.bodies[1]).toMatchObject({ params: { direction: 'forward', follow_merges: true } });
    expect(run.snapshot().lineage).toMatchObject({ direction: 'forward' });
    await newRun().trace({ ...QUERY, profile: 'mid_section_defect', direction: 'backward' });
    expect((server.bodies[4] as { params: unknown }).params).toEqual({ direction: 'backward' });
  });

  it('of days and stations reads the job that finds the lots, and goes on from them', async () => {
    const run = newRun();
    await run.trace(DAYS);
    const [asked, lineage] = server.bodies as { params: unknown; container_ids?: unknown[] }[];
    expect(asked?.params).toEqual({
      mode: 'date_range',
      start_date: '2026-01-01',
      end_date: '2026-01-31',
      workcenter_groups: ['成型', '測試'],
    });
    expect(lineage?.container_ids).toHaveLength(3);
    expect(run.snapshot()).toMatchObject({
      stages: { seed_resolve: 'done', lineage: 'done', events: 'done' },
      seeds: { count: 3, notFound: [], expansion: { 成型: 3, 測試: 0 } },
    });
  });

  it('of days that find more lots than are sent names the job that found them', async () => {
    use({ seedsOfDays: MAX_INLINE_IDS + 1 });
    const run = newRun();
    await run.trace(DAYS);
    expect(run.snapshot()).toMatchObject({ seeds: { count: MAX_INLINE_IDS + 1 }, stages: { lineage: 'done' } });
    expect(server.bodies[1]).toMatchObject({ container_ids_from: { domain: 'seeds' } });
    expect(server.bodies[1]).not.toHaveProperty('container_ids');
  });

  it('of days without a lot ends behind its first stage', async () => {
    use({ seedsOfDays: 0 });
    const run = newRun();
    await run.trace(DAYS);
    expect(run.snapshot().stages).toEqual({ seed_resolve: 'done', lineage: 'skipped', events: 'skipped' });
  });

  it('has the lineage before the first event has arrived', async () => {
    use({ paceMs: 20 });
    const { run, reached } = until(
      (snapshot) => (snapshot.stream?.records ?? 0) === 0 && snapshot.lineage !== undefined,
    );
    const whole = run.trace(QUERY);
    await reached;
    expect(run.lineage.graph?.nodes.length).toBeGreaterThan(0);
    run.stop();
    await whole;
  });

  it('reads a lineage that became a job of its own', async () => {
    use({ nodes: 6000 });
    const run = newRun();
    await run.trace(QUERY);
    expect(run.snapshot().lineage).toMatchObject({ nodes: 6000, drawable: true });
    expect(run.lineage.graph?.nodes).toHaveLength(6000);
  });

  it('says how far a lineage is that became a job, and nothing of it when it is there', async () => {
    use({ nodes: 12_000, paceMs: 0 });
    const seen: (readonly [string, number])[] = [];
    const run: TraceRun = newRun(() => {
      const { stageJob } = run.snapshot();
      if (stageJob !== undefined) seen.push([stageJob.stage, stageJob.records]);
    });
    await run.trace(QUERY);
    expect(new Set(seen.map(([stage]) => stage))).toEqual(new Set(['lineage']));
    const records = seen.map(([, count]) => count);
    expect(records).toEqual(records.toSorted((a, b) => a - b));
    expect(new Set(records).size).toBeGreaterThan(3);
    expect(run.snapshot().stageJob).toBeUndefined();
  });

  it('does not draw a lineage that is too large, and reads its events all the same', async () => {
    use({ nodes: 21_000 });
    const run = newRun();
    await run.trace(QUERY);
    expect(run.snapshot().lineage).toMatchObject({ nodes: 21_000, drawable: false });
    expect(run.lineage.graph).toBeUndefined();
    expect(run.snapshot().stream?.outcome?.type).toBe('complete');
  });

  it('ends after the first stage when nothing was found', async () => {
    const run = newRun();
    await run.trace({ ...QUERY, values: ['XX-1'] });
    expect(run.snapshot()).toMatchObject({
      seeds: { count: 0 },
      stages: { seed_resolve: 'done', lineage: 'skipped', events: 'skipped' },
    });
    expect(run.snapshot().endedAtMs).toBeDefined();
  });

  it.each(['RATE_LIMITED', 'BRIDGE_UNAVAILABLE', 'CID_LIMIT_EXCEEDED', 'FORBIDDEN', 'QUERY_TIMEOUT'] as const)(
    'says what the edge said: %s',
    async (code) => {
      use({ refuse: code });
      const run = newRun();
      await run.trace(QUERY);
      expect(run.snapshot().stages.seed_resolve).toBe('failed');
      expect(run.snapshot().problem).toMatchObject({
        stage: 'seed_resolve',
        problem: { code, requestId: 'req-0001', retryAfterSeconds: 20 },
      });
    },
  );

  it('says that the edge cannot be reached', async () => {
    await server.stop();
    const run = newRun();
    await run.trace(QUERY);
    expect(run.snapshot().problem?.problem.code).toBe('OFFLINE');
  });

  it('goes on behind a cut and a damaged line', async () => {
    use({ cuts: 2, cutAfterBytes: 200_000, flips: 1 });
    const run = newRun();
    await run.trace(QUERY);
    const stream = run.snapshot().stream;
    expect(stream).toMatchObject({ records: 1300, damagedReadings: 1, outcome: { type: 'complete' } });
    expect(stream?.resumes).toBeGreaterThanOrEqual(2);
  });
});

describe('rows and the filter', () => {
  it('gives any rows, and only those of the chosen containers', async () => {
    const run = newRun();
    await run.trace(QUERY);
    const columns = run.snapshot().stream?.domains[0]?.columns ?? [];
    const idColumn = columns.indexOf('CONTAINERID');
    const chosen = run.lineage.graph?.nodes.slice(0, 3).map((node) => node.container_id) ?? [];
    const all = (await run.rows('history', 0, 2000)).rows;
    expect(all).toHaveLength(1240);
    expect(new Set(all[0])).toContain(all[0]?.[idColumn]);
    const wanted = all.filter((row) => chosen.includes(String(row[idColumn])));
    run.setFilter(chosen);
    await eventually(() =>
      expect(run.snapshot().stream?.domains[0]).toMatchObject({ shown: wanted.length, filtered: true }),
    );
    expect((await run.rows('history', 0, 2000)).rows).toEqual(wanted);
    expect(run.snapshot().stream?.filterRevision).toBe(1);
    run.setFilter(undefined);
    expect(run.snapshot().stream).toMatchObject({ filterRevision: 2, domains: [{ shown: 1240 }, {}] });
    await run.close();
  });

  it('says that records which are here cannot be read back, and finds them when they can', async () => {
    const raw = new BlobStore();
    const run = newRun(() => undefined, systemClock, undefined, raw);
    await run.trace(QUERY);
    const read = raw.read.bind(raw);
    raw.read = () => Promise.reject(new Error('the disk is gone'));
    run.setFilter(run.lineage.graph?.nodes.map((node) => node.container_id));
    await eventually(() => expect(run.snapshot().stream?.hasReadFailed).toBe(true));
    expect(run.snapshot().stream?.domains[0]?.filtered).toBe(false);
    raw.read = read;
    run.scanAgain();
    await eventually(() => expect(run.snapshot().stream?.domains[0]).toMatchObject({ filtered: true, shown: 1240 }));
    expect(run.snapshot().stream?.hasReadFailed).toBe(false);
    await run.close();
  });

  it('that is closed while it reads says nothing of that', async () => {
    const raw = new BlobStore();
    const run = newRun(() => undefined, systemClock, undefined, raw);
    await run.trace(QUERY);
    run.setFilter(run.lineage.graph?.nodes.map((node) => node.container_id));
    await run.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(run.snapshot().stream?.hasReadFailed).toBe(false);
  });
});

describe('a cancel', () => {
  it('keeps what arrived and says what the database said', async () => {
    use({ records: 100_000, paceMs: 30 });
    const { run, reached } = until((snapshot) => (snapshot.stream?.records ?? 0) > 0);
    const whole = run.trace(QUERY);
    await reached;
    await run.cancel();
    expect(run.snapshot().cancel).toBe('asked');
    await whole;
    expect(run.snapshot()).toMatchObject({
      stages: { events: 'cancelled' },
      stream: { outcome: { type: 'cancelled', database: 'confirmed' } },
    });
    expect((await run.rows('history', 0, 5)).rows).toHaveLength(5);
  });

  it('of a stage that waits withdraws at once', async () => {
    use({ stageMs: 60_000 });
    const { run, reached } = until((snapshot) => snapshot.stages.seed_resolve === 'active');
    const whole = run.trace(QUERY);
    await reached;
    await run.cancel();
    await whole;
    expect(run.snapshot().stages.seed_resolve).toBe('cancelled');
    expect(run.snapshot().problem).toBeUndefined();
  });
});

describe('a run that is left', () => {
  it.each(['seed_resolve', 'lineage'] as const)(
    'in its stage %s goes on until its events are a job, and reads none of them',
    async (stage) => {
      use({ stageMs: 50, nodes: 6000, records: 3000 });
      const { run, reached } = until((snapshot) => snapshot.stages[stage] === 'active');
      const whole = run.trace(QUERY);
      await reached;
      const outcome = await run.leave(whole);
      if (outcome.type !== 'job') throw new Error(`there is no job but ${outcome.type}`);
      expect(outcome.lineageJobId).toMatch(/^[0-9a-f]{64}$/);
      const requests = server.requests.filter((request) => !request.startsWith('GET /assets'));
      expect(requests.filter((request) => request === 'POST /api/trace/events')).toHaveLength(1);
      expect(requests.some((request) => request.includes(`${outcome.jobId}/stream`))).toBe(false);
      expect(requests.some((request) => request.includes('/cancel'))).toBe(false);
      await eventually(async () => {
        const status = await realFetch(new URL(`/api/trace/job/${outcome.jobId}`, base));
        expect(((await status.json()) as { state: string }).state).toBe('succeeded');
      });
    },
  );

  it('before it has a job says where its query was cut', async () => {
    use({ stageMs: 50, patternMost: 2, isLineageCut: true });
    const run = newRun();
    const outcome = await run.leave(run.trace({ ...QUERY, values: ['GA26*'] }));
    expect(outcome).toMatchObject({ type: 'job', cuts: ['lots', 'lineage'] });
  });

  it('while it reads its events stops reading at once, and says which job it is', async () => {
    use({ records: 100_000, paceMs: 30 });
    const { run, reached } = until((snapshot) => (snapshot.stream?.records ?? 0) > 0);
    const whole = run.trace(QUERY);
    const { stream, lineage } = await reached;
    const outcome = await run.leave(whole);
    expect(outcome).toMatchObject({ type: 'job', jobId: stream?.jobId, lineageJobId: lineage?.jobId });
    expect(outcome).toHaveProperty('seeds.notFound', ['XX-none']);
    await whole;
    expect(run.snapshot().stream?.outcome?.type).toBe('stopped');
    expect(server.requests.some((request) => request.includes('/cancel'))).toBe(false);
  });

  it('asks for no more of its lineage, while it goes on towards its events', async () => {
    const { run, reached } = until((snapshot) => {
      // From here on nothing is answered.
      if (snapshot.lineage !== undefined) use({ stageMs: 60_000 });
      return snapshot.lineage !== undefined;
    });
    const whole = run.trace(QUERY);
    await reached;
    const lot = run.lineage.graph?.nodes[1]?.container_id ?? '';
    const grown = run.lineage.grow({ containerId: lot, towards: 'backward' }, () => undefined);
    const left = run.leave(whole);
    expect(await grown).toEqual({ type: 'cancelled' });
    run.stop();
    expect(await left).toEqual({ type: 'stopped' });
  });

  it('without ever having a job says why', async () => {
    use({ stageMs: 50 });
    const empty = newRun();
    expect(await empty.leave(empty.trace({ ...QUERY, values: ['XX-1'] }))).toEqual({ type: 'nothing' });
    use({ refuse: 'BRIDGE_UNAVAILABLE' });
    const refused = newRun();
    const outcome = await refused.leave(refused.trace(QUERY));
    expect(outcome).toMatchObject({ type: 'failed', problem: { code: 'BRIDGE_UNAVAILABLE' } });
  });

  it('is given up after its time, and its waiting call takes its wish back', async () => {
    use({ stageMs: 60_000 });
    let timeIsOver = (): void => undefined;
    const run = newRun(undefined, {
      nowMs: () => 0,
      after(delayMs, task) {
        if (delayMs === MAX_LEFT_MS) timeIsOver = task;
        return () => undefined;
      },
    });
    const left = run.leave(run.trace(QUERY));
    timeIsOver();
    expect(await left).toEqual({ type: 'stopped' });
  });
});

describe('a job that is opened by its id', () => {
  it('shows its records and the lineage it was made from', async () => {
    const first = newRun();
    await first.trace(QUERY);
    const { stream, lineage } = first.snapshot();
    const run = newRun();
    await run.openJob(stream?.jobId ?? '', [lineage?.jobId ?? '']);
    expect(run.snapshot().stages).toEqual({ seed_resolve: 'skipped', lineage: 'done', events: 'done' });
    expect(run.lineage.graph?.nodes.length).toBe(lineage?.nodes);
    expect(run.snapshot().stream?.records).toBe(1300);
  });

  it('has been running since it was made, not since it was opened', async () => {
    use({ records: 100_000, paceMs: 30, ageMs: 60_000 });
    const { run: first, reached } = until((snapshot) => (snapshot.stream?.records ?? 0) > 0);
    const whole = first.trace(QUERY);
    const jobId = (await reached).stream?.jobId ?? '';
    expect(elapsedMs(first.snapshot(), Date.now())).toBeLessThan(60_000);
    const { run, reached: told } = until((snapshot) => (snapshot.stream?.records ?? 0) > 0);
    const reading = run.openJob(jobId, []);
    const snapshot = await told;
    expect(snapshot.ranMs).toBeUndefined();
    expect(elapsedMs(snapshot, Date.now())).toBeGreaterThan(60_000);
    first.stop();
    run.stop();
    await Promise.all([whole, reading]);
  });

  it('that had ended took as long as it says itself, however long ago that was', async () => {
    use({ ageMs: 60_000 });
    const first = newRun();
    await first.trace(QUERY);
    const jobId = first.snapshot().stream?.jobId ?? '';
    const status = (await (await realFetch(new URL(`/api/trace/job/${jobId}`, base))).json()) as JobStatus;
    const tookMs = Date.parse(status.ended_at ?? '') - Date.parse(status.created_at);
    expect(tookMs).toBeGreaterThan(60_000);
    const run = newRun();
    await run.openJob(jobId, []);
    expect(elapsedMs(run.snapshot(), Date.now() + 3_600_000)).toBe(tookMs);
  });

  it('is read without its lineage when that is gone', async () => {
    const first = newRun();
    await first.trace(QUERY);
    const run = newRun();
    await run.openJob(first.snapshot().stream?.jobId ?? '', ['ee'.repeat(32)]);
    expect(run.snapshot().stages).toEqual({ seed_resolve: 'skipped', lineage: 'skipped', events: 'done' });
  });

  it('says why its lineage cannot be read now, has its events all the same, and knows what it was made from', async () => {
    const first = newRun();
    await first.trace(QUERY);
    const { stream, lineage } = first.snapshot();
    cutOff(lineage?.jobId ?? '');
    const run = newRun();
    await run.openJob(stream?.jobId ?? '', [lineage?.jobId ?? '', 'ee'.repeat(32)]);
    expect(run.snapshot()).toMatchObject({
      stages: { lineage: 'failed', events: 'done' },
      problem: { stage: 'lineage', problem: { code: 'OFFLINE' } },
      grownJobIds: ['ee'.repeat(32)],
    });
    expect(run.snapshot().stream?.records).toBe(1300);
    expect(await run.leave(Promise.resolve())).toMatchObject({ type: 'job', lineageJobId: lineage?.jobId });
  });

  it('says that there is no such job', async () => {
    const run = newRun();
    await run.openJob('ee'.repeat(32), []);
    expect(run.snapshot()).toMatchObject({
      stages: { events: 'failed' },
      problem: { problem: { code: 'JOB_NOT_FOUND' } },
    });
  });
});

describe('a lineage that has grown', () => {
  /** A run that has ended, and a lot of its lineage. */
  async function tracedRun(): Promise<{ run: TraceRun; lot: string }> {
    use({ grown: 3 });
    const run = newRun();
    await run.trace(QUERY);
    return { run, lot: run.lineage.graph?.nodes[1]?.container_id ?? '' };
  }

  function idsOf(run: TraceRun): string[] {
    return run.lineage.graph?.nodes.map((node) => node.container_id) ?? [];
  }

  it('has its events read again on request, once more over all of it, by profile and kinds as before', async () => {
    const { run, lot } = await tracedRun();
    const before = run.snapshot();
    expect(before.askedNodes).toBe(idsOf(run).length);
    const grown = await run.lineage.grow({ containerId: lot, towards: 'backward' }, () => undefined);
    expect(grown).toMatchObject({ type: 'grown', added: 3 });
    expect(run.snapshot()).toMatchObject({ askedNodes: before.askedNodes, grownJobIds: [] });
    expect(idsOf(run).slice(0, before.askedNodes)).not.toContain(idsOf(run).at(-1));
    let replaced = 0;
    run.setFilter(idsOf(run).slice(-3));
    await run.readAgain(() => replaced++);
    const after = run.snapshot();
    expect(server.bodies.at(-1)).toEqual({
      profile: 'query_tool',
      domains: ['history', 'holds'],
      container_ids: idsOf(run),
    });
    expect(after).toMatchObject({
      stages: { events: 'done' },
      askedNodes: before.askedNodes + 3,
      grownJobIds: [grown.type === 'grown' ? grown.jobId : ''],
      again: undefined,
      stream: { outcome: { type: 'complete' }, filterContainers: 3 },
    });
    expect(after.stream?.jobId).not.toBe(before.stream?.jobId);
    expect(after.startedAtMs).toBeGreaterThanOrEqual(before.endedAtMs ?? Infinity);
    expect(replaced).toBe(1);
    expect((await run.rows('history', 0, 5)).rows.length).toBeGreaterThan(0);
  });

  it('is told to be read again at once, however short that is', async () => {
    use({ grown: 3 });
    const told: string[] = [];
    const run: TraceRun = newRun(undefined, systemClock, () => told.push(run.snapshot().stages.events));
    await run.trace(QUERY);
    await run.lineage.grow({ containerId: idsOf(run)[1] ?? '', towards: 'forward' }, () => undefined);
    told.length = 0;
    await run.readAgain(() => told.push('replaced'));
    expect(told.slice(0, 2)).toEqual(['replaced', 'active']);
  });

  it('keeps the events that are there when more of them are refused, and says why', async () => {
    const { run, lot } = await tracedRun();
    await run.lineage.grow({ containerId: lot, towards: 'forward' }, () => undefined);
    const before = run.snapshot();
    use({ limitIds: before.askedNodes + 2 });
    await run.readAgain(() => expect.unreachable());
    expect(run.snapshot()).toMatchObject({
      ...before,
      again: { type: 'refused', problem: { code: 'CID_LIMIT_EXCEEDED' } },
    });
    expect((await run.rows('history', 0, 5)).rows).toHaveLength(5);
    use({ limitIds: before.askedNodes + 3 });
    await run.readAgain(() => undefined);
    expect(run.snapshot()).toMatchObject({ again: undefined, askedNodes: before.askedNodes + 3 });
  });

  it('keeps them as well when nobody waits for the answer any more', async () => {
    const { run, lot } = await tracedRun();
    await run.lineage.grow({ containerId: lot, towards: 'forward' }, () => undefined);
    const before = run.snapshot();
    use({ stageMs: 60_000 });
    const asked = run.readAgain(() => expect.unreachable());
    expect(run.snapshot().again).toEqual({ type: 'asking' });
    run.cancelReadAgain();
    await asked;
    expect(run.snapshot()).toEqual(before);
  });

  it('is not read again while it is being read', async () => {
    use({ grown: 3, records: 100_000, paceMs: 30 });
    const { run, reached } = until((snapshot) => (snapshot.stream?.records ?? 0) > 0);
    const whole = run.trace(QUERY);
    const { stream } = await reached;
    await run.readAgain(() => expect.unreachable());
    expect(run.snapshot()).toMatchObject({ again: undefined, stream: { jobId: stream?.jobId } });
    run.stop();
    await whole;
  });

  it('can be read again behind a cancel, whose late answer does not stop the new reading', async () => {
    use({ grown: 3, records: 100_000, paceMs: 30 });
    const looks: (() => void)[] = [];
    // What is held is the wait before the edge is asked how the cancel ended.
    const clock: Clock = {
      nowMs: () => systemClock.nowMs(),
      after: (delayMs, task) => {
        if (delayMs !== 3000) return systemClock.after(delayMs, task);
        looks.push(task);
        return () => undefined;
      },
    };
    const { run, reached } = until((snapshot) => (snapshot.stream?.records ?? 0) > 0, clock);
    const whole = run.trace(QUERY);
    await reached;
    await run.cancel();
    await whole;
    await run.lineage.grow({ containerId: idsOf(run)[1] ?? '', towards: 'backward' }, () => undefined);
    const former = run.snapshot().stream;
    const again = run.readAgain(() => undefined);
    await eventually(() => {
      expect(run.snapshot().stream?.jobId).not.toBe(former?.jobId);
      expect(run.snapshot().stream?.records).toBeGreaterThan(0);
    });
    expect(looks).toHaveLength(1);
    looks[0]?.();
    const { records = 0 } = run.snapshot().stream ?? {};
    await eventually(() => expect(run.snapshot().stream?.records).toBeGreaterThan(records));
    expect(server.requests).not.toContain(`GET /api/trace/job/${former?.jobId}`);
    expect(run.snapshot()).toMatchObject({ cancel: 'none', stages: { events: 'active' } });
    run.stop();
    await again;
  });

  it('is opened again as it was read', async () => {
    const { run, lot } = await tracedRun();
    await run.lineage.grow({ containerId: lot, towards: 'backward' }, () => undefined);
    await run.readAgain(() => undefined);
    const { stream, lineage, grownJobIds, askedNodes } = run.snapshot();
    const opened = newRun();
    const asked = ['ee'.repeat(32), ...grownJobIds];
    await opened.openJob(stream?.jobId ?? '', [lineage?.jobId ?? '', ...asked]);
    expect(idsOf(opened)).toEqual(idsOf(run));
    expect(opened.snapshot()).toMatchObject({
      askedNodes,
      grownJobIds: asked,
      stages: { lineage: 'done', events: 'done' },
    });
    expect(opened.snapshot().problem).toBeUndefined();
  });

  it('is opened without what cannot be read of it now, and says so', async () => {
    const { run, lot } = await tracedRun();
    const before = idsOf(run);
    await run.lineage.grow({ containerId: lot, towards: 'backward' }, () => undefined);
    await run.readAgain(() => undefined);
    const { stream, lineage, grownJobIds } = run.snapshot();
    cutOff(grownJobIds[0] ?? '');
    const opened = newRun();
    await opened.openJob(stream?.jobId ?? '', [lineage?.jobId ?? '', ...grownJobIds]);
    expect(idsOf(opened)).toEqual(before);
    expect(opened.snapshot()).toMatchObject({
      problem: { stage: 'lineage', problem: { code: 'OFFLINE' } },
      grownJobIds,
      stages: { lineage: 'failed', events: 'done' },
    });
  });

  it('is left as it was when it would be too large to draw with what was found', async () => {
    const { run, lot } = await tracedRun();
    const before = run.lineage.graph;
    use({ grown: MAX_DRAWN_NODES - 10 });
    const outcome = await run.lineage.grow({ containerId: lot, towards: 'forward' }, () => undefined);
    const nodes = MAX_DRAWN_NODES - 10 + idsOf(run).length;
    expect(outcome).toEqual({ type: 'too_large', nodes });
    expect(run.lineage.graph).toBe(before);
  });

  it('is left as it was when somebody else ends the job that looks for more', async () => {
    const { run, lot } = await tracedRun();
    const before = run.lineage.graph;
    use({ growthPaceMs: 300 });
    const outcome = run.lineage.grow({ containerId: lot, towards: 'forward' }, () => undefined);
    const stream = await eventually(() => {
      const request = server.requests.at(-1) ?? '';
      expect(request).toMatch(/stream$/);
      expect(request).not.toContain(run.snapshot().stream?.jobId);
      return request.replace('GET ', '');
    });
    await realFetch(new URL(stream.replace('/stream', '/cancel'), base), { method: 'POST' });
    expect(await outcome).toEqual({ type: 'cancelled' });
    expect(run.lineage.graph).toBe(before);
  });
});
