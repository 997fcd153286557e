import { describe, expect, it } from 'vitest';
import { MAX_SEED_VALUE_CHARS, MAX_SEED_VALUES } from '#protocol/limits.ts';
import {
  jobAcceptedSchema,
  jobCancelledSchema,
  jobListSchema,
  manifestSchema,
  resultPageSchema,
} from '#protocol/job.ts';
import * as trace from '#protocol/trace.ts';

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;
const jobId = 'ab'.repeat(32);

const seedRequest = { profile: 'query_tool', params: { input_type: 'lot_id', values: ['GA2400*'] } };
const withValues = (values: string[]) =>
  accepts(trace.seedResolveRequestSchema, { ...seedRequest, params: { ...seedRequest.params, values } });

describe('a seed-resolve request', () => {
  it('names a profile, a type and values', () => {
    expect(trace.seedResolveRequestSchema.parse(seedRequest)).toEqual(seedRequest);
    expect(trace.INPUT_TYPES.every((type) => accepts(trace.inputTypeSchema, type))).toBe(true);
  });

  it('has a limited number of values of limited length, at least one', () => {
    expect(withValues([])).toBe(false);
    expect(withValues(Array<string>(MAX_SEED_VALUES).fill('a'))).toBe(true);
    expect(withValues(Array<string>(MAX_SEED_VALUES + 1).fill('a'))).toBe(false);
    expect(withValues(['a'.repeat(MAX_SEED_VALUE_CHARS)])).toBe(true);
    expect(withValues(['a'.repeat(MAX_SEED_VALUE_CHARS + 1)])).toBe(false);
  });

  it('knows what each profile may ask by', () => {
    expect(trace.PROFILE_INPUT_TYPES).toEqual({
      query_tool: ['lot_id', 'wafer_lot', 'work_order'],
      query_tool_reverse: ['serial_number', 'gd_work_order', 'gd_lot_id'],
      mid_section_defect: ['lot_id', 'wafer_lot', 'work_order', 'serial_number', 'gd_work_order', 'gd_lot_id'],
    });
  });

  it('has values or a range of days, never both', () => {
    const { params } = seedRequest;
    const range = { start_date: '2026-01-01', end_date: '2026-01-31', workcenter_groups: ['成型', '測試'] };
    const verdicts = [
      { ...params, mode: 'container' },
      { ...range, mode: 'date_range' },
      { ...params, mode: 'date_range' },
      { ...params, ...range },
      { ...params, ...range, mode: 'date_range' },
      range,
      { ...params, mode: 'weekly' },
    ].map((value) => accepts(trace.seedParamsSchema, value));
    expect(verdicts).toEqual([true, true, false, false, false, false, false]);
  });

  it.each([
    ['one day', '2026-01-31', '2026-01-31', true],
    ['a leap day', '2024-02-29', '2024-03-01', true],
    ['a day that is none', '2026-02-29', '2026-03-01', false],
    ['the wrong way', '2026-01-02', '2026-01-01', false],
    ['730 days', '2025-01-01', '2026-12-31', true],
    ['731 days', '2025-01-01', '2027-01-01', false],
    ['two years with a leap day', '2024-01-01', '2025-12-31', false],
    ['a time', '2026-01-01T00:00:00', '2026-01-02', false],
    ['a short month', '2026-1-01', '2026-01-02', false],
    ['no date', '', '2026-01-02', false],
    ['the first date', '1900-01-01', '1900-01-01', true],
    ['a date before it', '1899-12-31', '1900-01-01', false],
    ['the last date', '2999-12-31', '2999-12-31', true],
    ['a date behind it', '2999-12-31', '3000-01-01', false],
  ])('takes a range of days: %s', (_what, start_date, end_date, isTaken) => {
    const value = { mode: 'date_range', start_date, end_date, workcenter_groups: ['成型'] };
    expect(accepts(trace.seedParamsSchema, value)).toBe(isTaken);
  });

  it('with a misspelt member is refused, not ignored', () => {
    expect(accepts(trace.seedResolveRequestSchema, { ...seedRequest, Site: 'fab1' })).toBe(false);
    expect(accepts(trace.eventsRequestSchema, { profile: 'query_tool', domain: ['history'] })).toBe(false);
    expect(accepts(trace.lineageRequestSchema, { profile: 'query_tool', params: { Direction: 'backward' } })).toBe(
      false,
    );
  });
});

describe('a request with container ids', () => {
  it('has them inline, or from another job, and may take a part of them', () => {
    const inline = { profile: 'query_tool', container_ids: ['48810000000000a1'], ids_range: { from: 0, to: 1 } };
    const byReference = {
      profile: 'mid_section_defect',
      container_ids_from: { job_id: jobId, domain: 'nodes' },
      domains: ['history'],
      lineage_job_id: jobId,
    };
    expect(trace.eventsRequestSchema.parse(inline)).toEqual(inline);
    expect(trace.eventsRequestSchema.parse(byReference)).toEqual(byReference);
    for (const direction of trace.DIRECTIONS) {
      const params = { direction, follow_merges: direction === 'forward' };
      expect(accepts(trace.lineageRequestSchema, { ...inline, params })).toBe(true);
    }
    expect(accepts(trace.containerIdsFromSchema, { job_id: 'ab', domain: 'nodes' })).toBe(false);
    expect(accepts(trace.eventsRequestSchema, { ...inline, domains: [] })).toBe(false);
    expect(accepts(trace.eventsRequestSchema, { ...inline, domains: ['nodes'] })).toBe(false);
  });

  it('takes a range of at least one id', () => {
    const ranges = [
      { from: 0, to: 1 },
      { from: 1, to: 1 },
      { from: -1, to: 1 },
      { from: 2, to: 1 },
      { from: 0.5, to: 1 },
    ];
    expect(ranges.map((range) => accepts(trace.idsRangeSchema, range))).toEqual([true, false, false, false, false]);
    expect(accepts(trace.directionSchema, 'sideways')).toBe(false);
  });
});

describe('the answers in one body', () => {
  it('are parsed as they are sent', () => {
    const seed = { container_id: 'a', lot_id: null, input_value: 'GA*', spec_name: '焊接', qty: '1.5' };
    const summary = {
      total: 1,
      input_count: 2,
      not_found: ['x'],
      expansion_info: { 'GA*': 1 },
      guardrail: { limit: 1, matched: 2 },
      warnings: [
        { code: 'PATTERN_CUT', value: 'GA*', given: 1 },
        { code: 'LOTS_CUT', matched: 2, given: 1 },
      ],
    };
    const node = {
      container_id: 'a',
      container_name: null,
      mfgorder_name: null,
      wafer_lot: null,
      node_type: trace.NODE_TYPES[0],
      level: 1,
      is_seed: true,
    };
    const edge = { from_cid: 'a', to_cid: 'b', edge_type: trace.EDGE_TYPES[0] };
    const leaf = { ...node, serials: ['SN-1', 'SN-2'] };
    const lineage = {
      direction: 'forward',
      roots: ['a'],
      seed_roots: { a: 'A' },
      leaf_serials: { a: ['SN-1', 'SN-2'] },
      totals: { seeds: 1, nodes: 1, edges: 1 },
      truncated: false,
    };
    const quality = { status: 'complete', failed_domains: [], truncated_domains: [] };
    const answers: [{ parse(value: unknown): unknown }, unknown][] = [
      [trace.seedSchema, seed],
      ...trace.MATCH_SOURCES.map((source): [typeof trace.seedSchema, unknown] => [
        trace.seedSchema,
        { ...seed, match_source: source },
      ]),
      [trace.seedSummarySchema, summary],
      [
        trace.seedResolveAnswerSchema,
        { stage: 'seed_resolve', job_id: jobId, ...summary, seeds: [seed], seed_count: 1 },
      ],
      [trace.lineageNodeSchema, node],
      [trace.lineageNodeSchema, leaf],
      [trace.lineageEdgeSchema, edge],
      [trace.lineageSummarySchema, lineage],
      [trace.lineageAnswerSchema, { stage: 'lineage', job_id: jobId, ...lineage, nodes: [node], edges: [edge] }],
      [
        trace.eventsAnswerSchema,
        { stage: 'events', job_id: jobId, results: { history: { data: [], count: 0 } }, aggregation: null, quality },
      ],
      [jobAcceptedSchema, { async: true, job_id: jobId, status_url: '/a', stream_url: '/b', result_url: '/c' }],
      [jobCancelledSchema, { state: 'cancelled', database: 'pending' }],
      [resultPageSchema, { domain: 'holds', offset: 0, limit: 1, total: 0, complete: false, data: [{ A: 1 }] }],
      [manifestSchema, { job_id: jobId, generation: 1, complete: false, chunks: [] }],
      [jobListSchema, { jobs: [], next_cursor: 'x' }],
    ];
    for (const [schema, value] of answers) expect(schema.parse(value)).toEqual(value);
  });

  it('know every type of node and edge, and no other', () => {
    const edge = { from_cid: 'a', to_cid: 'b' };
    expect(trace.EDGE_TYPES.every((edge_type) => accepts(trace.lineageEdgeSchema, { ...edge, edge_type }))).toBe(true);
    expect(accepts(trace.lineageEdgeSchema, { ...edge, edge_type: 'married_to' })).toBe(false);
  });
});
