import { abortAllDurableObjects, env, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { createHash } from 'node:crypto';
import { decodeJobEvent, type JobEvent, type JobEventOf } from '#protocol/job-event.ts';
import { describe, expect, it, vi } from 'vitest';
import type { JobApi } from '../../src/job/job-api.ts';
import type { JobObject } from '../../src/job/job-object.ts';
import { unwrap } from '../../src/outcome.ts';
import { containerId, containerIds, createRequest, leaseJob, writeDomain } from '../helpers/edge-job.ts';
import { deflateSegment, describeRaw, makeChunk } from '../helpers/make-chunk.ts';

type Stub = DurableObjectStub<JobObject>;

function newJob(): { id: string; job: JobApi; stub: Stub } {
  const id = env.JOB.newUniqueId();
  const stub = env.JOB.get(id);
  return { id: id.toString(), job: asApi(stub), stub };
}

function asApi(stub: unknown): JobApi {
  return stub as JobApi;
}

const records = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ CONTAINERID: 'x', N: index, S: '焊接 😀\t"' }));

async function readBytes(job: JobApi, query: string): Promise<Uint8Array> {
  const response = await job.fetch(new Request(`https://job/stream?${query}`));
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}

async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function decodeLines(bytes: Uint8Array): JobEvent[] {
  return new TextDecoder().decode(bytes).trimEnd().split('\n').map(decodeJobEvent);
}

async function readEvents(job: JobApi, query = ''): Promise<JobEvent[]> {
  return decodeLines(await readBytes(job, `gzip=0${query}`));
}

const ofType = <Type extends JobEvent['type']>(events: JobEvent[], type: Type): JobEventOf<Type>[] =>
  events.filter((event): event is JobEventOf<Type> => event.type === type);

const problemOf = async (response: Response) => ({
  status: response.status,
  code: (await response.json<{ code: string }>()).code,
});

/** A job with `history` (7 records in 3 chunks) and an empty `materials`. */
async function finishedJob(change: Parameters<typeof createRequest>[1] = {}) {
  const made = newJob();
  unwrap(await made.job.create(createRequest(made.id, change)));
  const lease = await leaseJob(made.job);
  await writeDomain(made.job, lease, { domain: 'history', records: records(7), batchRecords: 3, idsTo: 10 });
  await writeDomain(made.job, lease, { domain: 'materials', records: [], idsTo: 10 });
  unwrap(await made.job.finish(lease, { records: 7 }));
  return { ...made, lease };
}

describe('the stream of a job', () => {
  it('holds what was sealed, with positions, ends and one terminal line', async () => {
    const { job } = await finishedJob();
    const types = (await readEvents(job)).map((event) => event.type);
    expect(types).toEqual(
      'meta domain_start records position records position records position domain_end domain_start domain_end progress complete'.split(
        ' ',
      ),
    );
  });

  it('proves itself: every digest follows from the lines', async () => {
    const { job } = await finishedJob();
    const text = new TextDecoder().decode(await readBytes(job, 'gzip=0'));
    const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');
    const lines = text.split(/(?<=\n)/);
    const chunks = lines.filter((line) => line.startsWith('{"type":"records"')).map(sha256);
    const events = decodeLines(new TextEncoder().encode(text));
    expect(ofType(events, 'position').map((event) => event.sha256)).toEqual(chunks);
    const ends = ofType(events, 'domain_end').map((event) => event.sha256);
    expect(ends).toEqual([sha256(chunks.join('')), sha256('')]);
    expect(ofType(events, 'complete')[0]).toMatchObject({
      sha256: sha256(ends.join('')),
      total_records: 7,
      state: 'succeeded',
    });
    expect(ofType(events, 'domain_end')[0]?.containers).toEqual({ requested: 10, found: 1, empty: 9, failed: 0 });
  });

  it('is the same as gzip and as identity', async () => {
    const { job } = await finishedJob();
    const gzipped = await readBytes(job, 'gzip=1');
    expect([gzipped[0], gzipped[1]]).toEqual([0x1f, 0x8b]);
    expect(await gunzip(gzipped)).toEqual(await readBytes(job, 'gzip=0'));
  });

  it('goes on behind every cursor with exactly what is left', async () => {
    const { job } = await finishedJob();
    const whole = await readEvents(job);
    for (const position of ofType(whole, 'position')) {
      const rest = await readEvents(job, `&after=${position.cursor}`);
      expect(rest[0]).toEqual(whole[0]);
      expect(rest.slice(1)).toEqual(whole.slice(whole.indexOf(position) + 1));
    }
  });

  it('shows records while the job runs, and ends when the job does', async () => {
    const { id, job } = newJob();
    unwrap(await job.create(createRequest(id, { domains: ['history'] })));
    const lease = await leaseJob(job);
    const response = await job.fetch(new Request('https://job/stream?gzip=0'));
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const readUntil = async (text: string) => {
      let held = '';
      while (!held.includes(text)) held += (await reader?.read())?.value ?? '';
      return held;
    };
    await readUntil('"type":"meta"');
    const chunk = makeChunk(records(2), { domain: 'history' });
    unwrap(await job.putChunk(lease, chunk.head, chunk.segment));
    unwrap(
      await job.seal(lease, 'history', { first_batch: 1, last_batch: 1, ids_to: 4, records: 2, containers_found: 1 }),
    );
    expect(await readUntil('"type":"position"')).toContain(
      '"type":"domain_start","domain":"history","batch":1,"total_batches":null',
    );
    await job.cancel({ owner: 'local', force: false });
    unwrap(await job.reportCancelled(lease, { database: 'confirmed' }));
    expect(await readUntil('"type":"cancelled"')).toContain('"total_records":2');
    expect((await reader?.read())?.done).toBe(true);
  });

  it('is read by ten at once, one of which leaves and one of which stalls', async () => {
    const { job } = await finishedJob();
    const stalled = await job.fetch(new Request('https://job/stream?gzip=0'));
    const leaving = await job.fetch(new Request('https://job/stream?gzip=0'));
    await leaving.body?.cancel();
    const whole = await readBytes(job, 'gzip=0');
    const others = await Promise.all(Array.from({ length: 10 }, () => readBytes(job, 'gzip=0')));
    for (const bytes of others) expect(bytes).toEqual(whole);
    expect(new Uint8Array(await stalled.arrayBuffer())).toEqual(whole);
  });

  it('refuses cursors that are malformed or of another job', async () => {
    const { job } = await finishedJob();
    const other = await finishedJob();
    const foreign = ofType(await readEvents(other.job), 'position')[0]?.cursor;
    for (const cursor of ['x', '', '%00', foreign]) {
      const response = await job.fetch(new Request(`https://job/stream?gzip=0&after=${cursor}`));
      expect(await problemOf(response)).toEqual({ status: 400, code: 'INVALID_CURSOR' });
    }
  });

  it('is whole after the object was thrown out of memory in the middle of the job', async () => {
    const { id, stub } = newJob();
    const fresh = () => env.JOB.get(env.JOB.idFromString(id)) as unknown as JobApi;
    unwrap(await (stub as unknown as JobApi).create(createRequest(id, { domains: ['history'] })));
    const lease = await leaseJob(fresh());
    const chunk = makeChunk(records(2), { domain: 'history' });
    unwrap(await fresh().putChunk(lease, chunk.head, chunk.segment));
    await abortAllDurableObjects();
    const seal = { first_batch: 1, last_batch: 1, ids_to: 10, records: 2, containers_found: 1 };
    unwrap(await fresh().seal(lease, 'history', seal));
    await abortAllDurableObjects();
    unwrap(await fresh().endDomain(lease, 'history', { status: 'complete', totals: { records: 2, batches: 1 } }));
    unwrap(await fresh().finish(lease, { records: 2 }));
    expect(ofType(await readEvents(fresh()), 'complete')).toHaveLength(1);
  });
});

describe('pages', () => {
  it('are the same records as the stream, wherever chunk edges fall', async () => {
    const { job } = await finishedJob();
    for (const [offset, limit] of [
      [0, 1],
      [0, 3],
      [2, 2],
      [2, 4],
      [0, 5000],
      [6, 1],
      [6, 5000],
      [7, 1],
      [99, 10],
    ] as const) {
      const response = await job.fetch(
        new Request(`https://job/result?domain=history&offset=${offset}&limit=${limit}`),
      );
      expect(await response.json()).toEqual({
        domain: 'history',
        offset,
        limit,
        total: 7,
        complete: true,
        data: records(7).slice(offset, offset + limit),
      });
    }
  });

  it('of an empty domain are empty, of an unknown one an error', async () => {
    const { job } = await finishedJob();
    const empty = await job.fetch(new Request('https://job/result?domain=materials&offset=0&limit=10'));
    expect(await empty.json()).toMatchObject({ total: 0, data: [] });
    const unknown = await job.fetch(new Request('https://job/result?domain=holds&offset=0&limit=10'));
    expect(await problemOf(unknown)).toEqual({ status: 400, code: 'UNKNOWN_DOMAIN' });
  });

  it('without a domain are every record of a small job', async () => {
    const { id, job } = await finishedJob();
    expect(await (await job.fetch(new Request('https://job/records'))).json()).toEqual({
      job_id: id,
      state: 'succeeded',
      complete: true,
      results: { history: { count: 7, data: records(7) }, materials: { count: 0, data: [] } },
    });
  });

  it('of a job that runs come when asked by domain, but not as a whole', async () => {
    const { id, job } = newJob();
    unwrap(await job.create(createRequest(id)));
    expect(await problemOf(await job.fetch(new Request('https://job/records')))).toEqual({
      status: 409,
      code: 'JOB_NOT_COMPLETE',
    });
    const page = await job.fetch(new Request('https://job/result?domain=history&offset=0&limit=10'));
    expect(await page.json()).toMatchObject({ complete: false, data: [] });
  });
});

const LINEAGE_SPEC = {
  kind: 'lineage',
  resume: 'restart',
  params: { kind: 'lineage', direction: 'backward', follow_merges: false },
} as const;

describe('writing', () => {
  it('refuses hostile chunks and stores nothing of them', async () => {
    const { id, job, stub } = newJob();
    unwrap(await job.create(createRequest(id)));
    const lease = await leaseJob(job);
    const good = makeChunk(records(3), { domain: 'history' });
    const hostile = [
      { ...good.head, sha256: '0'.repeat(64) },
      { ...good.head, crc32: 1 },
      { ...good.head, raw_bytes: good.head.raw_bytes - 1 },
      { ...good.head, count: 2 },
      { ...good.head, batch: 2 },
    ];
    for (const head of hostile) {
      expect(await job.putChunk(lease, head, good.segment)).toMatchObject({ ok: false, code: 'CHUNK_CORRUPT' });
    }
    await runInDurableObject(stub, (_instance, state) => {
      expect(state.storage.sql.exec('SELECT count(*) AS n FROM segment').one()).toEqual({ n: 0 });
    });
  });

  it('refuses nodes that are not JSON, and stores nothing of them', async () => {
    const { id, job, stub } = newJob();
    unwrap(await job.create(createRequest(id, { ...LINEAGE_SPEC, domains: ['nodes', 'edges'] })));
    const lease = await leaseJob(job);
    const raw = new TextEncoder().encode(
      '{"type":"records","domain":"nodes","batch":1,"count":1,"data":[{"container_id":}]}\n',
    );
    const head = { domain: 'nodes', batch: 1, count: 1, ...describeRaw(raw) } as const;
    expect(await job.putChunk(lease, head, deflateSegment(raw))).toMatchObject({ ok: false, code: 'CHUNK_CORRUPT' });
    await runInDurableObject(stub, (_instance, state) => {
      expect(state.storage.sql.exec('SELECT count(*) AS n FROM segment').one()).toEqual({ n: 0 });
    });
  });

  it('takes nodes with an id that is none, and only then refuses to start a job from them', async () => {
    const source = newJob();
    unwrap(await source.job.create(createRequest(source.id, { ...LINEAGE_SPEC, domains: ['nodes', 'edges'] })));
    const lease = await leaseJob(source.job);
    const nodes = [{ container_id: containerId(1) }, { container_id: 'UNKNOWN' }];
    await writeDomain(source.job, lease, { domain: 'nodes', records: nodes, idsTo: 0 });
    await writeDomain(source.job, lease, { domain: 'edges', records: [], idsTo: 0 });
    unwrap(await source.job.finish(lease, { records: nodes.length }));
    const next = newJob();
    const { ids: _ids, ...request } = createRequest(next.id);
    expect(await next.job.create({ ...request, idsFrom: { job_id: source.id, domain: 'nodes' } })).toMatchObject({
      ok: false,
      code: 'INVALID_PARAMS',
      detail: expect.stringContaining('"UNKNOWN"'),
    });
  });

  it('takes a repeated chunk once, and no other content under the same number', async () => {
    const { id, job } = newJob();
    unwrap(await job.create(createRequest(id)));
    const lease = await leaseJob(job);
    const one = makeChunk(records(3), { domain: 'history' });
    const other = makeChunk(records(2), { domain: 'history' });
    expect(unwrap(await job.putChunk(lease, one.head, one.segment))).toEqual({ credit: 7 });
    expect(unwrap(await job.putChunk(lease, one.head, one.segment))).toEqual({ credit: 7 });
    expect(await job.putChunk(lease, other.head, other.segment)).toMatchObject({ ok: false, code: 'CHUNK_CORRUPT' });
    const far = makeChunk(records(1), { domain: 'history', batch: 9 });
    expect(await job.putChunk(lease, far.head, far.segment)).toMatchObject({ ok: false, code: 'CHUNKS_MISSING' });
  });

  it('names the chunks that a seal misses', async () => {
    const { id, job } = newJob();
    unwrap(await job.create(createRequest(id)));
    const lease = await leaseJob(job);
    const two = makeChunk(records(1), { domain: 'history', batch: 2 });
    unwrap(await job.putChunk(lease, two.head, two.segment));
    const seal = { first_batch: 1, last_batch: 3, ids_to: 5, records: 3, containers_found: 1 };
    expect(await job.seal(lease, 'history', seal)).toMatchObject({
      ok: false,
      code: 'CHUNKS_MISSING',
      members: { missing: [1, 3] },
    });
  });

  it('is fenced for every other lease', async () => {
    const { id, job } = newJob();
    unwrap(await job.create(createRequest(id)));
    const lease = await leaseJob(job);
    const chunk = makeChunk(records(1), { domain: 'history' });
    const stale = { epoch: lease.epoch, nonce: 'f'.repeat(32) };
    expect(await job.putChunk(stale, chunk.head, chunk.segment)).toMatchObject({ ok: false, code: 'LEASE_FENCED' });
    expect(await job.renew(stale, 'events')).toMatchObject({ ok: false, code: 'LEASE_FENCED' });
    expect(await job.finish(stale, { records: 0 })).toMatchObject({ ok: false, code: 'LEASE_FENCED' });
  });

  it('does a whole interactive job in one call, twice the same, or not at all', async () => {
    const { id, job, stub } = newJob();
    unwrap(
      await job.create(
        createRequest(id, {
          kind: 'seed_resolve',
          lane: 'interactive',
          resume: 'restart',
          domains: ['seeds'],
          params: { kind: 'seed_resolve', input_type: 'lot_id', values: ['A*'] },
        }),
      ),
    );
    const lease = await leaseJob(job);
    const chunk = makeChunk([{ container_id: containerId(1), lot_id: 'A1' }], { domain: 'seeds' });
    const { domain, batch: _batch, ...head } = chunk.head;
    const part = {
      domain,
      chunk: { ...head, segment_bytes: chunk.segment.byteLength },
      ids_to: 10,
      containers_found: 1,
      status: 'complete' as const,
    };
    const aggregation = { not_found: [], expansion_info: { 'A*': 1 }, warnings: [] };
    const broken = { ...part, chunk: { ...part.chunk, sha256: '0'.repeat(64) } };
    expect(await job.complete(lease, { domains: [broken], aggregation }, [chunk.segment])).toMatchObject({
      ok: false,
      code: 'CHUNK_CORRUPT',
    });
    await runInDurableObject(stub, (_instance, state) => {
      expect(state.storage.sql.exec('SELECT count(*) AS n FROM entry').one()).toEqual({ n: 0 });
    });
    unwrap(await job.complete(lease, { domains: [part], aggregation }, [chunk.segment]));
    unwrap(await job.complete(lease, { domains: [part], aggregation }, [chunk.segment]));
    expect(await (await job.fetch(new Request('https://job/answer'))).json()).toEqual({
      stage: 'seed_resolve',
      job_id: id,
      seed_count: 1,
      seeds: [{ container_id: containerId(1), lot_id: 'A1' }],
      ...aggregation,
    });
  });

  it('ends partial, and says so everywhere, when a domain failed', async () => {
    const { id, job } = newJob();
    unwrap(await job.create(createRequest(id)));
    const lease = await leaseJob(job);
    await writeDomain(job, lease, { domain: 'history', records: records(1), idsTo: 10 });
    unwrap(
      await job.endDomain(lease, 'materials', {
        status: 'failed',
        code: 'QUERY_TIMEOUT',
        detail: 'It took too long.',
        totals: { records: 0, batches: 0 },
      }),
    );
    unwrap(await job.finish(lease, { records: 1 }));
    const events = await readEvents(job);
    expect(ofType(events, 'warning')).toEqual([
      { type: 'warning', code: 'DOMAIN_FAILED', domain: 'materials', detail: 'It took too long.' },
    ]);
    expect(ofType(events, 'complete')[0]).toMatchObject({
      state: 'partial',
      quality: { status: 'partial', failed_domains: ['materials'] },
    });
    expect(ofType(events, 'domain_end')[1]?.containers).toEqual({ requested: 10, found: 0, empty: 0, failed: 10 });
  });
});

describe('a job that starts over', () => {
  it('gives its live reader a reset, and its old cursors 412', async () => {
    const { id, job } = newJob();
    unwrap(await job.create(createRequest(id, { ...LINEAGE_SPEC, domains: ['nodes', 'edges'] })));
    const lease = await leaseJob(job);
    const nodes = containerIds(2).map((container_id) => ({ container_id }));
    const chunk = makeChunk(nodes, { domain: 'nodes' });
    unwrap(await job.putChunk(lease, chunk.head, chunk.segment));
    unwrap(
      await job.seal(lease, 'nodes', { first_batch: 1, last_batch: 1, ids_to: 0, records: 2, containers_found: 1 }),
    );
    const live = await job.fetch(new Request('https://job/stream?gzip=0'));
    const reader = live.body?.pipeThrough(new TextDecoderStream()).getReader();
    let held = '';
    while (!held.includes('"type":"position"')) held += (await reader?.read())?.value ?? '';
    const cursor = /"cursor":"([^"]+)"/.exec(held)?.[1];
    const again = await leaseJob(job, { bootId: 'boot-2' });
    expect(again.epoch).toBe(lease.epoch + 1);
    while (!held.includes('"type":"reset"')) held += (await reader?.read())?.value ?? '';
    await reader?.cancel();
    const old = await job.fetch(new Request(`https://job/stream?gzip=0&after=${cursor}`));
    expect(await problemOf(old)).toEqual({ status: 412, code: 'GENERATION_CHANGED' });
  });
});

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
    await vi.waitFor(async () => {
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

describe('container ids', () => {
  it('come from another job: half a million, sorted, in one range or another', async () => {
    const source = newJob();
    unwrap(await source.job.create(createRequest(source.id, { ...LINEAGE_SPEC, domains: ['nodes', 'edges'] })));
    const lease = await leaseJob(source.job);
    const nodes = containerIds(500_000).map((container_id) => ({ container_id }));
    await writeDomain(source.job, lease, { domain: 'nodes', records: nodes, idsTo: 0 });
    await writeDomain(source.job, lease, { domain: 'edges', records: [], idsTo: 0 });
    unwrap(await source.job.finish(lease, { records: nodes.length }));

    const all = newJob();
    const { ids: _ids, ...request } = createRequest(all.id);
    const idsFrom = { job_id: source.id, domain: 'nodes' } as const;
    expect(unwrap(await all.job.create({ ...request, idsFrom })).status.cid_count).toBe(500_000);

    const part = newJob();
    const ranged = { ...createRequest(part.id), ids: undefined, idsFrom, idsRange: { from: 250_000, to: 250_003 } };
    const { ids: _none, ...partRequest } = ranged;
    expect(unwrap(await part.job.create(partRequest)).status.cid_count).toBe(3);
    const partLease = await leaseJob(part.job);
    expect(unwrap(await part.job.ids(partLease, 0, 10)).byteLength).toBe(24);

    const limited = await newJob().job.create({ ...request, idsFrom, maxIds: 200_000 });
    expect(limited).toMatchObject({ ok: false, code: 'CID_LIMIT_EXCEEDED', members: { ids: 500_000 } });
    const edges = await newJob().job.create({ ...request, idsFrom: { ...idsFrom, domain: 'edges' } });
    expect(edges).toMatchObject({ ok: false, code: 'INVALID_PARAMS' });
    const unknown = await newJob().job.create({ ...request, idsFrom: { ...idsFrom, job_id: newJob().id } });
    expect(unknown).toMatchObject({ ok: false, code: 'JOB_NOT_FOUND' });
  });
});
