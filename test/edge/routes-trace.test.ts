import { env as bindings, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import type { JobAccepted } from '#protocol/job.ts';
import type { Lease } from '#protocol/lease.ts';
import type { Env } from '../../src/env.ts';
import type { JobObject } from '../../src/job/job-object.ts';
import { siteStub } from '../../src/site/stubs.ts';
import type { ConnectedBridge } from './app-harness.ts';
import { bridgeCall, call, connectBridge, makeEnv, post, problemOf, takeLeases } from './app-harness.ts';
import { makeCompleteBody, makeSegment } from './segment-maker.ts';

const SEEDS = '/api/trace/seed-resolve';
const LINEAGE = '/api/trace/lineage';
const EVENTS = '/api/trace/events';
const ID = '488103800029578b';
const OTHER_ID = '48812c8000039e15';
const ASYNC = { prefer: 'respond-async' };

const seedBody = { profile: 'query_tool', params: { input_type: 'lot_id', values: ['GA26011704-A00-003'] } };
const eventsBody = { profile: 'query_tool', domains: ['materials'], container_ids: [ID] };

function idNumber(index: number): string {
  return index.toString(16).padStart(16, '0');
}

/** A site of its own, with a bridge or without. */
async function openSite(site: string): Promise<{ env: Env; bridge: ConnectedBridge }> {
  const env = makeEnv({ SITES: site });
  return { env, bridge: await connectBridge(env) };
}

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

const byValue = (input_type: string, ...values: string[]) => ({ input_type, values });
const byDays = (start_date: string, end_date: string, ...workcenter_groups: string[]) => ({
  mode: 'date_range',
  start_date,
  end_date,
  workcenter_groups,
});

/** Seed parameters that are well-formed, or nearly, and still mean nothing; and what the caller is told. */
const REFUSED_SEEDS: readonly (readonly [name: string, profile: string, params: object, says: string])[] = [
  [
    'a serial number forward',
    'query_tool',
    byValue('serial_number', 'GA26011704-A01'),
    'The profile query_tool takes no serial_number: params.input_type must be one of lot_id, wafer_lot, work_order.',
  ],
  [
    'a lot backward',
    'query_tool_reverse',
    byValue('lot_id', 'GA26011704-A00-003'),
    'must be one of serial_number, gd_work_order, gd_lot_id.',
  ],
  ...['GD25060502', 'gd25060502', 'Gd*', String.raw`\G\D25_`].map(
    (value) =>
      [
        `the GD order ${value} as a work order`,
        'query_tool',
        byValue('work_order', 'GA26011704', value),
        `${value} is a GD work order: trace it with input_type gd_work_order in the reverse query`,
      ] as const,
  ),
  ...['GA26011704', 'G*', '*GD25060502', 'G_D25'].map(
    (value) =>
      [
        `${value} as a GD order`,
        'query_tool_reverse',
        byValue('gd_work_order', 'GD25060502', value),
        // `G*` is refused for having one letter only.
        value === 'G*' ? 'needs at least 2 characters' : `${value} is no GD work order`,
      ] as const,
  ),
  ['days of a query tool', 'query_tool', byDays('2026-01-01', '2026-01-31', '成型'), 'takes no date range'],
  ['days of a reverse query', 'query_tool_reverse', byDays('2026-01-01', '2026-01-31', '成型'), 'takes no date range'],
  [
    'a day that is none',
    'mid_section_defect',
    byDays('2026-02-30', '2026-03-01', '成型'),
    'params.start_date must be a',
  ],
  [
    'days the wrong way',
    'mid_section_defect',
    byDays('2026-01-02', '2026-01-01', '成型'),
    'params.end_date must not be before start_date.',
  ],
  [
    'too many days',
    'mid_section_defect',
    byDays('2024-01-01', '2025-12-31', '成型'),
    'params.end_date must be at most 730 days from start_date',
  ],
  [
    'no group',
    'mid_section_defect',
    byDays('2026-01-01', '2026-01-31'),
    'params.workcenter_groups must have at least 1',
  ],
  [
    'an unknown group',
    'mid_section_defect',
    byDays('2026-01-01', '2026-01-31', '烘箱'),
    'params.workcenter_groups[0] must',
  ],
  ['an unknown mode', 'mid_section_defect', { ...byValue('lot_id', 'GA1'), mode: 'weekly' }, 'params.mode'],
  [
    'days and values',
    'mid_section_defect',
    { ...byDays('2026-01-01', '2026-01-31', '成型'), values: ['GA1'] },
    'params has members that are not known: values',
  ],
];

describe('a body that cannot be used', () => {
  const env = makeEnv({ SITES: 'routes1' });
  const BAD: readonly (readonly [name: string, path: string, body: unknown, code: string, says: string])[] = [
    ['no object', EVENTS, [], 'INVALID_PARAMS', 'The request must be an object'],
    ['no profile', SEEDS, { params: seedBody.params }, 'INVALID_PROFILE', 'profile must be one of'],
    ['an unknown profile', EVENTS, { ...eventsBody, profile: 'nobody' }, 'INVALID_PROFILE', 'query_tool'],
    ['an unknown domain', EVENTS, { ...eventsBody, domains: ['holds', 'lots'] }, 'UNKNOWN_DOMAIN', 'domains[1]'],
    ['no domain', EVENTS, { ...eventsBody, domains: [] }, 'INVALID_PARAMS', 'domains must have at least 1 element'],
    ['domains of another stage', EVENTS, { ...eventsBody, domains: ['nodes'] }, 'UNKNOWN_DOMAIN', 'domains[0]'],
    ['an unknown member', EVENTS, { ...eventsBody, container_id: ID }, 'INVALID_PARAMS', 'container_id'],
    ['no params', SEEDS, { profile: 'query_tool' }, 'INVALID_PARAMS', 'params must be an object'],
    [
      'an unknown direction',
      LINEAGE,
      { profile: 'query_tool', container_ids: [ID], params: { direction: 'up' } },
      'INVALID_PARAMS',
      'params.direction',
    ],
    [
      'merges to be followed backward',
      LINEAGE,
      { profile: 'mid_section_defect', container_ids: [ID], params: { follow_merges: true } },
      'INVALID_PARAMS',
      'params.follow_merges',
    ],
    [
      'a misspelt option',
      LINEAGE,
      { profile: 'query_tool', container_ids: [ID], params: { directoin: 'backward' } },
      'INVALID_PARAMS',
      'directoin',
    ],
    [
      'an unknown input type',
      SEEDS,
      { profile: 'query_tool', params: { input_type: 'lot', values: ['x'] } },
      'INVALID_PARAMS',
      'params.input_type',
    ],
    [
      'no values',
      SEEDS,
      { profile: 'query_tool', params: { input_type: 'lot_id', values: [] } },
      'INVALID_PARAMS',
      'params.values',
    ],
    [
      'empty values',
      SEEDS,
      { profile: 'query_tool', params: { input_type: 'lot_id', values: [' ', ''] } },
      'INVALID_PARAMS',
      'params.values',
    ],
    [
      'a number among the values',
      SEEDS,
      { profile: 'query_tool', params: { input_type: 'lot_id', values: ['a', 7] } },
      'INVALID_PARAMS',
      'params.values[1] must be a string',
    ],
    [
      'a pattern of hardly anything',
      SEEDS,
      { profile: 'query_tool', params: { input_type: 'lot_id', values: ['GA26*', '*G_'] } },
      'INVALID_PARAMS',
      '*G_',
    ],
    ...REFUSED_SEEDS.map(
      ([name, profile, params, says]) => [name, SEEDS, { profile, params }, 'INVALID_PARAMS', says] as const,
    ),
    ['no ids', LINEAGE, { profile: 'query_tool' }, 'INVALID_PARAMS', 'either container_ids or container_ids_from'],
    [
      'an empty list of ids',
      LINEAGE,
      { profile: 'query_tool', container_ids: [] },
      'INVALID_PARAMS',
      'no container id',
    ],
    [
      'both sources of ids',
      EVENTS,
      { ...eventsBody, container_ids_from: { job_id: 'a'.repeat(64), domain: 'seeds' } },
      'INVALID_PARAMS',
      'either container_ids or container_ids_from',
    ],
    [
      'a bad id',
      EVENTS,
      { ...eventsBody, container_ids: [ID, ID.toUpperCase()] },
      'INVALID_PARAMS',
      'container_ids[1]',
    ],
    ['a bad seed id', EVENTS, { ...eventsBody, seed_container_ids: [1] }, 'INVALID_PARAMS', 'seed_container_ids[0]'],
    ['a range the wrong way', EVENTS, { ...eventsBody, ids_range: { from: 3, to: 3 } }, 'INVALID_PARAMS', 'ids_range'],
    [
      'a range past the end',
      EVENTS,
      { ...eventsBody, ids_range: { from: 3, to: 9 } },
      'INVALID_PARAMS',
      'no container',
    ],
    ['a site that is no id', EVENTS, { ...eventsBody, site: 'Fab 1' }, 'INVALID_PARAMS', 'site must be a site id'],
    ['an undeclared site', EVENTS, { ...eventsBody, site: 'nowhere' }, 'SITE_NOT_FOUND', 'nowhere'],
    [
      'ids of a job that never was',
      EVENTS,
      { profile: 'query_tool', container_ids_from: { job_id: 'a'.repeat(64), domain: 'seeds' } },
      'JOB_NOT_FOUND',
      'no job',
    ],
    ['a lineage that never was', EVENTS, { ...eventsBody, lineage_job_id: 'b'.repeat(64) }, 'JOB_NOT_FOUND', 'no job'],
    [
      'ids of an unknown domain',
      EVENTS,
      { profile: 'query_tool', container_ids_from: { job_id: 'a'.repeat(64), domain: 'lots' } },
      'UNKNOWN_DOMAIN',
      'container_ids_from.domain',
    ],
  ];

  it.each(BAD)('because of %s says so in one sentence', async (...bad) => {
    const [, path, body, code, says] = bad;
    const problem = await problemOf(await post(env, path, body));
    expect(problem.code).toBe(code);
    expect(problem.detail).toContain(says);
    expect(problem.detail.endsWith('.')).toBe(true);
  });

  it.each(['', 'a b', 'x'.repeat(201)])('because of the Idempotency-Key "%s" is refused', async (key) => {
    const response = await post(env, EVENTS, eventsBody, { 'idempotency-key': key });
    expect(await problemOf(response)).toMatchObject({ status: 400, code: 'INVALID_PARAMS' });
  });
});

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => idNumber(index));
}

describe('admission', () => {
  const env = makeEnv({ SITES: 'routes2', TRACE_EVENTS_CID_LIMIT: '10', TRACE_MSD_CID_LIMIT: '20' });
  it('lets the limit itself pass, and counts no id twice', async () => {
    const body = { profile: 'query_tool', container_ids: [...ids(10), ...ids(10)] };
    expect(await problemOf(await post(env, EVENTS, body))).toMatchObject({ code: 'BRIDGE_UNAVAILABLE' });
  });

  it.each([EVENTS, LINEAGE])('refuses more at %s, with a plan of parts that are admitted', async (path) => {
    const response = await post(env, path, { profile: 'query_tool', container_ids: ids(25) });
    expect(await problemOf(response)).toMatchObject({
      status: 413,
      code: 'CID_LIMIT_EXCEEDED',
      ids: 25,
      limit: 10,
      split_plan: [
        { ids_range: { from: 0, to: 9 }, ids: 9 },
        { ids_range: { from: 9, to: 18 }, ids: 9 },
        { ids_range: { from: 18, to: 25 }, ids: 7 },
      ],
    });
  });

  it('has its own limit for mid_section_defect', async () => {
    const body = { profile: 'mid_section_defect', container_ids: ids(20) };
    expect(await problemOf(await post(env, EVENTS, body))).toMatchObject({ code: 'BRIDGE_UNAVAILABLE' });
    const more = await post(env, EVENTS, { ...body, container_ids: ids(21) });
    expect(await problemOf(more)).toMatchObject({ code: 'CID_LIMIT_EXCEEDED', limit: 20 });
  });

  it('counts the range, and plans within it', async () => {
    const body = { profile: 'query_tool', container_ids: ids(40), ids_range: { from: 20, to: 30 } };
    expect(await problemOf(await post(env, EVENTS, body))).toMatchObject({ code: 'BRIDGE_UNAVAILABLE' });
    const more = await post(env, EVENTS, { ...body, ids_range: { from: 20, to: 99 } });
    const { split_plan } = await problemOf(more);
    expect(split_plan).toEqual([
      { ids_range: { from: 20, to: 30 }, ids: 10 },
      { ids_range: { from: 30, to: 40 }, ids: 10 },
    ]);
  });

  it('stops an owner who has too many long jobs, names them, and goes on when one has ended', async () => {
    const { env: busy } = await openSite('routes2c');
    const submit = (domain: string): Promise<Response> =>
      post(busy, EVENTS, { profile: 'query_tool', domains: [domain], container_ids: ids(1001) }, ASYNC);
    const jobs: string[] = [];
    for (const domain of ['history', 'materials', 'rejects', 'holds', 'upstream_history'])
      jobs.push((await (await submit(domain)).json<JobAccepted>()).job_id);
    const refused = await submit('jobs');
    expect(refused.headers.get('retry-after')).toBe('10');
    const problem = await problemOf(refused);
    expect(problem).toMatchObject({ status: 429, code: 'CONCURRENT_JOB_LIMIT', limit: 5, retryable: true });
    expect((problem['jobs'] as string[]).toSorted()).toEqual(jobs.toSorted());
    // The same again is one of them, and a short one has a lane of its own.
    expect((await submit('history')).status).toBe(202);
    const short = await post(busy, EVENTS, eventsBody, ASYNC);
    expect(short.status).toBe(202);
    await call(busy, `/api/trace/job/${jobs[0]}`, { method: 'DELETE' });
    await vi.waitFor(async () => expect((await submit('jobs')).status).toBe(202));
  });

  it('without a bridge makes no job and says when to come back', async () => {
    const response = await post(env, SEEDS, seedBody);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await problemOf(response)).toMatchObject({ status: 503, code: 'BRIDGE_UNAVAILABLE', retryable: true });
  });
});

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

    const cached = await vi.waitFor(async () => {
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
    await vi.waitFor(async () => expect(await list()).toEqual(['queued']));
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
    await vi.waitFor(() => expect(bridge.heard).toContainEqual({ type: 'cancel', job_id: lease?.job_id, epoch: 1 }));
  });
});
