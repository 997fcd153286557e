import { env as bindings, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { JobAccepted } from '#protocol/job.ts';
import type { Lease } from '#protocol/lease.ts';
import type { Env } from '../../src/env.ts';
import type { JobObject } from '../../src/job/job-object.ts';
import { siteStub } from '../../src/site/stubs.ts';
import { bridgeCall, call, makeEnv, post, problemOf, takeLeases } from './app-harness.ts';
import { makeCompleteBody, makeSegment } from './segment-maker.ts';
import { ASYNC, byDays, EVENTS, eventsBody, ID, idNumber, LINEAGE, openSite, seedBody, SEEDS } from './trace-calls.ts';
import { eventually } from '../helpers/eventually.ts';

const OTHER_ID = '48812c8000039e15';

async function complete(env: Env, lease: Lease, body: Uint8Array): Promise<Response> {
  return bridgeCall(env, `/bridge/v1/jobs/${lease.job_id}/complete`, { body, lease });
}

/** Does the next job of the site as an interactive one. */
async function answerNext(
  env: Env,
  sets: Parameters<typeof makeCompleteBody>[1],
  aggregation: Record<string, unknown> = {},
): Promise<Lease> {
  const [lease] = await takeLeases(env);
  if (!lease) throw new Error('no lease');
  const response = await complete(env, lease, await makeCompleteBody(lease, sets, aggregation));
  if (!response.ok) throw new Error(await response.text());
  return lease;
}

describe('the lineage of one more lot', () => {
  it.each([
    ['way1', 'query_tool', {}, { direction: 'forward', follow_merges: false }],
    ['way2', 'query_tool', { follow_merges: true }, { direction: 'forward', follow_merges: true }],
    ['way3', 'query_tool', { direction: 'backward' }, { direction: 'backward', follow_merges: false }],
    ['way4', 'query_tool_reverse', {}, { direction: 'backward', follow_merges: false }],
    ['way5', 'mid_section_defect', {}, { direction: 'backward', follow_merges: false }],
    ['way6', 'mid_section_defect', { direction: 'forward' }, { direction: 'forward', follow_merges: false }],
  ] as const)('(%s) of %s with %j goes %j, in the interactive lane', async (site, profile, params, way) => {
    const { env } = await openSite(site);
    const pending = post(env, LINEAGE, { profile, container_ids: [ID], params });
    const lease = await answerNext(env, { nodes: [{ container_id: ID }], edges: [] }, { direction: way.direction });
    expect(lease.spec).toMatchObject({ lane: 'interactive', cid_count: 1, params: { kind: 'lineage', ...way } });
    const response = await pending;
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ stage: 'lineage', direction: way.direction, edges: [] });
  });

  it('in the other direction is another job, and so is one that follows merges', async () => {
    const { env } = await openSite('ways');
    const jobOf = async (profile: string, params?: Record<string, unknown>) => {
      const body = { profile, container_ids: [ID], ...(params ? { params } : {}) };
      return (await (await post(env, LINEAGE, body, ASYNC)).json<JobAccepted>()).job_id;
    };
    const forward = await jobOf('query_tool');
    const backward = await jobOf('query_tool', { direction: 'backward' });
    const through = await jobOf('query_tool', { follow_merges: true });
    expect(new Set([forward, backward, through]).size).toBe(3);
    expect(await jobOf('query_tool', { direction: 'forward', follow_merges: false })).toBe(forward);
  });
});

describe('a stage that is awaited', () => {
  const seed = {
    container_id: ID,
    lot_id: 'GA26011704-A00-003',
    input_value: 'GA26011704-A00-003',
    spec_name: null,
    qty: 40,
  };
  const summary = { total: 1, input_count: 2, not_found: ['GA1'], expansion_info: {}, warnings: [] };

  it('answers with its result in one body, and the next equal request from the cache', async () => {
    const { env } = await openSite('routes3');
    const pending = post(env, SEEDS, seedBody);
    const lease = await answerNext(env, { seeds: [seed] }, summary);
    expect(lease.spec).toMatchObject({
      kind: 'seed_resolve',
      lane: 'interactive',
      params: { kind: 'seed_resolve', input_type: 'lot_id', values: ['GA26011704-A00-003'] },
    });
    const response = await pending;
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('content-location')).toBe(`/api/trace/job/${lease.job_id}`);
    expect(response.headers.get('age')).toBeNull();
    expect(await response.json()).toEqual({
      stage: 'seed_resolve',
      job_id: lease.job_id,
      seeds: [seed],
      seed_count: 1,
      ...summary,
    });

    const cached = await eventually(async () => {
      const again = await post(env, SEEDS, {
        ...seedBody,
        params: { ...seedBody.params, values: [' GA26011704-A00-003'] },
      });
      expect(again.headers.get('age')).toMatch(/^[0-9]+$/);
      return again;
    });
    expect(cached.headers.get('content-location')).toBe(`/api/trace/job/${lease.job_id}`);
    expect(await cached.json()).toMatchObject({ job_id: lease.job_id });

    const fresh = await post(env, SEEDS, seedBody, { 'cache-control': 'no-cache', ...ASYNC });
    expect((await fresh.json<JobAccepted>()).job_id).not.toBe(lease.job_id);
  });

  it('for seeds is the same whatever the order of its values and however their mode is written', async () => {
    const { env } = await openSite('routes3b');
    const values = ['GA26011704', 'gc26060790'];
    const params = { input_type: 'work_order', values };
    const jobIds: string[] = [];
    for (const again of [params, { ...params, mode: 'container' }, { ...params, values: values.toReversed() }]) {
      const response = await post(env, SEEDS, { profile: 'query_tool', params: again }, ASYNC);
      jobIds.push((await response.json<JobAccepted>()).job_id);
    }
    expect(new Set(jobIds).size).toBe(1);
    const [lease] = await takeLeases(env);
    expect(lease?.spec).toMatchObject({ lane: 'interactive', params: { kind: 'seed_resolve', ...params } });
  });

  it('for seeds of a range of days is a long job, and the same whatever the order of its groups', async () => {
    const { env } = await openSite('routes3c');
    const params = { ...byDays('2026-01-01', '2026-01-31', '成型', '測試', '成型') };
    const body = { profile: 'mid_section_defect', params };
    const first = await post(env, SEEDS, body, ASYNC);
    expect(first.status).toBe(202);
    const { job_id: jobId, status_url } = await first.json<JobAccepted>();
    const turned = { ...body, params: { ...params, workcenter_groups: ['測試', '成型'] } };
    expect((await (await post(env, SEEDS, turned, ASYNC)).json<JobAccepted>()).job_id).toBe(jobId);
    const other = { ...body, params: { ...params, end_date: '2026-01-30' } };
    expect((await (await post(env, SEEDS, other, ASYNC)).json<JobAccepted>()).job_id).not.toBe(jobId);

    const status = await (await call(env, status_url)).json<{ created_at: string; deadline_at: string }>();
    expect(Date.parse(status.deadline_at) - Date.parse(status.created_at)).toBeGreaterThan(200_000);
    const [lease] = await takeLeases(env);
    expect(lease?.spec).toMatchObject({
      lane: 'batch',
      resume: 'restart',
      cid_count: 0,
      params: { kind: 'seed_resolve', ...params, workcenter_groups: ['成型', '測試'] },
    });
  });

  it('that fails is answered with the status of its code', async () => {
    const { env } = await openSite('routes4');
    const pending = post(env, SEEDS, seedBody);
    const [lease] = await takeLeases(env);
    const failure = { code: 'QUERY_TIMEOUT', detail: 'The query took too long.', retryable: false };
    const body = JSON.stringify(failure);
    await bridgeCall(env, `/bridge/v1/jobs/${lease?.job_id}/fail`, { body, ...(lease ? { lease } : {}) });
    const response = await pending;
    expect(await problemOf(response)).toMatchObject({
      status: 504,
      code: 'QUERY_TIMEOUT',
      detail: 'The query took too long.',
      job_id: lease?.job_id,
    });
  });

  it('that is cancelled meanwhile says so', async () => {
    const { env } = await openSite('routes5');
    const pending = post(env, SEEDS, seedBody);
    const [lease] = await takeLeases(env);
    const cancelled = await call(env, `/api/trace/job/${lease?.job_id}/cancel`, { method: 'POST' });
    expect(cancelled.status).toBe(202);
    expect(await problemOf(await pending)).toMatchObject({ status: 409, code: 'JOB_NOT_COMPLETE', state: 'cancelled' });
  });

  it('does not join a job that was cancelled a moment ago, of which the site has not heard yet', async () => {
    const { env } = await openSite('routes5b');
    const first = await post(env, SEEDS, seedBody, ASYNC);
    const { job_id: jobId } = await first.json<JobAccepted>();
    const list = async () => {
      const jobs = await siteStub(env, env.SITES).list({ owner: 'local', limit: 10 });
      return jobs.ok ? jobs.value.jobs.map((job) => job.state) : [];
    };
    await eventually(async () => expect(await list()).toEqual(['queued']));
    // The announcement of the end is held up: the object believes that it was made already.
    await runInDurableObject(bindings.JOB.get(bindings.JOB.idFromString(jobId)), (job: JobObject, { storage }) => {
      storage.sql.exec(
        'CREATE TRIGGER held_up AFTER UPDATE OF announce_at_ms ON job BEGIN UPDATE job SET announce_at_ms = NULL; END',
      );
      return job.cancel({ owner: 'local', force: false });
    });
    expect(await list()).toEqual(['queued']);
    const next = await post(env, SEEDS, seedBody, ASYNC);
    expect(next.status).toBe(202);
    const { job_id: nextId } = await next.json<JobAccepted>();
    expect(nextId).not.toBe(jobId);
    expect((await (await post(env, SEEDS, seedBody, ASYNC)).json<JobAccepted>()).job_id).toBe(nextId);
  });

  it('with more records than one body takes is 202', async () => {
    const { env } = await openSite('routes6');
    const pending = post(env, LINEAGE, { profile: 'query_tool', container_ids: [ID] });
    const [lease] = await takeLeases(env);
    if (!lease) throw new Error('no lease');
    expect(lease.spec).toMatchObject({ kind: 'lineage', cid_count: 1 });
    const nodes = Array.from({ length: 5001 }, (_, index) => ({ container_id: idNumber(index) }));
    const path = `/bridge/v1/jobs/${lease.job_id}/domains/nodes`;
    for (const [batch, records] of [nodes.slice(0, 5000), nodes.slice(5000)].entries()) {
      const { head, segment } = await makeSegment(records, { domain: 'nodes', batch: batch + 1 });
      const put = await bridgeCall(env, `${path}/chunks/${batch + 1}`, {
        method: 'PUT',
        body: segment,
        lease,
        headers: {
          'lotstream-count': String(head.count),
          'lotstream-raw-bytes': String(head.raw_bytes),
          'lotstream-crc32': String(head.crc32),
          'lotstream-sha256': head.sha256,
        },
      });
      expect(await put.json()).toMatchObject({ credit: expect.any(Number) as number });
    }
    const tell = (rest: string, body: unknown, method = 'POST'): Promise<Response> =>
      bridgeCall(env, `/bridge/v1/jobs/${lease.job_id}/${rest}`, { method, body: JSON.stringify(body), lease });
    const seal = { first_batch: 1, last_batch: 2, ids_to: 1, records: 5001, containers_found: 1 };
    expect((await tell('domains/nodes/seal', seal)).status).toBe(200);
    const ended = { status: 'complete', totals: { records: 5001, batches: 2 } };
    expect((await tell('domains/nodes/end', ended)).status).toBe(204);
    expect(
      (await tell('domains/edges/seal', { first_batch: 1, ids_to: 1, records: 0, containers_found: 0 })).status,
    ).toBe(200);
    expect((await tell('domains/edges/end', { status: 'complete', totals: { records: 0, batches: 0 } })).status).toBe(
      204,
    );
    expect((await tell('aggregation', { roots: [ID] }, 'PUT')).status).toBe(204);
    expect((await tell('finish', { records: 5001 })).status).toBe(204);
    const response = await pending;
    expect(response.status).toBe(202);
    expect((await response.json<JobAccepted>()).job_id).toBe(lease.job_id);
  });

  it('is answered 202 when the caller does not wait, or not that long', async () => {
    const { env } = await openSite('routes7');
    const atOnce = await post(env, EVENTS, eventsBody, ASYNC);
    expect(atOnce.status).toBe(202);
    expect(atOnce.headers.get('preference-applied')).toBe('respond-async');
    const accepted = await atOnce.json<JobAccepted>();
    expect(accepted).toEqual({
      async: true,
      job_id: accepted.job_id,
      status_url: `/api/trace/job/${accepted.job_id}`,
      stream_url: `/api/trace/job/${accepted.job_id}/stream`,
      result_url: `/api/trace/job/${accepted.job_id}/result`,
    });
    expect(atOnce.headers.get('location')).toBe(accepted.status_url);
    expect(atOnce.headers.get('retry-after')).toMatch(/^[0-9]+$/);
    const soon = await post(env, EVENTS, eventsBody, { prefer: 'respond-async, wait=0' });
    expect(soon.status).toBe(202);
    expect(soon.headers.get('preference-applied')).toBe('wait=0');
    expect((await soon.json<JobAccepted>()).job_id).toBe(accepted.job_id);
  });

  it('with more ids than the threshold is 202 at once, however long the caller would wait', async () => {
    const { env: base } = await openSite('routes8');
    const env = { ...base, TRACE_ASYNC_CID_THRESHOLD: '1' };
    const one = post(env, EVENTS, eventsBody);
    await answerNext(env, { materials: [{ CONTAINERID: ID }] });
    expect((await one).status).toBe(200);
    const two = await post(env, EVENTS, { ...eventsBody, container_ids: [ID, OTHER_ID] }, { prefer: 'wait=30' });
    expect(two.status).toBe(202);
    expect(two.headers.get('preference-applied')).toBeNull();
  });
});

describe('an events call that names no domains', () => {
  it.each([
    ['query_tool', {}, ['history', 'materials', 'rejects', 'holds', 'jobs']],
    ['mid_section_defect', {}, ['upstream_history', 'materials']],
    ['mid_section_defect', { direction: 'backward' }, ['upstream_history', 'materials']],
    ['mid_section_defect', { direction: 'forward' }, ['upstream_history', 'downstream_rejects']],
  ])('reads those of %s with %j', async (profile, params, domains) => {
    const { env } = await openSite(`defaults${profile.length}${JSON.stringify(params).length}`);
    await post(env, EVENTS, { profile, params, container_ids: [ID] }, ASYNC);
    const [lease] = await takeLeases(env);
    expect(lease?.spec.domains).toEqual(domains);
  });
});

describe('ids by reference', () => {
  it('are those an earlier job found, and only of a domain that is whole', async () => {
    const { env } = await openSite('routes9');
    const first = await (await post(env, SEEDS, seedBody, ASYNC)).json<JobAccepted>();
    const from = { job_id: first.job_id, domain: 'seeds' };
    const body = { profile: 'query_tool', domains: ['materials'], container_ids_from: from };
    expect(await problemOf(await post(env, EVENTS, body))).toMatchObject({ status: 409, code: 'JOB_NOT_COMPLETE' });

    const seeds = [ID, OTHER_ID, ID].map((container_id) => ({ container_id }));
    await answerNext(env, { seeds }, { not_found: [], expansion_info: {}, warnings: [] });
    const pending = post(env, EVENTS, body);
    const lease = await answerNext(env, { materials: [{ CONTAINERID: ID }] });
    expect(lease.spec).toMatchObject({ kind: 'events', lane: 'interactive', cid_count: 2 });
    expect(await (await pending).json()).toMatchObject({
      stage: 'events',
      results: { materials: { data: [{ CONTAINERID: ID }], count: 1 } },
      quality: { status: 'complete' },
    });

    const wrong = { ...body, container_ids_from: { ...from, domain: 'history' } };
    expect(await problemOf(await post(env, EVENTS, wrong))).toMatchObject({ status: 400, code: 'INVALID_PARAMS' });
    const elsewhere = makeEnv({ SITES: 'routes9b,routes9' });
    expect(await problemOf(await post(elsewhere, EVENTS, body))).toMatchObject({ status: 404, code: 'JOB_NOT_FOUND' });

    const tight = { ...env, TRACE_EVENTS_CID_LIMIT: '1' };
    expect(await problemOf(await post(tight, EVENTS, { ...body, domains: ['holds'] }))).toMatchObject({
      status: 413,
      code: 'CID_LIMIT_EXCEEDED',
      split_plan: [
        { ids_range: { from: 0, to: 1 }, ids: 1 },
        { ids_range: { from: 1, to: 2 }, ids: 1 },
      ],
    });
    const part = await post(tight, EVENTS, { ...body, domains: ['holds'], ids_range: { from: 1, to: 2 } }, ASYNC);
    expect(part.status).toBe(202);
  });
});

describe('an Idempotency-Key', () => {
  it('gives the same job for the same body and refuses another one', async () => {
    const { env } = await openSite('routes10');
    const key = { 'idempotency-key': 'upload-1', ...ASYNC };
    const first = await (await post(env, EVENTS, eventsBody, key)).json<JobAccepted>();
    const again = await (
      await post(env, EVENTS, eventsBody, { ...key, 'cache-control': 'no-cache' })
    ).json<JobAccepted>();
    expect(again.job_id).toBe(first.job_id);
    const other = await post(env, EVENTS, { ...eventsBody, container_ids: [OTHER_ID] }, key);
    expect(await problemOf(other)).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
  });
});

describe('a caller that leaves', () => {
  it('withdraws from the job it waited for', async () => {
    const { env, bridge } = await openSite('routes11');
    const leaving = new AbortController();
    const pending = call(env, SEEDS, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(seedBody),
      signal: leaving.signal,
    });
    const [lease] = await takeLeases(env);
    leaving.abort();
    expect(await problemOf(await pending)).toMatchObject({ code: 'JOB_NOT_COMPLETE', state: 'cancelled' });
    await eventually(() => expect(bridge.heard).toContainEqual({ type: 'cancel', job_id: lease?.job_id, epoch: 1 }));
  });
});
