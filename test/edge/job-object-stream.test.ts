import { abortAllDurableObjects, env } from 'cloudflare:test';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JobApi } from '../../src/job/job-api.ts';
import { unwrap } from '../../src/outcome.ts';
import { containerIds, createRequest, leaseJob } from '../helpers/edge-job.ts';
import { makeChunk } from '../helpers/make-chunk.ts';
import {
  decodeLines,
  finishedJob,
  LINEAGE_SPEC,
  newJob,
  ofType,
  problemOf,
  readBytes,
  readEvents,
  records,
} from './job-harness.ts';

async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
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
