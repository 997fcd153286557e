import { MAX_CONTROL_LINE_BYTES, MAX_IDS_PER_PAGE } from '#protocol/limits.ts';
import type { LineageSummary } from '#protocol/trace.ts';
import type { Domain } from '#protocol/domain.ts';
import { encodeRecords } from '../encode/record-encoder.ts';
import type { JobContext } from '../job/job-context.ts';
import { buildLineage } from './lineage-engine.ts';
import { readLineage } from './read-lineage.ts';

/** Genealogy of the job's containers, in the direction its parameters say. */
export async function runLineage(job: JobContext): Promise<void> {
  const { params } = job.lease.spec;
  if (params.kind !== 'lineage') throw new Error(`not the parameters of a lineage: ${params.kind}`);
  const seedIds = await readAllIds(job);
  const { nodes, edges, summary } = buildLineage(await readLineage(job, seedIds, params));
  const named = new Set(edges.flatMap((edge) => [edge.from_cid, edge.to_cid]));
  await writeAll(job, 'nodes', { records: nodes, containersFound: seedIds.length });
  await writeAll(job, 'edges', { records: edges, containersFound: seedIds.filter((id) => named.has(id)).length });
  await job.output.aggregate(fitSummary(summary));
}

/** Left for the rest of the line that an aggregation becomes. */
const LINE_REST_BYTES = 100_000;

/**
 * The summary is one line of the log. That of a very large lineage names no roots and serials then, which is said in it:
 * they can be found from the nodes and edges.
 */
export function fitSummary(summary: LineageSummary): Record<string, unknown> {
  if (Buffer.byteLength(JSON.stringify(summary)) <= MAX_CONTROL_LINE_BYTES - LINE_REST_BYTES) return { ...summary };
  const serials = summary.leaf_serials ? { leaf_serials: {} } : {};
  return { ...summary, roots: [], seed_roots: {}, ...serials, roots_omitted: true };
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
