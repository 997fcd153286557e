import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as messages from '#protocol/bridge-message.ts';
import { DOMAINS } from '#protocol/domain.ts';
import { healthSchema } from '#protocol/health.ts';
import { MAX_CHUNK_RAW_BYTES, MAX_SEGMENT_BYTES } from '#protocol/limits.ts';

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;
const slots = { interactive: 2, batch: 1 };
const hello = {
  type: 'hello',
  bridge_id: 'bridge-1',
  boot_id: 'ab'.repeat(16),
  version: '0.1.0',
  protocol: 1,
  slots,
  warehouse: 'duckdb 1.5.6',
};
const head = {
  domain: 'history',
  batch: 1,
  count: 2,
  raw_bytes: 100,
  crc32: 0xffff_ffff,
  sha256: 'ab'.repeat(32),
};

describe('messages of the control socket', () => {
  it('are told apart by their type', () => {
    const status = { type: 'status', in_flight: 0, free: slots, rss_bytes: 1, draining: false };
    for (const message of [hello, status]) expect(messages.bridgeToEdgeSchema.parse(message)).toEqual(message);
    const offer = { type: 'offer', job_id: 'ab'.repeat(32), lane: 'batch' };
    const cancel = { type: 'cancel', job_id: 'ab'.repeat(32), epoch: 1 };
    for (const message of [offer, cancel, { type: 'drain' }])
      expect(messages.edgeToBridgeSchema.parse(message)).toEqual(message);
    expect(accepts(messages.bridgeToEdgeSchema, offer)).toBe(false);
    expect(accepts(messages.edgeToBridgeSchema, hello)).toBe(false);
  });

  it('are refused when damaged', () => {
    expect(accepts(messages.helloMessageSchema, { ...hello, boot_id: 'ab' })).toBe(false);
    expect(accepts(messages.helloMessageSchema, { ...hello, protocol: -1 })).toBe(false);
    expect(accepts(messages.helloMessageSchema, { ...hello, slots: { interactive: -1, batch: 1 } })).toBe(false);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(accepts(messages.bridgeToEdgeSchema, value)).toBe(false);
        expect(accepts(messages.edgeToBridgeSchema, value)).toBe(false);
      }),
    );
  });

  it('are no ping and no pong', () => {
    expect(() => JSON.parse(messages.PING_TEXT)).toThrow(SyntaxError);
    expect(messages.PING_TEXT).not.toBe(messages.PONG_TEXT);
  });

  it('take bridge ids that are safe in logs and URLs', () => {
    expect(['b', 'Fab1.bridge_2-a'].every((id) => accepts(messages.bridgeIdSchema, id))).toBe(true);
    expect(['', '-b', 'a b', 'a/b', 'a\n', 'x'.repeat(65)].some((id) => accepts(messages.bridgeIdSchema, id))).toBe(
      false,
    );
  });
});

describe('the head of a chunk', () => {
  it('is accepted for every domain, within the limits', () => {
    for (const domain of DOMAINS) expect(accepts(messages.chunkHeadSchema, { ...head, domain })).toBe(true);
    expect(accepts(messages.chunkHeadSchema, { ...head, raw_bytes: MAX_CHUNK_RAW_BYTES })).toBe(true);
  });

  it.each([
    ['batch 0', { ...head, batch: 0 }],
    ['no record', { ...head, count: 0 }],
    ['too many bytes', { ...head, raw_bytes: MAX_CHUNK_RAW_BYTES + 1 }],
    ['a CRC of 33 bits', { ...head, crc32: 2 ** 32 }],
    ['a digest in capitals', { ...head, sha256: 'AB'.repeat(32) }],
    ['an unknown domain', { ...head, domain: 'secrets' }],
    ['an unknown member', { ...head, sql: 'select 1' }],
  ])('is refused with %s', (_what, value) => {
    expect(accepts(messages.chunkHeadSchema, value)).toBe(false);
  });

  it('travels in headers of its own', () => {
    const names = [
      messages.CHUNK_COUNT_HEADER,
      messages.CHUNK_RAW_BYTES_HEADER,
      messages.CHUNK_CRC32_HEADER,
      messages.CHUNK_SHA256_HEADER,
    ];
    expect([...new Headers(names.map((name) => [name, '1'])).keys()].sort()).toEqual([...names].sort());
  });
});

describe('bodies of the HTTP calls', () => {
  it('are taken as they are meant', () => {
    const good: [{ parse(value: unknown): unknown }, unknown][] = [
      [messages.leaseRequestSchema, { request_id: 'ab'.repeat(16), boot_id: 'cd'.repeat(16), slots }],
      [messages.leaseAnswerSchema, { leases: [] }],
      [messages.renewRequestSchema, { progress: { phase: 'events' } }],
      [messages.renewAnswerSchema, { ttl_ms: 30_000, cancelled: false }],
      [messages.putAnswerSchema, { credit: 0 }],
      [messages.sealRequestSchema, { first_batch: 1, ids_to: 50, records: 0, containers_found: 0 }],
      [messages.sealRequestSchema, { first_batch: 1, last_batch: 2, ids_to: 50, records: 9, containers_found: 4 }],
      [messages.sealAnswerSchema, { credit: 8 }],
      [
        messages.endDomainRequestSchema,
        { status: 'failed', code: 'QUERY_TIMEOUT', totals: { records: 0, batches: 0 } },
      ],
      [messages.aggregationRequestSchema, { anything: [1] }],
      [messages.finishRequestSchema, { records: 0 }],
      [messages.failRequestSchema, { code: 'WAREHOUSE_UNAVAILABLE', detail: 'Away.', retryable: true }],
      [messages.cancelledRequestSchema, { database: 'confirmed' }],
    ];
    for (const [schema, value] of good) expect(schema.parse(value)).toEqual(value);
  });

  it('are refused with a member too many, so that a misspelt one is not ignored', () => {
    expect(accepts(messages.finishRequestSchema, { records: 0, record: 0 })).toBe(false);
    expect(
      accepts(messages.sealRequestSchema, { first_batch: 1, ids_to: 1, records: 0, containers_found: 0, x: 1 }),
    ).toBe(false);
    expect(accepts(messages.failRequestSchema, { code: 'ORA-01555', detail: 'x', retryable: true })).toBe(false);
    expect(accepts(messages.renewRequestSchema, { progress: { phase: 'x'.repeat(65) } })).toBe(false);
  });

  it('of complete hold at most one chunk a domain, within the size of a row', () => {
    const chunk = { count: 1, raw_bytes: 9, crc32: 0, sha256: 'ab'.repeat(32), segment_bytes: MAX_SEGMENT_BYTES };
    const domain = { domain: 'seeds', chunk, ids_to: 1, containers_found: 0, status: 'complete' };
    expect(accepts(messages.completeHeadSchema, { domains: [domain], aggregation: {} })).toBe(true);
    expect(accepts(messages.completeHeadSchema, { domains: [] })).toBe(false);
    const larger = { ...domain, chunk: { ...chunk, segment_bytes: MAX_SEGMENT_BYTES + 1 } };
    expect(accepts(messages.completeHeadSchema, { domains: [larger] })).toBe(false);
  });

  it('are bound to a token by issuer, method, path and digest', () => {
    const claims = { iss: 'bridge-1', method: 'PUT', path: '/bridge/v1/leases?x=1', body_sha256: 'ab'.repeat(32) };
    expect(messages.bridgeTokenClaimsSchema.parse(claims)).toEqual(claims);
    expect(accepts(messages.bridgeTokenClaimsSchema, { ...claims, body_sha256: '' })).toBe(false);
    expect(messages.BRIDGE_TOKEN_AUDIENCE).toBe('lotstream-edge');
  });
});

describe('health', () => {
  it('says what is known of bridges and maintenance', () => {
    const bridge = {
      bridge_id: 'bridge-1',
      site: 'fab1',
      version: '0.1.0',
      warehouse: 'duckdb',
      last_seen_at: '2026-03-04T05:06:07.089Z',
      slots,
      free: slots,
      in_flight: 0,
      rss_bytes: 1,
      draining: false,
    };
    const health = {
      status: 'ok',
      protocol: 1,
      sites: ['fab1'],
      bridges: [bridge],
      queue: slots,
      maintenance: [{ name: 'warm-up', status: 'running', rows_done: 1 }],
      maintenance_running: true,
    };
    expect(healthSchema.parse(health)).toEqual(health);
    expect(accepts(healthSchema, { ...health, status: 'fine' })).toBe(false);
  });
});
