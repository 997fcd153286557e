import { createHash } from 'node:crypto';
import type { Domain } from '#protocol/domain.ts';
import type { JobEvent } from '#protocol/job-event.ts';
import { encodeJobEvent } from '#protocol/job-event.ts';

/** A valid job log, written down: what the edge would send to a reader that asks for all of it, or for what follows. */
export interface RecordedLog {
  readonly lines: readonly RecordedLine[];
  readonly totalRecords: number;
}

export interface RecordedLine {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Set on `position` lines: the place a reader that holds this cursor resumes behind. */
  readonly cursor?: string;
  /** `position`, `progress` and `meta` are made for each reader; the others are entries of the log. */
  readonly isMeta?: boolean;
}

export interface LogShape {
  readonly jobId?: string;
  readonly kind?: 'seed_resolve' | 'lineage' | 'events';
  readonly generation?: number;
  /** For each domain, in `meta` order: the batches, each a list of records. */
  readonly domains: readonly (readonly [Domain, readonly (readonly Record<string, unknown>[])[]])[];
  readonly terminal?: 'complete' | 'cancelled' | 'error';
  readonly warnings?: readonly string[];
  readonly aggregation?: Record<string, unknown>;
  readonly isReset?: boolean;
}

export const JOB_ID = 'ab'.repeat(32);

const encoder = new TextEncoder();

export function hexSha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A `records` line as the bridge writes it. */
export function encodeRecordsLine(domain: Domain, batch: number, records: readonly Record<string, unknown>[]): string {
  const data = records.map((record) => JSON.stringify(record)).join(',\t');
  return `{"type":"records","domain":"${domain}","batch":${batch},"count":${records.length},"data":[${data}]}\n`;
}

/** Builds the whole log; batches of the domains alternate, as they may. */
export function recordLog(shape: LogShape): RecordedLog {
  const lines: RecordedLine[] = [];
  const say = (event: Exclude<JobEvent, { type: 'records' }>, extra: Partial<RecordedLine> = {}): void => {
    lines.push({ bytes: encoder.encode(encodeJobEvent(event)), ...extra });
  };
  const generation = shape.generation ?? 1;
  say(metaOf(shape, generation), { isMeta: true });
  if (shape.isReset === true) say({ type: 'reset', generation, reason: 'SNAPSHOT_LOST' });
  for (const [domain] of shape.domains) say({ type: 'domain_start', domain, batch: 1, total_batches: null });
  const digests = new Map<Domain, string[]>(shape.domains.map(([domain]) => [domain, []]));
  const offsets = new Map<Domain, number>();
  const total = shape.domains.reduce((sum, [, batches]) => sum + batches.flat().length, 0);
  const rounds = Math.max(0, ...shape.domains.map(([, batches]) => batches.length));
  let sent = 0;
  for (let index = 0; index < rounds; index++) {
    for (const [domain, batches] of shape.domains) {
      const records = batches[index];
      if (records === undefined) continue;
      const bytes = encoder.encode(encodeRecordsLine(domain, index + 1, records));
      lines.push({ bytes });
      const sha256 = hexSha256(bytes);
      const offset = offsets.get(domain) ?? 0;
      const cursor = `g${generation}:${domain}:${index + 1}`;
      say({ type: 'position', cursor, domain, batch: index + 1, offset, count: records.length, sha256 }, { cursor });
      digests.get(domain)?.push(sha256);
      offsets.set(domain, offset + records.length);
      sent += records.length;
      say(progressOf(shape, sent, total));
    }
  }
  for (const detail of shape.warnings ?? []) say({ type: 'warning', code: 'DOMAIN_FAILED', detail });
  if (shape.aggregation !== undefined) say({ type: 'aggregation', data: shape.aggregation });
  const ends = shape.domains.map(([domain]) => {
    const sha256 = hexSha256((digests.get(domain) ?? []).join(''));
    const containers = { requested: 10, found: 8, empty: 2, failed: 0 };
    say({ type: 'domain_end', domain, total_records: offsets.get(domain) ?? 0, containers, sha256 });
    return sha256;
  });
  say(terminalOf(shape.terminal ?? 'complete', total, hexSha256(ends.join(''))));
  return { lines, totalRecords: total };
}

function metaOf(shape: LogShape, generation: number): Exclude<JobEvent, { type: 'records' }> {
  return {
    type: 'meta',
    job_id: shape.jobId ?? JOB_ID,
    generation,
    kind: shape.kind ?? 'events',
    profile: 'query_tool',
    site: 'fab1',
    domains: shape.domains.map(([domain]) => domain),
    cid_count: 10,
    created_at: '2026-03-18T02:00:00Z',
  };
}

function progressOf(shape: LogShape, sent: number, total: number): Exclude<JobEvent, { type: 'records' }> {
  const percent = total === 0 ? 0 : (100 * sent) / total;
  const progress = {
    percent,
    records: sent,
    bytes: sent * 300,
    records_per_second: 5,
    eta_seconds: 1,
    phase: 'events',
  };
  const domains = Object.fromEntries(shape.domains.map(([domain]) => [domain, { ids_done: 1, ids: 10, records: 1 }]));
  return { type: 'progress', ...progress, domains };
}

function terminalOf(
  type: 'complete' | 'cancelled' | 'error',
  total: number,
  sha256: string,
): Exclude<JobEvent, { type: 'records' }> {
  const quality = { status: 'complete' as const, failed_domains: [], truncated_domains: [] };
  if (type === 'complete') {
    return { type, state: 'succeeded', total_records: total, elapsed_seconds: 3, quality, sha256 };
  }
  if (type === 'cancelled') return { type, total_records: total, elapsed_seconds: 3, database: 'confirmed', sha256 };
  return { type, code: 'QUERY_TIMEOUT', detail: 'took too long', retryable: true, total_records: total, sha256 };
}

/** What a reader that holds `cursor` is sent: `meta`, then the entries behind it. `undefined`: no such place. */
export function linesAfter(log: RecordedLog, cursor: string | undefined): readonly RecordedLine[] | undefined {
  if (cursor === undefined) return log.lines;
  const at = log.lines.findIndex((line) => line.cursor === cursor);
  return at === -1 ? undefined : [...log.lines.filter((line) => line.isMeta === true), ...log.lines.slice(at + 1)];
}

export function bytesOf(lines: readonly RecordedLine[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.bytes.length, 0));
  let at = 0;
  for (const line of lines) {
    bytes.set(line.bytes, at);
    at += line.bytes.length;
  }
  return bytes;
}
