import * as z from 'zod/mini';
import { domainSchema, profileSchema } from './domain.ts';
import { jobIdSchema, sha256Schema, siteIdSchema } from './ids.ts';
import { databaseOutcomeSchema, progressSchema, qualitySchema, utcSchema } from './job.ts';
import { kindSchema } from './kind.ts';

/**
 * The lines of `GET …/stream`, one JSON object each. `records`, `domain_start`, `domain_end`, `warning`, `aggregation`,
 * `reset` and the terminal line are entries of the log; `meta`, `position` and `progress` are made for the reader.
 * Unknown members are ignored, unknown types are an error: a reader that skipped a line could not prove anything.
 */
const count = z.int().check(z.nonnegative());
const batch = z.int().check(z.positive());
const generation = z.int().check(z.positive());

export const metaLineSchema = z.object({
  type: z.literal('meta'),
  job_id: jobIdSchema,
  generation,
  kind: kindSchema,
  profile: profileSchema,
  site: siteIdSchema,
  domains: z.array(domainSchema),
  cid_count: count,
  created_at: utcSchema,
});

export const domainStartLineSchema = z.object({
  type: z.literal('domain_start'),
  domain: domainSchema,
  batch: z.literal(1),
  /** `null` while the domain is open. */
  total_batches: z.nullable(count),
});

/** The bridge's own bytes: compact JSON, the records of `data` separated by a comma and one TAB. */
export const recordsLineSchema = z.object({
  type: z.literal('records'),
  domain: domainSchema,
  batch,
  count: z.int().check(z.positive()),
  data: z.array(z.record(z.string(), z.unknown())),
});

/** Follows every `records` line and speaks of it. */
export const positionLineSchema = z.object({
  type: z.literal('position'),
  cursor: z.string(),
  domain: domainSchema,
  batch,
  /** Records of the domain before this chunk. */
  offset: count,
  count: z.int().check(z.positive()),
  sha256: sha256Schema,
});

export const progressLineSchema = z.object({
  type: z.literal('progress'),
  ...progressSchema.shape,
  domains: z.partialRecord(domainSchema, z.object({ ids_done: count, ids: count, records: count })),
});

export const domainEndLineSchema = z.object({
  type: z.literal('domain_end'),
  domain: domainSchema,
  total_records: count,
  containers: z.object({ requested: count, found: count, empty: count, failed: count }),
  sha256: sha256Schema,
});

export const warningLineSchema = z.object({
  type: z.literal('warning'),
  code: z.string(),
  domain: z.optional(domainSchema),
  detail: z.string(),
});

export const resetLineSchema = z.object({
  type: z.literal('reset'),
  generation,
  reason: z.enum(['SNAPSHOT_LOST', 'RESTARTED']),
});

export const aggregationLineSchema = z.object({
  type: z.literal('aggregation'),
  data: z.record(z.string(), z.unknown()),
});

export const completeLineSchema = z.object({
  type: z.literal('complete'),
  state: z.enum(['succeeded', 'partial']),
  total_records: count,
  elapsed_seconds: z.number().check(z.nonnegative()),
  quality: qualitySchema,
  sha256: sha256Schema,
});

export const cancelledLineSchema = z.object({
  type: z.literal('cancelled'),
  total_records: count,
  elapsed_seconds: z.number().check(z.nonnegative()),
  database: databaseOutcomeSchema,
  sha256: sha256Schema,
});

/** The job failed. Trouble of one connection just cuts the stream instead. */
export const errorLineSchema = z.object({
  type: z.literal('error'),
  code: z.string(),
  detail: z.string(),
  retryable: z.boolean(),
  total_records: count,
  sha256: sha256Schema,
});

export const jobEventSchema = z.discriminatedUnion('type', [
  metaLineSchema,
  domainStartLineSchema,
  recordsLineSchema,
  positionLineSchema,
  progressLineSchema,
  domainEndLineSchema,
  warningLineSchema,
  resetLineSchema,
  aggregationLineSchema,
  completeLineSchema,
  cancelledLineSchema,
  errorLineSchema,
]);
export type JobEvent = z.infer<typeof jobEventSchema>;
export type JobEventOf<Type extends JobEvent['type']> = Extract<JobEvent, { type: Type }>;

/** A stream without one of these at its end is incomplete. */
export function isTerminalLine(event: JobEvent): event is JobEventOf<'complete' | 'cancelled' | 'error'> {
  return event.type === 'complete' || event.type === 'cancelled' || event.type === 'error';
}

/** A line of a stream that is no event of this protocol. */
export class MalformedLineError extends Error {
  override readonly name = 'MalformedLineError';
}

/**
 * One line of a stream, without its newline, as an event. The envelope is checked, the cells are not.
 * @throws MalformedLineError for anything that is not exactly one event.
 */
export function decodeJobEvent(line: string): JobEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new MalformedLineError('a line of the stream is not JSON', { cause });
  }
  const parsed = jobEventSchema.safeParse(value);
  if (!parsed.success) throw new MalformedLineError('a line of the stream is not an event', { cause: parsed.error });
  if (parsed.data.type === 'records' && parsed.data.data.length !== parsed.data.count) {
    throw new MalformedLineError('a records line holds another number of records than it says');
  }
  return parsed.data;
}

/** An event as its line, newline included. `records` lines come from the bridge's encoder, which writes its own bytes. */
export function encodeJobEvent(event: Exclude<JobEvent, { type: 'records' }>): string {
  return `${JSON.stringify(event)}\n`;
}
