import type { Query, QueryToolParams } from '#protocol/query-tool.ts';
import type { DomainEnd, JobContext } from '../job/job-context.ts';

/** How a query ended: its rows are written and sealed by then. */
export interface QueryEnd {
  readonly end: DomainEnd;
  /** What the answer says besides its rows; becomes the `aggregation` of the job. */
  readonly summary?: Record<string, unknown>;
}

/** Parameters of some queries. */
export type ParamsOf<Name extends Query> = Extract<QueryToolParams, { readonly query: Name }>;

/** Answers one query. What it throws is how the job fails: a query without its rows is no answer. */
export type RunQuery<Name extends Query> = (job: JobContext, params: ParamsOf<Name>) => Promise<QueryEnd>;
