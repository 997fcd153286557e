import { describe, expect, it } from 'vitest';
import { newRun, QUERY, server, until, use, useDemoServer } from '../helpers/web-trace-runs.ts';

useDemoServer();

describe('a trace', () => {
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
});
