import * as z from 'zod/mini';
import type { Profile } from './domain.ts';
import { domainSchema, eventDomainSchema, profileSchema } from './domain.ts';
import { jobIdSchema, siteIdSchema } from './ids.ts';
import { MAX_DETECTION_DAYS, MAX_SEED_VALUE_CHARS, MAX_SEED_VALUES } from './limits.ts';
import { qualitySchema } from './job.ts';
import { WORKCENTER_GROUPS } from './workcenter-group.ts';

/** Bodies of the three trace stages. Unknown members are refused: a misspelt option must not be ignored. */

/** What a seed value is: which column of the warehouse it is compared with, and under which conditions. */
export const INPUT_TYPES = [
  'lot_id',
  'wafer_lot',
  'work_order',
  'serial_number',
  'gd_work_order',
  'gd_lot_id',
] as const;
export const inputTypeSchema = z.enum(INPUT_TYPES);
export type InputType = z.infer<typeof inputTypeSchema>;

/** The input types a profile allows, the usual one first. */
export const PROFILE_INPUT_TYPES: Readonly<Record<Profile, readonly [InputType, ...InputType[]]>> = {
  query_tool: ['lot_id', 'wafer_lot', 'work_order'],
  query_tool_reverse: ['serial_number', 'gd_work_order', 'gd_lot_id'],
  mid_section_defect: INPUT_TYPES,
};

/** Years that every warehouse can hold, so that the day behind any date is a date as well. */
const FIRST_PLANT_DATE = '1900-01-01';
const LAST_PLANT_DATE = '2999-12-31';
const DATE_ADVICE = `must be a calendar date from ${FIRST_PLANT_DATE} to ${LAST_PLANT_DATE}, such as 2026-01-31`;
const DAY_MS = 86_400_000;

/** A day of the plant, `YYYY-MM-DD`. */
export const plantDateSchema = z.iso
  .date(DATE_ADVICE)
  .check(z.refine((date) => date >= FIRST_PLANT_DATE && date <= LAST_PLANT_DATE, DATE_ADVICE));

/** Seeds by what the caller names them. */
const seedValuesSchema = z.strictObject({
  mode: z.optional(z.literal('container')),
  input_type: inputTypeSchema,
  values: z
    .array(z.string().check(z.maxLength(MAX_SEED_VALUE_CHARS)))
    .check(z.minLength(1), z.maxLength(MAX_SEED_VALUES)),
});

/** Seeds by where and when they were worked on: both days are included. */
const detectionRangeSchema = z
  .strictObject({
    mode: z.literal('date_range'),
    start_date: plantDateSchema,
    end_date: plantDateSchema,
    workcenter_groups: z.array(z.enum(WORKCENTER_GROUPS)).check(z.minLength(1), z.maxLength(WORKCENTER_GROUPS.length)),
  })
  .check(
    z.refine((range) => range.start_date <= range.end_date, {
      path: ['end_date'],
      error: 'must not be before start_date',
    }),
    z.refine(({ start_date, end_date }) => countDays(start_date, end_date) <= MAX_DETECTION_DAYS, {
      path: ['end_date'],
      error: `must be at most ${MAX_DETECTION_DAYS} days from start_date, both included`,
    }),
  );

/** Days from one date to another, both included. */
export function countDays(first: string, last: string): number {
  return (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
}

export const seedParamsSchema = z.discriminatedUnion('mode', [seedValuesSchema, detectionRangeSchema]);
export type SeedParams = z.infer<typeof seedParamsSchema>;

export const seedResolveRequestSchema = z.strictObject({
  site: z.optional(siteIdSchema),
  profile: profileSchema,
  params: seedParamsSchema,
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
  /** `direction`: of the trace these events belong to; it decides what `domains` are when there are none. */
  params: z.optional(z.strictObject({ direction: z.optional(directionSchema) })),
  seed_container_ids: z.optional(z.array(z.unknown())),
  lineage_job_id: z.optional(jobIdSchema),
});
export type EventsRequest = z.infer<typeof eventsRequestSchema>;

/** Answers of the three stages, when they come in one body. */

/** Where a serial number was found, the best source first. */
export const MATCH_SOURCES = ['finished_name', 'container_name', 'first_name'] as const;

export const seedSchema = z.object({
  container_id: z.string(),
  lot_id: z.nullable(z.string()),
  /** The value as given; in a date range the work center group. */
  input_value: z.string(),
  spec_name: z.nullable(z.string()),
  qty: z.nullable(z.union([z.number(), z.string()])),
  /** Of serial numbers only. */
  match_source: z.optional(z.enum(MATCH_SOURCES)),
});
export type Seed = z.infer<typeof seedSchema>;

/** What was left out of the seeds, in figures: each reader has its own words for it. */
export const seedWarningSchema = z.discriminatedUnion('code', [
  /** `value` matches more; the first `given` by name are seeds. How many more is not counted. */
  z.object({ code: z.literal('PATTERN_CUT'), value: z.string(), given: z.int() }),
  /** All values together, or the range of days, match more than one trace may start from. */
  z.object({ code: z.literal('LOTS_CUT'), matched: z.int(), given: z.int() }),
]);
export type SeedWarning = z.infer<typeof seedWarningSchema>;

/** What the seed stage says besides its records. Becomes the `aggregation` of its job. */
export const seedSummarySchema = z.object({
  /** Seeds that are given. */
  total: z.int(),
  /** Values that were looked for, without empty ones and duplicates; in a date range the groups. */
  input_count: z.int(),
  /** Values, as given, that matched nothing. */
  not_found: z.array(z.string()),
  /** Matches of each pattern, as far as they are read; in a date range the seeds of each group. */
  expansion_info: z.record(z.string(), z.int()),
  /** More matched than may be given. */
  guardrail: z.optional(z.object({ limit: z.int(), matched: z.int() })),
  warnings: z.array(seedWarningSchema),
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
