import { env as bindings, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { PING_TEXT, PONG_TEXT } from '#protocol/bridge-message.ts';
import type { JobAccepted } from '#protocol/job.ts';
import type { Lease } from '#protocol/lease.ts';
import type { Env } from '../../src/env.ts';
import { CLOSE } from '../../src/site/bridges.ts';
import type { SiteHealth } from '../../src/site/site-api.ts';
import { SHARE_MS } from '../../src/site/lease-walk.ts';
import { jobStub, siteStub } from '../../src/site/stubs.ts';
import {
  BRIDGE_ID,
  bridgeCall,
  call,
  connectBridge,
  leaseRequest,
  makeEnv,
  post,
  problemOf,
  takeLeases,
} from './app-harness.ts';
import { eventually } from '../helpers/eventually.ts';

const EVENTS = '/api/trace/events';
let bodies = 0;

/** A queued job with so many ids, different from every other one. */
async function submit(env: Env, idCount = 1): Promise<string> {
  bodies++;
  const container_ids = Array.from({ length: idCount }, (_, index) =>
    (bodies * 10_000 + index).toString(16).padStart(16, '0'),
  );
  const body = { profile: 'query_tool', domains: ['materials'], container_ids };
  const response = await post(env, EVENTS, body, { prefer: 'respond-async' });
  if (response.status !== 202) throw new Error(await response.text());
  return (await response.json<JobAccepted>()).job_id;
}

async function healthOf(env: Env): Promise<SiteHealth> {
  const health = await siteStub(env, env.SITES).health();
  if (!health.ok) throw new Error(health.detail);
  return health.value;
}

function siteObject(env: Env): ReturnType<typeof bindings.SITE.getByName> {
  return bindings.SITE.getByName(env.SITES);
}

async function untilWaiting(env: Env, queue: SiteHealth['queue']): Promise<void> {
  await eventually(async () => expect((await healthOf(env)).queue).toEqual(queue));
}

async function lease(env: Env, request: unknown): Promise<Lease[]> {
  const response = await bridgeCall(env, '/bridge/v1/leases', { body: JSON.stringify(request) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json<{ leases: Lease[] }>()).leases;
}

describe('a bridge', () => {
  it('hears of a job that waits, in its lane', async () => {
    const env = makeEnv({ SITES: 'site1' });
    const { heard } = await connectBridge(env);
    const small = await submit(env);
    const large = await submit(env, 1001);
    await eventually(() => {
      expect(heard).toContainEqual({ type: 'offer', job_id: small, lane: 'interactive' });
      expect(heard).toContainEqual({ type: 'offer', job_id: large, lane: 'batch' });
    });
  });

  it('hears at its hello of what waits already', async () => {
    const env = makeEnv({ SITES: 'site2' });
    const first = await connectBridge(env);
    const jobId = await submit(env);
    await untilWaiting(env, { interactive: 1, batch: 0 });
    first.socket.close(1000);
    await eventually(async () => expect((await healthOf(env)).bridges).toEqual([]));
    const { heard } = await connectBridge(env, { bootId: 'c'.repeat(32) });
    await eventually(() => expect(heard).toContainEqual({ type: 'offer', job_id: jobId, lane: 'interactive' }));
  });

  it('that connects again is the only one of its name', async () => {
    const env = makeEnv({ SITES: 'site3' });
    const first = await connectBridge(env);
    await connectBridge(env);
    expect(await first.closed).toMatchObject({ code: CLOSE.replaced });
    expect((await healthOf(env)).bridges).toMatchObject([{ bridge_id: BRIDGE_ID, version: 'boot-bbbb' }]);
  });

  it('of another boot takes the place of the former, which is told that it is not alone', async () => {
    const env = makeEnv({ SITES: 'site23' });
    const first = await connectBridge(env);
    await connectBridge(env, { bootId: 'c'.repeat(32) });
    expect(await first.closed).toMatchObject({ code: CLOSE.otherDaemon });
    expect((await healthOf(env)).bridges).toMatchObject([{ bridge_id: BRIDGE_ID, version: 'boot-cccc' }]);
  });

  it('tells how it is, and is believed', async () => {
    const env = makeEnv({ SITES: 'site4' });
    const { socket } = await connectBridge(env);
    const status = { in_flight: 2, free: { interactive: 3, batch: 1 }, rss_bytes: 1000, draining: true };
    socket.send(JSON.stringify({ type: 'status', ...status }));
    await eventually(async () => expect((await healthOf(env)).bridges).toMatchObject([status]));
  });

  it.each([
    ['text that is no message', '{"type":"hullo"}', CLOSE.notUnderstood],
    ['text that is no JSON', '{', CLOSE.notUnderstood],
    ['bytes', new Uint8Array(3).buffer, CLOSE.notText],
    ['too much', 'x'.repeat(65 * 1024), CLOSE.tooLarge],
  ])('that sends %s is closed', async (name, data, code) => {
    const env = makeEnv({ SITES: `site5-${name.replaceAll(/[^a-z]/g, '')}` });
    const { socket, closed } = await connectBridge(env);
    socket.send(data);
    expect(await closed).toMatchObject({ code });
  });

  it('that says it is another is closed', async () => {
    const env = makeEnv({ SITES: 'site6' });
    const { closed } = await connectBridge(env, { bridgeId: 'bridge-2' });
    expect(await closed).toMatchObject({ code: CLOSE.notUnderstood });
  });

  it('of an old protocol is told why it gets no lease, by its socket and by HTTP', async () => {
    const env = makeEnv({ SITES: 'site7' });
    const { closed } = await connectBridge(env, { protocol: 0 });
    expect(await closed).toMatchObject({ code: CLOSE.protocolTooOld, reason: 'PROTOCOL_TOO_OLD' });
    const response = await bridgeCall(env, '/bridge/v1/leases', { body: JSON.stringify(leaseRequest()) });
    expect(await problemOf(response)).toMatchObject({ status: 426, code: 'PROTOCOL_TOO_OLD', min_protocol: 1 });
  });

  it('that is silent is not counted, and closed by the housekeeping', async () => {
    const env = makeEnv({ SITES: 'site8' });
    const { closed } = await connectBridge(env);
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 46_000);
    try {
      expect((await healthOf(env)).bridges).toEqual([]);
      await runDurableObjectAlarm(siteObject(env));
    } finally {
      clock.mockRestore();
    }
    expect(await closed).toMatchObject({ code: CLOSE.silent });
  });
});

describe('an object that sleeps', () => {
  it('keeps its bridges, answers pings in its sleep, and wakes for a job', async () => {
    const env = makeEnv({ SITES: 'sleep1' });
    const { socket, heard } = await connectBridge(env);
    const before = await healthOf(env);
    await evictDurableObject(siteObject(env));
    const pong = new Promise((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        if (data === PONG_TEXT) resolve(data);
      });
    });
    socket.send(PING_TEXT);
    expect(await pong).toBe(PONG_TEXT);
    await evictDurableObject(siteObject(env)).catch(() => undefined);
    const jobId = await submit(env);
    await eventually(() => expect(heard).toContainEqual({ type: 'offer', job_id: jobId, lane: 'interactive' }));
    const [bridge] = (await healthOf(env)).bridges;
    expect(bridge).toMatchObject({ bridge_id: BRIDGE_ID, slots: { interactive: 4, batch: 2 } });
    expect(Date.parse(bridge?.last_seen_at ?? '')).toBeGreaterThanOrEqual(
      Date.parse(before.bridges[0]?.last_seen_at ?? ''),
    );
  });

  it('passes a cancel on to the bridge that holds the job', async () => {
    const env = makeEnv({ SITES: 'sleep2' });
    const { heard } = await connectBridge(env);
    const jobId = await submit(env);
    const [held] = await takeLeases(env);
    await evictDurableObject(siteObject(env));
    await call(env, `/api/trace/job/${jobId}`, { method: 'DELETE' });
    await eventually(() => expect(heard).toContainEqual({ type: 'cancel', job_id: jobId, epoch: held?.epoch }));
  });
});

describe('leasing', () => {
  it('keeps to the free slots of each lane', async () => {
    const env = makeEnv({ SITES: 'lease1' });
    await connectBridge(env);
    const small = [await submit(env), await submit(env), await submit(env)];
    const large = await submit(env, 1001);
    await untilWaiting(env, { interactive: 3, batch: 1 });
    expect(await lease(env, leaseRequest({ interactive: 0, batch: 0 }))).toEqual([]);
    const first = await lease(env, leaseRequest({ interactive: 2, batch: 0 }));
    expect(first.map(({ job_id }) => job_id)).toEqual(small.slice(0, 2));
    const second = await lease(env, leaseRequest());
    expect(second.map(({ job_id }) => job_id)).toEqual([small[2], large]);
    expect(await lease(env, leaseRequest())).toEqual([]);
    await untilWaiting(env, { interactive: 0, batch: 0 });
  });

  it('gives the same leases for the same request, also to two at once', async () => {
    const env = makeEnv({ SITES: 'lease2' });
    await connectBridge(env);
    await submit(env);
    await submit(env);
    await untilWaiting(env, { interactive: 2, batch: 0 });
    const request = leaseRequest({ interactive: 1, batch: 0 });
    const [one, two] = await Promise.all([lease(env, request), lease(env, request)]);
    expect(one).toHaveLength(1);
    expect(two).toEqual(one);
    await evictDurableObject(siteObject(env));
    const again = await lease(env, request);
    expect(again.map(({ job_id, epoch, nonce }) => ({ job_id, epoch, nonce }))).toEqual(
      one?.map(({ job_id, epoch, nonce }) => ({ job_id, epoch, nonce })),
    );
    await untilWaiting(env, { interactive: 1, batch: 0 });
  });

  it('lets a job whose object fails not stand in the way', async () => {
    const env = makeEnv({ SITES: 'lease3' });
    await connectBridge(env);
    const gone = await submit(env);
    const next = await submit(env);
    await untilWaiting(env, { interactive: 2, batch: 0 });
    await runInDurableObject(bindings.JOB.get(bindings.JOB.idFromString(gone)), async (_job, { storage }) => {
      await storage.deleteAlarm();
      await storage.deleteAll();
    });
    await evictDurableObject(bindings.JOB.get(bindings.JOB.idFromString(gone))).catch(() => undefined);
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const leases = await lease(env, leaseRequest());
    expect(leases.map(({ job_id }) => job_id)).toEqual([next]);
  });

  it('gives the running jobs of a bridge that has restarted to its new boot', async () => {
    const env = makeEnv({ SITES: 'lease4' });
    await connectBridge(env);
    const jobId = await submit(env);
    const [first] = await takeLeases(env);
    expect(first).toMatchObject({ job_id: jobId, epoch: 1 });
    await eventually(async () => {
      const list = await siteStub(env, env.SITES).list({ owner: 'local', limit: 1 });
      expect(list.ok && list.value.jobs[0]?.state).toBe('running');
    });
    const bootId = 'd'.repeat(32);
    const { heard } = await connectBridge(env, { bootId });
    await eventually(() => expect(heard).toContainEqual({ type: 'offer', job_id: jobId, lane: 'interactive' }));
    // A request that the former boot left behind on its way takes nothing.
    expect(await lease(env, leaseRequest())).toEqual([]);
    // Another bridge that asks first does not take them out of the queue.
    const other = siteStub(env, env.SITES).lease('bridge-2', { ...leaseRequest(), boot_id: 'e'.repeat(32) });
    expect(await other).toEqual({ ok: true, value: [] });
    const [second] = await lease(env, { ...leaseRequest(), boot_id: bootId });
    expect(second).toMatchObject({ job_id: jobId, epoch: 2 });
  });
});

describe('long jobs that come together', () => {
  /** As a second bridge asks that has so much room. */
  async function leaseAsOther(env: Env, batch: number): Promise<string[]> {
    const request = { ...leaseRequest({ interactive: 4, batch }), boot_id: 'e'.repeat(32) };
    const leases = await siteStub(env, env.SITES).lease('bridge-2', request);
    return leases.ok ? leases.value.map(({ job_id }) => job_id) : [];
  }

  it('are shared by bridges with room, and left to the roomier one for a moment', async () => {
    const env = makeEnv({ SITES: 'share1' });
    await connectBridge(env);
    const now = Date.now();
    const clock = vi.spyOn(Date, 'now').mockReturnValue(now);
    try {
      const jobs = [await submit(env, 1001), await submit(env, 1001), await submit(env, 1001)];
      await untilWaiting(env, { interactive: 0, batch: 3 });
      const [first, ...others] = await leaseAsOther(env, 2);
      expect(jobs).toContain(first);
      expect(others).toEqual([]);
      expect(await leaseAsOther(env, 1)).toEqual([]);
      // The other one did not come.
      clock.mockReturnValue(now + SHARE_MS);
      expect(new Set([first, ...(await leaseAsOther(env, 2))])).toEqual(new Set(jobs));
    } finally {
      clock.mockRestore();
    }
  });

  it('are all had at once by the only bridge, and short ones by whoever asks', async () => {
    const env = makeEnv({ SITES: 'share2' });
    await connectBridge(env);
    const large = [await submit(env, 1001), await submit(env, 1001)];
    const small = [await submit(env), await submit(env)];
    await untilWaiting(env, { interactive: 2, batch: 2 });
    const leases = await lease(env, leaseRequest());
    expect(leases.map(({ job_id }) => job_id)).toEqual([...small, ...large]);
    const more = [await submit(env), await submit(env)];
    await untilWaiting(env, { interactive: 2, batch: 0 });
    expect(await leaseAsOther(env, 1)).toEqual(more);
  });
});

/** The heartbeat of a live job, without waiting for it. */
async function announceAgain(env: Env, jobId: string): Promise<void> {
  await runInDurableObject(bindings.JOB.get(bindings.JOB.idFromString(jobId)), (_job, { storage }) => {
    storage.sql.exec('UPDATE job SET announce_at_ms = 1');
  });
  await jobStub(env, jobId)?.status();
}

describe('an object that lost everything', () => {
  it('relearns its live jobs from them, and gives them out', async () => {
    const env = makeEnv({ SITES: 'wiped1' });
    await connectBridge(env);
    const running = await submit(env);
    await takeLeases(env);
    const waiting = await submit(env);
    await untilWaiting(env, { interactive: 1, batch: 0 });
    await runInDurableObject(siteObject(env), async (_site, { storage }) => {
      await storage.deleteAlarm();
      await storage.deleteAll();
    });
    await evictDurableObject(siteObject(env), { webSockets: 'close' });
    expect(await healthOf(env)).toEqual({ bridges: [], queue: { interactive: 0, batch: 0 } });

    for (const jobId of [running, waiting]) await announceAgain(env, jobId);
    await untilWaiting(env, { interactive: 1, batch: 0 });
    await connectBridge(env, { bootId: 'e'.repeat(32) });
    const list = await siteStub(env, env.SITES).list({ owner: 'local', limit: 10 });
    expect(list.ok && list.value.jobs.map((job) => [job.job_id, job.state])).toEqual(
      expect.arrayContaining([
        [running, 'running'],
        [waiting, 'queued'],
      ]),
    );
    const leases = await lease(env, leaseRequest());
    expect(leases.map(({ job_id }) => job_id)).toContain(waiting);
  });
});

it('a Site object with nothing left to do sets no alarm', async () => {
  const env = makeEnv({ SITES: 'idle1' });
  const { socket } = await connectBridge(env);
  socket.close(1000);
  await eventually(async () => {
    expect((await healthOf(env)).bridges).toEqual([]);
    await runDurableObjectAlarm(siteObject(env));
    await runInDurableObject(siteObject(env), async (_site, { storage }) => {
      expect(await storage.getAlarm()).toBeNull();
    });
  });
});
