import { describe, expect, it } from 'vitest';
import type { JobAccepted } from '#protocol/job.ts';
import { call, makeEnv, post, problemOf } from './app-harness.ts';
import { ASYNC, byDays, EVENTS, eventsBody, ID, idNumber, LINEAGE, openSite, seedBody, SEEDS } from './trace-calls.ts';
import { eventually } from '../helpers/eventually.ts';

const byValue = (input_type: string, ...values: string[]) => ({ input_type, values });

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
    await eventually(async () => expect((await submit('jobs')).status).toBe(202));
  });

  it('without a bridge makes no job and says when to come back', async () => {
    const response = await post(env, SEEDS, seedBody);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await problemOf(response)).toMatchObject({ status: 503, code: 'BRIDGE_UNAVAILABLE', retryable: true });
  });
});
