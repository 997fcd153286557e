import type * as z from 'zod/mini';
import type {
  CancelledRequest,
  ChunkHead,
  CompleteHead,
  EndDomainRequest,
  FailRequest,
  FinishRequest,
  LeaseRequest,
  SealRequest,
} from '#protocol/bridge-message.ts';
import {
  CHUNK_COUNT_HEADER,
  CHUNK_CRC32_HEADER,
  CHUNK_RAW_BYTES_HEADER,
  CHUNK_SHA256_HEADER,
  leaseAnswerSchema,
  putAnswerSchema,
  renewAnswerSchema,
  sealAnswerSchema,
} from '#protocol/bridge-message.ts';
import type { Domain } from '#protocol/domain.ts';
import { CONTAINER_ID_BYTES } from '#protocol/ids.ts';
import type { Lease, LeaseKey } from '#protocol/lease.ts';
import { LEASE_HEADER, formatLeaseHeader, leaseSchema } from '#protocol/lease.ts';
import { MAX_BRIDGE_BODY_BYTES, MAX_DETAIL_CHARS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { Logger } from '../log.ts';
import { frameComplete } from './complete-frame.ts';
import type { EdgeCall, EdgeHttp } from './edge-http.ts';
import { parseJson } from './edge-http.ts';

/** The job a call is about, and the right to speak for it. */
export type HeldLease = LeaseKey & Pick<Lease, 'job_id'>;

/** A renewal is worth nothing when it comes late; its caller has a loop of its own. */
const RENEW_ATTEMPT_TIMEOUT_MS = 5000;
/** The lease loop repeats the call itself, and says so in the log. */
const LEASE_ATTEMPTS = 4;

/**
 * The bridge calls of the protocol. Each may be repeated without changing anything; each ends with its signal.
 * @throws ProblemError from every call: the edge's code (`LEASE_FENCED` when the lease is another's by now), or
 * `BRIDGE_UNAVAILABLE` when the edge cannot be reached.
 */
export class EdgeClient {
  readonly #http: EdgeHttp;
  readonly #log: Logger;

  constructor(http: EdgeHttp, log: Logger) {
    this.#http = http;
    this.#log = log;
  }

  /** One that cannot be read is left out: it runs out and costs its job an attempt, as if the bridge had lost it. */
  async lease(request: LeaseRequest, signal: AbortSignal): Promise<Lease[]> {
    const call = { method: 'POST', path: '/bridge/v1/leases', maxAttempts: LEASE_ATTEMPTS } as const;
    const body = await this.#tell(call, request, signal);
    return parseAnswer(leaseAnswerSchema, body).leases.flatMap((value) => {
      const lease = leaseSchema.safeParse(value);
      if (lease.success) return [lease.data];
      this.#log.error({ err: lease.error }, 'a lease of the edge is not understood and left out');
      return [];
    });
  }

  /** At most `count` ids from index `from`, packed, 8 bytes each. */
  async readIds(lease: HeldLease, range: { from: number; count: number }, signal: AbortSignal): Promise<Uint8Array> {
    const path = `ids?from=${range.from}&count=${range.count}`;
    const packed = await this.#http.call({ ...onJob('GET', lease, path), signal });
    if (packed.byteLength % CONTAINER_ID_BYTES !== 0 || packed.byteLength > range.count * CONTAINER_ID_BYTES) {
      throw unexpectedAnswer();
    }
    return packed;
  }

  /** One attempt only: the lease's keeper decides when to try again. */
  async renew(lease: HeldLease, phase: string, signal: AbortSignal): Promise<z.infer<typeof renewAnswerSchema>> {
    const call = { ...onJob('POST', lease, 'renew'), maxAttempts: 1, attemptTimeoutMs: RENEW_ATTEMPT_TIMEOUT_MS };
    const body = await this.#tell(call, { progress: { phase } }, signal);
    return parseAnswer(renewAnswerSchema, body);
  }

  /** @returns chunks of this domain that may be sent before its next seal. */
  async putChunk(lease: HeldLease, head: ChunkHead, segment: Uint8Array, signal: AbortSignal): Promise<number> {
    const call = onJob('PUT', lease, `domains/${head.domain}/chunks/${head.batch}`);
    const body = await this.#http.call({
      ...call,
      headers: {
        ...call.headers,
        'content-type': 'application/octet-stream',
        [CHUNK_COUNT_HEADER]: String(head.count),
        [CHUNK_RAW_BYTES_HEADER]: String(head.raw_bytes),
        [CHUNK_CRC32_HEADER]: String(head.crc32),
        [CHUNK_SHA256_HEADER]: head.sha256,
      },
      body: segment,
      signal,
    });
    return parseAnswer(putAnswerSchema, body).credit;
  }

  /** @returns credit, as `putChunk`. @throws ProblemError `CHUNKS_MISSING` with their list. */
  async seal(lease: HeldLease, domain: Domain, request: SealRequest, signal: AbortSignal): Promise<number> {
    const body = await this.#tell(onJob('POST', lease, `domains/${domain}/seal`), request, signal);
    return parseAnswer(sealAnswerSchema, body).credit;
  }

  async endDomain(lease: HeldLease, domain: Domain, request: EndDomainRequest, signal: AbortSignal): Promise<void> {
    await this.#tell(onJob('POST', lease, `domains/${domain}/end`), cutDetail(request), signal);
  }

  async aggregate(lease: HeldLease, data: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> {
    await this.#tell(onJob('PUT', lease, 'aggregation'), data, signal);
  }

  async finish(lease: HeldLease, request: FinishRequest, signal: AbortSignal): Promise<void> {
    await this.#tell(onJob('POST', lease, 'finish'), request, signal);
  }

  async fail(lease: HeldLease, request: FailRequest, signal: AbortSignal): Promise<void> {
    await this.#tell(onJob('POST', lease, 'fail'), cutDetail(request), signal);
  }

  /** For the lease that a cancel has just ended. */
  async reportCancelled(lease: HeldLease, request: CancelledRequest, signal: AbortSignal): Promise<void> {
    await this.#tell(onJob('POST', lease, 'cancelled'), request, signal);
  }

  /** A whole small job: `segments` are those of the domains of `head` that have a chunk, in its order. */
  async complete(
    lease: HeldLease,
    head: CompleteHead,
    segments: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<void> {
    const call = onJob('POST', lease, 'complete');
    await this.#http.call({
      ...call,
      headers: { ...call.headers, 'content-type': 'application/octet-stream' },
      body: frameComplete({ ...head, domains: head.domains.map(cutDetail) }, segments),
      signal,
    });
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  async #tell(call: Omit<EdgeCall, 'signal'>, message: unknown, signal: AbortSignal): Promise<Uint8Array> {
    const headers = { ...call.headers, 'content-type': 'application/json' };
    return await this.#http.call({ ...call, headers, body: encodeJson(message), signal });
  }
}

function onJob(method: EdgeCall['method'], lease: HeldLease, rest: string) {
  return {
    method,
    path: `/bridge/v1/jobs/${lease.job_id}/${rest}`,
    headers: { [LEASE_HEADER]: formatLeaseHeader(lease) },
  } as const;
}

/** A sentence that names many values may be longer than the edge takes. */
function cutDetail<Message extends { readonly detail?: string | undefined }>(message: Message): Message {
  const { detail } = message;
  if (detail === undefined || detail.length <= MAX_DETAIL_CHARS) return message;
  return { ...message, detail: `${detail.slice(0, MAX_DETAIL_CHARS - 1)}…` };
}

/** @throws ProblemError `RESULT_TOO_LARGE` for what the edge would not read. */
function encodeJson(message: unknown): Uint8Array {
  const body = Buffer.from(JSON.stringify(message));
  if (body.byteLength > MAX_BRIDGE_BODY_BYTES) {
    throw new ProblemError('RESULT_TOO_LARGE', 'The summary of this job is too large to be sent.');
  }
  return body;
}

function parseAnswer<Schema extends z.ZodMiniType>(schema: Schema, body: Uint8Array): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(body));
  if (!parsed.success) throw unexpectedAnswer(parsed.error);
  return parsed.data;
}

function unexpectedAnswer(cause?: unknown): ProblemError {
  return new ProblemError('INTERNAL', 'The edge gave an answer that the bridge does not understand.', { cause });
}
