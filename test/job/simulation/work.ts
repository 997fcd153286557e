import type { CompleteHead, EndDomainRequest, FailRequest, SealRequest } from '#protocol/bridge-message.ts';
import type { Domain } from '#protocol/domain.ts';
import type { Lease, LeaseKey } from '#protocol/lease.ts';
import type { StoredSpec } from '../../../src/job/job-record.ts';
import type { LeaseCalls } from '../../../src/job/lease-calls.ts';
import { type Chunk, makeChunk } from '../../helpers/make-chunk.ts';

/** The job of a history: what it has to find, and what a bridge does with a lease of it. */

/** How the job takes up its work: by ids, from its beginning, or all of it in one call. */
export const MODES = ['ids', 'restart', 'whole'] as const;
export type Mode = (typeof MODES)[number];

export const JOB_ID = 'ab'.repeat(32);
export const SITE = 'fab1';
export const OWNER = 'local';
export const CONTENT_HASH = 'hash';
const DEADLINE_SECONDS = 1800;
export const DOMAINS = ['history', 'materials'] as const satisfies readonly Domain[];
/** Records of each container id, by domain. More than may be staged at once, and ids without any. */
const RECORDS: Readonly<Record<(typeof DOMAINS)[number], readonly number[]>> = {
  history: [3, 0, 4, 2],
  materials: [1, 0, 2, 0],
};
/** Sparse domains are read in larger ranges. */
const LEAST_RANGE_IDS = { history: 1, materials: 2 } as const;
export const ID_COUNT = RECORDS.history.length;

/** The same in every execution; only their order within a range differs. */
function recordsOf(domain: (typeof DOMAINS)[number], id: number): string[] {
  return Array.from({ length: RECORDS[domain][id] ?? 0 }, (_, index) => `${domain}:${id}:${index}`);
}

const RECORDS_UP_TO = new Map<string, readonly string[]>();

/** Records of a domain's first ids, sorted. */
export function recordsUpTo(domain: Domain, idsDone: number): readonly string[] {
  const key = `${domain} ${idsDone}`;
  let records = RECORDS_UP_TO.get(key);
  if (!records) {
    const own = DOMAINS.filter((name) => name === domain);
    records = own.flatMap((name) => Array.from({ length: idsDone }, (_, id) => recordsOf(name, id)).flat()).toSorted();
    RECORDS_UP_TO.set(key, records);
  }
  return records;
}

export const TOTAL_RECORDS = DOMAINS.reduce((sum, domain) => sum + recordsUpTo(domain, ID_COUNT).length, 0);

/** One call of a lease's holder. */
export type Call =
  | { readonly type: 'put'; readonly chunk: Chunk }
  | { readonly type: 'seal'; readonly domain: Domain; readonly request: SealRequest }
  | { readonly type: 'end'; readonly domain: Domain; readonly request: EndDomainRequest }
  | { readonly type: 'aggregate' }
  | { readonly type: 'finish' }
  | { readonly type: 'fail'; readonly request: FailRequest }
  | { readonly type: 'complete'; readonly head: CompleteHead; readonly segments: readonly Uint8Array[] }
  | { readonly type: 'renew' }
  | { readonly type: 'report' };

export const LEASE_TTL_MS = 30_000;

type Perform<Type extends Call['type']> = (
  calls: LeaseCalls,
  key: LeaseKey,
  call: Extract<Call, { type: Type }>,
) => unknown;

const PERFORM: { readonly [Type in Call['type']]: Perform<Type> } = {
  put: (calls, key, { chunk }) => calls.putChunk(key, chunk.head, chunk.segment),
  seal: (calls, key, { domain, request }) => calls.seal(key, domain, request),
  end: (calls, key, { domain, request }) => calls.endDomain(key, domain, request),
  aggregate: (calls, key) => calls.aggregate(key, { summary: true }),
  finish: (calls, key) => calls.finish(key, { records: TOTAL_RECORDS }),
  fail: (calls, key, { request }) => calls.fail(key, request),
  complete: (calls, key, { head, segments }) => calls.complete(key, head, segments),
  renew: (calls, key) => calls.renew(key, LEASE_TTL_MS),
  report: (calls, key) => calls.reportCancelled(key, { database: 'confirmed' }),
};

/** @returns whether the holder is told to stop. @throws ProblemError for what the edge refuses. */
export function performCall(calls: LeaseCalls, key: LeaseKey, call: Call): boolean {
  const perform = PERFORM[call.type] as Perform<Call['type']>;
  const answer = perform(calls, key, call);
  return typeof answer === 'object' && answer !== null && 'cancelled' in answer && answer.cancelled === true;
}

const RECORDS_OF_CHUNK = new Map<string, readonly string[]>();
const MADE = new Map<string, Chunk>();

/** The records in a chunk, by the digest of its line. */
export function recordsOfDigest(sha256: string): readonly string[] {
  return RECORDS_OF_CHUNK.get(sha256) ?? [];
}

/** Made once: the same records give the same bytes. */
export function chunkOf(domain: Domain, batch: number, records: readonly string[]): Chunk {
  const name = `${domain} ${batch} ${records.join()}`;
  let chunk = MADE.get(name);
  if (!chunk) {
    chunk = makeChunk(
      records.map((record) => ({ record })),
      { domain, batch },
    );
    MADE.set(name, chunk);
    RECORDS_OF_CHUNK.set(chunk.head.sha256, records);
  }
  return chunk;
}

/** Ranges, order within a range and chunk sizes differ from execution to execution. */
export function planOf(lease: Lease): Call[] {
  if (lease.spec.lane === 'interactive') return [completeCall()];
  const plans = DOMAINS.map((domain) => planOfDomain(lease, domain));
  // Domains interleave in every second execution.
  if (lease.epoch % 2 === 0) {
    const longest = Math.max(...plans.map((plan) => plan.length));
    const ordered = Array.from({ length: longest }, (_, index) => plans.flatMap((plan) => plan[index] ?? []));
    return [...ordered.flat(2), { type: 'aggregate' }, { type: 'finish' }];
  }
  return [...plans.flat(2), { type: 'aggregate' }, { type: 'finish' }];
}

/** The calls of each range, then the end. */
function planOfDomain(lease: Lease, domain: (typeof DOMAINS)[number]): Call[][] {
  const resume = lease.resume[domain];
  if (!resume) throw new Error('the lease says nothing of its domain');
  if (resume.ended) return [];
  const plan: Call[][] = [];
  let batch = resume.next_batch;
  let done = resume.ids_done;
  for (let range = 0; done < ID_COUNT; range++) {
    const idsTo = Math.min(ID_COUNT, done + LEAST_RANGE_IDS[domain] + ((lease.epoch + range) % 3));
    const byId = Array.from({ length: idsTo - done }, (_, index) => recordsOf(domain, done + index));
    const rows = byId.flat();
    if (lease.epoch % 2 === 0) rows.reverse();
    const first = batch;
    const size = 1 + (lease.epoch % 3);
    const calls: Call[] = [];
    for (let at = 0; at < rows.length; at += size)
      calls.push({ type: 'put', chunk: chunkOf(domain, batch++, rows.slice(at, at + size)) });
    const request = {
      first_batch: first,
      ...(batch > first ? { last_batch: batch - 1 } : {}),
      ids_to: idsTo,
      records: rows.length,
      containers_found: byId.filter((records) => records.length > 0).length,
    };
    plan.push([...calls, { type: 'seal', domain, request }]);
    done = idsTo;
  }
  const totals = { records: recordsUpTo(domain, ID_COUNT).length, batches: batch - 1 };
  return [...plan, [{ type: 'end', domain, request: { status: 'complete', totals } }]];
}

function completeCall(): Call {
  const chunks = DOMAINS.map((domain) => chunkOf(domain, 1, recordsUpTo(domain, ID_COUNT)));
  const domains = chunks.map(({ head, segment }) => {
    const { domain, count, raw_bytes, crc32, sha256 } = head;
    const chunk = { count, raw_bytes, crc32, sha256, segment_bytes: segment.byteLength };
    return { domain, chunk, ids_to: ID_COUNT, containers_found: 0, status: 'complete' as const };
  });
  return {
    type: 'complete',
    head: { domains, aggregation: { summary: true } },
    segments: chunks.map(({ segment }) => segment),
  };
}

export function specOf(mode: Mode, createdAtMs: number): StoredSpec {
  return {
    job: {
      job_id: JOB_ID,
      kind: 'events',
      lane: mode === 'whole' ? 'interactive' : 'batch',
      resume: mode === 'ids' ? 'ids' : 'restart',
      profile: 'query_tool',
      site: SITE,
      domains: [...DOMAINS],
      params: { kind: 'events' },
      cid_count: ID_COUNT,
      batch_records: 5000,
      created_at: new Date(createdAtMs).toISOString(),
    },
    deadlineSeconds: DEADLINE_SECONDS,
    contentHash: CONTENT_HASH,
    cacheSeconds: 0,
  };
}
