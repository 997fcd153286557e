import * as z from 'zod/mini';
import type { JobAccepted } from '#protocol/job.ts';
import {
  lineageAnswerSchema,
  lineageEdgeSchema,
  lineageNodeSchema,
  lineageSummarySchema,
  seedResolveAnswerSchema,
  seedSchema,
  seedSummarySchema,
} from '#protocol/trace.ts';
import type { Direction, LineageRequest, LineageSummary, SeedParams, SeedSummary } from '#protocol/trace.ts';
import { ClientProblemError } from '../../stream/client-problem.ts';
import type { JobRecords } from './job-records.ts';
import { askStage } from './stage-requests.ts';
import type { LotsQuery } from '../trace-query.ts';
import type { LineageFindings, LineageGraphData, SeedFindings } from '../trace-snapshot.ts';

/** Ids sent inline; more go by reference to the job that found them. */
export const MAX_INLINE_IDS = 20_000;
/** Nodes that the page draws. */
export const MAX_DRAWN_NODES = 20_000;

/** What the first two stages need: they answer in one body, or become a job that is read to its end. */
export interface StageMeans {
  readonly signal: AbortSignal;
  readonly readJob: (job: Pick<JobAccepted, 'job_id' | 'stream_url'>) => Promise<JobRecords>;
}

export interface FoundSeeds {
  readonly jobId: string;
  /** Absent when there are too many to be sent: they go by reference. */
  readonly ids: readonly string[] | undefined;
  readonly findings: SeedFindings;
}

export interface FoundLineage {
  readonly findings: LineageFindings;
  /** Absent when there is too much to draw. */
  readonly graph: LineageGraphData | undefined;
}

/** @throws ClientProblemError */
export async function resolveSeeds(query: LotsQuery, means: StageMeans): Promise<FoundSeeds> {
  const body = { profile: query.profile, params: seedParamsOf(query) };
  const request = { path: '/api/trace/seed-resolve', body, answer: seedResolveAnswerSchema };
  const answer = await askStage(request, means.signal);
  if (answer.type === 'answer') {
    const { seeds, job_id: jobId } = answer.value;
    return { jobId, ids: idsOf(seeds), findings: seedFindings(seeds.length, answer.value) };
  }
  const records = await means.readJob(answer.job);
  try {
    const summary = readAs(seedSummarySchema, records.reader.ledger.aggregation);
    const isInline = summary.total <= MAX_INLINE_IDS;
    const ids = isInline ? idsOf(readAs(z.array(seedSchema), await records.all('seeds'))) : undefined;
    return { jobId: answer.job.job_id, ids, findings: seedFindings(summary.total, summary) };
  } finally {
    await records.close();
  }
}

function seedParamsOf(query: LotsQuery): SeedParams {
  if (query.mode === 'container') return { input_type: query.inputType, values: [...query.values] };
  const { startDate: start_date, endDate: end_date, groups } = query;
  return { mode: 'date_range', start_date, end_date, workcenter_groups: [...groups] };
}

/** @throws ClientProblemError */
export async function findLineage(query: LotsQuery, seeds: FoundSeeds, means: StageMeans): Promise<FoundLineage> {
  const ids =
    seeds.ids === undefined
      ? { container_ids_from: { job_id: seeds.jobId, domain: 'seeds' as const } }
      : { container_ids: [...seeds.ids] };
  const { profile, direction, followMerges } = query;
  const found = await askForLineage({ profile, ...ids, params: lineageParams(direction, followMerges) }, means);
  return { ...found, findings: { ...found.findings, followedMerges: followMerges } };
}

/** The lineage of one container, with all merges when it goes forward. @throws ClientProblemError */
export async function findLineageOf(
  containerId: string,
  direction: Direction,
  means: StageMeans,
): Promise<FoundLineage> {
  // The profile that goes either way.
  const profile = 'mid_section_defect';
  const params = lineageParams(direction, direction === 'forward');
  return askForLineage({ profile, container_ids: [containerId], params }, means);
}

function lineageParams(direction: Direction, followMerges: boolean): NonNullable<LineageRequest['params']> {
  return { direction, ...(followMerges ? { follow_merges: true } : {}) };
}

async function askForLineage(body: LineageRequest, means: StageMeans): Promise<FoundLineage> {
  const answer = await askStage({ path: '/api/trace/lineage', body, answer: lineageAnswerSchema }, means.signal);
  if (answer.type === 'job') return readLineage(answer.job, means);
  const { nodes, edges, job_id: jobId } = answer.value;
  return lineageOf(jobId, answer.value, { nodes, edges });
}

/** The lineage that a job found, from its record sets. @throws ClientProblemError */
export async function readLineage(
  job: Pick<JobAccepted, 'job_id' | 'stream_url'>,
  means: StageMeans,
): Promise<FoundLineage> {
  const records = await means.readJob(job);
  try {
    const summary = readAs(lineageSummarySchema, records.reader.ledger.aggregation);
    const isDrawable = summary.totals.nodes <= MAX_DRAWN_NODES;
    const nodes = readAs(z.array(lineageNodeSchema), isDrawable ? await records.all('nodes') : []);
    const edges = readAs(z.array(lineageEdgeSchema), isDrawable ? await records.all('edges') : []);
    return lineageOf(job.job_id, summary, { nodes, edges });
  } finally {
    await records.close();
  }
}

function lineageOf(
  jobId: string,
  { direction, totals, truncated }: LineageSummary,
  graph: LineageGraphData,
): FoundLineage {
  const drawable = totals.nodes <= MAX_DRAWN_NODES;
  return {
    findings: { jobId, direction, followedMerges: false, ...totals, truncated, drawable },
    graph: drawable ? graph : undefined,
  };
}

function seedFindings(count: number, summary: SeedSummary): SeedFindings {
  const { input_count: asked, not_found: notFound, expansion_info: expansion, warnings } = summary;
  return { count, asked, notFound, expansion, warnings };
}

function idsOf(seeds: readonly { readonly container_id: string }[]): string[] {
  return [...new Set(seeds.map((seed) => seed.container_id))];
}

/** @throws ClientProblemError when a stage brought something else than its contract says. */
function readAs<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ClientProblemError({ code: 'UNREADABLE_ANSWER' }, parsed.error);
  return parsed.data;
}
