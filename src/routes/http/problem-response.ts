import type { Problem } from '#protocol/problem.ts';
import { ProblemError, problemSchema } from '#protocol/problem.ts';
import * as z from 'zod/mini';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

const STANDARD_MEMBERS = new Set(['type', 'title', 'status', 'detail', 'instance', 'code', 'retryable']);

/** RFC 9457 problem details. `instance` is the request id, by which the log of the edge can be searched. */
export function problemResponse(error: ProblemError, instance: string): Response {
  const problem: Problem = {
    ...error.members,
    type: `urn:lotstream:problem:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: titleOf(error),
    status: error.status,
    detail: error.detail,
    instance,
    code: error.code,
    retryable: error.retryable,
  };
  const headers = new Headers({ 'content-type': PROBLEM_CONTENT_TYPE, 'cache-control': 'no-store' });
  if (error.retryAfterSeconds !== undefined) headers.set('retry-after', String(Math.ceil(error.retryAfterSeconds)));
  if (error.code === 'UNAUTHENTICATED') headers.set('www-authenticate', 'Bearer');
  if (Array.isArray(error.members['allow'])) headers.set('allow', error.members['allow'].join(', '));
  return new Response(JSON.stringify(problem), { status: error.status, headers });
}

/** `JOB_NOT_FOUND` → "Job not found". */
function titleOf(error: ProblemError): string {
  const words = error.code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * A response of a Job object that is a problem, as the error it was.
 * @throws ProblemError for a problem; answers for everything else.
 */
export async function throwIfProblem(response: Response): Promise<void> {
  if (response.ok) return;
  const text = await response.text();
  const parsed = z.safeParse(problemSchema, readJson(text));
  if (!parsed.success) throw new Error(`a Job object answered ${response.status} without a problem`);
  const members: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(parsed.data)) if (!STANDARD_MEMBERS.has(name)) members[name] = value;
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  throw new ProblemError(
    parsed.data.code,
    parsed.data.detail,
    Number.isFinite(retryAfter) ? { members, retryAfterSeconds: retryAfter } : { members },
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
