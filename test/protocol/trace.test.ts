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
    const summary = { not_found: ['x'], expansion_info: { 'GA*': 1 }, warnings: [] };
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
