import { describe, expect, it } from 'vitest';
import type { Clock } from '../../web/src/stream/clock.ts';
import { systemClock } from '../../web/src/stream/clock.ts';
import { MAX_DRAWN_NODES } from '../../web/src/trace/run/small-stages.ts';
import type { TraceRun } from '../../web/src/trace/run/trace-run.ts';
import { eventually } from '../helpers/eventually.ts';
import { askServer, cutOff, newRun, QUERY, server, until, use, useDemoServer } from '../helpers/web-trace-runs.ts';

useDemoServer();

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
    run.records.setFilter(idsOf(run).slice(-3));
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
    expect((await run.records.rows('history', 0, 5)).rows.length).toBeGreaterThan(0);
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
    expect((await run.records.rows('history', 0, 5)).rows).toHaveLength(5);
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
    await askServer(stream.replace('/stream', '/cancel'), { method: 'POST' });
    expect(await outcome).toEqual({ type: 'cancelled' });
    expect(run.lineage.graph).toBe(before);
  });
});
