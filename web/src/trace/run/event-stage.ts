import type * as z from 'zod/mini';
import type { EventDomain, Profile } from '#protocol/domain.ts';
import { EVENT_DOMAINS } from '#protocol/domain.ts';
import type { JobEventOf } from '#protocol/job-event.ts';
import type { IdsRange } from '#protocol/trace.ts';
import { eventsAnswerSchema } from '#protocol/trace.ts';
import { askStage } from './stage-requests.ts';
import type { StageRequest } from './stage-requests.ts';

/** What is wanted of each container. */
export interface EventsQuestion {
  readonly profile: Profile;
  readonly domains: readonly EventDomain[];
}

/** A job that has records, or will have. */
export interface RecordsJob {
  readonly jobId: string;
  readonly streamUrl: string;
}

type EventsRequest = StageRequest<typeof eventsAnswerSchema>;

/** The events of every container that a lineage found, or of a part of them. */
export function eventsOfLineage(
  { profile, domains }: EventsQuestion,
  lineageJobId: string,
  ids_range?: IdsRange,
): EventsRequest {
  const container_ids_from = { job_id: lineageJobId, domain: 'nodes' };
  const range = ids_range === undefined ? {} : { ids_range };
  const body = { profile, container_ids_from, domains, lineage_job_id: lineageJobId, ...range };
  return { path: '/api/trace/events', body, answer: eventsAnswerSchema };
}

/** The events of these containers, which no single job found. */
export function eventsOf({ profile, domains }: EventsQuestion, container_ids: readonly string[]): EventsRequest {
  return { path: '/api/trace/events', body: { profile, container_ids, domains }, answer: eventsAnswerSchema };
}

/** What a job was asked; `undefined` when its records are no events. */
export function questionOf(meta: JobEventOf<'meta'> | undefined): EventsQuestion | undefined {
  if (meta?.kind !== 'events') return undefined;
  const named = new Set<string>(meta.domains);
  return { profile: meta.profile, domains: EVENT_DOMAINS.filter((domain) => named.has(domain)) };
}

/** @throws ClientProblemError */
export async function askForRecords<Schema extends z.ZodMiniType<{ job_id: string }>>(
  request: StageRequest<Schema>,
  signal: AbortSignal,
): Promise<RecordsJob> {
  const answer = await askStage({ ...request, prefer: 'respond-async' }, signal);
  if (answer.type === 'job') return { jobId: answer.job.job_id, streamUrl: answer.job.stream_url };
  // A job that had ended already is answered in one body: its records are read from the stream all the same.
  const jobId = answer.value.job_id;
  return { jobId, streamUrl: `/api/trace/job/${jobId}/stream` };
}
