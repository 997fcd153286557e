import { env as bindings, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import type { Env } from '../../src/env.ts';
import type { RateBucket } from '../../src/limits/rate-buckets.ts';
import type { RateLimitObject } from '../../src/limits/rate-limit-object.ts';
import type { RateWindow } from '../../src/limits/rate-window.ts';
import { call, connectBridge, makeEnv, post, problemOf } from './app-harness.ts';
import { eventually } from '../helpers/eventually.ts';

const ID = '488103800029578b';
const JOB = `/api/trace/job/${'a'.repeat(64)}`;
const RULE = { maxRequests: 2, windowSeconds: 60 };

function stubOf(owner: string): DurableObjectStub<RateLimitObject> {
  return bindings.RATE_LIMIT.getByName(owner);
}

/** A clock of the test's own. It begins now: the alarm is the platform's. */
async function setClock(stub: DurableObjectStub<RateLimitObject>, now: number): Promise<void> {
  await runInDurableObject(stub, (instance) => void (instance.now = () => now));
}

function count(stub: DurableObjectStub<RateLimitObject>, bucket: RateBucket = 'events') {
  return stub.count(bucket, RULE);
}

/** What the store of an object holds: requests by kind of call, and its alarm. */
async function storedBy(stub: DurableObjectStub<RateLimitObject>) {
  return runInDurableObject(stub, async (_instance, { storage }) => ({
    requests: Object.fromEntries(
      [...storage.kv.list<RateWindow>()].map(([bucket, { requests }]) => [bucket, requests]),
    ),
    alarm: await storage.getAlarm(),
  }));
}

/** Resolves when the store has what was counted. */
async function untilSaved(stub: DurableObjectStub<RateLimitObject>, requests: Record<string, number>): Promise<void> {
  await eventually(async () => expect((await storedBy(stub)).requests).toEqual(requests));
}

const ADMITTED = { admitted: true, remaining: 1, resetSeconds: 60 };
const LAST = { admitted: true, remaining: 0, resetSeconds: 60 };
const REFUSED = { admitted: false, remaining: 0, resetSeconds: 60 };

describe('the counters of a caller', () => {
  it('are exact when many requests come at once', async () => {
    const stub = stubOf('many');
    const counts = await Promise.all(Array.from({ length: 20 }, () => count(stub)));
    expect(counts.filter(({ admitted }) => admitted)).toHaveLength(RULE.maxRequests);
  });

  it('stand apart for each kind of call and each caller', async () => {
    const stub = stubOf('apart');
    const now = Date.now();
    await setClock(stub, now);
    await count(stub);
    await count(stub);
    expect(await count(stub)).toEqual(REFUSED);
    expect(await count(stub, 'lineage')).toEqual(ADMITTED);
    expect((await count(stubOf('apart-2'))).admitted).toBe(true);
  });

  it('forget nothing when the object is evicted', async () => {
    const stub = stubOf('evicted');
    const now = Date.now();
    await setClock(stub, now);
    expect(await count(stub)).toEqual(ADMITTED);
    await untilSaved(stub, { events: 1 });
    await evictDurableObject(stub);
    await setClock(stub, now + 500);
    expect(await count(stub)).toEqual(LAST);
    await untilSaved(stub, { events: 2 });
    await evictDurableObject(stub);
    await setClock(stub, now + 18_000);
    expect(await count(stub)).toEqual({ ...REFUSED, resetSeconds: 42 });
    await setClock(stub, now + 60_000);
    expect(await count(stub)).toEqual(ADMITTED);
  });

  it('are wiped with the last window, and begin anew afterwards', async () => {
    const stub = stubOf('wiped');
    const now = Date.now();
    await setClock(stub, now);
    await count(stub);
    await untilSaved(stub, { events: 1 });
    await setClock(stub, now + 30_000);
    await count(stub, 'lineage');
    await untilSaved(stub, { events: 1, lineage: 1 });
    await setClock(stub, now + 60_000);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    // The second window has not ended: it is looked at again when it has.
    expect(await storedBy(stub)).toEqual({ requests: { lineage: 1 }, alarm: now + 90_000 });
    await setClock(stub, now + 90_000);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(await storedBy(stub)).toEqual({ requests: {}, alarm: null });

    expect(await count(stub)).toEqual(ADMITTED);
    expect(await count(stub)).toEqual(LAST);
    await untilSaved(stub, { events: 2 });
    expect(await storedBy(stub)).toEqual({ requests: { events: 2 }, alarm: now + 150_000 });
  });
});

/** Every call has one owner here, so each test has limits of its own kind. */
function limited(variables: Partial<Env>): Env {
  return makeEnv({ SITES: 'limited1', ...variables });
}

async function limitsOf(response: Response): Promise<(string | null)[]> {
  await response.body?.cancel();
  return [response.headers.get('ratelimit-policy'), response.headers.get('ratelimit')];
}

describe('a call over its limit', () => {
  it('is 429 and says when it is possible again; every answer before says what is left', async () => {
    const env = limited({ TRACE_EVENTS_RATE_MAX_REQUESTS: '2', TRACE_EVENTS_RATE_WINDOW_SECONDS: '30' });
    const stub = stubOf('local');
    const now = Date.now();
    await setClock(stub, now);
    await connectBridge(env);
    const body = { profile: 'query_tool', domains: ['materials'], container_ids: [ID] };
    const first = await post(env, '/api/trace/events', body, { prefer: 'respond-async' });
    expect(first.status).toBe(202);
    expect(await limitsOf(first)).toEqual(['"events";q=2;w=30', '"events";r=1;t=30']);
    await setClock(stub, now + 10_001);
    const bad = await post(env, '/api/trace/events', {});
    expect(bad.status).toBe(400);
    expect(await limitsOf(bad)).toEqual(['"events";q=2;w=30', '"events";r=0;t=20']);

    const refused = await post(env, '/api/trace/events', body);
    expect(refused.headers.get('retry-after')).toBe('20');
    expect(refused.headers.get('ratelimit-policy')).toBe('"events";q=2;w=30');
    expect(refused.headers.get('ratelimit')).toBe('"events";r=0;t=20');
    expect(refused.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await problemOf(refused)).toMatchObject({
      status: 429,
      code: 'RATE_LIMITED',
      retryable: true,
      detail: 'At most 2 of these calls are possible in 30 s. Try again in 20 s.',
      limit: 2,
      window_seconds: 30,
    });
    await setClock(stub, now + 10_001 + 20_000);
    expect((await post(env, '/api/trace/events', body, { prefer: 'respond-async' })).status).toBe(202);
  });

  it('leaves its body unread', async () => {
    const env = limited({ TRACE_LINEAGE_RATE_MAX_REQUESTS: '1' });
    await post(env, '/api/trace/lineage', {});
    let pulled = 0;
    const body = new ReadableStream({ type: 'bytes', pull: () => void pulled++ }, { highWaterMark: 0 });
    const headers = { 'content-type': 'application/json' };
    const refused = await call(env, '/api/trace/lineage', { method: 'POST', headers, body });
    expect(refused.status).toBe(429);
    expect(pulled).toBe(0);
  });

  it('is that of the owner, whatever address the headers claim', async () => {
    const env = limited({ TRACE_SEED_RATE_MAX_REQUESTS: '1' });
    const from = (address: string) => ({
      forwarded: `for=${address}`,
      'x-forwarded-for': address,
      'x-real-ip': address,
      'cf-connecting-ip': address,
      'true-client-ip': address,
    });
    expect((await post(env, '/api/trace/seed-resolve', {}, from('192.0.2.1'))).status).toBe(400);
    expect((await post(env, '/api/trace/seed-resolve', {}, from('192.0.2.2'))).status).toBe(429);
  });

  it('counts status and reads of jobs apart, HEAD as GET', async () => {
    const env = limited({ TRACE_JOB_RATE_MAX_REQUESTS: '1', TRACE_READ_RATE_MAX_REQUESTS: '6' });
    expect((await call(env, JOB)).status).toBe(404);
    expect((await call(env, JOB, { method: 'HEAD' })).status).toBe(429);
    for (const rest of ['/stream', '/result', '/manifest']) {
      const response = await call(env, JOB + rest);
      expect(response.status).toBe(404);
      expect(response.headers.get('ratelimit-policy')).toBe('"job-read";q=6;w=60');
    }
    expect((await call(env, '/api/trace/jobs')).status).toBe(200);
    for (const rest of ['/result', '/manifest']) expect((await call(env, JOB + rest)).status).toBe(404);
    for (const rest of ['/stream', '/result', '/manifest']) expect((await call(env, JOB + rest)).status).toBe(429);
    expect((await call(env, '/api/trace/jobs')).status).toBe(429);
  });
});

describe('what is never limited', () => {
  it('is cancelling, however much of everything else was refused', async () => {
    const env = limited({ TRACE_READ_RATE_MAX_REQUESTS: '1', TRACE_JOB_RATE_MAX_REQUESTS: '1' });
    for (let index = 0; index < 30; index++) {
      const cancelled = await call(env, `${JOB}/cancel`, { method: 'POST' });
      const deleted = await call(env, JOB, { method: 'DELETE' });
      expect([cancelled.status, deleted.status]).toEqual([404, 404]);
      expect(await limitsOf(cancelled)).toEqual([null, null]);
    }
  });

  it('is a kind of call whose limit is 0', async () => {
    const env = limited({ TRACE_JOB_RATE_MAX_REQUESTS: '0' });
    for (let index = 0; index < 70; index++) expect(await limitsOf(await call(env, JOB))).toEqual([null, null]);
  });
});

describe('a caller without identity', () => {
  it('is refused before anything is counted', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const env = limited({ IDENTITY: '', TRACE_JOB_RATE_MAX_REQUESTS: '1' });
    const asked: string[] = [];
    const RATE_LIMIT = new Proxy(env.RATE_LIMIT, {
      get(target, name) {
        asked.push(String(name));
        return Reflect.get(target, name) as unknown;
      },
    });
    for (let index = 0; index < 3; index++) {
      const response = await call({ ...env, RATE_LIMIT }, JOB, { headers: { 'cf-connecting-ip': '192.0.2.1' } });
      expect(response.status).toBe(401);
      expect(await limitsOf(response)).toEqual([null, null]);
    }
    expect(asked).toEqual([]);
  });
});
