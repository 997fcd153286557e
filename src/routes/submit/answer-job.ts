import type { JobAccepted, JobStatus } from '#protocol/job.ts';
import { isTerminal } from '#protocol/job.ts';
import { INTERACTIVE_DEADLINE_MS, MAX_INLINE_LINEAGE_NODES, MAX_INTERACTIVE_RECORDS } from '#protocol/limits.ts';
import { isRetryable, ProblemError, problemCodeSchema } from '#protocol/problem.ts';
import * as z from 'zod/mini';
import { unwrap } from '../../outcome.ts';
import type { JobReads } from '../../site/steady-reads.ts';
import type { EdgeContext } from '../edge-app.ts';
import { jsonResponse } from '../edge-app.ts';
import { openJob } from '../find-job.ts';
import type { Preferences } from '../http/prefer.ts';
import { parsePrefer } from '../http/prefer.ts';
import { throwIfProblem } from '../http/problem-response.ts';
import type { AcceptedJob } from './accept-job.ts';

/** When a caller that was answered 202 may ask again. */
const ACCEPTED_RETRY_SECONDS = 1;
/** When a failed request may be made again, if it may. */
const FAILED_RETRY_SECONDS = 5;
/** How often a body is asked for that finds no room, a second apart. */
const BUSY_ATTEMPTS = 10;

interface AnswerRules {
  readonly owner: string;
  /** The answer of the finished job; without it, everything that the job found in one body. */
  readonly readAnswer?: (job: JobReads, status: JobStatus) => Promise<Response>;
  /** Whether a job of so many ids is never answered in one body. */
  readonly alwaysAsync: (cidCount: number) => boolean;
}

/**
 * The answer to a POST that made or joined a job: the result if it is there within the time the caller waits, a proper
 * status if the job failed by then, otherwise 202 and where to look.
 */
export async function answerJob(context: EdgeContext, accepted: AcceptedJob, rules: AnswerRules): Promise<Response> {
  const preferences = parsePrefer(context.req.header('prefer'));
  const { job } = accepted;
  const waitMs = rules.alwaysAsync(accepted.status.cid_count) ? undefined : waitMsOf(preferences);
  if (waitMs === undefined)
    return accept(accepted.status, headersOf(accepted, preferences.respondAsync ? 'respond-async' : undefined));
  const headers = headersOf(accepted, preferences.waitSeconds === undefined ? undefined : `wait=${waitMs / 1000}`);
  const status = isTerminal(accepted.status.state)
    ? accepted.status
    : await waitForEnd(context, accepted, { owner: rules.owner, waitMs });
  if (!isTerminal(status.state) || isTooLarge(status)) return accept(status, headers);
  throwIfFailed(status);
  const { readAnswer = (finished) => readJson(finished, '/answer') } = rules;
  const answer = await readAnswer(job, status);
  const all = new Headers(answer.headers);
  all.set('cache-control', 'no-store');
  all.set('content-location', statusUrl(status.job_id));
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return new Response(answer.body, { headers: all });
}

/** What every answer to a submit says, in one body or not: how old a cached result is, and what was made of `Prefer`. */
function headersOf({ ageSeconds }: AcceptedJob, applied: string | undefined): Record<string, string> {
  return {
    ...(ageSeconds === undefined ? {} : { age: String(Math.floor(ageSeconds)) }),
    ...(applied === undefined ? {} : { 'preference-applied': applied }),
  };
}

/**
 * A JSON body that the job makes. When too many are being read at this moment, it is asked for again as the job says: its
 * caller has waited for the job already, or holds the first pages of a file.
 * @throws ProblemError if the job cannot.
 */
export async function readJson(job: JobReads, path: string): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const answer = await job.fetch(new Request(`https://job${path}`));
    try {
      await throwIfProblem(answer);
      return new Response(answer.body, { headers: { 'content-type': 'application/json' } });
    } catch (thrown) {
      const seconds = busySeconds(thrown);
      if (seconds === undefined || attempt >= BUSY_ATTEMPTS) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }
}

/** After how long a body that could not be read for lack of room may be asked for again; `undefined` for any other problem. */
function busySeconds(thrown: unknown): number | undefined {
  return thrown instanceof ProblemError && thrown.code === 'RATE_LIMITED' ? thrown.retryAfterSeconds : undefined;
}

/** Milliseconds to wait; `undefined` for a caller that does not want to wait at all. */
function waitMsOf({ respondAsync, waitSeconds }: Preferences): number | undefined {
  if (waitSeconds !== undefined) return Math.min(waitSeconds * 1000, INTERACTIVE_DEADLINE_MS);
  return respondAsync ? undefined : INTERACTIVE_DEADLINE_MS;
}

/**
 * A caller that leaves while it waits withdraws from the job, which cancels it if nobody else wants it. One that sent an
 * `Idempotency-Key` has said that it will ask again: it stays an owner.
 */
async function waitForEnd(
  context: EdgeContext,
  { job, status }: AcceptedJob,
  { owner, waitMs }: { owner: string; waitMs: number },
): Promise<JobStatus> {
  const { signal } = context.req.raw;
  const withdraw = (): void => context.executionCtx.waitUntil(openJob(context.env, status.job_id).withdraw(owner));
  const comesBack = context.req.header('idempotency-key') !== undefined;
  if (!comesBack && signal.aborted) withdraw();
  else if (!comesBack) signal.addEventListener('abort', withdraw, { once: true });
  try {
    return unwrap(await job.waitForEnd(waitMs)).status;
  } finally {
    signal.removeEventListener('abort', withdraw);
  }
}

/** Record sets of this size are read in pages or as a stream. */
function isTooLarge({ kind, domains }: JobStatus): boolean {
  if (kind === 'seed_resolve') return (domains.seeds?.records ?? 0) > MAX_INTERACTIVE_RECORDS;
  return kind === 'lineage' && (domains.nodes?.records ?? 0) > MAX_INLINE_LINEAGE_NODES;
}

/** @throws ProblemError with the code the job failed with. */
function throwIfFailed({ state, error, job_id }: JobStatus): void {
  if (state === 'cancelled')
    throw new ProblemError('JOB_NOT_COMPLETE', 'The job was cancelled before it ended.', {
      members: { job_id, state },
    });
  if (state !== 'failed') return;
  const code = z.safeParse(problemCodeSchema, error?.code);
  const detail = error?.detail ?? 'The job failed.';
  if (!code.success) throw new ProblemError('INTERNAL', detail, { members: { job_id }, cause: error });
  throw new ProblemError(code.data, detail, {
    members: { job_id },
    ...(isRetryable(code.data) ? { retryAfterSeconds: FAILED_RETRY_SECONDS } : {}),
  });
}

function accept(status: JobStatus, headers: Readonly<Record<string, string>>): Response {
  const { job_id, stream_url, result_url } = status;
  const status_url = statusUrl(job_id);
  const body: JobAccepted = { async: true, job_id, status_url, stream_url, result_url };
  return jsonResponse(body, {
    status: 202,
    headers: { location: status_url, 'retry-after': String(ACCEPTED_RETRY_SECONDS), ...headers },
  });
}

function statusUrl(jobId: string): string {
  return `/api/trace/job/${jobId}`;
}
