import { env as bindings } from 'cloudflare:test';
import { generateKeyPair } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import { identify, requireScope } from '../../src/access/identity.ts';
import { parseSettings } from '../../src/settings.ts';
import {
  BRIDGE_ID,
  bridgeCall,
  call,
  KEY_ID,
  leaseRequest,
  makeEnv,
  problemOf,
  signToken,
  type TokenParts,
} from './app-harness.ts';

const PATH = '/bridge/v1/leases';
const env = makeEnv({ SITES: 'access1,access2' });
const BODY = JSON.stringify(leaseRequest());

async function callWith(token: string, path = PATH): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` };
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  return call(env, path, { method: 'POST', body: BODY, headers });
}

const good: TokenParts = { method: 'POST', path: PATH, body: BODY };

function now(): number {
  return Math.floor(Date.now() / 1000);
}

describe('a bridge token', () => {
  it('lets its own call through', async () => {
    const response = await callWith(await signToken(good));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ leases: [] });
  });

  const BAD: readonly (readonly [name: string, change: () => Partial<TokenParts>])[] = [
    ['that has expired', () => ({ issuedAt: now() - 120 })],
    ['of the future', () => ({ issuedAt: now() + 120 })],
    ['that lives longer than a minute', () => ({ lifeSeconds: 3600 })],
    ['for another method', () => ({ method: 'PUT' })],
    ['for another path', () => ({ path: '/bridge/v1/jobs' })],
    ['for another query', () => ({ path: `${PATH}?site=access1` })],
    ['for another body', () => ({ body: `${BODY} ` })],
    ['for no body', () => ({ body: '' })],
    ['of an unknown key', () => ({ kid: 'key-2' })],
    ['of an unknown bridge', () => ({ issuer: 'bridge-2' })],
    ['for another audience', () => ({ audience: 'somebody-else' })],
  ];
  it.each(BAD)('%s is refused', async (_name, change) => {
    const response = await callWith(await signToken({ ...good, ...change() }));
    expect(response.status).toBe(401);
    const problem = await problemOf(response);
    expect(problem.code).toBe('UNAUTHENTICATED');
    expect(problem.detail).toBe('The bridge token is missing or not valid for this call.');
  });

  it('signed by somebody else is refused', async () => {
    const { privateKey } = await generateKeyPair('Ed25519');
    expect((await callWith(await signToken({ ...good, key: privateKey }))).status).toBe(401);
  });

  it.each(['', 'nonsense', 'a.b.c', `${btoa('{"alg":"none"}')}.${btoa(`{"iss":"${BRIDGE_ID}"}`)}.`])(
    'that is none (%s) is refused',
    async (token) => {
      expect((await callWith(token)).status).toBe(401);
    },
  );

  it('that is missing is refused before the body is read', async () => {
    let pulled = 0;
    const body = new ReadableStream({ type: 'bytes', pull: () => void pulled++ }, { highWaterMark: 0 });
    expect((await call(env, PATH, { method: 'POST', body })).status).toBe(401);
    expect(pulled).toBe(0);
  });

  it('made with the older of two keys is as good as one made with the newer', async () => {
    const x = /"x":"([^"]+)"/.exec(env.BRIDGE_KEYS ?? '')?.[1] ?? '';
    const keys = [
      { kid: 'old', x },
      { kid: KEY_ID, x },
    ];
    const rotating = makeEnv({
      SITES: 'access1',
      BRIDGE_KEYS: JSON.stringify([{ bridge_id: BRIDGE_ID, site: 'access1', keys }]),
    });
    for (const { kid } of keys) {
      const token = await signToken({ ...good, kid });
      const headers = { authorization: `Bearer ${token}` };
      expect((await call(rotating, PATH, { method: 'POST', body: BODY, headers })).status).toBe(200);
    }
  });
});

describe('the control socket', () => {
  it('is refused for another site than the bridge belongs to', async () => {
    const init = { method: 'GET', headers: { upgrade: 'websocket' } };
    const other = await bridgeCall(env, '/bridge/v1/connect?site=access2', init);
    expect(await problemOf(other)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    const unknown = await bridgeCall(env, '/bridge/v1/connect?site=nowhere', init);
    expect(await problemOf(unknown)).toMatchObject({ status: 404, code: 'SITE_NOT_FOUND' });
  });

  it('asked for without the upgrade tells by HTTP what is wrong', async () => {
    const response = await bridgeCall(env, '/bridge/v1/connect?site=access1', { method: 'GET' });
    expect(await problemOf(response)).toMatchObject({ status: 400, code: 'INVALID_PARAMS' });
  });
});

describe('identity', () => {
  it('is the owner local in development, and nobody without it', async () => {
    const request = new Request('https://lotstream.test/');
    const local = await identify(request, parseSettings(env));
    expect(local.owner).toBe('local');
    expect([...local.scopes].sort()).toEqual(['admin', 'trace:read', 'trace:run']);
    const closed = parseSettings(makeEnv({ SITES: 'access1', IDENTITY: '' }));
    await expect(identify(request, closed)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('without a scope is forbidden', () => {
    const reader = { owner: 'a', scopes: new Set(['trace:read'] as const) };
    expect(() => requireScope(reader, 'trace:read')).not.toThrow();
    expect(() => requireScope(reader, 'trace:run')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });
});

describe('settings', () => {
  it('have defaults for everything but the sites', () => {
    expect(parseSettings(makeEnv({ SITES: ' fab1 , fab2', BRIDGE_KEYS: '' }))).toMatchObject({
      sites: ['fab1', 'fab2'],
      leaseTtlMs: 30_000,
      batchRecords: 5000,
      asyncThresholdIds: 20_000,
      eventsLimitIds: 50_000,
      msdLimitIds: 500_000,
      queryToolLimitIds: 200,
      maxConcurrentJobsPerOwner: 5,
      deadlineSeconds: { seed_resolve: 300, lineage: 300, events: 1800, query_tool: 55 },
    });
  });

  it('cache by what ages alike, and not above a number of ids', () => {
    expect(parseSettings(makeEnv({ SITES: 'fab1' }))).toMatchObject({
      cacheSeconds: { seed: 60, lineage: 300, events: 300, holds: 180, jobs: 180 },
      cacheSkipIds: 10_000,
    });
    const variables = {
      TRACE_SEED_CACHE_SECONDS: '1',
      TRACE_LINEAGE_CACHE_SECONDS: '2',
      TRACE_EVENTS_CACHE_SECONDS: '3',
      TRACE_HOLDS_CACHE_SECONDS: '4',
      TRACE_JOBS_CACHE_SECONDS: '0',
      TRACE_CACHE_SKIP_IDS: '5',
    };
    expect(parseSettings(makeEnv({ SITES: 'fab1', ...variables }))).toMatchObject({
      cacheSeconds: { seed: 1, lineage: 2, events: 3, holds: 4, jobs: 0 },
      cacheSkipIds: 5,
    });
  });

  it('limit every kind of call as the contract says', () => {
    const { rateRules } = parseSettings({ ...bindings, SITES: 'fab1' });
    const inAMinute = (maxRequests: number) => ({ maxRequests, windowSeconds: 60 });
    expect(rateRules).toEqual({
      'seed-resolve': inAMinute(10),
      lineage: inAMinute(10),
      events: inAMinute(15),
      estimate: inAMinute(30),
      'job-status': inAMinute(60),
      'job-read': inAMinute(600),
      'query-resolve': inAMinute(10),
      'lot-history': inAMinute(20),
      'lot-associations': inAMinute(20),
      'adjacent-lots': inAMinute(20),
      'equipment-period': inAMinute(5),
      export: inAMinute(3),
    });
  });

  it('limit a kind of call as its two variables say', () => {
    const variables = { QT_EXPORT_RATE_MAX_REQUESTS: '10', QT_EXPORT_RATE_WINDOW_SECONDS: '30' };
    const { rateRules } = parseSettings({ ...bindings, SITES: 'fab1', TRACE_JOB_RATE_MAX_REQUESTS: '0', ...variables });
    expect(rateRules.export).toEqual({ maxRequests: 10, windowSeconds: 30 });
    expect(rateRules['job-status']).toEqual({ maxRequests: 0, windowSeconds: 60 });
  });

  const deadline = { JOB_DEADLINE_SECONDS_EVENTS: '0' };
  const BAD: readonly (readonly [variables: Parameters<typeof makeEnv>[0] & object, says: string])[] = [
    [{ SITES: '' }, 'SITES'],
    [{ SITES: 'Fab 1' }, 'SITES'],
    [{ SITES: 'fab1,fab1' }, 'SITES'],
    [{ SITES: 'fab1', IDENTITY: 'anyone' }, 'IDENTITY'],
    [{ SITES: 'fab1', LEASE_TTL_MS: '30s' }, 'LEASE_TTL_MS'],
    [{ SITES: 'fab1', QUERY_TOOL_MAX_CONTAINER_IDS: '1001' }, 'QUERY_TOOL_MAX_CONTAINER_IDS'],
    [{ SITES: 'fab1', TRACE_STREAM_BATCH_SIZE: '5001' }, 'TRACE_STREAM_BATCH_SIZE'],
    [{ SITES: 'fab1', TRACE_MSD_CID_LIMIT: '-1' }, 'TRACE_MSD_CID_LIMIT'],
    [{ SITES: 'fab1', ...deadline }, 'JOB_DEADLINE_SECONDS_EVENTS'],
    [{ SITES: 'fab1', TRACE_HOLDS_CACHE_SECONDS: '-1' }, 'TRACE_HOLDS_CACHE_SECONDS'],
    [{ SITES: 'fab1', TRACE_CACHE_SKIP_IDS: 'all' }, 'TRACE_CACHE_SKIP_IDS'],
    [{ SITES: 'fab1', TRACE_SEED_RATE_MAX_REQUESTS: 'ten' }, 'TRACE_SEED_RATE_MAX_REQUESTS'],
    [{ SITES: 'fab1', QT_EQUIP_RATE_WINDOW_SECONDS: '0' }, 'QT_EQUIP_RATE_WINDOW_SECONDS'],
    [{ SITES: 'fab1', BRIDGE_KEYS: '{' }, 'BRIDGE_KEYS'],
    [{ SITES: 'fab1', BRIDGE_KEYS: '[{"bridge_id":"b","site":"fab1","keys":[]}]' }, 'BRIDGE_KEYS'],
    [{ SITES: 'fab9', BRIDGE_KEYS: makeEnv({ SITES: 'fab1' }).BRIDGE_KEYS ?? '' }, 'BRIDGE_KEYS'],
  ];
  it.each(BAD)('%j are refused by name', (variables, says) => {
    expect(() => parseSettings(makeEnv(variables))).toThrow(says);
  });
});
