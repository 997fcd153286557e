import { describe, expect, it, vi } from 'vitest';
import { BlobStore } from '../../web/src/stream/raw-store.ts';
import { NO_ARRANGEMENT } from '../../web/src/trace/arrange/arrange-spec.ts';
import { JobRecords } from '../../web/src/trace/run/job-records.ts';
import { RunRecords } from '../../web/src/trace/run/run-records.ts';
import { FakeClock, ScriptedSource } from '../helpers/web-fake-source.ts';
import { recordLog } from '../helpers/web-recorded-stream.ts';

const LOG = recordLog({
  domains: [['history', [['b', 'c', 'a'].map((CONTAINERID) => ({ CONTAINERID }))]]],
});
const UP = { ...NO_ARRANGEMENT, sort: { column: 'CONTAINERID', isDescending: false } };

/** Records of a job of three containers. */
function makeRecords(): JobRecords {
  const nothing = (): void => undefined;
  return new JobRecords({
    jobId: 'ab'.repeat(32),
    source: new ScriptedSource(LOG),
    raw: new BlobStore(),
    clock: new FakeClock(),
    random: () => 0,
    changed: nothing,
    changedNow: nothing,
    appeared: nothing,
  });
}

async function read(records: JobRecords): Promise<void> {
  expect((await records.read(new AbortController().signal)).type).toBe('complete');
}

describe('records of a run', () => {
  it('are none before a job has any', async () => {
    const run = new RunRecords();
    expect(run.snapshot()).toBeUndefined();
    expect(await run.rows('history', 5, 10)).toEqual({ from: 5, rows: [] });
    expect(await run.exportFiles({ files: [], scope: 'whole' })).toBeUndefined();
    await run.close();
  });

  it('are looked at as those before them were, also when that was wished before there were any', async () => {
    const run = new RunRecords();
    run.setFilter(['a', 'b']);
    run.arrange('history', UP);
    for (let job = 0; job < 2; job++) {
      const records = makeRecords();
      await run.replace(records);
      await read(records);
      await expect.poll(() => run.snapshot()?.domains[0]?.arranged?.rows).toBe(2);
      const { rows } = await run.rows('history', 0, 10);
      expect(rows).toEqual([['a'], ['b']]);
    }
    await run.close();
  });

  it('that give way are closed, and no failure for whoever was just reading them', async () => {
    const run = new RunRecords();
    const former = makeRecords();
    const gate = Promise.withResolvers<never>();
    former.rows = () => gate.promise;
    const close = vi.spyOn(former, 'close');
    await run.replace(former);
    const rows = run.rows('history', 0, 10);
    await run.replace(makeRecords());
    expect(close).toHaveBeenCalledOnce();
    gate.reject(new Error('closed'));
    expect(await rows).toEqual({ from: 0, rows: [] });
    await run.close();
  });

  it('that are there and cannot be read are one', async () => {
    const run = new RunRecords();
    const records = makeRecords();
    records.rows = () => Promise.reject(new Error('the disk is gone'));
    await run.replace(records);
    await expect(run.rows('history', 0, 10)).rejects.toThrow('the disk is gone');
    await run.close();
  });
});
