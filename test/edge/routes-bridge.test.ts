import { describe, expect, it } from 'vitest';
import { ANSWER_SHA256_HEADER } from '#protocol/bridge-message.ts';
import type { JobAccepted } from '#protocol/job.ts';
import type { Lease } from '#protocol/lease.ts';
import { formatLeaseHeader, LEASE_HEADER } from '#protocol/lease.ts';
import { hexOf, sha256Hex } from '../../src/access/digest.ts';
import type { Env } from '../../src/env.ts';
import { bridgeBodyBudget } from '../../src/stream/isolate-budget.ts';
import {
  bridgeCall,
  call,
  connectBridge,
  leaseRequest,
  makeEnv,
  post,
  problemOf,
  signToken,
  takeLeases,
} from './app-harness.ts';
import { makeCompleteBody, makeSegment } from './segment-maker.ts';

const IDS = ['488103800029578b', '48812c8000039e15', 'ffffffffffffffff'];

/** A leased job of its own site. */
async function leaseJob(site: string): Promise<{ env: Env; lease: Lease; path: string }> {
  const env = makeEnv({ SITES: site });
  await connectBridge(env);
  const body = { profile: 'query_tool', domains: ['materials'], container_ids: IDS };
  await (await post(env, '/api/trace/events', body, { prefer: 'respond-async' })).json<JobAccepted>();
  const [lease] = await takeLeases(env);
  if (!lease) throw new Error('no lease');
  return { env, lease, path: `/bridge/v1/jobs/${lease.job_id}` };
}

function tell(env: Env, lease: Lease, path: string, message: unknown): Promise<Response> {
  return bridgeCall(env, path, { body: JSON.stringify(message), lease });
}

describe('a call about a job', () => {
  it('without a lease, or with half of one, is fenced', async () => {
    const { env, path, lease } = await leaseJob('bridge1');
    const { nonce } = lease;
    for (const header of [
      '',
      '1',
      nonce,
      `0.${nonce}`,
      `1.${nonce.slice(1)}`,
      `1.${nonce}0`,
      `2.${nonce}`,
      `1.${'0'.repeat(32)}`,
    ]) {
      const body = JSON.stringify({ progress: { phase: 'events' } });
      const response = await bridgeCall(env, `${path}/renew`, { body, headers: { [LEASE_HEADER]: header } });
      expect({ header, ...(await problemOf(response)) }).toMatchObject({ header, status: 409, code: 'LEASE_FENCED' });
    }
  });

  it('of a made-up job is 404', async () => {
    const { env, lease } = await leaseJob('bridge2');
    for (const id of ['x', 'a'.repeat(64)]) {
      const response = await tell(env, lease, `/bridge/v1/jobs/${id}/finish`, { records: 0 });
      expect(await problemOf(response)).toMatchObject({ status: 404, code: 'JOB_NOT_FOUND' });
    }
  });

  it('refuses bodies that its schema does not know', async () => {
    const { env, lease, path } = await leaseJob('bridge3');
    const BAD: readonly (readonly [rest: string, body: unknown])[] = [
      ['renew', {}],
      ['renew', { progress: { phase: 'x'.repeat(65) } }],
      ['fail', { code: 'BOOM', detail: 'x', retryable: false }],
      ['cancelled', { database: 'maybe' }],
      ['finish', { records: -1 }],
      ['domains/materials/seal', { first_batch: 0, ids_to: 1, records: 0, containers_found: 0 }],
      ['domains/materials/end', { status: 'done', totals: { records: 0, batches: 0 } }],
    ];
    for (const [rest, body] of BAD)
      expect({ rest, ...(await problemOf(await tell(env, lease, `${path}/${rest}`, body))) }).toMatchObject({
        rest,
        status: 400,
        code: 'INVALID_PARAMS',
      });
    const malformed = await bridgeCall(env, `${path}/finish`, { body: '{', lease });
    expect(await problemOf(malformed)).toMatchObject({ code: 'INVALID_PARAMS' });
    const seal = { first_batch: 1, ids_to: 1, records: 0, containers_found: 0 };
    expect(await problemOf(await tell(env, lease, `${path}/domains/lots/seal`, seal))).toMatchObject({
      status: 400,
      code: 'UNKNOWN_DOMAIN',
    });
  });

  it('renews, and says when the job was cancelled', async () => {
    const { env, lease, path } = await leaseJob('bridge4');
    const renewal = { progress: { phase: 'events' } };
    expect(await (await tell(env, lease, `${path}/renew`, renewal)).json()).toEqual({
      ttl_ms: 30_000,
      cancelled: false,
    });
    await call(env, `/api/trace/job/${lease.job_id}`, { method: 'DELETE' });
    expect(await (await tell(env, lease, `${path}/renew`, renewal)).json()).toMatchObject({ cancelled: true });
  });
});

describe('the ids of a job', () => {
  it('come packed, from any place', async () => {
    const { env, lease, path } = await leaseJob('bridge5');
    const response = await bridgeCall(env, `${path}/ids?from=1&count=20000`, { method: 'GET', lease });
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    const ids = await response.bytes();
    expect(hexOf(ids)).toBe(IDS.slice(1).join(''));
    // The bridge believes no others.
    expect(response.headers.get(ANSWER_SHA256_HEADER)).toBe(await sha256Hex(ids));
  });

  it.each(['count=5', 'from=0', 'from=-1&count=5', 'from=0&count=0', 'from=0&count=20001', 'from=a&count=5'])(
    'with the query "%s" are refused',
    async (query) => {
      const env = makeEnv({ SITES: 'bridge6' });
      const id = env.JOB.newUniqueId().toString();
      const headers = { [LEASE_HEADER]: formatLeaseHeader({ epoch: 1, nonce: '0'.repeat(32) }) };
      const response = await bridgeCall(env, `/bridge/v1/jobs/${id}/ids?${query}`, { method: 'GET', headers });
      expect(await problemOf(response)).toMatchObject({ status: 400, code: 'INVALID_PARAMS' });
    },
  );
});

async function putChunk(
  target: { env: Env; lease: Lease; path: string },
  change: { headers?: Record<string, string>; rest?: string; body?: Uint8Array<ArrayBuffer> } = {},
): Promise<Response> {
  const { head, segment } = await makeSegment([{ CONTAINERID: IDS[0] }], { domain: 'materials', batch: 1 });
  return bridgeCall(target.env, `${target.path}/${change.rest ?? 'domains/materials/chunks/1'}`, {
    method: 'PUT',
    lease: target.lease,
    body: change.body ?? segment,
    headers: {
      'lotstream-count': String(head.count),
      'lotstream-raw-bytes': String(head.raw_bytes),
      'lotstream-crc32': String(head.crc32),
      'lotstream-sha256': head.sha256,
      ...change.headers,
    },
  });
}

describe('a chunk', () => {
  it('is staged, and again without any change', async () => {
    const target = await leaseJob('bridge7');
    const first = await putChunk(target);
    expect(await first.json()).toEqual({ credit: 7 });
    expect(await (await putChunk(target)).json()).toEqual({ credit: 7 });
  });

  it('that is described badly is refused', async () => {
    const target = await leaseJob('bridge8');
    const BAD: readonly Record<string, string>[] = [
      { 'lotstream-count': '0' },
      { 'lotstream-count': '1e3' },
      { 'lotstream-raw-bytes': String(8 * 1024 * 1024 + 1) },
      { 'lotstream-crc32': String(2 ** 32) },
      { 'lotstream-crc32': '-1' },
      { 'lotstream-sha256': 'F'.repeat(64) },
    ];
    for (const headers of BAD)
      expect({ headers, ...(await problemOf(await putChunk(target, { headers }))) }).toMatchObject({
        headers,
        status: 400,
        code: 'INVALID_PARAMS',
      });
    for (const rest of ['domains/materials/chunks/0', 'domains/materials/chunks/one'])
      expect(await problemOf(await putChunk(target, { rest }))).toMatchObject({ code: 'INVALID_PARAMS' });
    expect(await problemOf(await putChunk(target, { rest: 'domains/lots/chunks/1' }))).toMatchObject({
      code: 'UNKNOWN_DOMAIN',
    });
    expect(await problemOf(await putChunk(target, { headers: { 'lotstream-crc32': '1' } }))).toMatchObject({
      status: 422,
      code: 'CHUNK_CORRUPT',
    });
  });

  it('must say its length, and one that is too large is refused unread', async () => {
    const { env, lease, path } = await leaseJob('bridge9');
    const url = `${path}/domains/materials/chunks/1`;
    const authorization = `Bearer ${await signToken({ method: 'PUT', path: url })}`;
    let pulled = 0;
    for (const length of [undefined, '1900001']) {
      const body = new ReadableStream({ type: 'bytes', pull: () => void pulled++ }, { highWaterMark: 0 });
      const headers = {
        authorization,
        [LEASE_HEADER]: formatLeaseHeader(lease),
        ...(length === undefined ? {} : { 'content-length': length }),
      };
      const response = await call(env, url, { method: 'PUT', headers, body });
      expect(await problemOf(response)).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    }
    expect(pulled).toBe(0);
  });

  it('waits outside when the isolate holds too many bodies', async () => {
    const target = await leaseJob('bridge10');
    const release = bridgeBodyBudget.tryTake(bridgeBodyBudget.limitBytes - bridgeBodyBudget.usedBytes, Date.now());
    try {
      const response = await putChunk(target);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await problemOf(response)).toMatchObject({ status: 503, code: 'BRIDGE_UNAVAILABLE', retryable: true });
    } finally {
      release?.();
    }
    expect((await putChunk(target)).status).toBe(200);
    expect(bridgeBodyBudget.usedBytes).toBe(0);
  });
});

describe('a whole job in one call', () => {
  it('is refused when its lengths do not add up', async () => {
    const { env, lease, path } = await leaseJob('bridge11');
    const good = await makeCompleteBody(lease, { materials: [{ CONTAINERID: IDS[0] }] });
    const headOnly = Uint8Array.from([0, 0, 0, 2, 0x7b, 0x7d]);
    for (const body of [new Uint8Array(0), good.slice(0, 3), good.slice(0, 20), good.slice(0, -1), headOnly]) {
      const response = await bridgeCall(env, `${path}/complete`, { body, lease });
      expect(await problemOf(response)).toMatchObject({ status: 400, code: 'INVALID_PARAMS' });
    }
    const longer = Uint8Array.from([...good, 0]);
    expect((await bridgeCall(env, `${path}/complete`, { body: longer, lease })).status).toBe(400);
    expect((await bridgeCall(env, `${path}/complete`, { body: good, lease })).status).toBe(204);
    expect((await bridgeCall(env, `${path}/complete`, { body: good, lease })).status).toBe(204);
  });
});

describe('a lease call', () => {
  it.each([{}, { ...leaseRequest(), boot_id: 'x' }, { ...leaseRequest(), slots: { batch: 1 } }])(
    'with the body %j is refused',
    async (body) => {
      const response = await bridgeCall(makeEnv({ SITES: 'bridge12' }), '/bridge/v1/leases', {
        body: JSON.stringify(body),
      });
      expect(await problemOf(response)).toMatchObject({ status: 400, code: 'INVALID_PARAMS' });
    },
  );
});
