import {
  abortAllDurableObjects,
  env,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { isTerminal } from '#protocol/job.ts';
import type { JobApi } from '../../src/job/job-api.ts';
import type { JobObject } from '../../src/job/job-object.ts';
import { unwrap } from '../../src/outcome.ts';
import type { SiteObject } from '../../src/site/site-object.ts';
import { SILENT_MS, UNHEARD_MS } from '../../src/site/silent-jobs.ts';
import { createRequest, leaseJob } from '../helpers/edge-job.ts';
import { makeChunk } from '../helpers/make-chunk.ts';
import { RecordTally } from '../helpers/record-tally.ts';
import { StreamCheck } from '../helpers/stream-check.ts';
import type { Stub } from './job-harness.ts';
import { asApi } from './job-harness.ts';

/** What a platform does to objects: throws them out of memory, aborts them, loses and repeats their alarms. */

const BATCHES = 3;
const BATCH_RECORDS = 4;

const stubOf = (id: string): Stub => env.JOB.get(env.JOB.idFromString(id));
/** A stub of its own for every call: one whose object was aborted stays broken. */
const jobOf = (id: string): JobApi => asApi(stubOf(id));

function batchOf(domain: 'history' | 'materials', batch: number) {
  const records = Array.from({ length: BATCH_RECORDS }, (_, index) => ({ DOMAIN: domain, N: batch * 100 + index }));
  return makeChunk(records, { domain, batch });
}

/** Every call of a job's life, one after the other, with `between` after each. Answers the job's id. */
async function runCalls(between: (id: string) => Promise<void>): Promise<string> {
  const id = env.JOB.newUniqueId().toString();
  const step = async <Value>(work: (job: JobApi) => Promise<Value>): Promise<Value> => {
    const value = await work(jobOf(id));
    await between(id);
    return value;
  };
  await step(async (job) => unwrap(await job.create(createRequest(id))));
  const lease = await step((job) => leaseJob(job));
  for (const domain of ['history', 'materials'] as const) {
    for (let batch = 1; batch <= BATCHES; batch++) {
      const { head, segment } = batchOf(domain, batch);
      await step(async (job) => unwrap(await job.putChunk(lease, head, segment)));
      await step(async (job) => unwrap(await job.renew(lease, 'events')));
      const range = { first_batch: batch, last_batch: batch, records: BATCH_RECORDS, containers_found: 1 };
      const seal = { ...range, ids_to: batch === BATCHES ? 10 : batch };
      await step(async (job) => unwrap(await job.seal(lease, domain, seal)));
    }
    const totals = { records: BATCHES * BATCH_RECORDS, batches: BATCHES };
    await step(async (job) => unwrap(await job.endDomain(lease, domain, { status: 'complete', totals })));
  }
  await step(async (job) => unwrap(await job.finish(lease, { records: 2 * BATCHES * BATCH_RECORDS })));
  return id;
}

interface Reading {
  readonly check: StreamCheck;
  readonly tally: RecordTally;
}

function newReading(): Reading {
  const tally = new RecordTally();
  return { check: new StreamCheck(tally), tally };
}

/** Reads lines behind the last position until the stream ends or `isEnough`; answers whether it was cut. */
async function readOn(id: string, { check }: Reading, isEnough: () => boolean = () => false): Promise<boolean> {
  const after = check.cursor === undefined ? '' : `&after=${check.cursor}`;
  const response = await jobOf(id).fetch(new Request(`https://job/stream?gzip=0${after}`));
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return false;
      const lines = (held + value).split('\n');
      held = lines.pop() ?? '';
      for (const line of lines) check.take(`${line}\n`);
      if (isEnough()) await abortAllDurableObjects();
    }
  } catch (error) {
    if (error instanceof Error && /digest|batch|position|records/.test(error.message)) throw error;
    return true;
  }
}

async function readWhole(id: string): Promise<Reading> {
  const reading = newReading();
  expect(await readOn(id, reading)).toBe(false);
  return reading;
}

describe('an object', () => {
  it.each([
    ['thrown out of memory', (id: string) => evictDurableObject(stubOf(id)).catch(() => undefined)],
    ['aborted', () => abortAllDurableObjects()],
  ])('%s between any two calls of a bridge keeps all of the job', async (_what, disturb) => {
    const undisturbed = await readWhole(await runCalls(() => Promise.resolve()));
    expect(undisturbed.tally.total).toBe(2 * BATCHES * BATCH_RECORDS);
    const { check, tally } = await readWhole(await runCalls((id) => disturb(id)));
    expect(check.terminal).toMatchObject({ type: 'complete', state: 'succeeded' });
    expect(tally.digest()).toBe(undisturbed.tally.digest());
  });

  it('aborted under its readers ends their streams, and one that resumes has each record once', async () => {
    const undisturbed = await readWhole(await runCalls(() => Promise.resolve()));
    const reading = newReading();
    let calls = 0;
    let cuts = 0;
    const id = await runCalls(async (id) => {
      // The stream is live: it waits for more until the object goes.
      if (++calls % 5 !== 0) return;
      const seen = reading.check.records;
      const visible = unwrap(await jobOf(id).status()).status;
      const total = Object.values(visible.domains).reduce((sum, domain) => sum + (domain?.records ?? 0), 0);
      if (isTerminal(visible.state) || total === seen) return;
      if (await readOn(id, reading, () => reading.check.records === total)) cuts++;
    });
    await readOn(id, reading);
    expect(cuts).toBeGreaterThan(1);
    expect(reading.check.terminal).toMatchObject({ type: 'complete', state: 'succeeded' });
    expect(reading.tally.digest()).toBe(undisturbed.tally.digest());
  });
});

describe('an alarm', () => {
  const setClock = (id: string, now: number) =>
    runInDurableObject(stubOf(id), (instance: JobObject) => void (instance.now = () => now));
  const alarmOf = (id: string) => runInDurableObject(stubOf(id), (_instance, { storage }) => storage.getAlarm());
  const loseAlarm = (id: string) => runInDurableObject(stubOf(id), (_instance, { storage }) => storage.deleteAlarm());

  /** As it stands in the store: asking the job would settle it. */
  const stateOf = (id: string) =>
    runInDurableObject(stubOf(id), (_instance, { storage }) => {
      const { life } = storage.sql.exec<{ life: string }>('SELECT life FROM job').one();
      return (JSON.parse(life) as { state: string }).state;
    });

  async function runningJob() {
    const id = env.JOB.newUniqueId().toString();
    const now = Date.now();
    await setClock(id, now);
    unwrap(await jobOf(id).create(createRequest(id)));
    return { id, now, lease: await leaseJob(jobOf(id)) };
  }

  it('that is lost is made good by the next call, which sets it again', async () => {
    const { id, now, lease } = await runningJob();
    await loseAlarm(id);
    await setClock(id, now + 46_000);
    expect(unwrap(await jobOf(id).status()).status.state).toBe('queued');
    expect(await alarmOf(id)).not.toBeNull();
    expect(await jobOf(id).renew(lease, 'events')).toMatchObject({ ok: false, code: 'LEASE_FENCED' });
  });

  it('that is lost while a lease is renewed over and over is set again when it is overdue', async () => {
    const { id, now, lease } = await runningJob();
    await loseAlarm(id);
    for (const seconds of [20, 40, 60]) {
      await setClock(id, now + seconds * 1000);
      unwrap(await jobOf(id).renew(lease, 'events'));
    }
    expect(await alarmOf(id)).not.toBeNull();
  });

  it('that is lost is noticed by a waiting reader, without any call', async () => {
    const { id, now } = await runningJob();
    const answer = await jobOf(id).fetch(new Request('https://job/stream?gzip=0'));
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    await loseAlarm(id);
    await setClock(id, now + 46_000);
    // A line of progress is the sign of life that every reader gets.
    for (let text = ''; !text.includes('"progress"');) text += new TextDecoder().decode((await reader.read()).value);
    await expect.poll(() => stateOf(id)).toBe('queued');
    expect(await alarmOf(id)).not.toBeNull();
    await reader.cancel();
  });

  it('that is lost is noticed by the housekeeping of its site, though nobody reads or asks', async () => {
    const { id, now } = await runningJob();
    await loseAlarm(id);
    await setClock(id, now + 46_000);
    const site = env.SITE.get(env.SITE.idFromName('fab1'));
    const silentSince = (atMs: number) =>
      runInDurableObject(site, (_instance, { storage }) => {
        const { rowsWritten } = storage.sql.exec('UPDATE job SET announced_at_ms = ? WHERE job_id = ?', atMs, id);
        expect(rowsWritten).toBeGreaterThan(0);
      });
    await silentSince(Date.now() - SILENT_MS + 20_000);
    expect(await runDurableObjectAlarm(site)).toBe(true);
    expect(await stateOf(id)).toBe('running');
    await silentSince(Date.now() - SILENT_MS);
    expect(await runDurableObjectAlarm(site)).toBe(true);
    await expect.poll(() => stateOf(id)).toBe('queued');
    expect(await alarmOf(id)).not.toBeNull();
  });

  it('that is lost before its site has heard of the job is noticed by the housekeeping as well', async () => {
    const { id, now } = await runningJob();
    await loseAlarm(id);
    await setClock(id, now + 46_000);
    const site = env.SITE.get(env.SITE.idFromName('fab1'));
    await runInDurableObject(site, (_instance, { storage }) => {
      for (const table of ['job_owner', 'job']) storage.sql.exec(`DELETE FROM ${table} WHERE job_id = ?`, id);
      storage.sql.exec(
        "INSERT INTO pending_job (job_id, owner, lane, reserved_at_ms) VALUES (?, 'somebody', 'interactive', ?)",
        id,
        Date.now() - UNHEARD_MS,
      );
    });
    expect(await runDurableObjectAlarm(site)).toBe(true);
    await expect.poll(() => stateOf(id)).toBe('queued');
  });

  it('that is lost of the housekeeping itself is set again by the next word of a bridge or a job', async () => {
    const site = env.SITE.get(env.SITE.idFromName('fab9'));
    const id = env.JOB.newUniqueId().toString();
    await runInDurableObject(site, async (instance: SiteObject, { storage }) => {
      const due = vi.spyOn(storage, 'getAlarm').mockResolvedValue(Date.now() - 60_000);
      const set = vi.spyOn(storage, 'setAlarm');
      try {
        await instance.release(id);
        expect(set).not.toHaveBeenCalled();
        const request = {
          kind: 'events',
          lane: 'interactive',
          owner: 'somebody',
          contentHash: 'a',
          share: true,
        } as const;
        await instance.reserve(request);
        expect(set).toHaveBeenCalled();
      } finally {
        due.mockRestore();
        set.mockRestore();
      }
    });
  });

  it('that is lost together with the memory of its object is set again by the next call', async () => {
    const { id } = await runningJob();
    await loseAlarm(id);
    await evictDurableObject(stubOf(id)).catch(() => undefined);
    unwrap(await jobOf(id).status());
    expect(await alarmOf(id)).not.toBeNull();
  });

  it('that is repeated, or comes too soon, changes nothing', async () => {
    const { id, now, lease } = await runningJob();
    for (let time = 0; time < 3; time++) expect(await runDurableObjectAlarm(stubOf(id))).toBe(true);
    expect(unwrap(await jobOf(id).renew(lease, 'events')).cancelled).toBe(false);
    // It has lasted a whole lease from here on.
    await setClock(id, now + 30_001);
    for (let time = 0; time < 3; time++) expect(await runDurableObjectAlarm(stubOf(id))).toBe(true);
    expect(unwrap(await jobOf(id).status()).status.state).toBe('queued');
    const next = await leaseJob(jobOf(id));
    expect(next.epoch).toBe(lease.epoch + 1);
    for (let time = 0; time < 3; time++) expect(await runDurableObjectAlarm(stubOf(id))).toBe(true);
    expect(unwrap(await jobOf(id).renew(next, 'events')).cancelled).toBe(false);
  });
});
