import * as z from 'zod/mini';
import { jobIdSchema, siteIdSchema } from './ids.ts';
import { qualitySchema } from './job.ts';
import {
  MAX_EQUIPMENT_IDS,
  MAX_LOOKUP_VALUES,
  MAX_MATERIAL_LOTS,
  MAX_MATERIAL_VALUES,
  MAX_PARENT_LEVELS,
  MAX_PERIOD_DAYS,
  MAX_ROWS_PER_PAGE,
  MAX_SEED_VALUE_CHARS,
  MAX_WINDOW_HOURS,
  MAX_WORKCENTER_GROUPS,
} from './limits.ts';
import { idSource } from './trace.ts';

/**
 * The query tool: questions about lots and machines that have rows for an answer. Each is a job of the kind
 * `query_tool` with one domain, `rows`. All times are plant time without a zone, all dates are plant dates.
 */

/** `YYYY-MM-DDTHH:MM:SS`. */
const plantTimeSchema = z
  .string()
  .check(z.refine((text) => isPlantTime(text), 'must be a plant time, YYYY-MM-DDTHH:MM:SS'));
/** `YYYY-MM-DD`. */
const plantDateSchema = z
  .string()
  .check(z.refine((text) => isPlantTime(`${text}T00:00:00`), 'must be a plant date, YYYY-MM-DD'));

function isPlantTime(text: string): boolean {
  if (!/^[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

const DAY_MS = 86_400_000;

/** Whole and part days from one plant time or date to another. */
function daysBetween(from: string, to: string): number {
  return (msOf(to) - msOf(from)) / DAY_MS;
}

function msOf(text: string): number {
  return Date.parse(text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`);
}

const textSchema = z.string().check(z.minLength(1), z.maxLength(MAX_SEED_VALUE_CHARS));
const groupsSchema = z.array(textSchema).check(z.maxLength(MAX_WORKCENTER_GROUPS));
const equipmentIdsSchema = z.array(textSchema).check(z.minLength(1), z.maxLength(MAX_EQUIPMENT_IDS));
const lookupValuesSchema = z.array(textSchema).check(z.minLength(1), z.maxLength(MAX_LOOKUP_VALUES));
const materialValuesSchema = z.array(textSchema).check(z.minLength(1), z.maxLength(MAX_MATERIAL_VALUES));
const materialLotsSchema = z.array(textSchema).check(z.minLength(1), z.maxLength(MAX_MATERIAL_LOTS));
const windowHoursSchema = z.int().check(z.minimum(1), z.maximum(MAX_WINDOW_HOURS));
const parentLevelsSchema = z.int().check(z.minimum(0), z.maximum(MAX_PARENT_LEVELS));

// What a job asks the warehouse.

export const EQUIPMENT_QUERIES = [
  'equipment_status_hours',
  'equipment_lots',
  'equipment_materials',
  'equipment_rejects',
  'equipment_jobs',
] as const;

/** Lots or work orders, of which the materials are asked for. */
export const materialInputTypeSchema = z.enum(['lot_id', 'work_order']);
export type MaterialInputType = z.infer<typeof materialInputTypeSchema>;

const kind = z.literal('query_tool');

/** One question, without the container ids it is about: those are the job's own. */
export const queryToolParamsSchema = z.discriminatedUnion('query', [
  z.object({ kind, query: z.literal('workcenter_groups') }),
  z.object({ kind, query: z.literal('equipment_list') }),
  z.object({ kind, query: z.literal('lot_history'), workcenter_groups: groupsSchema }),
  z.object({ kind, query: z.literal('lot_materials') }),
  z.object({ kind, query: z.literal('lot_rejects') }),
  z.object({ kind, query: z.literal('lot_holds') }),
  z.object({ kind, query: z.literal('lot_splits'), full_history: z.boolean() }),
  z.object({
    kind,
    query: z.literal('lot_jobs'),
    equipment_ids: equipmentIdsSchema,
    time_start: plantTimeSchema,
    time_end: plantTimeSchema,
  }),
  z.object({
    kind,
    query: z.literal('adjacent_lots'),
    equipment_id: textSchema,
    target_time: plantTimeSchema,
    window_hours: windowHoursSchema,
  }),
  z.object({
    kind,
    query: z.enum(EQUIPMENT_QUERIES),
    equipment_ids: equipmentIdsSchema,
    start_date: plantDateSchema,
    end_date: plantDateSchema,
  }),
  z.object({ kind, query: z.literal('equipment_recent_jobs'), equipment_id: textSchema }),
  z.object({
    kind,
    query: z.literal('lot_equipment'),
    values: lookupValuesSchema,
    parent_levels: parentLevelsSchema,
    workcenter_groups: groupsSchema,
  }),
  z.object({
    kind,
    query: z.literal('material_forward'),
    input_type: materialInputTypeSchema,
    values: materialValuesSchema,
  }),
  z.object({ kind, query: z.literal('material_reverse'), values: materialLotsSchema }),
]);
export type QueryToolParams = z.infer<typeof queryToolParamsSchema>;
export type Query = QueryToolParams['query'];

/** Queries that are about the container ids of their job. */
const CONTAINER_QUERIES: ReadonlySet<Query> = new Set<Query>([
  'lot_history',
  'lot_materials',
  'lot_rejects',
  'lot_holds',
  'lot_splits',
]);

export function isContainerQuery(query: Query): boolean {
  return CONTAINER_QUERIES.has(query);
}

// Bodies. Unknown members are refused: a misspelt option must not be ignored.

/** Far behind the last row of any answer. */
const MAX_PAGE = 1_000_000;

const site = { site: z.optional(siteIdSchema) };
const paging = {
  page: z.optional(z.int().check(z.minimum(1), z.maximum(MAX_PAGE))),
  per_page: z.optional(z.int().check(z.minimum(1), z.maximum(MAX_ROWS_PER_PAGE))),
};

export const lotHistoryRequestSchema = z.strictObject({
  ...site,
  ...idSource,
  workcenter_groups: z.optional(groupsSchema),
  ...paging,
});

export const lotAssociationsRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...site, ...idSource, type: z.enum(['materials', 'rejects', 'holds']), ...paging }),
  z.strictObject({
    ...site,
    ...idSource,
    type: z.literal('splits'),
    full_history: z.optional(z.boolean()),
    ...paging,
  }),
  z
    .strictObject({
      ...site,
      type: z.literal('jobs'),
      equipment_ids: equipmentIdsSchema,
      time_start: plantTimeSchema,
      time_end: plantTimeSchema,
      ...paging,
    })
    .check(
      z.refine(({ time_start, time_end }) => daysBetween(time_start, time_end) >= 0, {
        path: ['time_end'],
        error: 'must not be before time_start',
      }),
      z.refine(({ time_start, time_end }) => daysBetween(time_start, time_end) <= MAX_PERIOD_DAYS, {
        path: ['time_end'],
        error: `must be at most ${MAX_PERIOD_DAYS} days behind time_start`,
      }),
    ),
]);

export const adjacentLotsRequestSchema = z.strictObject({
  ...site,
  equipment_id: textSchema,
  target_time: plantTimeSchema,
  window_hours: z.optional(windowHoursSchema),
  ...paging,
});

export const equipmentPeriodRequestSchema = z
  .strictObject({
    ...site,
    equipment_ids: equipmentIdsSchema,
    start_date: plantDateSchema,
    end_date: plantDateSchema,
    query_type: z.enum(['status_hours', 'lots', 'materials', 'rejects', 'jobs']),
    ...paging,
  })
  .check(
    z.refine(({ start_date, end_date }) => daysBetween(start_date, end_date) >= 0, {
      path: ['end_date'],
      error: 'must not be before start_date',
    }),
    z.refine(({ start_date, end_date }) => daysBetween(start_date, end_date) <= MAX_PERIOD_DAYS, {
      path: ['end_date'],
      error: `must be at most ${MAX_PERIOD_DAYS} days behind start_date`,
    }),
  );

/** Its few rows are one page. */
export const equipmentRecentJobsRequestSchema = z.strictObject({ ...site, equipment_id: textSchema });

export const lotEquipmentLookupRequestSchema = z.strictObject({
  ...site,
  values: lookupValuesSchema,
  parent_levels: z.optional(parentLevelsSchema),
  workcenter_groups: z.optional(groupsSchema),
  ...paging,
});

export const materialTraceRequestSchema = z.discriminatedUnion('direction', [
  z.strictObject({
    ...site,
    direction: z.literal('forward'),
    input_type: z.optional(materialInputTypeSchema),
    values: materialValuesSchema,
    ...paging,
  }),
  z.strictObject({ ...site, direction: z.literal('reverse'), values: materialLotsSchema, ...paging }),
]);

/** Queries whose rows can be had as CSV. */
export const EXPORT_TYPES = [
  'lot_history',
  'adjacent_lots',
  'lot_materials',
  'lot_rejects',
  'lot_holds',
  'lot_splits',
  'lot_jobs',
  ...EQUIPMENT_QUERIES,
] as const satisfies readonly Query[];
export const exportTypeSchema = z.enum(EXPORT_TYPES);
export type ExportType = z.infer<typeof exportTypeSchema>;
export const exportLanguageSchema = z.enum(['en', 'zh-TW']);
export type ExportLanguage = z.infer<typeof exportLanguageSchema>;

/** The members that every export has; the others are those of the query's own body. */
export const exportRequestSchema = z.looseObject({
  export_type: exportTypeSchema,
  lang: z.optional(exportLanguageSchema),
});

// Answers.

const count = z.int().check(z.nonnegative());

export const paginationSchema = z.object({
  page: z.int().check(z.positive()),
  per_page: z.int().check(z.positive()),
  /** Rows of all pages. */
  total: count,
  total_pages: count,
});
export type Pagination = z.infer<typeof paginationSchema>;

/** A page of rows. What a query says besides its rows stands beside these members. */
export const queryAnswerSchema = z.looseObject({
  query: z.string(),
  job_id: jobIdSchema,
  data: z.array(z.record(z.string(), z.unknown())),
  pagination: paginationSchema,
  quality: qualitySchema,
});
export type QueryAnswer = z.infer<typeof queryAnswerSchema>;

/** What was joined under one serial number, the members of a `lot_splits` answer. */
export const serialSchema = z.object({
  serial_number: z.string(),
  lots: z.array(
    z.object({
      container_id: z.nullable(z.string()),
      container_name: z.nullable(z.string()),
      combined_into: z.nullable(z.string()),
      work_order: z.nullable(z.string()),
      good_die_qty: z.nullable(z.union([z.number(), z.string()])),
      /** 1 is 100 %. */
      ratio: z.nullable(z.union([z.number(), z.string()])),
    }),
  ),
});
export type Serial = z.infer<typeof serialSchema>;

export const splitsSummarySchema = z.object({
  full_history: z.boolean(),
  /** Plant time from which on the production history is given; null: from its beginning. */
  since: z.nullable(z.string()),
  serials: z.array(serialSchema),
  /** `true`: there are more serial numbers than are named. */
  serials_truncated: z.boolean(),
});
export type SplitsSummary = z.infer<typeof splitsSummarySchema>;

/** Values that name no lot; of work orders and material lots, those that no material is booked for. */
export const notFoundSummarySchema = z.object({ not_found: z.array(z.string()) });
export type NotFoundSummary = z.infer<typeof notFoundSummarySchema>;
