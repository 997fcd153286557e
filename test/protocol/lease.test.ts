import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLeaseHeader, jobParamsSchema, LEASE_HEADER, leaseSchema, parseLeaseHeader } from '#protocol/lease.ts';

const nonceArbitrary = fc.stringMatching(/^[0-9a-f]{32}$/);

describe('the lease header', () => {
  it('brings epoch and nonce back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999_999_999 }), nonceArbitrary, (epoch, nonce) => {
        expect(parseLeaseHeader(formatLeaseHeader({ epoch, nonce }))).toEqual({ epoch, nonce });
      }),
    );
    expect(new Headers({ [LEASE_HEADER]: 'x' }).get(LEASE_HEADER)).toBe('x');
  });

  it('is undefined for anything else', () => {
    const nonce = 'ab'.repeat(16);
    const wrong = [undefined, null, '', nonce, `.${nonce}`, `0.${nonce}`, `01.${nonce}`, `-1.${nonce}`, `1.5.${nonce}`];
    const alsoWrong = [`1.${nonce}0`, `1.${nonce.toUpperCase()}`, `1.${nonce}\n`, ` 1.${nonce}`, `1e3.${nonce}`];
    for (const value of [...wrong, ...alsoWrong]) expect(parseLeaseHeader(value)).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseLeaseHeader(text)).toBeUndefined();
      }),
    );
  });
});

describe('a lease', () => {
  const lease = {
    job_id: 'ab'.repeat(32),
    epoch: 2,
    nonce: 'cd'.repeat(16),
    ttl_ms: 30_000,
    spec: {
      job_id: 'ab'.repeat(32),
      kind: 'events',
      lane: 'batch',
      resume: 'ids',
      profile: 'query_tool',
      site: 'fab1',
      domains: ['history'],
      params: { kind: 'events' },
      cid_count: 3,
      batch_records: 5000,
      created_at: '2026-03-04T05:06:07.089Z',
    },
    resume: { history: { next_batch: 1, ids_done: 0, records: 0, ended: false } },
    aggregated: false,
  };

  it('is parsed as it was sent', () => {
    expect(leaseSchema.parse(lease)).toEqual(lease);
  });

  it.each([
    ['epoch 0', { ...lease, epoch: 0 }],
    ['a short nonce', { ...lease, nonce: 'cd' }],
    ['no domain', { ...lease, spec: { ...lease.spec, domains: [] } }],
    ['too many records a chunk', { ...lease, spec: { ...lease.spec, batch_records: 5001 } }],
    ['a time without Z', { ...lease, spec: { ...lease.spec, created_at: '2026-03-04T05:06:07' } }],
    ['a resume point of an unknown domain', { ...lease, resume: { other: lease.resume.history } }],
  ])('with %s is refused', (_what, value) => {
    expect(leaseSchema.safeParse(value).success).toBe(false);
  });

  it('of seeds has values or a range of days', () => {
    const values = { kind: 'seed_resolve', input_type: 'work_order', values: ['GA26011704'] };
    const range = { kind: 'seed_resolve', mode: 'date_range', start_date: '2026-01-01', end_date: '2026-01-31' };
    expect(jobParamsSchema.parse(values)).toEqual(values);
    expect(jobParamsSchema.parse({ ...range, workcenter_groups: ['成型'] })).toMatchObject(range);
    expect(jobParamsSchema.safeParse(range).success).toBe(false);
  });

  it('names a kind and its parameters, never SQL', () => {
    const sql = { kind: 'events', sql: 'select 1' };
    expect(jobParamsSchema.parse(sql)).toEqual({ kind: 'events' });
    expect(jobParamsSchema.safeParse({ kind: 'sql', text: 'select 1' }).success).toBe(false);
  });
});
