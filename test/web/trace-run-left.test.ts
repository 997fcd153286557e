import { describe, expect, it } from 'vitest';
import { MAX_LEFT_MS } from '../../web/src/trace/run/trace-run.ts';
import { eventually } from '../helpers/eventually.ts';
import { askServer, newRun, QUERY, server, until, use, useDemoServer } from '../helpers/web-trace-runs.ts';

useDemoServer();

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
        const status = await askServer(`/api/trace/job/${outcome.jobId}`);
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
