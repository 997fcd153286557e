import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { JobObject } from '../../src/job/job-object.ts';
import { unwrap } from '../../src/outcome.ts';
import { createRequest, leaseJob, writeDomain } from '../helpers/edge-job.ts';
import { makeChunk } from '../helpers/make-chunk.ts';
import type { Stub } from './job-harness.ts';
import { finishedJob, newJob, ofType, problemOf, readEvents, records } from './job-harness.ts';
import { eventually } from '../helpers/eventually.ts';

describe('owners', () => {
  it('stay as long as one of their calls waits', async () => {
    const { id, job } = newJob();
    unwrap(await job.create(createRequest(id)));
    unwrap(await job.create(createRequest(id)));
    unwrap(await job.withdraw('local'));
    expect(unwrap(await job.status()).status.state).toBe('queued');
    unwrap(await job.withdraw('stranger'));
    expect(unwrap(await job.status()).status.state).toBe('queued');
    unwrap(await job.withdraw('local'));
    expect(unwrap(await job.status()).status.state).toBe('cancelled');
  });

  it('who join while a job waits for its next attempt do not bring it into the queue before', async () => {
    const { id, job, stub } = newJob();
    unwrap(await job.create(createRequest(id)));
    const lease = await leaseJob(job);
    unwrap(await job.fail(lease, { code: 'WAREHOUSE_UNAVAILABLE', detail: 'away', retryable: true }));
    const dueAtMs = () =>
      runInDurableObject(stub, (_instance, state) => state.storage.sql.exec('SELECT announce_at_ms FROM job').one());
    const before = await dueAtMs();
    unwrap(await job.create({ ...createRequest(id), owner: 'second' }));
    expect(await dueAtMs()).toEqual(before);
  });

  it('withdraw one by one; only the last one cancels', async () => {
    const { id, job } = newJob();
    unwrap(await job.create(createRequest(id)));
    unwrap(await job.create({ ...createRequest(id), owner: 'second' }));
    expect(await job.cancel({ owner: 'stranger', force: false })).toMatchObject({ ok: false, code: 'FORBIDDEN' });
    expect(unwrap(await job.cancel({ owner: 'local', force: false }))).toEqual({ state: 'queued', withdrawn: true });
    expect(unwrap(await job.cancel({ owner: 'second', force: false }))).toEqual({
      state: 'cancelled',
      database: 'not_running',
    });
    expect(unwrap(await job.cancel({ owner: 'second', force: false }))).toEqual({
      state: 'cancelled',
      database: 'not_running',
    });
  });
});

describe('time', () => {
  const withClock = (stub: Stub, now: number) =>
    runInDurableObject(stub, (instance: JobObject) => void (instance.now = () => now));

  it('starts over when the moment of the warehouse is lost, and readers are told so', async () => {
    const { id, job, stub } = newJob();
    unwrap(await job.create(createRequest(id, { domains: ['history'] })));
    const first = await leaseJob(job);
    const chunk = makeChunk(records(3), { domain: 'history', batch: 1 });
    unwrap(await job.putChunk(first, chunk.head, chunk.segment));
    const range = { first_batch: 1, last_batch: 1, ids_to: 5, records: 3, containers_found: 1, moment: '4711' };
    unwrap(await job.seal(first, 'history', range));
    unwrap(await job.fail(first, { code: 'SNAPSHOT_LOST', detail: 'x', retryable: true }));
    await withClock(stub, Date.now() + 2000);
    const second = await leaseJob(job);
    expect(second).not.toHaveProperty('moment');
    expect(second.resume.history).toMatchObject({ next_batch: 1, ids_done: 0, records: 0 });
    await writeDomain(job, second, { domain: 'history', records: records(2), idsTo: 10 });
    unwrap(await job.finish(second, { records: 2 }));
    const events = await readEvents(job);
    expect(ofType(events, 'reset')).toEqual([{ type: 'reset', generation: 2, reason: 'SNAPSHOT_LOST' }]);
    expect(ofType(events, 'records').map((event) => event.count)).toEqual([2]);
    expect(ofType(events, 'complete')[0]).toMatchObject({ state: 'succeeded', total_records: 2 });
  });

  it('gives the moment of what was sealed to the next lease', async () => {
    const { id, job, stub } = newJob();
    unwrap(await job.create(createRequest(id, { domains: ['history'] })));
    const lease = await leaseJob(job);
    const empty = { first_batch: 1, ids_to: 5, records: 0, containers_found: 0 };
    unwrap(await job.seal(lease, 'history', { ...empty, moment: '4711' }));
    const other = await job.seal(lease, 'history', { ...empty, ids_to: 6, moment: '4712' });
    expect(other).toMatchObject({ ok: false, code: 'INVALID_PARAMS' });
    await withClock(stub, Date.now() + 31_000);
    expect(await leaseJob(job)).toMatchObject({ moment: '4711', resume: { history: { ids_done: 5 } } });
  });

  it('puts a job back into the queue when its lease runs out, and fences the late bridge', async () => {
    const { id, job, stub } = newJob();
    unwrap(await job.create(createRequest(id)));
    const lease = await leaseJob(job);
    await withClock(stub, Date.now() + 31_000);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(unwrap(await job.status()).status.state).toBe('queued');
    expect(await job.renew(lease, 'events')).toMatchObject({ ok: false, code: 'LEASE_FENCED' });
    expect((await leaseJob(job)).epoch).toBe(2);
  });

  it('writes the terminal line of a cancelled job when no report came in five seconds', async () => {
    const { id, job, stub } = newJob();
    unwrap(await job.create(createRequest(id)));
    const lease = await leaseJob(job);
    expect(unwrap(await job.cancel({ owner: 'local', force: false })).database).toBe('pending');
    expect(unwrap(await job.renew(lease, 'events')).cancelled).toBe(true);
    await withClock(stub, Date.now() + 5001);
    await runDurableObjectAlarm(stub);
    expect(ofType(await readEvents(job), 'cancelled')).toMatchObject([{ database: 'unconfirmed', total_records: 0 }]);
  });

  it('fails a job at its deadline and keeps what was sealed', async () => {
    const { id, job, stub } = newJob();
    unwrap(await job.create(createRequest(id)));
    const lease = await leaseJob(job);
    const chunk = makeChunk(records(2), { domain: 'history' });
    unwrap(await job.putChunk(lease, chunk.head, chunk.segment));
    unwrap(
      await job.seal(lease, 'history', { first_batch: 1, last_batch: 1, ids_to: 4, records: 2, containers_found: 1 }),
    );
    await withClock(stub, Date.now() + 1_800_001);
    await runDurableObjectAlarm(stub);
    const events = await readEvents(job);
    expect(ofType(events, 'error')).toMatchObject([{ code: 'JOB_TIMEOUT', total_records: 2 }]);
    expect(ofType(events, 'records')).toHaveLength(1);
  });

  it('expires a result after an hour, and forgets its tombstone after a week', async () => {
    const { job, stub } = await finishedJob();
    await withClock(stub, Date.now() + 3_600_001);
    await runDurableObjectAlarm(stub);
    expect(unwrap(await job.status()).status.state).toBe('expired');
    expect(await problemOf(await job.fetch(new Request('https://job/stream?gzip=0')))).toEqual({
      status: 410,
      code: 'JOB_RESULT_EXPIRED',
    });
    await withClock(stub, Date.now() + 3_600_001 + 7 * 86_400_000 + 1);
    await runDurableObjectAlarm(stub);
    expect(await job.status()).toMatchObject({ ok: false, code: 'JOB_NOT_FOUND' });
  });

  it('keeps the result of a small trace for an hour as well', async () => {
    const { job, stub } = await finishedJob({ lane: 'interactive' });
    await withClock(stub, Date.now() + 300_001);
    await runDurableObjectAlarm(stub);
    expect(unwrap(await job.status()).status.state).toBe('succeeded');
  });

  it('leaves nothing of a question of the query tool after five minutes', async () => {
    const { job, stub } = await finishedJob({ lane: 'interactive', kind: 'query_tool' });
    await withClock(stub, Date.now() + 300_001);
    // An alarm for an announcement may just be under way; the one that counts then comes behind it.
    await eventually(async () => {
      await runDurableObjectAlarm(stub);
      await runInDurableObject(stub, async (_instance, state) => {
        expect(state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'job'").toArray()).toEqual([]);
        expect(await state.storage.getAlarm()).toBeNull();
      });
    });
    expect(await job.status()).toMatchObject({ ok: false, code: 'JOB_NOT_FOUND' });
  });
});

describe('an object that holds no job', () => {
  it('answers 404, writes nothing and sets no alarm', async () => {
    const { job, stub } = newJob();
    expect(await job.status()).toMatchObject({ ok: false, code: 'JOB_NOT_FOUND' });
    expect(await job.cancel({ owner: 'local', force: true })).toMatchObject({ ok: false, code: 'JOB_NOT_FOUND' });
    expect((await job.fetch(new Request('https://job/stream?gzip=0'))).status).toBe(404);
    await runInDurableObject(stub, async (_instance, state) => {
      expect(state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '_cf%'").toArray()).toEqual([]);
      expect(await state.storage.getAlarm()).toBeNull();
    });
  });
});
