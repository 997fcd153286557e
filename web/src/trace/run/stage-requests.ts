import type * as z from 'zod/mini';
import type { JobAccepted, JobCancelled, JobStatus } from '#protocol/job.ts';
import { jobAcceptedSchema, jobCancelledSchema, jobStatusSchema } from '#protocol/job.ts';
import { ClientProblemError, readProblem } from '../../stream/client-problem.ts';

/** A stage answers in one body, or says which job to read. */
export type StageAnswer<Value> =
  | { readonly type: 'answer'; readonly value: Value }
  | { readonly type: 'job'; readonly job: JobAccepted };

export interface StageRequest<Schema extends z.ZodMiniType> {
  readonly path: string;
  /** Without one it is a question that changes nothing. */
  readonly body?: unknown;
  readonly answer: Schema;
  /** `respond-async`: do not wait for the end. */
  readonly prefer?: string;
}

const ACCEPTED = 202;

/** @throws ClientProblemError for a refusal, an unreachable edge, or an answer that is not understood. */
export async function askStage<Schema extends z.ZodMiniType>(
  request: StageRequest<Schema>,
  signal: AbortSignal,
): Promise<StageAnswer<z.infer<Schema>>> {
  const { path, body, prefer } = request;
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(prefer === undefined ? {} : { prefer }),
  };
  const post = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await send(path, { ...post, headers, signal, cache: 'no-store' });
  if (response.status === ACCEPTED) return { type: 'job', job: await readBody(response, jobAcceptedSchema) };
  return { type: 'answer', value: await readBody(response, request.answer) };
}

/** @throws ClientProblemError */
export async function getJobStatus(jobId: string, signal: AbortSignal): Promise<JobStatus> {
  return getAnswer(`/api/trace/job/${jobId}`, jobStatusSchema, signal);
}

/** @throws ClientProblemError */
export async function getAnswer<Schema extends z.ZodMiniType>(
  path: string,
  answer: Schema,
  signal: AbortSignal,
): Promise<z.infer<Schema>> {
  return readBody(await send(path, { signal, cache: 'no-store' }), answer);
}

/** Takes this caller's wish for a job back. Repeating it is safe. @throws ClientProblemError */
export async function postCancel(jobId: string): Promise<JobCancelled> {
  return readBody(
    await send(`/api/trace/job/${jobId}/cancel`, { method: 'POST', keepalive: true }),
    jobCancelledSchema,
  );
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    init.signal?.throwIfAborted();
    throw new ClientProblemError({ code: 'OFFLINE' }, cause);
  }
  if (!response.ok) throw new ClientProblemError(await readProblem(response));
  return response;
}

async function readBody<Schema extends z.ZodMiniType>(response: Response, schema: Schema): Promise<z.infer<Schema>> {
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (!parsed.success)
    throw new ClientProblemError({ code: 'UNREADABLE_ANSWER', status: response.status }, parsed.error);
  return parsed.data;
}
