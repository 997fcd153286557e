import type { Domain } from '#protocol/domain.ts';
import type { Lease } from '#protocol/lease.ts';
import type { EncodedChunk } from '../../oracle-bridge/encode/segment.ts';
import { encodeBatch } from '../../oracle-bridge/encode/segment.ts';
import type { OpenJob } from '../../oracle-bridge/job/job-context.ts';
import { runKindOf } from '../../oracle-bridge/job/kinds.ts';
import { openDuckDb } from '../../oracle-bridge/warehouse/duckdb/warehouse.ts';
import type { RecordBatch } from '../../oracle-bridge/warehouse/warehouse.ts';

/** The bridge's statements, ranges and batches without a job: what a plain server would read too. */
export interface EventSource {
  readonly warehouseFile: string;
  readonly ids: readonly string[];
  readonly domains: readonly string[];
}

/** As the bridge's own defaults. */
const DUCKDB_MEMORY_LIMIT = '1GB';
const DUCKDB_THREADS = 2;
const BATCH_RECORDS = 5000;

/** Calls `onBatch` with every batch as the runner writes it, in each domain's order. */
export async function readBatches(
  source: EventSource,
  onBatch: (domain: Domain, batch: RecordBatch) => Promise<void>,
): Promise<void> {
  const warehouse = await openDuckDb({
    file: source.warehouseFile,
    memoryLimit: DUCKDB_MEMORY_LIMIT,
    threads: DUCKDB_THREADS,
  });
  const job: OpenJob = {
    lease: leaseOf(source),
    warehouse,
    signal: new AbortController().signal,
    readIds: (from, count) => Promise.resolve(source.ids.slice(from, from + count)),
    output: {
      writeBatch: onBatch,
      sealRange: () => Promise.resolve(),
      endDomain: () => Promise.resolve(),
      aggregate: () => Promise.resolve(),
    },
    noteFailure: (domain, error) => {
      throw new Error(`${domain} failed`, { cause: error });
    },
  };
  try {
    await runKindOf('events')(job);
  } finally {
    await warehouse.close();
  }
}

/** The same, encoded and compressed as for an upload. */
export async function readChunks(source: EventSource, onChunk: (chunk: EncodedChunk) => Promise<void>): Promise<void> {
  const nextBatch = new Map<string, number>();
  await readBatches(source, async (domain, batch) => {
    const number = nextBatch.get(domain) ?? 1;
    const chunks = await encodeBatch({ domain, batch: number, count: batch.count, json: batch.json });
    nextBatch.set(domain, number + chunks.length);
    for (const chunk of chunks) await onChunk(chunk);
  });
}

function leaseOf(source: EventSource): Lease {
  const domains = source.domains as Domain[];
  return {
    job_id: '0'.repeat(64),
    epoch: 1,
    nonce: '0'.repeat(32),
    ttl_ms: 30_000,
    aggregated: false,
    resume: Object.fromEntries(
      domains.map((domain) => [domain, { next_batch: 1, ids_done: 0, records: 0, ended: false }]),
    ),
    spec: {
      job_id: '0'.repeat(64),
      kind: 'events',
      lane: 'batch',
      resume: 'ids',
      profile: 'mid_section_defect',
      site: 'fab1',
      domains,
      params: { kind: 'events' },
      cid_count: source.ids.length,
      batch_records: BATCH_RECORDS,
      created_at: new Date().toISOString(),
    },
  };
}
