import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../src/outcome.ts';
import { containerId, containerIds, createRequest, leaseJob, writeDomain } from '../helpers/edge-job.ts';
import { deflateSegment, describeRaw, makeChunk } from '../helpers/make-chunk.ts';
import { LINEAGE_SPEC, newJob, ofType, readEvents, records } from './job-harness.ts';

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
