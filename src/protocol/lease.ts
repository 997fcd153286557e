import * as z from 'zod/mini';
import { domainSchema, profileSchema } from './domain.ts';
import { jobIdSchema, siteIdSchema } from './ids.ts';
import { utcSchema } from './job.ts';
import { kindSchema, laneSchema, resumeModeSchema } from './kind.ts';
import { MAX_BATCH_RECORDS } from './limits.ts';
import { isContainerQuery, queryToolParamsSchema } from './query-tool.ts';
import { directionSchema, inputTypeSchema, plantDateSchema } from './trace.ts';

/** What a job does, as parameters of a named kind; SQL never crosses the wire. */
export const jobParamsSchema = z.discriminatedUnion('kind', [
  z.discriminatedUnion('mode', [
    z.object({
      kind: z.literal('seed_resolve'),
      mode: z.optional(z.literal('container')),
      input_type: inputTypeSchema,
      values: z.array(z.string()),
    }),
    z.object({
      kind: z.literal('seed_resolve'),
      mode: z.literal('date_range'),
      start_date: plantDateSchema,
      end_date: plantDateSchema,
      workcenter_groups: z.array(z.string()),
    }),
  ]),
  z.object({ kind: z.literal('lineage'), direction: directionSchema, follow_merges: z.boolean() }),
  z.object({ kind: z.literal('events') }),
  queryToolParamsSchema,
]);
export type JobParams = z.infer<typeof jobParamsSchema>;

/** Whether a job is about container ids; one without any is then refused. */
export function needsContainerIds(params: JobParams): boolean {
  return params.kind === 'query_tool' ? isContainerQuery(params.query) : params.kind !== 'seed_resolve';
}

/** A job as the bridge gets it. Its container ids are fetched apart. */
export const jobSpecSchema = z.object({
  job_id: jobIdSchema,
  kind: kindSchema,
  lane: laneSchema,
  resume: resumeModeSchema,
  profile: profileSchema,
  site: siteIdSchema,
  domains: z.array(domainSchema).check(z.minLength(1)),
  params: jobParamsSchema,
  cid_count: z.int().check(z.nonnegative()),
  /** Records of a chunk, fixed at submit. */
  batch_records: z.int().check(z.positive(), z.maximum(MAX_BATCH_RECORDS)),
  /** `now` of derived columns, so that a resumed range gives the same bytes. */
  created_at: utcSchema,
});
export type JobSpec = z.infer<typeof jobSpecSchema>;

/** Where a domain goes on: behind its last seal. */
export const resumePointSchema = z.object({
  next_batch: z.int().check(z.positive()),
  /** Ids of the sorted list whose records are sealed. */
  ids_done: z.int().check(z.nonnegative()),
  /** Records of the sealed batches. */
  records: z.int().check(z.nonnegative()),
  ended: z.boolean(),
});
export type ResumePoint = z.infer<typeof resumePointSchema>;

/** Names the moment of the warehouse that all records of a generation show. Only the bridge understands it. */
export const snapshotMomentSchema = z.string().check(z.regex(/^[0-9A-Za-z.:-]{1,40}$/));

/** The right to write one job. Epochs rise; the nonce (128 bits, hex) tells two leases of one epoch apart. */
export const leaseSchema = z.object({
  job_id: jobIdSchema,
  epoch: z.int().check(z.positive()),
  nonce: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  ttl_ms: z.int().check(z.positive()),
  spec: jobSpecSchema,
  resume: z.partialRecord(domainSchema, resumePointSchema),
  /** What was sealed before is of this moment, and so must the rest be. */
  moment: z.optional(snapshotMomentSchema),
  /** Whether an aggregation is already part of the log. */
  aggregated: z.boolean(),
});
export type Lease = z.infer<typeof leaseSchema>;

/** Header that carries the lease on every call under `/bridge/v1/jobs/{id}`: `<epoch>.<nonce>`. */
export const LEASE_HEADER = 'lotstream-lease';
export interface LeaseKey {
  readonly epoch: number;
  readonly nonce: string;
}

export function formatLeaseHeader(lease: LeaseKey): string {
  return `${lease.epoch}.${lease.nonce}`;
}

export function parseLeaseHeader(value: string | null | undefined): LeaseKey | undefined {
  const match = /^([1-9][0-9]{0,14})\.([0-9a-f]{32})$/.exec(value ?? '');
  return match ? { epoch: Number(match[1]), nonce: match[2] ?? '' } : undefined;
}
