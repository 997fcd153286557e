import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { ANSWER_SHA256_HEADER, completeHeadSchema } from '#protocol/bridge-message.ts';
import { packContainerIds } from '#protocol/ids.ts';
import { LEASE_HEADER } from '#protocol/lease.ts';
import type { EdgeClient } from '../../oracle-bridge/edge/edge-client.ts';
import { isPassingStatus, parseRetryAfterMs, pauseBeforeRetryMs } from '../../oracle-bridge/edge/retry.ts';
import { createLogger } from '../../oracle-bridge/log.ts';
import type { Reply } from '../helpers/bridge-http-double.ts';
import { HttpDouble, problem } from '../helpers/bridge-http-double.ts';
import { JOB_ID, NONCE, makeEdge, makeLease } from '../helpers/bridge-samples.ts';
import { makeChunk } from '../helpers/make-chunk.ts';

const lease = makeLease();
const leaseRequest = { request_id: NONCE, boot_id: NONCE, slots: { interactive: 1, batch: 1 } };
const never = new AbortController().signal;
const opened: { close: () => Promise<void> }[] = [];

/** An edge that gives these answers one after the other, the last one for ever. */
async function startEdge(...replies: Reply[]): Promise<{ edge: HttpDouble; client: EdgeClient }> {
  let next = 0;
  const edge = await HttpDouble.start({
    reply: () => replies[Math.min(next++, replies.length - 1)] ?? { status: 204 },
  });
  const { client } = await makeEdge(edge.url);
  opened.push(client, edge);
  return { edge, client };
}

afterEach(async () => {
  for (const { close } of opened.splice(0).map((part) => ({ close: () => part.close() }))) await close();
});

describe('calls to the edge', () => {
  it('are signed, carry the lease, and hold a chunk’s facts in headers', async () => {
    const { edge, client } = await startEdge({ status: 200, body: { credit: 5 } });
    const { head, segment } = makeChunk([{ a: 1 }, { a: 2 }], { batch: 7 });
    await expect(client.putChunk(lease, head, segment, never)).resolves.toBe(5);

    const [call] = edge.calls;
    expect(call).toMatchObject({ method: 'PUT', path: `/bridge/v1/jobs/${JOB_ID}/domains/materials/chunks/7` });
    expect(call?.body).toEqual(Buffer.from(segment));
    expect(call?.headers).toMatchObject({
      [LEASE_HEADER]: `1.${NONCE}`,
      'lotstream-count': '2',
      'lotstream-raw-bytes': String(head.raw_bytes),
      'lotstream-crc32': String(head.crc32),
      'lotstream-sha256': head.sha256,
      'content-length': String(segment.byteLength),
    });
    expect(decodeJwt(call?.headers.authorization?.replace('Bearer ', '') ?? '')).toMatchObject({
      method: 'PUT',
      path: call?.path,
      body_sha256: createHash('sha256').update(segment).digest('hex'),
    });
  });

  it('send a whole job as length, head and segments', async () => {
    const { edge, client } = await startEdge({ status: 204 });
    const first = makeChunk([{ a: 1 }]);
    const second = makeChunk([{ b: 2 }], { domain: 'rejects' });
    const domains = [first, second].map(({ head, segment }) => {
      const { count, raw_bytes, crc32, sha256, domain } = head;
      const chunk = { count, raw_bytes, crc32, sha256, segment_bytes: segment.byteLength };
      return { domain, chunk, ids_to: 3, containers_found: 1, status: 'complete' as const };
    });
    await client.complete(lease, { domains }, [first.segment, second.segment], never);
    const body = edge.calls[0]?.body ?? Buffer.alloc(4);
    const headEnd = 4 + body.readUInt32BE(0);
    expect(completeHeadSchema.parse(JSON.parse(body.subarray(4, headEnd).toString())).domains).toEqual(domains);
    expect(body.subarray(headEnd)).toEqual(Buffer.concat([first.segment, second.segment]));
  });

  it('are repeated after lost connections and answers that pass, over the same path with a new token', async () => {
    const { edge, client } = await startEdge('reset', { status: 503 }, problem(429, 'RATE_LIMITED'), {
      status: 200,
      body: { credit: 8 },
    });
    await expect(client.seal(lease, 'materials', sealOf(), never)).resolves.toBe(8);
    expect(edge.calls).toHaveLength(4);
    expect(new Set(edge.calls.map((call) => call.body.toString())).size).toBe(1);
  });

  it('are repeated when what stands before the edge fails in a way of its own', async () => {
    const { edge, client } = await startEdge({ status: 408 }, { status: 520 }, { status: 530 }, { status: 204 });
    await client.finish(lease, { records: 0 }, never);
    expect(edge.calls).toHaveLength(4);
  });

  it('wait as long as Retry-After says', async () => {
    const { client } = await startEdge({ status: 503, headers: { 'retry-after': '1' } }, { status: 204 });
    const startedAtMs = performance.now();
    await client.finish(lease, { records: 0 }, never);
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(990);
  });

  it('give up when Retry-After is longer than a lease lives', async () => {
    const { edge, client } = await startEdge(problem(503, 'WAREHOUSE_UNAVAILABLE'), { status: 204 });
    edge.calls.length = 0;
    const strict = await startEdge({ status: 503, headers: { 'retry-after': '3600' } });
    await expect(strict.client.finish(lease, { records: 0 }, never)).rejects.toMatchObject({
      code: 'BRIDGE_UNAVAILABLE',
    });
    expect(strict.edge.calls).toHaveLength(1);
    await client.finish(lease, { records: 0 }, never);
    expect(edge.calls).toHaveLength(2);
  });

  it('stop at once when they are fenced, with the code and members of the edge', async () => {
    const { edge, client } = await startEdge(problem(409, 'LEASE_FENCED'));
    await expect(client.finish(lease, { records: 1 }, never)).rejects.toMatchObject({ code: 'LEASE_FENCED' });
    expect(edge.calls).toHaveLength(1);

    const gaps = await startEdge(problem(409, 'CHUNKS_MISSING', { missing: [3, 4] }));
    await expect(gaps.client.seal(lease, 'materials', sealOf(), never)).rejects.toMatchObject({
      code: 'CHUNKS_MISSING',
      members: { missing: [3, 4] },
    });
  });

  it('end with the caller’s signal, in an attempt and between two', async () => {
    for (const reply of ['hang', { status: 503, headers: { 'retry-after': '15' } }] as const) {
      const called = Promise.withResolvers<void>();
      const edge = await HttpDouble.start({
        reply: () => {
          called.resolve();
          return reply;
        },
      });
      const { client } = await makeEdge(edge.url);
      opened.push(client, edge);
      const abort = new AbortController();
      void called.promise.then(() => abort.abort(new Error('enough')));
      await expect(client.finish(lease, { records: 1 }, abort.signal)).rejects.toThrow('enough');
    }
  });

  it('keep one connection for many answers, problems included', async () => {
    const { edge, client } = await startEdge(problem(422, 'CHUNK_CORRUPT'), { status: 204 });
    await expect(client.finish(lease, { records: 1 }, never)).rejects.toMatchObject({ code: 'CHUNK_CORRUPT' });
    for (let repeat = 0; repeat < 5; repeat++) await client.finish(lease, { records: 1 }, never);
    expect(edge.connections).toBe(1);
  });

  it('refuse answers they do not understand', async () => {
    const { client } = await startEdge({ status: 200, body: { leases: 'none' } });
    await expect(client.lease(leaseRequest, never)).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('leave out a lease that they do not understand, say so, and keep the others', async () => {
    const other = makeLease({ job_id: 'b'.repeat(64) });
    const newer = { ...makeLease(), spec: { ...lease.spec, kind: 'forecast' } };
    const edge = await HttpDouble.start({ reply: () => ({ status: 200, body: { leases: [lease, newer, other] } }) });
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const { client } = await makeEdge(edge.url, createLogger({ level: 'error', destination }));
    opened.push(client, edge);
    await expect(client.lease(leaseRequest, never)).resolves.toEqual([lease, other]);
    expect(lines).toEqual([expect.stringContaining('is not understood and left out')]);
  });

  it('read ids as bytes and refuse a torn page', async () => {
    const packed = packContainerIds(['00000000000000aa', '48812c8000039e15']);
    const { edge, client } = await startEdge({ status: 200, body: packed }, { status: 200, body: packed.subarray(1) });
    await expect(client.readIds(lease, { from: 4, count: 2 }, never)).resolves.toEqual(Buffer.from(packed));
    expect(edge.calls[0]?.path).toBe(`/bridge/v1/jobs/${JOB_ID}/ids?from=4&count=2`);
    await expect(client.readIds(lease, { from: 4, count: 2 }, never)).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('are repeated when their answer is not the bytes that the edge has sent', async () => {
    const packed = packContainerIds(['48812c8000039e15']);
    const other = packContainerIds(['48812c8000039e14']);
    const sent = { [ANSWER_SHA256_HEADER]: createHash('sha256').update(packed).digest('hex') };
    const { edge, client } = await startEdge(
      { status: 200, body: other, headers: sent },
      { status: 200, body: packed, headers: { [ANSWER_SHA256_HEADER]: '' } },
      { status: 200, body: packed },
    );
    await expect(client.readIds(lease, { from: 0, count: 1 }, never)).resolves.toEqual(Buffer.from(packed));
    expect(edge.calls).toHaveLength(3);
  });

  it('do not send what the edge would not read', async () => {
    const { edge, client } = await startEdge({ status: 204 });
    const call = client.aggregate(lease, { text: 'x'.repeat(3_000_000) }, never);
    await expect(call).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' });
    expect(edge.calls).toHaveLength(0);
  });
});

describe('pauses between attempts', () => {
  it('double up to five seconds and are jittered down to their half', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 50].map((attempt) => pauseBeforeRetryMs(attempt, 1))).toEqual([
      200, 400, 800, 1600, 3200, 5000, 5000, 5000,
    ]);
    expect(pauseBeforeRetryMs(3, 0)).toBe(400);
  });

  it('are made before what may pass, and before nothing else', () => {
    expect([408, 425, 429, 500, 502, 503, 504, 520, 527, 530].every(isPassingStatus)).toBe(true);
    expect([400, 401, 404, 409, 413, 507].some(isPassingStatus)).toBe(false);
  });

  it('follow Retry-After in seconds or as a date', () => {
    const now = Date.parse('2026-11-01T00:00:00Z');
    expect(parseRetryAfterMs('7', now)).toBe(7000);
    expect(parseRetryAfterMs('Sun, 01 Nov 2026 00:00:10 GMT', now)).toBe(10_000);
    expect(parseRetryAfterMs('Sat, 31 Oct 2026 00:00:10 GMT', now)).toBe(0);
    expect(parseRetryAfterMs('soon', now)).toBeUndefined();
    expect(parseRetryAfterMs(undefined, now)).toBeUndefined();
  });
});

function sealOf() {
  return { first_batch: 1, last_batch: 1, ids_to: 3, records: 2, containers_found: 2 };
}
