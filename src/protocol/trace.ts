import * as z from 'zod/mini';
import { domainSchema, eventDomainSchema, profileSchema } from './domain.ts';
import { jobIdSchema, siteIdSchema } from './ids.ts';
import { MAX_SEED_VALUE_CHARS, MAX_SEED_VALUES } from './limits.ts';
import { qualitySchema } from './job.ts';

/** Bodies of the three trace stages. Unknown members are refused: a misspelt option must not be ignored. */

export const INPUT_TYPES = ['lot_id'] as const;
export const inputTypeSchema = z.enum(INPUT_TYPES);
export type InputType = z.infer<typeof inputTypeSchema>;

export const seedResolveRequestSchema = z.strictObject({
  site: z.optional(siteIdSchema),
  profile: profileSchema,
  params: z.strictObject({
    input_type: inputTypeSchema,
    values: z
      .array(z.string().check(z.maxLength(MAX_SEED_VALUE_CHARS)))
      .check(z.minLength(1), z.maxLength(MAX_SEED_VALUES)),
  }),
});
export type SeedResolveRequest = z.infer<typeof seedResolveRequestSchema>;

/** Ids that an earlier job found, read from object to object. */
export const containerIdsFromSchema = z.strictObject({ job_id: jobIdSchema, domain: domainSchema });
export type ContainerIdsFrom = z.infer<typeof containerIdsFromSchema>;

/** A part of the sorted, deduplicated ids: `from` counts from 0, `to` is behind the last. */
export const idsRangeSchema = z
  .strictObject({ from: z.int().check(z.nonnegative()), to: z.int().check(z.positive()) })
  .check(z.refine((range) => range.from < range.to, 'from must be less than to'));
export type IdsRange = z.infer<typeof idsRangeSchema>;

/**
 * `container_ids` stays an unchecked array here: 200,000 ids are checked and packed in one pass by `packContainerIds`,
 * not cell by cell.
 */
export const idSource = {
  container_ids: z.optional(z.array(z.unknown())),
  container_ids_from: z.optional(containerIdsFromSchema),
  ids_range: z.optional(idsRangeSchema),
};

export const directionSchema = z.enum(['backward']);
export type Direction = z.infer<typeof directionSchema>;

export const lineageRequestSchema = z.strictObject({
  site: z.optional(siteIdSchema),
  profile: profileSchema,
  ...idSource,
  params: z.optional(z.strictObject({ direction: z.optional(directionSchema) })),
});
export type LineageRequest = z.infer<typeof lineageRequestSchema>;

export const eventsRequestSchema = z.strictObject({
  site: z.optional(siteIdSchema),
  profile: profileSchema,
  ...idSource,
  domains: z.optional(z.array(eventDomainSchema).check(z.minLength(1))),
  params: z.optional(z.strictObject({})),
  seed_container_ids: z.optional(z.array(z.unknown())),
  lineage_job_id: z.optional(jobIdSchema),
});
export type EventsRequest = z.infer<typeof eventsRequestSchema>;

/** Answers of the three stages, when they come in one body. */

export const seedSchema = z.object({
  container_id: z.string(),
  lot_id: z.nullable(z.string()),
  input_value: z.string(),
  spec_name: z.nullable(z.string()),
  qty: z.nullable(z.union([z.number(), z.string()])),
});
export type Seed = z.infer<typeof seedSchema>;

/** What the seed stage says besides its records. Becomes the `aggregation` of its job. */
export const seedSummarySchema = z.object({
  /** Tokens, as given, that matched nothing. */
  not_found: z.array(z.string()),
  /** Matches of each pattern. */
  expansion_info: z.record(z.string(), z.int()),
  warnings: z.array(z.string()),
});
export type SeedSummary = z.infer<typeof seedSummarySchema>;

export const seedResolveAnswerSchema = z.extend(seedSummarySchema, {
  stage: z.literal('seed_resolve'),
  job_id: jobIdSchema,
  seeds: z.array(seedSchema),
  seed_count: z.int(),
});
export type SeedResolveAnswer = z.infer<typeof seedResolveAnswerSchema>;

export const NODE_TYPES = ['WAFER', 'GD', 'GC', 'GA', 'LOT', 'UNKNOWN'] as const;
export const EDGE_TYPES = ['split_from', 'merge_source', 'wafer_origin', 'gd_rework_source'] as const;

export const lineageNodeSchema = z.object({
  container_id: z.string(),
  container_name: z.nullable(z.string()),
  mfgorder_name: z.nullable(z.string()),
  wafer_lot: z.nullable(z.string()),
  node_type: z.enum(NODE_TYPES),
  /** Least number of steps from a seed; a seed is level 1. */
  level: z.int().check(z.positive()),
  is_seed: z.boolean(),
});
export type LineageNode = z.infer<typeof lineageNodeSchema>;

/** `from_cid` is the parent (or source), `to_cid` the child. */
export const lineageEdgeSchema = z.object({ from_cid: z.string(), to_cid: z.string(), edge_type: z.enum(EDGE_TYPES) });
export type LineageEdge = z.infer<typeof lineageEdgeSchema>;

/** What the lineage stage says besides its records. Becomes the `aggregation` of its job. */
export const lineageSummarySchema = z.object({
  direction: directionSchema,
  /** Container ids; backward: the seeds. */
  roots: z.array(z.string()),
  /** Seed id → name of the topmost ancestor it has (the least name where there are several), else its own name. */
  seed_roots: z.record(z.string(), z.string()),
  totals: z.object({ seeds: z.int(), nodes: z.int(), edges: z.int() }),
  /** `true`: there are too many seeds to name them here; `roots` and `seed_roots` are empty. */
  roots_omitted: z.optional(z.boolean()),
  /** `true` when a walk was cut at its last level. */
  truncated: z.boolean(),
});
export type LineageSummary = z.infer<typeof lineageSummarySchema>;

export const lineageAnswerSchema = z.extend(lineageSummarySchema, {
  stage: z.literal('lineage'),
  job_id: jobIdSchema,
  nodes: z.array(lineageNodeSchema),
  edges: z.array(lineageEdgeSchema),
});
export type LineageAnswer = z.infer<typeof lineageAnswerSchema>;

export const eventsAnswerSchema = z.object({
  stage: z.literal('events'),
  job_id: jobIdSchema,
  results: z.partialRecord(
    domainSchema,
    z.object({ data: z.array(z.record(z.string(), z.unknown())), count: z.int() }),
  ),
  aggregation: z.nullable(z.record(z.string(), z.unknown())),
  quality: qualitySchema,
});
export type EventsAnswer = z.infer<typeof eventsAnswerSchema>;

const count = z.int().check(z.nonnegative());

/** A part of a request that is too large as a whole, ready to be posted by itself: the same body with this `ids_range`. */
export const splitPartSchema = z.object({ ids_range: idsRangeSchema, ids: count });
export type SplitPart = z.infer<typeof splitPartSchema>;

/** What an `events` request would come to. */
export const estimateAnswerSchema = z.object({
  /** Distinct containers it names. */
  ids: count,
  /** Statements the warehouse would run for it, or for all its parts; more only where a range turns out to be dense. */
  queries: count,
  /** Whether one job may have so many ids. */
  admit: z.boolean(),
  /** Most ids of one job of its profile; the limit itself passes. */
  limit: count,
  split_plan: z.optional(z.array(splitPartSchema)),
});
export type EstimateAnswer = z.infer<typeof estimateAnswerSchema>;
