import { env as bindings, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { JobAccepted, ResultPage } from '#protocol/job.ts';
import type { Lease } from '#protocol/lease.ts';
import type { QueryAnswer } from '#protocol/query-tool.ts';
import { queryAnswerSchema } from '#protocol/query-tool.ts';
import type { Env } from '../../src/env.ts';
import type { JobObject } from '../../src/job/job-object.ts';
import { bridgeCall, call, connectBridge, makeEnv, post, problemOf, takeLeases } from './app-harness.ts';
import { makeCompleteBody, makeSegment } from './segment-maker.ts';

const HISTORY = '/api/query-tool/lot-history';
const ASSOCIATIONS = '/api/query-tool/lot-associations';
const ADJACENT = '/api/query-tool/adjacent-lots';
const PERIOD = '/api/query-tool/equipment-period';
const RECENT = '/api/query-tool/equipment-recent-jobs';
const LOOKUP = '/api/query-tool/lot-equipment-lookup';
const MATERIAL = '/api/query-tool/material-trace';
const EXPORT = '/api/query-tool/export-csv';

const ID = '488103800029578b';
const history = { container_ids: [ID] };
const jobs = {
  type: 'jobs',
  equipment_ids: ['M1'],
  time_start: '2026-01-01T00:00:00',
  time_end: '2026-01-02T00:00:00',
};
const adjacent = { equipment_id: 'M1', target_time: '2026-01-01T00:00:00' };
const period = { equipment_ids: ['M1'], start_date: '2026-01-01', end_date: '2026-01-31', query_type: 'lots' };
const lookup = { values: ['GA26010001-A00-001'] };
const forward = { direction: 'forward', values: ['GA26010001-A00-001'] };

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => index.toString(16).padStart(16, '0'));
}

async function openSite(site: string, variables: Partial<Env> = {}): Promise<Env> {
  const env = makeEnv({ SITES: site, ...variables });
  await connectBridge(env);
  return env;
}

/** Does the next job of the site in one call. */
async function answerNext(env: Env, rows: readonly unknown[], summary?: Record<string, unknown>): Promise<Lease> {
  const [lease] = await takeLeases(env);
  if (!lease) throw new Error('no lease');
  const body = await makeCompleteBody(lease, { rows }, summary);
  const response = await bridgeCall(env, `/bridge/v1/jobs/${lease.job_id}/complete`, { body, lease });
  if (!response.ok) throw new Error(await response.text());
  return lease;
}

/** Does the next job of the site chunk by chunk, and ends its domain as told. */
async function streamNext(env: Env, chunks: readonly (readonly unknown[])[], status: string): Promise<Lease> {
  const [lease] = await takeLeases(env);
  if (!lease) throw new Error('no lease');
  const path = `/bridge/v1/jobs/${lease.job_id}`;
  const send = async (to: string, body: object) => {
    const response = await bridgeCall(env, `${path}${to}`, { body: JSON.stringify(body), lease });
    if (!response.ok) throw new Error(await response.text());
  };
  let records = 0;
  for (const [index, rows] of chunks.entries()) {
    const batch = index + 1;
    const { head, segment } = await makeSegment(rows, { domain: 'rows', batch });
    const put = await bridgeCall(env, `${path}/domains/rows/chunks/${batch}`, {
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
    if (!put.ok) throw new Error(await put.text());
    const seal = { first_batch: batch, last_batch: batch, ids_to: lease.spec.cid_count, containers_found: 0 };
    await send('/domains/rows/seal', { ...seal, records: rows.length });
    records += rows.length;
  }
  await send('/domains/rows/end', { status, code: 'RESULT_TOO_LARGE', totals: { records, batches: chunks.length } });
  await send('/finish', { records });
  return lease;
}

async function answerOf(response: Response): Promise<QueryAnswer> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return queryAnswerSchema.parse(await response.json());
}

describe('a question that cannot be used', () => {
  const env = makeEnv({ SITES: 'query1' });
  const BAD: readonly (readonly [name: string, path: string, body: unknown, says: string])[] = [
    ['no object', HISTORY, [], 'The request must be an object'],
    ['no containers', HISTORY, {}, 'either container_ids or container_ids_from'],
    ['an empty list of containers', HISTORY, { container_ids: [] }, 'no container id'],
    ['a bad id', ASSOCIATIONS, { type: 'holds', container_ids: [ID, 'x'] }, 'container_ids[1]'],
    ['a misspelt member', HISTORY, { ...history, perpage: 5 }, 'perpage'],
    ['page 0', HISTORY, { ...history, page: 0 }, 'page must be at least 1'],
    ['half a page', HISTORY, { ...history, page: 1.5 }, 'page must be a whole number'],
    ['per_page 0', HISTORY, { ...history, per_page: 0 }, 'per_page must be at least 1'],
    ['per_page 501', HISTORY, { ...history, per_page: 501 }, 'per_page must be at most 500'],
    ['per_page as text', HISTORY, { ...history, per_page: '5' }, 'per_page must be a'],
    [
      'an empty group',
      HISTORY,
      { ...history, workcenter_groups: [' '] },
      'workcenter_groups has a value that is empty',
    ],
    ['no type', ASSOCIATIONS, history, 'type must be one of: materials, rejects, holds, splits, jobs'],
    ['an unknown type', ASSOCIATIONS, { ...history, type: 'lots' }, 'type must be one of'],
    ['the whole history of holds', ASSOCIATIONS, { ...history, type: 'holds', full_history: true }, 'full_history'],
    ['containers beside machines', ASSOCIATIONS, { ...jobs, ...history }, 'container_ids'],
    ['no machines', ASSOCIATIONS, { ...jobs, equipment_ids: [] }, 'equipment_ids must have at least 1'],
    ['too many machines', ASSOCIATIONS, { ...jobs, equipment_ids: ids(101) }, 'equipment_ids must have at most 100'],
    [
      'a time with a zone',
      ASSOCIATIONS,
      { ...jobs, time_end: '2026-01-02T00:00:00Z' },
      'time_end must be a plant time',
    ],
    [
      'a time that never was',
      ASSOCIATIONS,
      { ...jobs, time_end: '2026-02-30T00:00:00' },
      'time_end must be a plant time',
    ],
    ['a time the wrong way', ASSOCIATIONS, { ...jobs, time_end: '2025-12-31T23:59:59' }, 'time_end must not be before'],
    [
      'a time too long',
      ASSOCIATIONS,
      { ...jobs, time_end: '2028-01-01T00:00:01' },
      'time_end must be at most 730 days',
    ],
    ['no machine', ADJACENT, { ...adjacent, equipment_id: ' ' }, 'equipment_id has a value that is empty'],
    ['a window of nothing', ADJACENT, { ...adjacent, window_hours: 0 }, 'window_hours must be at least 1'],
    ['a window of 169 hours', ADJACENT, { ...adjacent, window_hours: 169 }, 'window_hours must be at most 168'],
    ['a date that never was', PERIOD, { ...period, end_date: '2026-02-29' }, 'end_date must be a plant date'],
    ['dates the wrong way', PERIOD, { ...period, end_date: '2025-12-31' }, 'end_date must not be before start_date'],
    ['731 days', PERIOD, { ...period, end_date: '2028-01-02' }, 'end_date must be at most 730 days'],
    ['an unknown query type', PERIOD, { ...period, query_type: 'oee' }, 'query_type must be one of: status_hours'],
    ['no machine of recent orders', RECENT, {}, 'equipment_id must be a string'],
    ['a blank machine', RECENT, { equipment_id: ' ' }, 'equipment_id has a value that is empty'],
    ['a page of what has one only', RECENT, { equipment_id: 'M1', page: 2 }, 'page'],
    ['too many values', LOOKUP, { values: ids(101) }, 'values must have at most 100'],
    ['too many levels', LOOKUP, { ...lookup, parent_levels: 11 }, 'parent_levels must be at most 10'],
    ['no direction', MATERIAL, { values: ['x'] }, 'direction must be one of: forward, reverse'],
    ['too many lots', MATERIAL, { ...forward, values: ids(201) }, 'values must have at most 200'],
    ['too many material lots', MATERIAL, { direction: 'reverse', values: ids(51) }, 'values must have at most 50'],
    ['a type of material lots', MATERIAL, { direction: 'reverse', values: ['x'], input_type: 'lot_id' }, 'input_type'],
    ['no export type', EXPORT, history, 'export_type must be one of: lot_history'],
    ['a page of an export', EXPORT, { ...history, export_type: 'lot_history', page: 2 }, 'page has no meaning'],
    ['an export of two minds', EXPORT, { ...history, export_type: 'lot_holds', type: 'splits' }, 'type must be holds'],
    ['an export without its query', EXPORT, { export_type: 'lot_jobs' }, 'equipment_ids'],
    [
      'an unknown language',
      EXPORT,
      { ...history, export_type: 'lot_history', lang: 'zh-CN' },
      'lang must be one of: en, zh-TW',
    ],
  ];

  it.each(BAD)('because of %s says so in one sentence', async (...bad) => {
    const [, path, body, says] = bad;
    const problem = await problemOf(await post(env, path, body));
    expect([problem.status, problem.code]).toEqual([400, 'INVALID_PARAMS']);
    expect(problem.detail).toContain(says);
    expect(problem.detail.endsWith('.')).toBe(true);
  });

  it('because of too many containers is told how to split it; the limit itself passes', async () => {
    const more = await post(env, HISTORY, { container_ids: ids(201) });
    expect(await problemOf(more)).toMatchObject({ status: 413, code: 'CID_LIMIT_EXCEEDED', ids: 201, limit: 200 });
    const limit = await post(env, HISTORY, { container_ids: [...ids(200), ...ids(200)] });
    expect(await problemOf(limit)).toMatchObject({ code: 'BRIDGE_UNAVAILABLE' });
    const fewer = makeEnv({ SITES: 'query1', QUERY_TOOL_MAX_CONTAINER_IDS: '2' });
    const body = { container_ids: ids(3), type: 'holds' };
    expect(await problemOf(await post(fewer, ASSOCIATIONS, body))).toMatchObject({
      code: 'CID_LIMIT_EXCEEDED',
      limit: 2,
    });
  });

  it('because of its longest period or window is none', async () => {
    for (const [path, body] of [
      [PERIOD, { ...period, end_date: '2028-01-01' }],
      [ADJACENT, { ...adjacent, window_hours: 168 }],
      [LOOKUP, { values: ids(100), parent_levels: 0 }],
      [ASSOCIATIONS, { ...jobs, time_end: '2028-01-01T00:00:00' }],
    ] as const)
      expect(await problemOf(await post(env, path, body))).toMatchObject({ code: 'BRIDGE_UNAVAILABLE' });
  });

  it('because of its method says which there are', async () => {
    const list = await call(env, '/api/query-tool/workcenter-groups', { method: 'POST' });
    expect([list.status, list.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const query = await call(env, HISTORY);
    expect([query.status, query.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('because of an unknown site or member of a list is refused', async () => {
    const elsewhere = await post(env, HISTORY, { ...history, site: 'nowhere' });
    expect(await problemOf(elsewhere)).toMatchObject({ status: 404, code: 'SITE_NOT_FOUND' });
    const misspelt = await call(env, '/api/query-tool/equipment-list?group=x');
    expect(await problemOf(misspelt)).toMatchObject({ status: 400, code: 'INVALID_PARAMS' });
  });
});

describe('a question of the query tool', () => {
  const PARAMS: readonly (readonly [path: string, body: Record<string, unknown>, params: Record<string, unknown>])[] = [
    [
      HISTORY,
      { ...history, workcenter_groups: ['成型 ', '成型'] },
      { query: 'lot_history', workcenter_groups: ['成型'] },
    ],
    [ASSOCIATIONS, { ...history, type: 'materials' }, { query: 'lot_materials' }],
    [ASSOCIATIONS, { ...history, type: 'rejects' }, { query: 'lot_rejects' }],
    [ASSOCIATIONS, { ...history, type: 'holds' }, { query: 'lot_holds' }],
    [ASSOCIATIONS, { ...history, type: 'splits' }, { query: 'lot_splits', full_history: false }],
    [ASSOCIATIONS, jobs, { query: 'lot_jobs', equipment_ids: ['M1'], time_end: jobs.time_end }],
    [ADJACENT, adjacent, { query: 'adjacent_lots', equipment_id: 'M1', window_hours: 24 }],
    [
      PERIOD,
      { ...period, equipment_ids: ['M2', 'M1', 'M2 '] },
      { query: 'equipment_lots', equipment_ids: ['M1', 'M2'] },
    ],
    [RECENT, { equipment_id: ' M1 ' }, { query: 'equipment_recent_jobs', equipment_id: 'M1' }],
    [LOOKUP, lookup, { query: 'lot_equipment', parent_levels: 10, workcenter_groups: [] }],
    [MATERIAL, forward, { query: 'material_forward', input_type: 'lot_id' }],
    [MATERIAL, { direction: 'reverse', values: ['W1'] }, { query: 'material_reverse', values: ['W1'] }],
    [EXPORT, { ...history, export_type: 'lot_rejects' }, { query: 'lot_rejects' }],
    [EXPORT, { ...period, export_type: 'equipment_lots' }, { query: 'equipment_lots' }],
  ];

  it.each(PARAMS)('at %s with %o is a job that says %o', async (path, body, params) => {
    const env = await openSite('query2');
    const pending = post(env, path, body);
    const lease = await answerNext(env, [{ A: 1 }]);
    expect(lease.spec).toMatchObject({
      kind: 'query_tool',
      lane: 'interactive',
      resume: 'restart',
      domains: ['rows'],
      params: { kind: 'query_tool', ...params },
      cid_count: 'container_ids' in body ? 1 : 0,
    });
    expect((await pending).status).toBe(200);
  });

  it('is answered with a page of its rows, and what it says besides', async () => {
    const env = await openSite('query3');
    const pending = post(env, ASSOCIATIONS, { ...history, type: 'splits' });
    const rows = [
      { CONTAINERID: ID, QTY: 1 },
      { CONTAINERID: ID, QTY: 2 },
    ];
    const { job_id } = await answerNext(env, rows, { full_history: false, serials: [] });
    const response = await pending;
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('content-location')).toBe(`/api/trace/job/${job_id}`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      query: 'lot_splits',
      job_id,
      data: rows,
      pagination: { page: 1, per_page: 200, total: 2, total_pages: 1 },
      quality: { status: 'complete', failed_domains: [], truncated_domains: [] },
      full_history: false,
      serials: [],
    });
  });

  it('is not answered from an earlier result', async () => {
    const env = await openSite('query4');
    const first = post(env, HISTORY, history);
    const before = await answerNext(env, [{ A: 1 }]);
    await first;
    const second = post(env, HISTORY, history);
    const after = await answerNext(env, [{ A: 2 }]);
    expect(after.job_id).not.toBe(before.job_id);
    expect((await answerOf(await second)).data).toEqual([{ A: 2 }]);
  });

  it('without rows has no page, and says so', async () => {
    const env = await openSite('query5');
    const pending = post(env, LOOKUP, lookup);
    await answerNext(env, [], { not_found: ['GA26010001-A00-001'] });
    expect(await answerOf(await pending)).toMatchObject({
      data: [],
      pagination: { page: 1, per_page: 200, total: 0, total_pages: 0 },
      not_found: ['GA26010001-A00-001'],
    });
  });

  it('that is cut short says so', async () => {
    const env = await openSite('query6');
    const pending = post(env, MATERIAL, forward);
    await streamNext(env, [[{ A: 1 }]], 'truncated');
    expect((await answerOf(await pending)).quality).toMatchObject({ status: 'truncated', truncated_domains: ['rows'] });
  });

  it('that fails is answered with the status of its code', async () => {
    const env = await openSite('query7');
    const pending = post(env, HISTORY, { ...history, workcenter_groups: ['x'] });
    const [lease] = await takeLeases(env);
    const body = JSON.stringify({
      code: 'INVALID_PARAMS',
      detail: 'There is no work center group x.',
      retryable: false,
    });
    await bridgeCall(env, `/bridge/v1/jobs/${lease?.job_id}/fail`, { body, ...(lease ? { lease } : {}) });
    const problem = await problemOf(await pending);
    expect(problem).toMatchObject({ status: 400, code: 'INVALID_PARAMS', detail: 'There is no work center group x.' });
  });

  it('about everything that was ever split has longer, in the lane of long jobs', async () => {
    const env = await openSite('query8');
    const asked = { ...history, type: 'splits', full_history: true };
    const response = await post(env, ASSOCIATIONS, asked, { prefer: 'respond-async' });
    expect(response.status).toBe(202);
    const { job_id, status_url } = await response.json<JobAccepted>();
    const status = await (await call(env, status_url)).json<Record<string, string>>();
    expect(status).toMatchObject({ job_id, kind: 'query_tool', lane: 'batch', cid_count: 1 });
    expect(Date.parse(status['deadline_at'] ?? '') - Date.parse(status['created_at'] ?? '')).toBe(120_000);
  });

  it.each(['workcenter-groups', 'equipment-list'])('for the headers of %s makes no job', async (list) => {
    const env = await openSite(`queryhead-${list}`);
    const head = await call(env, `/api/query-tool/${list}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect([head.headers.get('content-type'), head.headers.get('cache-control')]).toEqual([
      'application/json',
      'no-store',
    ]);
    // One of theirs would have come before this one.
    const accepted = await post(env, HISTORY, history, { prefer: 'respond-async' });
    const { job_id } = await accepted.json<JobAccepted>();
    expect((await takeLeases(env)).map((lease) => lease.job_id)).toEqual([job_id]);
    const wrong = await call(env, `/api/query-tool/${list}?group=x`, { method: 'HEAD' });
    expect(wrong.status).toBe(400);
    const nowhere = await call(env, `/api/query-tool/${list}?site=nowhere`, { method: 'HEAD' });
    expect(nowhere.status).toBe(404);
  });

  it('for a list comes whole', async () => {
    const env = await openSite('query9');
    const pending = call(env, '/api/query-tool/equipment-list');
    const rows = Array.from({ length: 600 }, (_, index) => ({ RESOURCEID: `M${index}` }));
    await answerNext(env, rows);
    const answer = await answerOf(await pending);
    expect(answer.data).toEqual(rows);
    expect(answer.pagination).toEqual({ page: 1, per_page: 5000, total: 600, total_pages: 1 });
    const groups = call(env, '/api/query-tool/workcenter-groups?site=query9');
    const lease = await answerNext(env, [{ WORKCENTER_GROUP: '切割' }]);
    expect(lease.spec.params).toEqual({ kind: 'query_tool', query: 'workcenter_groups' });
    expect((await answerOf(await groups)).query).toBe('workcenter_groups');
  });

  it('takes the containers that an earlier job found, as long as there are no more than it may have', async () => {
    const env = await openSite('query14', { QUERY_TOOL_MAX_CONTAINER_IDS: '2' });
    const params = { input_type: 'lot_id', values: ['GA26*'] };
    const seeds = post(env, '/api/query-tool/resolve', { profile: 'query_tool', params });
    const [found] = await takeLeases(env);
    if (!found) throw new Error('no lease');
    const records = ids(3).map((container_id) => ({ container_id }));
    const body = await makeCompleteBody(found, { seeds: records });
    await bridgeCall(env, `/bridge/v1/jobs/${found.job_id}/complete`, { body, lease: found });
    expect((await seeds).status).toBe(200);
    const container_ids_from = { job_id: found.job_id, domain: 'seeds' };
    const all = await post(env, HISTORY, { container_ids_from });
    expect(await problemOf(all)).toMatchObject({ status: 413, code: 'CID_LIMIT_EXCEEDED', ids: 3, limit: 2 });
    const none = await post(env, HISTORY, { container_ids_from, ids_range: { from: 3, to: 5 } });
    expect(await problemOf(none)).toMatchObject({ status: 400, code: 'INVALID_PARAMS' });
    const part = post(env, HISTORY, { container_ids_from, ids_range: { from: 1, to: 3 } });
    expect((await answerNext(env, [{ A: 1 }])).spec.cid_count).toBe(2);
    expect((await part).status).toBe(200);
  });

  it('for seeds is the stage of that name', async () => {
    const env = await openSite('query10');
    const body = { profile: 'query_tool', params: { input_type: 'lot_id', values: ['GA26010001-A00-001'] } };
    const accepted = await post(env, '/api/query-tool/resolve', body, { prefer: 'respond-async' });
    const again = await post(env, '/api/trace/seed-resolve', body, { prefer: 'respond-async' });
    expect((await accepted.json<JobAccepted>()).job_id).toBe((await again.json<JobAccepted>()).job_id);
  });
});

describe('pages of a query', () => {
  /** 1203 rows in chunks of 1000 and 203. */
  const rows = Array.from({ length: 1203 }, (_, index) => ({ N: index }));

  async function ask(env: Env, paging: Record<string, unknown>): Promise<QueryAnswer> {
    const pending = post(env, HISTORY, { ...history, ...paging });
    await streamNext(env, [rows.slice(0, 1000), rows.slice(1000)], 'complete');
    return answerOf(await pending);
  }

  it.each([
    [{}, 0, 200, 7],
    [{ page: 1, per_page: 500 }, 0, 500, 3],
    [{ page: 3, per_page: 500 }, 1000, 203, 3],
    [{ page: 3, per_page: 401 }, 802, 401, 3],
    [{ page: 4, per_page: 401 }, 1203, 0, 3],
    [{ page: 1203, per_page: 1 }, 1202, 1, 1203],
    [{ page: 1000, per_page: 500 }, 0, 0, 3],
  ])('%o begin at %i with %i rows, of %i pages', async (paging, from, count, pages) => {
    const { data, pagination } = await ask(await openSite('query11'), paging);
    expect(data).toEqual(rows.slice(from, from + count));
    expect(pagination).toEqual({ page: 1, per_page: 200, ...paging, total: 1203, total_pages: pages });
  });

  it('can be read from the job, without asking again', async () => {
    const env = await openSite('query12');
    const { job_id } = await ask(env, {});
    const path = `/api/trace/job/${job_id}/result?domain=rows`;
    const page = await (await call(env, `${path}&offset=990&limit=20`)).json<ResultPage>();
    expect(page.data).toEqual(rows.slice(990, 1010));
    const end = await (await call(env, `${path}&offset=1203&limit=20`)).json<ResultPage>();
    expect([end.total, end.data]).toEqual([1203, []]);
  });

  it('are of one job while it runs', async () => {
    const env = await openSite('query13');
    const first = await post(env, HISTORY, { ...history, per_page: 2 }, { prefer: 'respond-async' });
    const second = await post(env, HISTORY, { ...history, per_page: 2, page: 2 }, { prefer: 'respond-async' });
    expect((await second.json<JobAccepted>()).job_id).toBe((await first.json<JobAccepted>()).job_id);
  });
});

describe('an export', () => {
  async function exportRows(
    env: Env,
    asked: Record<string, unknown>,
    chunks: readonly (readonly unknown[])[],
    { headers = {}, status = 'complete' }: { headers?: Record<string, string>; status?: string } = {},
  ): Promise<Response> {
    const pending = post(env, EXPORT, asked, headers);
    await streamNext(env, chunks, status);
    return pending;
  }
  const asked = { ...history, export_type: 'lot_rejects' };
  const BOM = [0xef, 0xbb, 0xbf];

  it('is a file in UTF-8 with a byte order mark and headers in the language asked for', async () => {
    const env = await openSite('export1');
    const rows = [{ CONTAINERNAME: 'GA26', LOSSREASONNAME: '043_腳架', REJECTQTY: 5, NEW_COLUMN: null }];
    const response = await exportRows(env, asked, [rows], {
      headers: { 'accept-language': 'fr, zh-Hant-TW;q=0.8, en;q=0.5' },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="lot_rejects.csv"');
    expect(response.headers.get('content-location')).toMatch(/^\/api\/trace\/job\/[0-9a-f]{64}$/);
    expect(response.headers.get('x-truncated')).toBeNull();
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual(BOM);
    expect(new TextDecoder().decode(bytes)).toBe('批號,報廢原因,報廢數量,NEW_COLUMN\r\nGA26,043_腳架,5,\r\n');
  });

  it('is English unless something else is wanted; the body counts more than the header', async () => {
    const env = await openSite('export2');
    const rows = [{ CONTAINERNAME: 'GA26' }];
    const plain = await exportRows(env, asked, [rows]);
    expect(await plain.text()).toBe('Lot\r\nGA26\r\n');
    const chinese = await exportRows(env, { ...asked, lang: 'zh-TW' }, [rows], {
      headers: { 'accept-language': 'en' },
    });
    expect(chinese.headers.get('content-language')).toBe('zh-TW');
    expect(await chinese.text()).toBe('批號\r\nGA26\r\n');
  });

  it('makes formulas inert, leaves numbers, and quotes what needs it', async () => {
    const env = await openSite('export3');
    const texts = [
      '=1+1',
      '+A',
      '-A',
      '@x',
      '\tx',
      '\rx',
      '-5',
      '+5.5',
      '-1e3',
      '5',
      'a,b',
      'say "x"',
      'two\nlines',
      "'x",
    ];
    const rows = texts.map((text) => ({ A: text }));
    const response = await exportRows(env, asked, [[...rows, { A: -7 }, { A: null }, { A: '=HYPERLINK("x",1)' }]]);
    expect((await response.text()).slice('A\r\n'.length)).toBe(
      `'=1+1\r\n'+A\r\n'-A\r\n'@x\r\n'\tx\r\n"'\rx"\r\n-5\r\n+5.5\r\n-1e3\r\n5\r\n"a,b"\r\n"say ""x"""\r\n"two\nlines"\r\n'x\r\n-7\r\n\r\n"'=HYPERLINK(""x"",1)"\r\n`,
    );
  });

  it('has every row, over all chunks and pages of reading', async () => {
    const env = await openSite('export4');
    const rows = Array.from({ length: 2503 }, (_, index) => ({ N: index }));
    const chunks = [rows.slice(0, 700), rows.slice(700, 1700), rows.slice(1700)];
    const response = await exportRows(env, asked, chunks, { status: 'truncated' });
    expect(response.headers.get('x-truncated')).toBe('true');
    expect(response.headers.get('x-query-quality')).toBe('truncated');
    const lines = (await response.text()).trimEnd().split('\r\n');
    expect(lines).toEqual(['N', ...rows.map(({ N }) => String(N))]);
  });

  it('that loses its rows halfway breaks off, so that it does not look whole', async () => {
    const env = await openSite('export7');
    const rows = Array.from({ length: 1001 }, (_, index) => ({ N: index }));
    const response = await exportRows(env, asked, [rows]);
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toMatch(/\r\n999\r\n$/);
    const jobId = response.headers.get('content-location')?.split('/').at(-1) ?? '';
    await runInDurableObject(bindings.JOB.get(bindings.JOB.idFromString(jobId)), (_job: JobObject, { storage }) => {
      storage.sql.exec('DELETE FROM entry; DELETE FROM chunk; DELETE FROM segment');
    });
    await expect(reader?.read()).rejects.toThrow('rows of a query went away');
  });

  it('of nothing is a problem that says so', async () => {
    const env = await openSite('export5');
    const response = await exportRows(env, asked, []);
    expect(await problemOf(response)).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
      detail: 'There are no rows to export.',
    });
  });

  it('that takes too long is 202, and asking again with its key gets the file', async () => {
    const env = await openSite('export6');
    const key = { 'idempotency-key': 'export-6' };
    const first = await post(env, EXPORT, asked, { ...key, prefer: 'respond-async' });
    expect(first.status).toBe(202);
    await streamNext(env, [[{ N: 1 }]], 'complete');
    const second = await post(env, EXPORT, asked, key);
    expect(await second.text()).toBe('N\r\n1\r\n');
  });
});
