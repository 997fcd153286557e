import * as z from 'zod/mini';
import type { Profile } from './domain.ts';
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
const idSource = {
  container_ids: z.optional(z.array(z.unknown())),
  container_ids_from: z.optional(containerIdsFromSchema),
  ids_range: z.optional(idsRangeSchema),
};

export const DIRECTIONS = ['forward', 'backward'] as const;
export const directionSchema = z.enum(DIRECTIONS);
export type Direction = z.infer<typeof directionSchema>;

/** Where a lineage goes that does not say it: forward to what became of the seeds, backward to what they were made of. */
export const DEFAULT_DIRECTION: Readonly<Record<Profile, Direction>> = {
  query_tool: 'forward',
  query_tool_reverse: 'backward',
  mid_section_defect: 'backward',
};

export const lineageRequestSchema = z.strictObject({
  site: z.optional(siteIdSchema),
  profile: profileSchema,
  ...idSource,
  params: z.optional(
    z.strictObject({
      direction: z.optional(directionSchema),
      /** Forward only: go on from a lot to what it was merged into. */
      follow_merges: z.optional(z.boolean()),
    }),
  ),
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
  /**
   * A seed is level 1. Backward: least number of steps up from a seed. Forward: least number of steps down from a seed;
   * for what no seed led to, in either direction.
   */
  level: z.int().check(z.positive()),
  is_seed: z.boolean(),
  /** Forward: serial numbers that a lot became part of from which nothing was split; absent if there are none. */
  serials: z.optional(z.array(z.string())),
});
export type LineageNode = z.infer<typeof lineageNodeSchema>;

/** `from_cid` is the parent (or source), `to_cid` the child. */
export const lineageEdgeSchema = z.object({ from_cid: z.string(), to_cid: z.string(), edge_type: z.enum(EDGE_TYPES) });
export type LineageEdge = z.infer<typeof lineageEdgeSchema>;

/** What the lineage stage says besides its records. Becomes the `aggregation` of its job. */
export const lineageSummarySchema = z.object({
  direction: directionSchema,
  /** Container ids. Backward: the seeds; forward: the nodes without an incoming edge. */
  roots: z.array(z.string()),
  /** Seed id → name of the topmost ancestor it has (the least name where there are several), else its own name. */
  seed_roots: z.record(z.string(), z.string()),
  /** Forward: container id → its serial numbers, as the nodes have them. */
  leaf_serials: z.optional(z.record(z.string(), z.array(z.string()))),
  totals: z.object({ seeds: z.int(), nodes: z.int(), edges: z.int() }),
  /** `true`: there are too many to name them here; `roots`, `seed_roots` and `leaf_serials` are empty. */
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
