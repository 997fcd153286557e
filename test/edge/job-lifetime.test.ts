import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { decodeJobEvent } from '#protocol/job-event.ts';
import type { JobObject } from '../../src/job/job-object.ts';
import { unwrap } from '../../src/outcome.ts';
import { siteStub } from '../../src/site/stubs.ts';
import { createRequest, leaseJob, writeDomain } from '../helpers/edge-job.ts';
import { makeChunk } from '../helpers/make-chunk.ts';
import type { Stub } from './job-harness.ts';
import { asApi, newJob } from './job-harness.ts';
import { eventually } from '../helpers/eventually.ts';

/** What only shows when time passes, objects are thrown out, or many come at once. */

const records = (count: number) => Array.from({ length: count }, (_, index) => ({ CONTAINERID: 'x', N: index }));

const setClock = (stub: Stub, now: number) =>
  runInDurableObject(stub, (instance: JobObject) => void (instance.now = () => now));

const announceAtMs = (stub: Stub) =>
  runInDurableObject(
    stub,
    (_instance, { storage }) =>
      storage.sql.exec<{ due: number | null }>('SELECT announce_at_ms AS due FROM job').one().due,
  );

const INTERACTIVE = {
  kind: 'seed_resolve',
  lane: 'interactive',
  resume: 'restart',
  domains: ['seeds'],
  params: { kind: 'seed_resolve', input_type: 'lot_id', values: ['A*'] },
} as const;

describe('a crowd', () => {
  it('of long-polls is answered: those there is no room for at once, the others when the job changes', async () => {
    const { id, job } = newJob();
    unwrap(await job.create(createRequest(id)));
    const { etag } = unwrap(await job.status());
    let answered = 0;
    const polls = Array.from({ length: 300 }, async () => {
      const answer = unwrap(await job.waitForChange(etag, 25_000));
      answered++;
      return answer;
    });
    await eventually(() => expect(answered).toBe(300 - 256));
    unwrap(await job.cancel({ owner: 'local', force: false }));
    const states = (await Promise.all(polls)).map(({ status }) => status.state);
    expect(states.filter((state) => state === 'cancelled')).toHaveLength(256);
  });
});

describe('a job that failed for now', () => {
  it('comes back into the queue when its backoff is over, not at its next heartbeat', async () => {
    const { id, job, stub } = newJob();
    const now = Date.now();
    await setClock(stub, now);
    unwrap(await job.create(createRequest(id)));
    const lease = await leaseJob(job);
    unwrap(await job.fail(lease, { code: 'WAREHOUSE_UNAVAILABLE', detail: 'Not now.', retryable: true }));
    await eventually(async () => expect(await announceAtMs(stub)).toBe(now + 1000));
    await setClock(stub, now + 1000);
    await runDurableObjectAlarm(stub);
    await eventually(async () => expect(await announceAtMs(stub)).toBe(now + 31_000));
    expect((await leaseJob(job)).epoch).toBe(2);
  });
});

describe('an alarm', () => {
  it('is set again even if what it does fails', async () => {
    const { id, job, stub } = newJob();
    unwrap(await job.create(createRequest(id)));
    await runInDurableObject(stub, async (instance: JobObject, { storage }) => {
      const { life } = storage.sql.exec<{ life: string }>('SELECT life FROM job').one();
      storage.sql.exec("UPDATE job SET life = '{'");
      await storage.deleteAlarm();
      await expect(instance.alarm()).rejects.toThrow('JSON');
      expect(await storage.getAlarm()).toBeGreaterThan(Date.now());
      storage.sql.exec('UPDATE job SET life = ?', life);
    });
  });

  it('is set for a job that is made in an object that had one before', async () => {
    const { id, job, stub } = newJob();
    const change = { ...INTERACTIVE, domains: [...INTERACTIVE.domains], params: { ...INTERACTIVE.params, values: [] } };
    unwrap(await job.create(createRequest(id, change)));
    unwrap(await job.cancel({ owner: 'local', force: false }));
    const later = Date.now() + 300_001;
    await setClock(stub, later);
    expect(await job.status()).toMatchObject({ ok: false, code: 'JOB_NOT_FOUND' });
    unwrap(await job.create(createRequest(id, change)));
    await runInDurableObject(stub, async (_instance, { storage }) => {
      expect(await storage.getAlarm()).not.toBeNull();
    });
  });
});

describe('an object that holds no job', () => {
  it('answers a chunk with 404 as everything else', async () => {
    const { job } = newJob();
    const chunk = makeChunk(records(1), { domain: 'history' });
    const key = { epoch: 1, nonce: 'a'.repeat(32) };
    expect(await job.putChunk(key, chunk.head, chunk.segment)).toMatchObject({ ok: false, code: 'JOB_NOT_FOUND' });
  });
});

describe('a whole job in one call', () => {
  it('calls containers of a failed domain empty as far as they were read, and failed behind that', async () => {
    const { id, job } = newJob();
    unwrap(await job.create(createRequest(id, { domains: ['history', 'materials', 'holds'] })));
    const lease = await leaseJob(job);
    const chunk = makeChunk(records(2), { domain: 'materials' });
    const { domain: _domain, batch: _batch, ...head } = chunk.head;
    const failed = { status: 'failed', code: 'QUERY_TIMEOUT' } as const;
    const domains = [
      { domain: 'history' as const, ids_to: 0, containers_found: 0, ...failed },
      {
        domain: 'materials' as const,
        chunk: { ...head, segment_bytes: chunk.segment.byteLength },
        ids_to: 7,
        containers_found: 4,
        ...failed,
      },
      { domain: 'holds' as const, ids_to: 10, containers_found: 0, status: 'complete' as const },
    ];
    unwrap(await job.complete(lease, { domains }, [chunk.segment]));
    const stream = await job.fetch(new Request('https://job/stream?gzip=0'));
    const lines = new TextDecoder()
      .decode(await stream.arrayBuffer())
      .trimEnd()
      .split('\n')
      .map(decodeJobEvent);
    expect(lines.filter((line) => line.type === 'domain_end').map((line) => line.containers)).toEqual([
      { requested: 10, found: 0, empty: 0, failed: 10 },
      { requested: 10, found: 4, empty: 3, failed: 3 },
      { requested: 10, found: 0, empty: 10, failed: 0 },
    ]);
  });
});

describe('an owner who joins', () => {
  it('has the job in the list of the site at once, also when it has ended', async () => {
    const { id, job } = newJob();
    unwrap(await job.create(createRequest(id, { site: 'joined1' })));
    const listOf = async (owner: string) => {
      const list = unwrap(await siteStub(env, 'joined1').list({ owner, limit: 10 }));
      return list.jobs.map((summary) => `${summary.job_id} ${summary.state}`);
    };
    await eventually(async () => expect(await listOf('local')).toEqual([`${id} queued`]));
    unwrap(await job.create({ ...createRequest(id, { site: 'joined1' }), owner: 'second' }));
    await eventually(async () => expect(await listOf('second')).toEqual([`${id} queued`]));
    unwrap(await job.cancel({ owner: 'local', force: true }));
    await eventually(async () => expect(await listOf('local')).toEqual([`${id} cancelled`]));
    unwrap(await job.create({ ...createRequest(id, { site: 'joined1' }), owner: 'third' }));
    await eventually(async () => expect(await listOf('third')).toEqual([`${id} cancelled`]));
  });
});

describe('a status', () => {
  it('of a finished job has the same tag when its object was thrown out of memory', async () => {
    const { id, job, stub } = newJob();
    const now = Date.now();
    await setClock(stub, now);
    unwrap(await job.create(createRequest(id, { domains: ['history'] })));
    const lease = await leaseJob(job);
    for (const batch of [1, 2]) {
      await setClock(stub, now + batch * 1000);
      const chunk = makeChunk(records(2), { domain: 'history', batch });
      unwrap(await job.putChunk(lease, chunk.head, chunk.segment));
      const range = { first_batch: batch, last_batch: batch, ids_to: batch * 5, records: 2, containers_found: 1 };
      unwrap(await job.seal(lease, 'history', range));
    }
    unwrap(await job.renew(lease, 'reading history'));
    unwrap(await job.endDomain(lease, 'history', { status: 'complete', totals: { records: 4, batches: 2 } }));
    unwrap(await job.finish(lease, { records: 4 }));
    const before = unwrap(await job.status());
    expect(before.status.progress).toMatchObject({ percent: 100, records_per_second: 2, phase: 'events' });
    await evictDurableObject(stub).catch(() => undefined);
    const after = unwrap(await asApi(env.JOB.get(env.JOB.idFromString(id))).status());
    expect(after).toEqual(before);
  });

  it('names the same moment of creation as the bridge and the stream', async () => {
    const { id, job } = newJob();
    unwrap(await job.create(createRequest(id, { created_at: '2026-01-01T00:00:00.000Z' })));
    const lease = await leaseJob(job);
    expect(lease.spec.created_at).toBe(unwrap(await job.status()).status.created_at);
  });

  it('keeps its pace when a bridge asks in vain for the job', async () => {
    const { id, job, stub } = newJob();
    const now = Date.now();
    await setClock(stub, now);
    unwrap(await job.create(createRequest(id, { domains: ['history'] })));
    const lease = await leaseJob(job);
    await setClock(stub, now + 1000);
    await writeDomain(job, lease, { domain: 'history', records: records(4), batchRecords: 2, idsTo: 10 });
    const before = unwrap(await job.status());
    const other = { requestId: 'f'.repeat(32), bridgeId: 'bridge-2', bootId: 'boot-2' };
    expect(unwrap(await job.lease(other))).toBeUndefined();
    expect(unwrap(await job.status()).etag).toBe(before.etag);
  });
});
