import type { JobParams } from '#protocol/lease.ts';
import { MAX_JOB_IDS } from '#protocol/limits.ts';
import type { SeedSummary } from '#protocol/trace.ts';
import type { DomainEnd, JobContext } from '../job/job-context.ts';
import type { BindValue, RecordBatch } from '../warehouse/warehouse.ts';

type DetectionRange = Extract<JobParams, { mode: 'date_range' }>;

const DAY_MS = 86_400_000;

const TRUNCATED: DomainEnd = {
  status: 'truncated',
  code: 'RESULT_TOO_LARGE',
  detail: 'More lots were tracked in than one trace may start from; the guardrail says how many.',
};

/**
 * The containers that were tracked in at the chosen work center groups in a range of days, each once, with the group of
 * its latest track-in. The warehouse makes the records; they pass through here batch by batch, at most `limit` of them.
 */
export async function runDetectedSeeds(job: JobContext, range: DetectionRange, limit = MAX_JOB_IDS): Promise<void> {
  const { lease, warehouse, output, signal } = job;
  const groups = range.workcenter_groups;
  const seedsOfGroup = new Map(groups.map((group) => [group, 0]));
  const binds = { groups, since: startOf(range.start_date), until: startOf(dayAfter(range.end_date)) };
  const statement = { name: 'seeds/detected', binds: { ...binds, most: limit } };
  let total = 0;
  for await (const batch of warehouse.readRecords(statement, { batchRecords: lease.spec.batch_records, signal })) {
    total += batch.count;
    countGroups(batch, seedsOfGroup);
    await output.writeBatch('seeds', batch);
  }
  if (total > 0) await output.sealRange('seeds', { idsTo: lease.spec.cid_count, containersFound: 0 });

  const matched = total < limit ? total : await countDetected(job, binds);
  const isOver = matched > limit;
  const summary: SeedSummary = {
    total,
    input_count: groups.length,
    not_found: groups.filter((group) => seedsOfGroup.get(group) === 0),
    expansion_info: Object.fromEntries(seedsOfGroup),
    ...(isOver ? { guardrail: { limit, matched } } : {}),
    warnings: isOver ? [{ code: 'LOTS_CUT', matched, given: limit }] : [],
  };
  await output.endDomain('seeds', isOver ? TRUNCATED : { status: 'complete' });
  await output.aggregate(summary);
}

/** Only asked when the limit is reached: it reads the range again. */
async function countDetected({ warehouse, signal }: JobContext, binds: Record<string, BindValue>): Promise<number> {
  const [row] = await warehouse.readRows({ name: 'seeds/detected-count', binds }, signal);
  return Number(row?.['CONTAINERS'] ?? 0);
}

function countGroups({ json }: RecordBatch, seedsOfGroup: Map<string, number>): void {
  const records = JSON.parse(`[${Buffer.from(json).toString()}]`) as { readonly input_value: string }[];
  for (const { input_value: group } of records) seedsOfGroup.set(group, (seedsOfGroup.get(group) ?? 0) + 1);
}

/** Midnight of a plant date, as the warehouse writes it. */
function startOf(date: string): string {
  return `${date}T00:00:00`;
}

function dayAfter(date: string): string {
  return new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10);
}
