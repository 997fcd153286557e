import { describe, expect, it } from 'vitest';
import { systemClock } from '../../web/src/stream/clock.ts';
import { BlobStore } from '../../web/src/stream/raw-store.ts';
import { MAX_INLINE_IDS } from '../../web/src/trace/run/small-stages.ts';
import type { TraceRun } from '../../web/src/trace/run/trace-run.ts';
import type { DaysQuery } from '../../web/src/trace/trace-query.ts';
import { eventually } from '../helpers/eventually.ts';
import { newRun, QUERY, server, until, use, useDemoServer } from '../helpers/web-trace-runs.ts';

useDemoServer();

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
    const all = (await run.records.rows('history', 0, 2000)).rows;
    expect(all).toHaveLength(1240);
    expect(new Set(all[0])).toContain(all[0]?.[idColumn]);
    const wanted = all.filter((row) => chosen.includes(String(row[idColumn])));
    run.records.setFilter(chosen);
    await eventually(() =>
      expect(run.snapshot().stream?.domains[0]).toMatchObject({ shown: wanted.length, filtered: true }),
    );
    expect((await run.records.rows('history', 0, 2000)).rows).toEqual(wanted);
    expect(run.snapshot().stream?.filterRevision).toBe(1);
    run.records.setFilter(undefined);
    expect(run.snapshot().stream).toMatchObject({ filterRevision: 2, domains: [{ shown: 1240 }, {}] });
    await run.close();
  });

  it('says that records which are here cannot be read back, and finds them when they can', async () => {
    const raw = new BlobStore();
    const run = newRun(() => undefined, systemClock, undefined, raw);
    await run.trace(QUERY);
    const read = raw.read.bind(raw);
    raw.read = () => Promise.reject(new Error('the disk is gone'));
    run.records.setFilter(run.lineage.graph?.nodes.map((node) => node.container_id));
    await eventually(() => expect(run.snapshot().stream?.hasReadFailed).toBe(true));
    expect(run.snapshot().stream?.domains[0]?.filtered).toBe(false);
    raw.read = read;
    run.records.scanAgain();
    await eventually(() => expect(run.snapshot().stream?.domains[0]).toMatchObject({ filtered: true, shown: 1240 }));
    expect(run.snapshot().stream?.hasReadFailed).toBe(false);
    await run.close();
  });

  it('that is closed while it reads says nothing of that', async () => {
    const raw = new BlobStore();
    const run = newRun(() => undefined, systemClock, undefined, raw);
    await run.trace(QUERY);
    run.records.setFilter(run.lineage.graph?.nodes.map((node) => node.container_id));
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
    expect((await run.records.rows('history', 0, 5)).rows).toHaveLength(5);
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
