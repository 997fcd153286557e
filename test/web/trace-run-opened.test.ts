import { describe, expect, it } from 'vitest';
import type { JobStatus } from '#protocol/job.ts';
import { elapsedMs } from '../../web/src/trace/stages/elapsed.ts';
import { askServer, cutOff, newRun, QUERY, until, use, useDemoServer } from '../helpers/web-trace-runs.ts';

useDemoServer();

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
    const status = (await (await askServer(`/api/trace/job/${jobId}`)).json()) as JobStatus;
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
