import { MAX_CONTROL_LINE_BYTES, MAX_IDS_PER_PAGE } from '#protocol/limits.ts';
import type { LineageSummary } from '#protocol/trace.ts';
import type { Domain } from '#protocol/domain.ts';
import { encodeRecords } from '../encode/record-encoder.ts';
import type { JobContext, RunKind } from '../job/job-context.ts';
import type { Row } from '../warehouse/warehouse.ts';
import type { Container, LineageFacts, Merge, WalkedContainer } from './lineage-engine.ts';
import { buildLineage, reworkSourceOf } from './lineage-engine.ts';

/**
 * Backward genealogy of the job's containers: split ancestors of the seeds, merge sources of all of them, split ancestors
 * of the sources that are new, then wafer origins and rework sources. One round trip to the database each, whatever the
 * number of generations.
 */
export const runLineage: RunKind = async (job) => {
  const seedIds = await readAllIds(job);
  const { nodes, edges, summary } = buildLineage(await readFacts(job, seedIds));
  const childIds = new Set(edges.map((edge) => edge.to_cid));
  await writeAll(job, 'nodes', { records: nodes, containersFound: seedIds.length });
  await writeAll(job, 'edges', { records: edges, containersFound: seedIds.filter((id) => childIds.has(id)).length });
  await job.output.aggregate(fitSummary(summary));
};

/** Left for the rest of the line that an aggregation becomes. */
const LINE_REST_BYTES = 100_000;

/**
 * The summary is one line of the log. That of a very large lineage names no roots then, which is said in it: they can be
 * found from the nodes and edges.
 */
export function fitSummary(summary: LineageSummary): Record<string, unknown> {
  if (Buffer.byteLength(JSON.stringify(summary)) <= MAX_CONTROL_LINE_BYTES - LINE_REST_BYTES) return { ...summary };
  return { ...summary, roots: [], seed_roots: {}, roots_omitted: true };
}

async function readAllIds(job: JobContext): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < job.lease.spec.cid_count) {
    const page = await job.readIds(ids.length, MAX_IDS_PER_PAGE);
    if (page.length === 0) throw new Error('the job has fewer container ids than it says');
    for (const id of page) ids.push(id);
  }
  return ids;
}

async function readFacts(job: JobContext, seedIds: readonly string[]): Promise<LineageFacts> {
  const walked = new Map<string, WalkedContainer>();
  await walkSplits(job, seedIds, walked);
  const merges = (await readList(job, 'lineage/merge-sources', { ids: [...walked.keys()] })).map(toMerge);
  const newSources = new Set(merges.map(({ sourceId }) => sourceId).filter((id) => !walked.has(id)));
  await walkSplits(job, [...newSources].sort(), walked);

  const waferNames = new Set([...walked.values()].flatMap(({ waferLot }) => waferLot ?? []));
  const wafers = (await readList(job, 'lineage/containers-by-name', { names: [...waferNames] })).map(toContainer);
  const known = new Set([...walked.keys(), ...wafers.map(({ id }) => id)]);
  const sourceIds = new Set([...walked.values()].flatMap((container) => reworkSourceOf(container) ?? []));
  const unknown = [...sourceIds].filter((id) => !known.has(id));
  const reworkSources = (await readList(job, 'lineage/containers-by-id', { ids: unknown })).map(toContainer);
  return { seedIds, walked, merges, wafers, reworkSources };
}

/** Adds what the walk reaches; what an earlier walk has reached stays as it is. */
async function walkSplits(
  job: JobContext,
  ids: readonly string[],
  walked: Map<string, WalkedContainer>,
): Promise<void> {
  for (const row of await readList(job, 'lineage/split-ancestors', { ids })) {
    const container = { ...toContainer(row), splitLevel: Number(row['SPLIT_LEVEL']) };
    const before = walked.get(container.id);
    if (!before || before.splitLevel > container.splitLevel) walked.set(container.id, container);
  }
}

/** No round trip for an empty list. */
async function readList(
  { warehouse, signal }: JobContext,
  name: string,
  binds: Readonly<Record<string, readonly string[]>>,
): Promise<Row[]> {
  const isEmpty = Object.values(binds).every((list) => list.length === 0);
  return isEmpty ? [] : await warehouse.readRows({ name, binds }, signal);
}

async function writeAll(
  { output, lease }: JobContext,
  domain: Domain,
  { records, containersFound }: { records: readonly object[]; containersFound: number },
): Promise<void> {
  const { batch_records: batchRecords, cid_count: idsTo } = lease.spec;
  for (const batch of encodeRecords(records, batchRecords)) await output.writeBatch(domain, batch);
  await output.sealRange(domain, { idsTo, containersFound });
  await output.endDomain(domain, { status: 'complete' });
}

function toContainer(row: Row): Container {
  return {
    id: String(row['CONTAINERID']),
    name: textOf(row['CONTAINERNAME']),
    order: textOf(row['MFGORDERNAME']),
    waferLot: textOf(row['FIRSTNAME']),
    objectType: textOf(row['OBJECTTYPE']),
    originalId: textOf(row['ORIGINALCONTAINERID']),
    splitFromId: textOf(row['SPLITFROMID']),
  };
}

function toMerge(row: Row): Merge {
  return { targetId: String(row['TARGETID']), sourceId: String(row['SOURCEID']) };
}

function textOf(value: Row[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
