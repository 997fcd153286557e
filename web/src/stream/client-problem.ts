import type { ProblemCode } from '#protocol/problem.ts';
import { problemCodeSchema } from '#protocol/problem.ts';
import type { SplitPart } from '#protocol/trace.ts';
import { splitPartSchema } from '#protocol/trace.ts';
import * as z from 'zod/mini';

/** What can go wrong on this side of the wire, beside the problems the edge answers with. */
export const CLIENT_CODES = [
  'OFFLINE',
  'SERVER_UNAVAILABLE',
  'SERVER_TIMEOUT',
  'UNREADABLE_ANSWER',
  'STREAM_BROKEN',
  'STREAM_UNPROVEN',
  'STORAGE_FAILED',
  'EXPORT_FAILED',
  'SECURE_CONTEXT_NEEDED',
  'PAGE_FAILED',
  'TOO_MANY_MACHINES',
] as const;
export type ClientCode = (typeof CLIENT_CODES)[number];

/** A problem as the page shows it: plain data, so that it crosses from the worker. */
export interface ClientProblem {
  readonly code: ProblemCode | ClientCode;
  readonly status?: number;
  /** The edge's own sentence. Text of others: shown as text, never as markup. */
  readonly detail?: string;
  /** The id an operator finds the request by. */
  readonly requestId?: string;
  readonly retryAfterSeconds?: number;
  /** Of a query that is too large: the parts it can be read in. */
  readonly splitPlan?: readonly SplitPart[];
  /** What the sentence of the code is filled with. */
  readonly values?: Readonly<Record<string, string | number>>;
}

/** Carries a `ClientProblem` to where it is shown. */
export class ClientProblemError extends Error {
  override readonly name = 'ClientProblemError';
  readonly problem: ClientProblem;

  constructor(problem: ClientProblem, cause?: unknown) {
    super(problem.detail ?? problem.code, cause === undefined ? {} : { cause });
    this.problem = problem;
  }

  /** Any thrown value; what is unknown is a defect of the page. */
  static from(thrown: unknown): ClientProblemError {
    return thrown instanceof ClientProblemError ? thrown : new ClientProblemError({ code: 'PAGE_FAILED' }, thrown);
  }
}

/** `Retry-After` in whole seconds; a date or nonsense counts as absent. */
export function parseRetryAfterSeconds(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header.trim()) ? Number(header) : undefined;
}

/** What an answer means by its status alone: what a proxy or a gateway on the way says has no code of ours. */
const CODE_OF_STATUS: Readonly<Record<number, ProblemCode | ClientCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  410: 'JOB_RESULT_EXPIRED',
  413: 'BODY_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RATE_LIMITED',
  502: 'SERVER_UNAVAILABLE',
  503: 'SERVER_UNAVAILABLE',
  504: 'SERVER_TIMEOUT',
};

const membersSchema = z.record(z.string(), z.unknown());
const textSchema = z.string();
const splitPlanSchema = z.array(splitPartSchema);

/**
 * The problem of an answer that is none of the expected ones. Only a body with one of our codes is trusted; of any other
 * the status has to do.
 */
export async function readProblem(response: Response): Promise<ClientProblem> {
  const body: unknown = await response.json().catch(() => undefined);
  // A member that is absent or has another form says nothing.
  const members = membersSchema.safeParse(body).data ?? {};
  const code = problemCodeSchema.safeParse(members['code']).data;
  const detail = textSchema.safeParse(members['detail']).data;
  const requestId = textSchema.safeParse(members['instance']).data;
  const splitPlan = splitPlanSchema.safeParse(members['split_plan']).data;
  const retryAfterSeconds = parseRetryAfterSeconds(response.headers.get('retry-after'));
  const known = {
    status: response.status,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  if (code === undefined) return { code: CODE_OF_STATUS[response.status] ?? 'UNREADABLE_ANSWER', ...known };
  return {
    code,
    ...known,
    ...(detail === undefined ? {} : { detail }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(splitPlan === undefined ? {} : { splitPlan }),
  };
}
