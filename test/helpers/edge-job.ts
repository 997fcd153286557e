import type { Domain } from '#protocol/domain.ts';
import { packContainerIds } from '#protocol/ids.ts';
import type { Lease, LeaseKey } from '#protocol/lease.ts';
import type { CreateJob, JobApi } from '../../src/job/job-api.ts';
import { unwrap } from '../../src/outcome.ts';
import { makeChunk } from './make-chunk.ts';

/** A container id of the sample's look, by number. */
export function containerId(number: number): string {
  return `4881${number.toString(16).padStart(12, '0')}`;
}

export function containerIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => containerId(index));
}

/** A request to create a job, as the Worker makes it. */
export function createRequest(jobId: string, change: Partial<CreateJob['spec']> & { ids?: string[] } = {}): CreateJob {
  const { ids, ...spec } = change;
  return {
    spec: {
      job_id: jobId,
      kind: 'events',
      lane: 'batch',
      resume: 'ids',
      profile: 'query_tool',
      site: 'fab1',
      domains: ['history', 'materials'],
      params: { kind: 'events' },
      batch_records: 5000,
      created_at: '2026-01-01T00:00:00.000Z',
      ...spec,
    },
    owner: 'local',
    ids: packContainerIds(ids ?? containerIds(10)),
    maxIds: 500_000,
    deadlineSeconds: 1800,
    contentHash: `hash-${jobId}`,
    cacheSeconds: 0,
  };
}

export async function leaseJob(job: JobApi, change: Partial<Parameters<JobApi['lease']>[0]> = {}): Promise<Lease> {
  const requestId = crypto.randomUUID().replaceAll('-', '');
  const lease = unwrap(await job.lease({ requestId, bridgeId: 'bridge-1', bootId: 'boot-1', ...change }));
  if (!lease) throw new Error('the job was not leased');
  return lease;
}

/** Writes and seals a domain as a bridge does: chunks of `batchRecords`, one range, then its end. */
export async function writeDomain(
  job: JobApi,
  key: LeaseKey,
  write: { domain: Domain; records: unknown[]; batchRecords?: number; idsTo: number },
): Promise<void> {
  const { domain, records, batchRecords = 5000, idsTo } = write;
  let batch = 0;
  for (let at = 0; at < records.length; at += batchRecords) {
    const chunk = makeChunk(records.slice(at, at + batchRecords), { domain, batch: ++batch });
    unwrap(await job.putChunk(key, chunk.head, chunk.segment));
    if (batch % 8 !== 0 && at + batchRecords < records.length) continue;
    const first = batch - ((batch - 1) % 8);
    const sealed = records.slice((first - 1) * batchRecords, at + batchRecords).length;
    const last = at + batchRecords >= records.length;
    const ids_to = last ? idsTo : Math.max(1, Math.floor((idsTo * (at + batchRecords)) / records.length));
    const seal = { first_batch: first, last_batch: batch, ids_to, records: sealed, containers_found: last ? 1 : 0 };
    unwrap(await job.seal(key, domain, seal));
  }
  if (records.length === 0) {
    unwrap(await job.seal(key, domain, { first_batch: 1, ids_to: idsTo, records: 0, containers_found: 0 }));
  }
  const totals = { records: records.length, batches: batch };
  unwrap(await job.endDomain(key, domain, { status: 'complete', totals }));
}
