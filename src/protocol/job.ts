import * as z from 'zod/mini';
import { domainSchema, profileSchema } from './domain.ts';
import { jobIdSchema, sha256Schema, siteIdSchema } from './ids.ts';
import { kindSchema, laneSchema } from './kind.ts';

/** `expired` is a tombstone: the result is gone, the id is still known. */
export const JOB_STATES = ['queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled', 'expired'] as const;
export const jobStateSchema = z.enum(JOB_STATES);
export type JobState = z.infer<typeof jobStateSchema>;

const TERMINAL: ReadonlySet<JobState> = new Set<JobState>(['succeeded', 'partial', 'failed', 'cancelled', 'expired']);

export function isTerminal(state: JobState): boolean {
  return TERMINAL.has(state);
}

/** What is known of the database's side of a cancel. */
export const databaseOutcomeSchema = z.enum(['pending', 'confirmed', 'terminated', 'not_running', 'unconfirmed']);
export type DatabaseOutcome = z.infer<typeof databaseOutcomeSchema>;

/** How much of the answer is there: complete < truncated < partial < failed. */
export const qualitySchema = z.object({
  status: z.enum(['complete', 'truncated', 'partial', 'failed']),
  failed_domains: z.array(domainSchema),
  truncated_domains: z.array(domainSchema),
});
export type Quality = z.infer<typeof qualitySchema>;

const count = z.int().check(z.nonnegative());
/** UTC, RFC 3339, with `Z`. */
export const utcSchema = z.iso.datetime();

export const domainStatusSchema = z.object({
  records: count,
  ids_done: count,
  ids: count,
  ended: z.boolean(),
});

export const progressSchema = z.object({
  /** Ids sealed over ids, of all domains; `null` for work of one step. Never falls within a generation. */
  percent: z.nullable(z.number().check(z.minimum(0), z.maximum(100))),
  records: count,
  /** Raw NDJSON bytes. */
  bytes: count,
  records_per_second: z.nullable(z.number().check(z.nonnegative())),
  eta_seconds: z.nullable(z.number().check(z.nonnegative())),
  phase: z.string(),
});
export type Progress = z.infer<typeof progressSchema>;

export const jobErrorSchema = z.object({ code: z.string(), detail: z.string(), retryable: z.boolean() });
export type JobError = z.infer<typeof jobErrorSchema>;

/** `GET /api/trace/job/{id}`: nothing in it ages by itself, so that its ETag changes only when the job does. */
export const jobStatusSchema = z.object({
  job_id: jobIdSchema,
  kind: kindSchema,
  lane: laneSchema,
  profile: profileSchema,
  site: siteIdSchema,
  state: jobStateSchema,
  generation: z.int().check(z.positive()),
  cid_count: count,
  domains: z.partialRecord(domainSchema, domainStatusSchema),
  progress: progressSchema,
  queue: z.optional(z.object({ ahead: count })),
  quality: z.optional(qualitySchema),
  error: z.optional(jobErrorSchema),
  database: z.optional(databaseOutcomeSchema),
  created_at: utcSchema,
  started_at: z.optional(utcSchema),
  ended_at: z.optional(utcSchema),
  deadline_at: utcSchema,
  expires_at: z.optional(utcSchema),
  stream_url: z.string(),
  result_url: z.string(),
});
export type JobStatus = z.infer<typeof jobStatusSchema>;

export const jobAcceptedSchema = z.object({
  async: z.literal(true),
  job_id: jobIdSchema,
  status_url: z.string(),
  stream_url: z.string(),
  result_url: z.string(),
});
export type JobAccepted = z.infer<typeof jobAcceptedSchema>;

/** `POST …/cancel`: `withdrawn` when other owners still want the job. */
export const jobCancelledSchema = z.object({
  state: jobStateSchema,
  database: z.optional(databaseOutcomeSchema),
  withdrawn: z.optional(z.boolean()),
});
export type JobCancelled = z.infer<typeof jobCancelledSchema>;

/** `GET …/result?domain=`: one page, cut out of the stored chunks. */
export const resultPageSchema = z.object({
  domain: domainSchema,
  offset: count,
  limit: z.int().check(z.positive()),
  total: count,
  complete: z.boolean(),
  data: z.array(z.record(z.string(), z.unknown())),
});
export type ResultPage = z.infer<typeof resultPageSchema>;

export const manifestChunkSchema = z.object({
  position: z.int().check(z.positive()),
  domain: domainSchema,
  batch: z.int().check(z.positive()),
  offset: count,
  count,
  raw_bytes: count,
  sha256: sha256Schema,
});

/** `GET …/manifest`: what a reader compares its copy with. */
export const manifestSchema = z.object({
  job_id: jobIdSchema,
  generation: z.int().check(z.positive()),
  complete: z.boolean(),
  chunks: z.array(manifestChunkSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** One job in a list: the status without its parts. */
export const jobSummarySchema = z.omit(jobStatusSchema, { domains: true });
export type JobSummary = z.infer<typeof jobSummarySchema>;

export const jobListSchema = z.object({ jobs: z.array(jobSummarySchema), next_cursor: z.optional(z.string()) });
export type JobList = z.infer<typeof jobListSchema>;
