import type { ProblemCode } from '#protocol/problem.ts';
import { problemSchema } from '#protocol/problem.ts';

/** What can go wrong on this side of the wire, beside the problems the edge answers with. */
export const CLIENT_CODES = [
  'OFFLINE',
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

/** The problem of an answer that is none of the expected ones. A body that is no problem document is not trusted. */
export async function readProblem(response: Response): Promise<ClientProblem> {
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = problemSchema.safeParse(body);
  const retryAfterSeconds = parseRetryAfterSeconds(response.headers.get('retry-after'));
  const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  if (!parsed.success) return { code: 'UNREADABLE_ANSWER', status: response.status, ...wait };
  const { code, status, detail, instance } = parsed.data;
  return { code, status, detail, requestId: instance, ...wait };
}
