import type { EventsRequest, IdsRange } from '#protocol/trace.ts';
import { eventsAnswerSchema } from '#protocol/trace.ts';
import type { StageRequest } from './stage-requests.ts';
import type { LotsQuery } from './trace-query.ts';

/** Events of every node of a lineage. */
export interface WantedEvents {
  readonly query: LotsQuery;
  readonly lineageJobId: string;
}

/** What the edge is asked for them, or for those of a part of the nodes. */
export function eventsRequest(
  { query, lineageJobId }: WantedEvents,
  idsRange?: IdsRange,
): StageRequest<typeof eventsAnswerSchema> {
  const body: EventsRequest = {
    profile: query.profile,
    container_ids_from: { job_id: lineageJobId, domain: 'nodes' },
    domains: [...query.domains],
    lineage_job_id: lineageJobId,
    ...(idsRange === undefined ? {} : { ids_range: idsRange }),
  };
  return { path: '/api/trace/events', body, answer: eventsAnswerSchema };
}
