import type { Domain } from '../../src/protocol/domain.ts';
import type { JobParams, JobSpec, Lease, ResumePoint } from '../../src/protocol/lease.ts';
import type { DomainEnd, JobOutput, OpenJob } from '../../oracle-bridge/job/job-context.ts';
import type { RecordBatch, Row, StatementReader, WarehouseReader } from '../../oracle-bridge/warehouse/warehouse.ts';
import { withoutSnapshots } from './without-snapshots.ts';

/** What one domain of a job looks like to a reader: sealed batches only. */
export interface RecordedDomain {
  /** Text of each sealed batch, its records joined. */
  readonly batches: string[];
  readonly seals: { readonly idsTo: number; readonly containersFound: number }[];
  readonly end: DomainEnd | undefined;
}

/** Keeps what a kind of job writes, as the edge would: what was not sealed is not there. */
export class RecordedOutput implements JobOutput {
  readonly domains = new Map<
    Domain,
    { batches: string[]; staged: string[]; seals: Seal[]; end: DomainEnd | undefined }
  >();
  readonly calls: string[] = [];
  /** What the job noted for the bridge's log. */
  readonly failures: { readonly domain: Domain; readonly error: unknown }[] = [];
  aggregation: Record<string, unknown> | undefined;

  async writeBatch(domain: Domain, batch: RecordBatch): Promise<void> {
    this.calls.push(`write ${domain}`);
    this.#open(domain).staged.push(Buffer.from(batch.json).toString());
    await Promise.resolve();
  }

  async sealRange(domain: Domain, range: Seal): Promise<void> {
    this.calls.push(`seal ${domain} ${range.idsTo}`);
    const state = this.#open(domain);
    state.batches.push(...state.staged.splice(0));
    state.seals.push(range);
    await Promise.resolve();
  }

  async endDomain(domain: Domain, end: DomainEnd): Promise<void> {
    this.calls.push(`end ${domain}`);
    this.#open(domain).end = end;
    await Promise.resolve();
  }

  async aggregate(data: Record<string, unknown>): Promise<void> {
    this.aggregation = data;
    await Promise.resolve();
  }

  /** A domain that was never written is empty. */
  domain(domain: Domain): RecordedDomain {
    return this.#open(domain);
  }

  /** All sealed records of a domain, in log order. */
  records(domain: Domain): Row[] {
    return this.domain(domain).batches.flatMap((json) => JSON.parse(`[${json}]`) as Row[]);
  }

  /** Where a new lease would go on. */
  resume(): Partial<Record<Domain, ResumePoint>> {
    return Object.fromEntries(
      [...this.domains].map(([domain, { batches, seals, end }]) => [
        domain,
        {
          next_batch: batches.length + 1,
          ids_done: seals.at(-1)?.idsTo ?? 0,
          records: this.records(domain).length,
          ended: end !== undefined,
        },
      ]),
    );
  }

  #open(domain: Domain) {
    const known = this.domains.get(domain);
    if (known) return known;
    const state = { batches: [], staged: [], seals: [], end: undefined };
    this.domains.set(domain, state);
    return state;
  }
}

type Seal = { readonly idsTo: number; readonly containersFound: number };

export interface RecordedJobOptions {
  readonly warehouse: StatementReader | WarehouseReader;
  readonly params: JobParams;
  readonly domains: readonly Domain[];
  readonly ids?: readonly string[];
  readonly batchRecords?: number;
  readonly signal?: AbortSignal;
  readonly output?: RecordedOutput;
  /** UTC; plant time is 8 hours later. */
  readonly createdAt?: string;
}

/** A job as a kind gets it, and the output that records it. Ids are sorted, as the edge gives them. */
export function makeRecordedJob(options: RecordedJobOptions): { job: OpenJob; output: RecordedOutput } {
  const ids = [...(options.ids ?? [])].sort();
  const output = options.output ?? new RecordedOutput();
  const spec: JobSpec = {
    job_id: '0'.repeat(64),
    kind: options.params.kind,
    lane: 'batch',
    resume: options.params.kind === 'events' ? 'ids' : 'restart',
    profile: 'query_tool',
    site: 'fab1',
    domains: [...options.domains],
    params: options.params,
    cid_count: ids.length,
    batch_records: options.batchRecords ?? 5000,
    created_at: options.createdAt ?? '2026-03-01T00:00:00Z',
  };
  const lease: Lease = {
    job_id: spec.job_id,
    epoch: 1,
    nonce: '0'.repeat(32),
    ttl_ms: 30_000,
    spec,
    resume: output.resume(),
    aggregated: false,
  };
  const job: OpenJob = {
    lease,
    warehouse: 'openSnapshot' in options.warehouse ? options.warehouse : withoutSnapshots(options.warehouse),
    signal: options.signal ?? new AbortController().signal,
    readIds: (from, count) => Promise.resolve(ids.slice(from, from + count)),
    output,
    noteFailure: (domain, error) => output.failures.push({ domain, error }),
  };
  return { job, output };
}
