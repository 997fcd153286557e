import { describe, expect, it, vi } from 'vitest';
import type { Health } from '#protocol/health.ts';
import { healthSchema } from '#protocol/health.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { BRIDGE_ID, call, connectBridge, makeEnv, post, problemOf } from './app-harness.ts';
import { eventually } from '../helpers/eventually.ts';

const local = makeEnv({ SITES: 'app1,app2' });
const JSON_TYPE = { 'content-type': 'application/json' };

const CASES: readonly (readonly [name: string, path: string, init: RequestInit, status: number])[] = [
  ['an asset', '/', {}, 200],
  ['a page of the application', '/trace?job=1', {}, 200],
  ['health', '/api/healthz', {}, 503],
  ['an unknown path of the API', '/api/nothing', {}, 404],
  ['the API itself', '/api', {}, 404],
  ['an unknown path of the bridge API', '/bridge/v1/nothing', {}, 404],
  ['a made-up job', `/api/trace/job/${'0'.repeat(64)}`, {}, 404],
  ['another method', '/api/trace/events', {}, 405],
  ['no body', '/api/trace/events', { method: 'POST' }, 415],
  ['bad JSON', '/api/trace/events', { method: 'POST', body: '{', headers: JSON_TYPE }, 400],
  ['no token', '/bridge/v1/leases', { method: 'POST', body: '{}' }, 401],
  ['the jobs of the caller', '/api/trace/jobs', {}, 200],
];

describe('every response', () => {
  it.each(CASES)('of %s carries the security headers and a request id', async (_name, path, init, status) => {
    const response = await call(local, path, init);
    expect(response.status).toBe(status);
    const csp = response.headers.get('content-security-policy') ?? '';
    expect(csp).toContain("default-src 'self'");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).not.toMatch(/script-src[^;]*unsafe/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    await response.body?.cancel();
  });

  it('has a request id of its own', async () => {
    const ids = new Set<string | null>();
    for (let count = 0; count < 3; count++) ids.add((await call(local, '/api/nothing')).headers.get('x-request-id'));
    expect(ids.size).toBe(3);
  });
});

describe('a problem', () => {
  it('is RFC 9457 and names the request', async () => {
    const response = await call(local, '/api/nothing');
    const problem = await problemOf(response);
    expect(problem).toEqual({
      type: 'urn:lotstream:problem:not-found',
      title: 'Not found',
      status: 404,
      detail: 'There is nothing here.',
      instance: response.headers.get('x-request-id'),
      code: 'NOT_FOUND',
      retryable: false,
    });
  });

  it('of a defect says nothing of it, and the log says everything', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    try {
      const response = await call(makeEnv({ SITES: 'app1', TRACE_EVENTS_CID_LIMIT: 'many' }), '/api/healthz');
      expect(response.status).toBe(500);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ code: 'INTERNAL', retryable: true });
      expect(text).not.toContain('TRACE_EVENTS_CID_LIMIT');
      const [about, cause] = logged.mock.calls[0] ?? [];
      expect(about).toContain(response.headers.get('x-request-id'));
      expect(String(cause)).toContain('TRACE_EVENTS_CID_LIMIT must be a whole number');
    } finally {
      logged.mockRestore();
    }
  });

  it('asks a caller without identity for one', async () => {
    const anonymous = makeEnv({ SITES: 'app1', IDENTITY: '' });
    const response = await post(anonymous, '/api/trace/events', {});
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await problemOf(response)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('a method that a path does not have', () => {
  const PATHS: readonly (readonly [path: string, method: string, allow: string])[] = [
    ['/api/trace/events', 'GET', 'POST'],
    ['/api/trace/lineage', 'PUT', 'POST'],
    ['/api/trace/seed-resolve', 'OPTIONS', 'POST'],
    [`/api/trace/job/${'a'.repeat(64)}`, 'POST', 'GET, HEAD, DELETE'],
    [`/api/trace/job/${'a'.repeat(64)}/cancel`, 'GET', 'POST'],
    [`/api/trace/job/${'a'.repeat(64)}/stream`, 'POST', 'GET, HEAD'],
    [`/api/trace/job/${'a'.repeat(64)}/result`, 'DELETE', 'GET, HEAD'],
    [`/api/trace/job/${'a'.repeat(64)}/manifest`, 'POST', 'GET, HEAD'],
    ['/api/trace/jobs', 'POST', 'GET, HEAD'],
    ['/api/healthz', 'POST', 'GET, HEAD'],
    ['/bridge/v1/connect', 'POST', 'GET, HEAD'],
    ['/bridge/v1/leases', 'GET', 'POST'],
    [`/bridge/v1/jobs/${'a'.repeat(64)}/domains/history/chunks/1`, 'POST', 'PUT'],
  ];

  it.each(PATHS)('%s %s is 405 and Allow names those it has', async (path, method, allow) => {
    const response = await call(local, path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await problemOf(response)).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
  });

  it('does not include HEAD where there is GET', async () => {
    const response = await call(local, '/api/healthz', { method: 'HEAD' });
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('');
  });
});

describe('what is not the API', () => {
  it('is left to the assets, with the body they give', async () => {
    const response = await call(local, '/reports/1');
    expect(await response.text()).toBe('<!doctype html>');
    expect(response.headers.get('content-type')).toBe('text/html');
  });
});

describe('a body', () => {
  it('that says it is too large is refused unread', async () => {
    let pulled = 0;
    const body = new ReadableStream({ type: 'bytes', pull: () => void pulled++ }, { highWaterMark: 0 });
    const headers = { ...JSON_TYPE, 'content-length': String(5 * 1024 * 1024) };
    const response = await call(local, '/api/trace/events', { method: 'POST', body, headers });
    expect(response.status).toBe(413);
    expect(await problemOf(response)).toMatchObject({ code: 'BODY_TOO_LARGE', max_bytes: 4 * 1024 * 1024 });
    expect(pulled).toBe(0);
  });

  it('that does not say its length is read no further than the limit', async () => {
    let sentBytes = 0;
    let left = false;
    const body = new ReadableStream({
      pull(controller) {
        sentBytes += 64 * 1024;
        controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
      },
      cancel: () => void (left = true),
    });
    const response = await call(local, '/api/trace/lineage', { method: 'POST', body, headers: JSON_TYPE });
    expect(response.status).toBe(413);
    expect(sentBytes).toBeLessThan(5 * 1024 * 1024);
    expect(left).toBe(true);
  });

  it('of another type is 415', async () => {
    const response = await call(local, '/api/trace/events', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'text/plain' },
    });
    expect(await problemOf(response)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it('may name a charset', async () => {
    const response = await call(local, '/api/trace/events', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'Application/JSON; charset=utf-8' },
    });
    expect(response.status).toBe(400);
  });

  it('that is no UTF-8 is no JSON', async () => {
    const response = await call(local, '/api/trace/events', {
      method: 'POST',
      body: Uint8Array.from([0x22, 0xff, 0x22]),
      headers: JSON_TYPE,
    });
    expect(await problemOf(response)).toMatchObject({ status: 400, code: 'INVALID_PARAMS' });
  });
});

describe('health', () => {
  it('without a bridge is 503 and says so', async () => {
    const response = await call(makeEnv({ SITES: 'app8,app9', TRACE_EVENTS_CID_LIMIT: '123' }), '/api/healthz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: 'no_bridge',
      protocol: PROTOCOL_VERSION,
      sites: ['app8', 'app9'],
      bridges: [],
      queue: { interactive: 0, batch: 0 },
      limits: { trace_cids: 123, defect_cids: 500_000, jobs_per_owner: 5, trace_seconds: 1800 },
      maintenance: [],
      maintenance_running: false,
    });
  });

  it('names the bridges, and is at most a second old', async () => {
    const env = makeEnv({ SITES: 'app3,app4' });
    const { socket } = await connectBridge(env, { slots: { interactive: 3, batch: 1 } });
    const response = await call(env, '/api/healthz');
    expect(response.status).toBe(200);
    const health = await response.json<Health>();
    expect(healthSchema.safeParse(health).success).toBe(true);
    expect(health.bridges).toMatchObject([
      { bridge_id: BRIDGE_ID, site: 'app3', warehouse: 'duckdb', slots: { interactive: 3, batch: 1 }, draining: false },
    ]);
    socket.close(1000);
    expect((await call(env, '/api/healthz')).status).toBe(200);
    await eventually(async () => expect((await call(env, '/api/healthz')).status).toBe(503));
  });
});
