import { createHash } from 'node:crypto';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { ANSWER_SHA256_HEADER } from '#protocol/bridge-message.ts';
import type { ProblemCode } from '#protocol/problem.ts';
import { ProblemError, problemSchema } from '#protocol/problem.ts';
import type { Logger } from '../log.ts';
import { followSignal, waitMs } from '../wait.ts';
import type { SignCall } from './bridge-token.ts';
import { MAX_RETRY_AFTER_MS, isPassingStatus, parseRetryAfterMs, pauseBeforeRetryMs } from './retry.ts';

/** 18 to 36 s of pauses, as chance has it. With the attempts themselves that is about as long as a lease lives. */
const MAX_ATTEMPTS = 12;
/** One attempt, from connecting to the last byte of the answer. A stalled connection is noticed by nothing else. */
const ATTEMPT_TIMEOUT_MS = 20_000;
const CONNECT_TIMEOUT_MS = 5000;
/** The largest answers are a page of ids (160 kB) and leases, whose parameters hold at most 1000 seed values each. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** Idle connections are closed before the edge's side does it under a request. */
const KEEP_ALIVE_MS = 20_000;

export interface EdgeHttpOptions {
  /** Origin of the edge. */
  readonly edgeUrl: string;
  readonly connections: number;
  readonly sign: SignCall;
  readonly log: Logger;
}

export interface EdgeCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Path and query. */
  readonly path: string;
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly attemptTimeoutMs?: number;
  readonly maxAttempts?: number;
}

export interface EdgeAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** What the edge says its body has as SHA-256. */
  readonly sha256: string | undefined;
  readonly body: Uint8Array;
}

/**
 * Signed calls to the edge. Every call of the bridge may be repeated without changing anything, so what may pass is
 * tried again with growing pauses: lost connections, damaged answers, 429, 500, 502, 503, 504.
 */
export class EdgeHttp {
  readonly #options: EdgeHttpOptions;
  readonly #agent: Agent;

  constructor(options: EdgeHttpOptions) {
    this.#options = options;
    // HTTP/1.1: undici's HTTP/2 sessions break when some 10 MB are queued on one.
    this.#agent = new Agent({
      allowH2: false,
      connections: options.connections,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
    });
  }

  /**
   * @returns the body of a 2xx answer.
   * @throws ProblemError the edge's own; `BRIDGE_UNAVAILABLE` when it could not be reached.
   * @throws the signal's reason when the caller aborts.
   */
  async call(call: EdgeCall): Promise<Uint8Array> {
    const maxAttempts = call.maxAttempts ?? MAX_ATTEMPTS;
    for (let attempt = 1; ; attempt++) {
      call.signal.throwIfAborted();
      const result = await this.#attempt(call);
      if (result instanceof Uint8Array) return result;
      call.signal.throwIfAborted();
      const pauseMs = Math.max(result.retryAfterMs ?? 0, pauseBeforeRetryMs(attempt, Math.random()));
      if (!result.passing || attempt >= maxAttempts || pauseMs > MAX_RETRY_AFTER_MS) throw givenUp(result);
      const { method, path } = call;
      this.#options.log.debug({ method, path, attempt, pause_ms: pauseMs, err: result.problem }, 'call to be repeated');
      await waitMs(pauseMs, call.signal);
    }
  }

  /** One attempt, whatever the status. @throws what undici throws. */
  async ask(call: EdgeCall): Promise<EdgeAnswer> {
    const { method, path, body } = call;
    const { controller, release } = followSignal(call.signal);
    const timer = setTimeout(() => controller.abort(timeoutError()), call.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS);
    try {
      const token = await this.#options.sign({ method, path, body });
      const answer = await request(this.#options.edgeUrl + path, {
        dispatcher: this.#agent,
        method,
        headers: { ...call.headers, authorization: `Bearer ${token}` },
        body: body ?? null,
        signal: controller.signal,
      });
      return {
        status: answer.statusCode,
        retryAfter: firstOf(answer.headers['retry-after']),
        sha256: firstOf(answer.headers[ANSWER_SHA256_HEADER]),
        body: await readBody(answer.body),
      };
    } finally {
      clearTimeout(timer);
      release();
    }
  }

  /** Waits for nothing: what is still under way is cut. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #attempt(call: EdgeCall): Promise<Uint8Array | FailedAttempt> {
    try {
      const answer = await this.ask(call);
      if (answer.status >= 200 && answer.status < 300) return isWhole(answer) ? answer.body : DAMAGED;
      return {
        problem: toProblem(answer),
        passing: isPassingStatus(answer.status),
        retryAfterMs: parseRetryAfterMs(answer.retryAfter, Date.now()),
      };
    } catch (cause) {
      const problem =
        cause instanceof ProblemError
          ? cause
          : new ProblemError('BRIDGE_UNAVAILABLE', 'The bridge could not reach the edge.', { cause });
      return { problem, passing: !(cause instanceof ProblemError), retryAfterMs: undefined };
    }
  }
}

interface FailedAttempt {
  readonly problem: ProblemError;
  readonly passing: boolean;
  readonly retryAfterMs: number | undefined;
}

const DAMAGED: FailedAttempt = {
  problem: new ProblemError('BRIDGE_UNAVAILABLE', 'The answer of the edge was damaged on its way.'),
  passing: true,
  retryAfterMs: undefined,
};

/** The edge's own defect is none of the work: another lease may go on with it. */
function givenUp({ passing, problem }: FailedAttempt): ProblemError {
  if (!passing || problem.code !== 'INTERNAL') return problem;
  return new ProblemError('BRIDGE_UNAVAILABLE', 'The edge failed again and again.', { cause: problem });
}

function isWhole({ body, sha256 }: EdgeAnswer): boolean {
  return body.byteLength === 0 || createHash('sha256').update(body).digest('hex') === sha256;
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** The whole body, so that its connection can be used again. */
async function readBody(body: Dispatcher.ResponseData['body']): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > MAX_ANSWER_BYTES) {
      throw new ProblemError('INTERNAL', 'The edge answered more bytes than any answer has.');
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function toProblem({ status, body }: EdgeAnswer): ProblemError {
  const parsed = problemSchema.safeParse(parseJson(body));
  if (parsed.success) {
    const {
      type: _type,
      title: _title,
      status: _status,
      detail,
      instance,
      code,
      retryable: _,
      ...members
    } = parsed.data;
    return new ProblemError(code, detail, { members: { ...members, instance } });
  }
  return new ProblemError(codeOfStatus(status), `The edge answered ${status} without saying why.`);
}

/** For answers of what stands in front of the edge, which know nothing of problem codes. */
function codeOfStatus(status: number): ProblemCode {
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 403) return 'FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  if (status === 413) return 'BODY_TOO_LARGE';
  if (status === 426) return 'PROTOCOL_TOO_OLD';
  if (status === 429) return 'RATE_LIMITED';
  return isPassingStatus(status) ? 'BRIDGE_UNAVAILABLE' : 'INTERNAL';
}

/** Status and, if it is a problem, its sentence: for logs and people. */
export function describeAnswer({ status, body }: EdgeAnswer): string {
  const parsed = problemSchema.safeParse(parseJson(body));
  return parsed.success ? `${status} ${parsed.data.code}: ${parsed.data.detail}` : String(status);
}

export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}

function timeoutError(): Error {
  return new Error('The edge did not answer in time.');
}
