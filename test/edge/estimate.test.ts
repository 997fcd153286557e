import { describe, expect, it } from 'vitest';
import type { JobAccepted, JobList } from '#protocol/job.ts';
import type { Lease } from '#protocol/lease.ts';
import type { EstimateAnswer } from '#protocol/trace.ts';
import { estimateAnswerSchema } from '#protocol/trace.ts';
import type { Env } from '../../src/env.ts';
import { bridgeCall, call, connectBridge, makeEnv, post, problemOf, takeLeases } from './app-harness.ts';
import { makeCompleteBody } from './segment-maker.ts';

const ESTIMATE = '/api/trace/estimate';
const EVENTS = '/api/trace/events';
const ASYNC = { prefer: 'respond-async' };

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => index.toString(16).padStart(16, '0'));
}

async function estimate(env: Env, body: unknown): Promise<EstimateAnswer> {
  const response = await post(env, ESTIMATE, body);
  if (response.status !== 200) throw new Error(await response.text());
  return estimateAnswerSchema.parse(await response.json());
}

async function nextLease(env: Env): Promise<Lease> {
  const [lease] = await takeLeases(env);
  if (!lease) throw new Error('no lease');
  return lease;
}

describe('an estimate', () => {
  it('says how many statements would run for how many containers, without a bridge', async () => {
    const env = makeEnv({ SITES: 'estimate1' });
    const container_ids = [...ids(1300), ...ids(20)];
    expect(await estimate(env, { profile: 'query_tool', domains: ['materials'], container_ids })).toEqual({
      ids: 1300,
      queries: 4,
      admit: true,
      limit: 50_000,
    });
    const twice = { profile: 'query_tool', domains: ['holds', 'jobs', 'holds'], container_ids: ids(51) };
    expect(await estimate(env, twice)).toMatchObject({ ids: 51, queries: 2 * 2 });
    const defaults = { profile: 'mid_section_defect', container_ids: ids(1) };
    expect(await estimate(env, defaults)).toMatchObject({ queries: 2, limit: 500_000 });
    const part = { ...twice, ids_range: { from: 50, to: 99 } };
    expect(await estimate(env, part)).toMatchObject({ ids: 1, queries: 2 });
  });

  it('counts the ranges that the batch size of a job makes', async () => {
    const env = makeEnv({ SITES: 'estimate2', TRACE_STREAM_BATCH_SIZE: '50' });
    // 8 staged chunks of 50 records, of containers with 40 each: 10 ids a range.
    const body = { profile: 'query_tool', domains: ['holds'], container_ids: ids(101) };
    expect(await estimate(env, body)).toMatchObject({ queries: 11 });
  });

  it('makes nothing', async () => {
    const env = makeEnv({ SITES: 'estimate3' });
    await connectBridge(env);
    await estimate(env, { profile: 'query_tool', container_ids: ids(3) });
    expect(await (await call(env, '/api/trace/jobs')).json<JobList>()).toEqual({ jobs: [] });
    const leases = await bridgeCall(env, '/bridge/v1/leases', {
      body: JSON.stringify({
        request_id: 'e'.repeat(32),
        boot_id: 'b'.repeat(32),
        slots: { interactive: 1, batch: 1 },
      }),
    });
    expect(await leases.json()).toEqual({ leases: [] });
  });

  it('admits the limit itself, and of one more gives a plan of parts and what they run together', async () => {
    const env = makeEnv({ SITES: 'estimate4', TRACE_EVENTS_CID_LIMIT: '60', TRACE_MSD_CID_LIMIT: '61' });
    const body = { profile: 'query_tool', domains: ['history'], container_ids: ids(60) };
    expect(await estimate(env, body)).toEqual({ ids: 60, queries: 2, admit: true, limit: 60 });
    const more = { ...body, container_ids: ids(61) };
    expect(await estimate(env, more)).toEqual({
      ids: 61,
      queries: 2,
      admit: false,
      limit: 60,
      split_plan: [
        { ids_range: { from: 0, to: 31 }, ids: 31 },
        { ids_range: { from: 31, to: 61 }, ids: 30 },
      ],
    });
    expect(await estimate(env, { ...more, profile: 'mid_section_defect' })).toMatchObject({ admit: true, limit: 61 });
    const range = { ...body, container_ids: ids(500), ids_range: { from: 300, to: 400 } };
    expect(await estimate(env, range)).toMatchObject({
      ids: 100,
      split_plan: [{ ids_range: { from: 300, to: 350 } }, { ids_range: { from: 350, to: 400 } }],
    });
  });

  it('by reference counts the containers of the other job, not its records', async () => {
    const env = makeEnv({ SITES: 'estimate5', TRACE_EVENTS_CID_LIMIT: '60' });
    await connectBridge(env);
    const values = ['GA26011704-A00-003'];
    const made = await post(
      env,
      '/api/trace/seed-resolve',
      { profile: 'query_tool', params: { input_type: 'lot_id', values } },
      ASYNC,
    );
    const { job_id } = await made.json<JobAccepted>();
    const body = { profile: 'query_tool', domains: ['history'], container_ids_from: { job_id, domain: 'seeds' } };
    expect(await problemOf(await post(env, ESTIMATE, body))).toMatchObject({ status: 409, code: 'JOB_NOT_COMPLETE' });

    // Every container was found twice, by two tokens.
    const seeds = [...ids(60), ...ids(60)].map((container_id) => ({ container_id }));
    const lease = await nextLease(env);
    const summary = { not_found: [], expansion_info: {}, warnings: [] };
    const frame = await makeCompleteBody(lease, { seeds }, summary);
    expect((await bridgeCall(env, `/bridge/v1/jobs/${job_id}/complete`, { body: frame, lease })).status).toBe(204);
    expect(await estimate(env, body)).toEqual({ ids: 60, queries: 2, admit: true, limit: 60 });
    expect((await post(env, EVENTS, body, ASYNC)).status).toBe(202);

    const tight = { ...env, TRACE_EVENTS_CID_LIMIT: '40' };
    const range = { ...body, ids_range: { from: 10, to: 60 } };
    const plan = [
      { ids_range: { from: 10, to: 35 }, ids: 25 },
      { ids_range: { from: 35, to: 60 }, ids: 25 },
    ];
    expect(await estimate(tight, range)).toEqual({ ids: 50, queries: 2, admit: false, limit: 40, split_plan: plan });
    expect(await problemOf(await post(tight, EVENTS, range))).toMatchObject({ status: 413, split_plan: plan });
  });

  it.each([
    ['no ids', {}, 400, 'INVALID_PARAMS'],
    ['a bad id', { container_ids: ['x'] }, 400, 'INVALID_PARAMS'],
    ['an unknown domain', { container_ids: ids(1), domains: ['lots'] }, 400, 'UNKNOWN_DOMAIN'],
    ['a range past the end', { container_ids: ids(1), ids_range: { from: 1, to: 2 } }, 400, 'INVALID_PARAMS'],
    ['a job that never was', { container_ids_from: { job_id: 'a'.repeat(64), domain: 'nodes' } }, 404, 'JOB_NOT_FOUND'],
    ['an undeclared site', { container_ids: ids(1), site: 'nowhere' }, 404, 'SITE_NOT_FOUND'],
  ])('of %s is refused as the call itself would be', async (_name, members, status, code) => {
    const env = makeEnv({ SITES: 'estimate6' });
    const body = { profile: 'query_tool', ...members };
    for (const path of [ESTIMATE, EVENTS])
      expect(await problemOf(await post(env, path, body))).toMatchObject({ status, code });
  });

  it('has a limit of its own', async () => {
    const env = makeEnv({ SITES: 'estimate7', TRACE_ESTIMATE_RATE_MAX_REQUESTS: '1' });
    expect((await post(env, ESTIMATE, {})).headers.get('ratelimit')).toMatch(/^"estimate";r=0;t=/);
    expect((await post(env, ESTIMATE, {})).status).toBe(429);
    expect((await post(env, EVENTS, {})).status).toBe(400);
  });
});

describe('the parts of a split plan', () => {
  it.each([
    ['a refusal', EVENTS],
    ['an estimate', ESTIMATE],
  ])('of %s, posted one by one, are jobs that have every container once', async (name, path) => {
    const env = makeEnv({ SITES: `split-${name.split(' ')[1]}`, TRACE_EVENTS_CID_LIMIT: '10' });
    await connectBridge(env);
    // Neither sorted nor distinct, as a caller may have them.
    const body = { profile: 'query_tool', domains: ['holds'], container_ids: [...ids(23).toReversed(), ...ids(5)] };
    const { split_plan: plan = [] } = await (await post(env, path, body)).json<EstimateAnswer>();
    expect(plan.map((part) => part.ids)).toEqual([8, 8, 7]);
    const made: string[] = [];
    for (const { ids_range, ids: count } of plan) {
      const response = await post(env, EVENTS, { ...body, ids_range }, ASYNC);
      expect(response.status).toBe(202);
      const lease = await nextLease(env);
      expect(lease.spec.cid_count).toBe(count);
      const path = `/bridge/v1/jobs/${lease.job_id}/ids?from=0&count=${count}`;
      const packed = await (await bridgeCall(env, path, { method: 'GET', lease })).bytes();
      for (let at = 0; at < packed.byteLength; at += 8) made.push(packed.slice(at, at + 8).toHex());
    }
    expect(made).toEqual(ids(23));
  });
});
