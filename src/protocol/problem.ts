import * as z from 'zod/mini';

/** Every code a caller can meet before the first byte of an answer, and its HTTP status (RFC 9457 problem details). */
export const PROBLEM_STATUS = {
  INVALID_PARAMS: 400,
  INVALID_PROFILE: 400,
  UNKNOWN_DOMAIN: 400,
  INVALID_CURSOR: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  REPORT_NOT_FOUND: 404,
  SITE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  JOB_NOT_COMPLETE: 409,
  LEASE_FENCED: 409,
  CHUNKS_MISSING: 409,
  JOB_RESULT_EXPIRED: 410,
  GENERATION_CHANGED: 412,
  CID_LIMIT_EXCEEDED: 413,
  BODY_TOO_LARGE: 413,
  RESULT_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IDEMPOTENCY_KEY_REUSED: 422,
  CHUNK_CORRUPT: 422,
  PROTOCOL_TOO_OLD: 426,
  RATE_LIMITED: 429,
  CONCURRENT_JOB_LIMIT: 429,
  INTERNAL: 500,
  WAREHOUSE_UNAVAILABLE: 503,
  BRIDGE_UNAVAILABLE: 503,
  SNAPSHOT_LOST: 503,
  LEASE_EXHAUSTED: 503,
  QUERY_TIMEOUT: 504,
  JOB_TIMEOUT: 504,
  STORE_FULL: 507,
} as const satisfies Record<string, number>;

export type ProblemCode = keyof typeof PROBLEM_STATUS;

export const problemCodeSchema = z.enum(Object.keys(PROBLEM_STATUS) as [ProblemCode, ...ProblemCode[]]);

/** Whether the same call may succeed later without being changed. */
const RETRYABLE: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'JOB_NOT_COMPLETE',
  'RATE_LIMITED',
  'CONCURRENT_JOB_LIMIT',
  'INTERNAL',
  'WAREHOUSE_UNAVAILABLE',
  'BRIDGE_UNAVAILABLE',
  'SNAPSHOT_LOST',
  'LEASE_EXHAUSTED',
  'QUERY_TIMEOUT',
  'JOB_TIMEOUT',
  'STORE_FULL',
]);

export function isRetryable(code: ProblemCode): boolean {
  return RETRYABLE.has(code);
}

/** Body of every error before the first byte; members of single codes (`split_plan`, `missing`, …) stand beside these. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  code: problemCodeSchema,
  retryable: z.boolean(),
});
export type Problem = z.infer<typeof problemSchema>;

export interface ProblemOptions {
  /** Members of the problem besides the standard ones. They must be safe to show to the caller. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Seconds after which a retry makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/**
 * The one coded error of the product. `detail` is a plain sentence for the caller: no stack, no SQL, no ORA text; what
 * really happened goes into `cause`, which is logged and never sent.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly detail: string;
  readonly members: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(`${code}: ${detail}`, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.detail = detail;
    this.members = options.members ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return PROBLEM_STATUS[this.code];
  }

  get retryable(): boolean {
    return isRetryable(this.code);
  }

  /** Any thrown value as a coded error; what is unknown becomes `INTERNAL` and keeps its cause. */
  static from(thrown: unknown): ProblemError {
    if (thrown instanceof ProblemError) return thrown;
    return new ProblemError(
      'INTERNAL',
      'Something went wrong inside lotstream. Try again; if it stays, report the request id.',
      {
        cause: thrown,
      },
    );
  }
}
