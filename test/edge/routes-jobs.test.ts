import { describe, expect, it } from 'vitest';
import type { JobAccepted, JobList, JobStatus, Manifest, ResultPage } from '#protocol/job.ts';
import type { Lease } from '#protocol/lease.ts';
import type { Env } from '../../src/env.ts';
import { jobStub } from '../../src/site/stubs.ts';
import { call, connectBridge, makeEnv, bridgeCall, post, problemOf, takeLeases } from './app-harness.ts';
import { makeCompleteBody } from './segment-maker.ts';
import { eventually } from '../helpers/eventually.ts';

const EVENTS = '/api/trace/events';
const ID = '488103800029578b';
const RECORDS = Array.from({ length: 5 }, (_, index) => ({ CONTAINERID: ID, N: index }));

async function openSite(site: string): Promise<Env> {
  const env = makeEnv({ SITES: site });
  await connectBridge(env);
  return env;
}

let bodies = 0;

/** A queued job of the site, different from every other one. */
async function submit(env: Env): Promise<string> {
  bodies++;
  const container_ids = [ID, bodies.toString(16).padStart(16, '0')];
  const response = await post(
    env,
    EVENTS,
    { profile: 'query_tool', domains: ['materials'], container_ids },
    {
      prefer: 'respond-async',
    },
  );
  return (await response.json<JobAccepted>()).job_id;
}

async function takeLease(env: Env): Promise<Lease> {
  const [lease] = await takeLeases(env);
  if (!lease) throw new Error('no lease');
  return lease;
}

async function finish(env: Env, lease: Lease): Promise<void> {
  const body = await makeCompleteBody(lease, { materials: RECORDS });
  const response = await bridgeCall(env, `/bridge/v1/jobs/${lease.job_id}/complete`, { body, lease });
  if (!response.ok) throw new Error(await response.text());
}

/** A finished job of the site. */
async function runJob(env: Env): Promise<string> {
  const jobId = await submit(env);
  await finish(env, await takeLease(env));
  return jobId;
}

describe('an id that is no job', () => {
  const env = makeEnv({ SITES: 'jobs1' });
  const MADE_UP = ['nonsense', 'A'.repeat(64), 'a'.repeat(64), 'a'.repeat(63), encodeURIComponent('../jobs')];
  const REST = ['', '/stream', '/result', '/result?domain=history', '/manifest'];

  it.each(MADE_UP.flatMap((id) => REST.map((rest) => `${id}${rest}`)))('%s is 404', async (path) => {
    const response = await call(env, `/api/trace/job/${path}`);
    expect(await problemOf(response)).toMatchObject({ status: 404, code: 'JOB_NOT_FOUND' });
  });

  it.each(MADE_UP)('%s cannot be cancelled', async (id) => {
    for (const response of [
      await call(env, `/api/trace/job/${id}`, { method: 'DELETE' }),
      await call(env, `/api/trace/job/${id}/cancel`, { method: 'POST' }),
    ])
      expect(await problemOf(response)).toMatchObject({ status: 404, code: 'JOB_NOT_FOUND' });
  });

  it('of the right form touches an object that stays empty', async () => {
    const id = env.JOB.newUniqueId().toString();
    expect(await problemOf(await call(env, `/api/trace/job/${id}`))).toMatchObject({ code: 'JOB_NOT_FOUND' });
  });

  it('of a site that is not declared is 404 as well', async () => {
    const other = await openSite('jobs2');
    const jobId = await submit(other);
    expect((await call(other, `/api/trace/job/${jobId}`)).status).toBe(200);
    for (const rest of ['', '/stream', '/result', '/manifest'])
      expect(await problemOf(await call(env, `/api/trace/job/${jobId}${rest}`))).toMatchObject({
        code: 'JOB_NOT_FOUND',
      });
  });
});

describe('the status of a job', () => {
  it('has a tag, answers 304 to it, and says how many wait in front', async () => {
    const env = await openSite('jobs3');
    await submit(env);
    const jobId = await submit(env);
    const { response, status } = await eventually(async () => {
      const response = await call(env, `/api/trace/job/${jobId}`);
      const status = await response.json<JobStatus>();
      expect(status.queue).toEqual({ ahead: 1 });
      return { response, status };
    });
    expect(status).toMatchObject({ job_id: jobId, kind: 'events', site: 'jobs3', state: 'queued', cid_count: 2 });
    const etag = response.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    const again = await call(env, `/api/trace/job/${jobId}`, { headers: { 'if-none-match': `"x", W/${etag}` } });
    expect(again.status).toBe(304);
    expect(again.headers.get('etag')).toBe(etag);
    expect(await again.text()).toBe('');

    await takeLeases(env, { interactive: 1, batch: 0 });
    const moved = await call(env, `/api/trace/job/${jobId}`, { headers: { 'if-none-match': etag } });
    expect(moved.status).toBe(200);
    expect(await moved.json()).toMatchObject({ state: 'queued', queue: { ahead: 0 } });
  });

  it('is held while nothing changes, and answered at the change', async () => {
    const env = await openSite('jobs4');
    const jobId = await submit(env);
    const queued = await eventually(async () => {
      const response = await call(env, `/api/trace/job/${jobId}`);
      expect((await response.json<JobStatus>()).queue).toBeDefined();
      return response;
    });
    const headers = { 'if-none-match': queued.headers.get('etag') ?? '', prefer: 'wait=20' };
    let answered = false;
    const held = call(env, `/api/trace/job/${jobId}`, { headers }).finally(() => (answered = true));
    expect((await call(env, `/api/trace/job/${jobId}`, { headers: { ...headers, prefer: 'wait=0' } })).status).toBe(
      304,
    );
    expect(answered).toBe(false);
    await takeLease(env);
    const response = await held;
    expect(response.status).toBe(200);
    expect(response.headers.get('preference-applied')).toBe('wait=20');
    expect(await response.json()).toMatchObject({ state: 'running' });
  });

  it('is held back a moment where only progress made the tag old, and not when the state did', async () => {
    const env = await openSite('jobs4b');
    const jobId = await submit(env);
    const poll = (tag: string) =>
      call(env, `/api/trace/job/${jobId}`, { headers: { 'if-none-match': tag, prefer: 'wait=20' } });
    expect(await (await poll('"running-0"')).json()).toMatchObject({ state: 'queued' });
    let answered = false;
    const held = poll('"queued-0-q5"').finally(() => (answered = true));
    expect((await poll('"running-0"')).status).toBe(200);
    expect(answered).toBe(false);
    await takeLease(env);
    expect(await (await held).json()).toMatchObject({ state: 'running' });
  });

  it('is never held longer than 25 s, and not at all without a tag or behind the end', async () => {
    const env = await openSite('jobs5');
    const jobId = await runJob(env);
    const first = await call(env, `/api/trace/job/${jobId}`, { headers: { prefer: 'wait=20' } });
    expect(first.status).toBe(200);
    expect(first.headers.get('preference-applied')).toBeNull();
    expect(await first.json()).toMatchObject({ state: 'succeeded', quality: { status: 'complete' } });
    const etag = first.headers.get('etag') ?? '';
    const last = await call(env, `/api/trace/job/${jobId}`, { headers: { 'if-none-match': etag, prefer: 'wait=999' } });
    expect(last.status).toBe(304);
    expect(last.headers.get('preference-applied')).toBe('wait=25');
  });
});

describe('cancelling', () => {
  it('is 202 while the database is asked, 200 behind the end, and may be repeated', async () => {
    const env = await openSite('jobs6');
    const jobId = await submit(env);
    const lease = await takeLease(env);
    const first = await call(env, `/api/trace/job/${jobId}`, { method: 'DELETE' });
    expect(first.status).toBe(202);
    expect(await first.json()).toEqual({ state: 'cancelled', database: 'pending' });
    const body = JSON.stringify({ database: 'confirmed' });
    expect((await bridgeCall(env, `/bridge/v1/jobs/${jobId}/cancelled`, { body, lease })).status).toBe(204);
    const again = await call(env, `/api/trace/job/${jobId}/cancel`, { method: 'POST' });
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ state: 'cancelled', database: 'confirmed' });
  });

  it('of a finished job leaves it as it is', async () => {
    const env = await openSite('jobs7');
    const response = await call(env, `/api/trace/job/${await runJob(env)}/cancel`, { method: 'POST' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ state: 'succeeded' });
  });

  it('by one of several owners withdraws that one; an administrator ends the job of others', async () => {
    const env = await openSite('jobs8');
    const jobId = await submit(env);
    const job = jobStub(env, jobId);
    const status = await job?.status();
    if (!job || !status?.ok) throw new Error('no job');
    const { cid_count: _, ...spec } = (await takeLease(env)).spec;
    const joining = {
      spec,
      maxIds: 10,
      deadlineSeconds: 55,
      contentHash: 'x',
      cacheSeconds: 0,
      ids: new Uint8Array(8),
    };
    await job.create({ ...joining, owner: 'somebody' });
    const withdrawn = await call(env, `/api/trace/job/${jobId}/cancel`, { method: 'POST' });
    expect(withdrawn.status).toBe(200);
    expect(await withdrawn.json()).toEqual({ state: 'running', withdrawn: true });
    const forced = await call(env, `/api/trace/job/${jobId}/cancel`, { method: 'POST' });
    expect(forced.status).toBe(202);
    expect(await forced.json()).toMatchObject({ state: 'cancelled' });
  });
});

describe('the result', () => {
  it('comes in pages, and as a whole', async () => {
    const env = await openSite('jobs9');
    const path = `/api/trace/job/${await runJob(env)}`;
    const page = await call(env, `${path}/result?domain=materials&offset=1&limit=3`);
    expect(page.headers.get('content-type')).toBe('application/json');
    expect(await page.json<ResultPage>()).toEqual({
      domain: 'materials',
      offset: 1,
      limit: 3,
      total: 5,
      complete: true,
      data: RECORDS.slice(1, 4),
    });
    expect(page.headers.get('link')).toBe(`<${path}/result?domain=materials&offset=4&limit=3>; rel="next"`);
    const past = await call(env, `${path}/result?domain=materials&offset=50`);
    expect(past.headers.get('link')).toBeNull();
    expect(await past.json()).toMatchObject({ offset: 50, limit: 5000, total: 5, data: [] });
    const whole = await call(env, `${path}/result`);
    expect(await whole.json()).toMatchObject({
      state: 'succeeded',
      complete: true,
      results: { materials: { data: RECORDS, count: 5 } },
    });
    const manifest = await (await call(env, `${path}/manifest`)).json<Manifest>();
    expect(manifest.chunks).toMatchObject([{ domain: 'materials', batch: 1, offset: 0, count: 5 }]);
    const head = await call(env, `${path}/result?domain=materials`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('of a job that still runs is there by domain only', async () => {
    const env = await openSite('jobs10');
    const path = `/api/trace/job/${await submit(env)}/result`;
    expect(await problemOf(await call(env, path))).toMatchObject({ status: 409, code: 'JOB_NOT_COMPLETE' });
    const page = await call(env, `${path}?domain=materials`);
    expect(await page.json()).toMatchObject({ total: 0, complete: false, data: [] });
  });

  const BAD: readonly (readonly [query: string, code: string])[] = [
    ['domain=lots', 'UNKNOWN_DOMAIN'],
    ['domain=holds', 'UNKNOWN_DOMAIN'],
    ['domain=', 'UNKNOWN_DOMAIN'],
    ['domain=materials&limit=0', 'INVALID_PARAMS'],
    ['domain=materials&limit=5001', 'INVALID_PARAMS'],
    ['domain=materials&limit=1.5', 'INVALID_PARAMS'],
    ['domain=materials&limit=ten', 'INVALID_PARAMS'],
    ['domain=materials&offset=-1', 'INVALID_PARAMS'],
    ['domain=materials&offset=', 'INVALID_PARAMS'],
    ['domain=materials&offset=1e9', 'INVALID_PARAMS'],
  ];
  it('refuses pages that make no sense', async () => {
    const env = await openSite('jobs11');
    const path = `/api/trace/job/${await submit(env)}/result`;
    for (const [query, code] of BAD)
      expect({ query, ...(await problemOf(await call(env, `${path}?${query}`))) }).toMatchObject({
        query,
        code,
        status: 400,
      });
  });
});

async function readLines(response: Response): Promise<{ type: string; cursor?: string }[]> {
  const text = await response.text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; cursor?: string });
}

describe('the stream', () => {
  it('is gzip for who takes it and plain for who does not', async () => {
    const env = await openSite('jobs12');
    const path = `/api/trace/job/${await runJob(env)}/stream`;
    const plain = await call(env, path, { headers: { 'accept-encoding': 'identity, gzip;q=0' } });
    expect(plain.headers.get('content-type')).toBe('application/x-ndjson');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.headers.get('vary')).toBe('Accept-Encoding');
    expect(plain.headers.get('cache-control')).toBe('no-store');
    const lines = await readLines(plain);
    expect(lines[0]).toMatchObject({ type: 'meta' });
    expect(lines.at(-1)).toMatchObject({ type: 'complete', total_records: 5 });

    const zipped = await call(env, path, { headers: { 'accept-encoding': 'br, gzip' } });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(zipped.headers.get('vary')).toBe('Accept-Encoding');
    const unzipped = new Response(zipped.body?.pipeThrough(new DecompressionStream('gzip')));
    expect((await readLines(unzipped)).map((line) => line.type)).toEqual(lines.map((line) => line.type));

    const cursor = lines.find((line) => line.type === 'position')?.cursor ?? '';
    const rest = await readLines(await call(env, `${path}?after=${cursor}`));
    expect(rest.map((line) => line.type)).not.toContain('records');
    expect(await problemOf(await call(env, `${path}?after=nonsense`))).toMatchObject({
      status: 400,
      code: 'INVALID_CURSOR',
    });
  });

  it('of a HEAD is let go at once', async () => {
    const env = await openSite('jobs13');
    const jobId = await submit(env);
    const response = await call(env, `/api/trace/job/${jobId}/stream`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});

describe('the jobs of a caller', () => {
  it('are listed newest first, page by page, and by state', async () => {
    const env = await openSite('jobs14');
    const done = await runJob(env);
    const waiting = [await submit(env), await submit(env)];
    const list = await eventually(async () => {
      const list = await (await call(env, '/api/trace/jobs?site=jobs14')).json<JobList>();
      expect(list.jobs.map((job) => job.state)).toEqual(['queued', 'queued', 'succeeded']);
      return list;
    });
    expect(list.jobs.at(-1)).toMatchObject({ job_id: done, kind: 'events' });
    expect(list.jobs[0]).not.toHaveProperty('domains');
    expect(list).not.toHaveProperty('next_cursor');

    const first = await (await call(env, '/api/trace/jobs?limit=2')).json<JobList>();
    expect(first.jobs.map((job) => job.job_id).sort()).toEqual([...waiting].sort());
    const second = await (await call(env, `/api/trace/jobs?limit=2&cursor=${first.next_cursor}`)).json<JobList>();
    expect(second.jobs.map((job) => job.job_id)).toEqual([done]);
    expect(second).not.toHaveProperty('next_cursor');
    const ended = await (await call(env, '/api/trace/jobs?state=succeeded')).json<JobList>();
    expect(ended.jobs.map((job) => job.job_id)).toEqual([done]);
  });

  const BAD: readonly (readonly [query: string, code: string])[] = [
    ['site=nowhere', 'SITE_NOT_FOUND'],
    ['state=done', 'INVALID_PARAMS'],
    ['limit=0', 'INVALID_PARAMS'],
    ['limit=101', 'INVALID_PARAMS'],
    ['cursor=nonsense', 'INVALID_CURSOR'],
  ];
  it.each(BAD)('with %s are refused', async (query, code) => {
    const response = await call(makeEnv({ SITES: 'jobs15' }), `/api/trace/jobs?${query}`);
    expect(await problemOf(response)).toMatchObject({ code });
  });
});
