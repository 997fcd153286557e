import { ProblemError } from '#protocol/problem.ts';
import { concatBytes } from '../../stream/concat-bytes.ts';
import type { Budget } from '../../stream/isolate-budget.ts';
import { requestBodyBudget } from '../../stream/isolate-budget.ts';

export interface BodyRules {
  readonly maxBytes: number;
  /** Refuse a body that does not say its length. */
  readonly lengthRequired?: boolean;
}

export interface BodyMeans {
  readonly budget: Budget;
  readonly timeoutMs: number;
}

/** A body that takes longer holds what others may need: 4 MB at 1 Mbit/s. */
export const BODY_TIMEOUT_MS = 30_000;

/** When the isolate holds too many bodies already. */
const BUSY_RETRY_SECONDS = 1;

/**
 * Runs `work` with the whole body in memory. What it takes is counted for the isolate until `work` has ended; a body
 * that says it is too large is refused unread, one that does not say so is read no further than the limit.
 * @throws ProblemError `BODY_TOO_LARGE`; `BRIDGE_UNAVAILABLE` (503, come back) when the isolate holds too much, or the
 * body has not come in time.
 */
export async function withBody<Result>(
  request: Request,
  { budget, timeoutMs, ...rules }: BodyRules & BodyMeans,
  work: (body: Uint8Array) => Promise<Result>,
): Promise<Result> {
  const lengthBytes = declaredLength(request, rules);
  const release = budget.tryTake(lengthBytes ?? rules.maxBytes, Date.now());
  if (!release) {
    const detail = 'The edge holds too many request bodies right now. Try again in a moment.';
    throw new ProblemError('BRIDGE_UNAVAILABLE', detail, { retryAfterSeconds: BUSY_RETRY_SECONDS });
  }
  // Of a caller that leaves, the platform may end the request without a word.
  request.signal.addEventListener('abort', release, { once: true });
  try {
    // A body of a declared length ends there; read in one piece, 2 MB take half as long.
    const body = lengthBytes === undefined ? readUpTo(request, rules.maxBytes) : request.bytes();
    return await work(await inTime(body, timeoutMs));
  } finally {
    request.signal.removeEventListener('abort', release);
    release();
  }
}

async function inTime(body: Promise<Uint8Array>, timeoutMs: number): Promise<Uint8Array> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new ProblemError('BRIDGE_UNAVAILABLE', 'The body of the request did not come in time.')),
    timeoutMs,
  );
  try {
    return await Promise.race([body, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** A JSON body as a value. @throws ProblemError `UNSUPPORTED_MEDIA_TYPE`, `INVALID_PARAMS`, and those of `withBody`. */
export async function readJsonBody(request: Request, maxBytes: number): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    throw new ProblemError('UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON, with Content-Type: application/json.');
  const rules = { maxBytes, budget: requestBodyBudget, timeoutMs: BODY_TIMEOUT_MS };
  return withBody(request, rules, async (body) => parseJson(body));
}

/** @throws ProblemError `INVALID_PARAMS` for bytes that are not JSON in UTF-8. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body));
  } catch (cause) {
    throw new ProblemError('INVALID_PARAMS', 'The body is not well-formed JSON.', { cause });
  }
}

function declaredLength(request: Request, rules: BodyRules): number | undefined {
  const header = request.headers.get('content-length');
  if (header !== null && /^[0-9]{1,15}$/.test(header)) {
    const lengthBytes = Number(header);
    if (lengthBytes > rules.maxBytes) throw tooLarge(rules.maxBytes);
    return lengthBytes;
  }
  if (rules.lengthRequired)
    throw new ProblemError('BODY_TOO_LARGE', 'The request must say how long its body is (Content-Length).');
  return undefined;
}

async function readUpTo(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array(0);
  const reader = request.body.getReader();
  const parts: Uint8Array[] = [];
  let totalBytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return parts.length === 1 && parts[0] ? parts[0] : concatBytes(parts);
      totalBytes += value.byteLength;
      if (totalBytes > maxBytes) throw tooLarge(maxBytes);
      parts.push(value);
    }
  } finally {
    // Does nothing to a body that was read to its end.
    await reader.cancel().catch(() => undefined);
  }
}

function tooLarge(maxBytes: number): ProblemError {
  return new ProblemError('BODY_TOO_LARGE', `The body is larger than ${maxBytes} bytes.`, {
    members: { max_bytes: maxBytes },
  });
}
