import { createHash, randomBytes } from 'node:crypto';
import type { Domain } from '#protocol/domain.ts';
import type { JobEvent } from '#protocol/job-event.ts';
import { encodeJobEvent } from '#protocol/job-event.ts';
import type { DatabaseOutcome, JobState, JobStatus } from '#protocol/job.ts';
import type { Kind } from '#protocol/kind.ts';
import type { ProblemCode } from '#protocol/problem.ts';

/** One entry of the demonstration's log: the line, and the position line that follows records. */
interface Entry {
  readonly line: Buffer;
  readonly position?: Omit<Extract<JobEvent, { type: 'position' }>, 'cursor'>;
}

export interface DemoDomain {
  readonly domain: Domain;
  readonly total: number;
  readonly record: (index: number) => Record<string, unknown>;
}

export interface DemoJobOptions {
  readonly kind: Kind;
  readonly domains: readonly DemoDomain[];
  readonly cidCount: number;
  readonly batchRecords: number;
  /** Pause between two batches. */
  readonly paceMs: number;
  /**
   * All batches are made before the first is read, and paced to each reader: reading costs this process next to nothing.
   * A job that was recorded already stands for the making.
   */
  readonly recorded?: 'anew' | DemoJob;
  readonly aggregation?: Record<string, unknown>;
  /** It says that it was made this long ago. */
  readonly ageMs?: number;
  /** Behind the batch with which the job has half of its records it tells how far it is, and waits for this. */
  readonly halfway?: Promise<void> | undefined;
  /** The job ends with this in place of its last lines. */
  readonly fails?: ProblemCode | undefined;
}

const encoder = new TextEncoder();

function hexSha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A job that really runs: it writes its log batch by batch, and any number of readers follow it. */
export class DemoJob {
  readonly id = randomBytes(32).toString('hex');
  readonly options: DemoJobOptions;
  readonly #createdAt: Date;
  #endedAt: Date | undefined;
  #entries: Entry[] = [];
  #state: JobState = 'running';
  #database: DatabaseOutcome | undefined;
  #waiting = new Set<() => void>();
  readonly #digests = new Map<Domain, string[]>();
  readonly #sent = new Map<Domain, number>();
  #bytes = 0;
  #isHalfway = false;

  constructor(options: DemoJobOptions) {
    this.options = options;
    this.#createdAt = new Date(Date.now() - (options.ageMs ?? 0));
    for (const { domain } of options.domains) this.#digests.set(domain, []);
    if (options.recorded instanceof DemoJob) this.#copy(options.recorded);
    else void this.#run();
  }

  get state(): JobState {
    return this.#state;
  }

  status(): JobStatus {
    const domains = this.options.domains.map(({ domain, total }) => {
      const records = this.#sent.get(domain) ?? 0;
      return [domain, { records, ids_done: records, ids: total, ended: records === total }] as const;
    });
    return {
      job_id: this.id,
      kind: this.options.kind,
      lane: 'batch',
      profile: 'query_tool',
      site: 'fab1',
      state: this.#state,
      ...(this.#database === undefined ? {} : { database: this.#database }),
      generation: 1,
      cid_count: this.options.cidCount,
      domains: Object.fromEntries(domains),
      progress: this.#progress(),
      created_at: this.#createdAt.toISOString(),
      ...(this.#endedAt === undefined ? {} : { ended_at: this.#endedAt.toISOString() }),
      deadline_at: new Date(this.#createdAt.getTime() + 1_800_000).toISOString(),
      stream_url: `/api/trace/job/${this.id}/stream`,
      result_url: `/api/trace/job/${this.id}/result`,
    };
  }

  cancel(database: DatabaseOutcome): void {
    if (this.#state !== 'running') return;
    this.#state = 'cancelled';
    this.#endedAt = new Date();
    this.#database = 'pending';
    // The database's answer takes its time.
    setTimeout(() => {
      this.#database = database;
      this.#append({
        type: 'cancelled',
        total_records: this.#total(),
        elapsed_seconds: this.#elapsed(),
        database,
        sha256: this.#digest(),
      });
    }, 600);
  }

  /** The lines behind a cursor, live: `meta` first, `progress` now and then, until the terminal line. */
  async *read(after: string | null): AsyncGenerator<Buffer, void, undefined> {
    yield Buffer.from(encodeJobEvent(this.#meta()));
    let next = after === null ? 0 : Number(after.split('.')[1]);
    let toldAtMs = 0;
    let isHalfwayTold = false;
    for (;;) {
      const entry = this.#entries[next];
      if (entry === undefined) {
        if (this.#isOver()) return;
        if (this.#isHalfway && !isHalfwayTold) {
          isHalfwayTold = true;
          yield this.#progressLine();
        } else await new Promise<void>((resolve) => this.#waiting.add(resolve));
        continue;
      }
      next++;
      if (this.options.recorded !== undefined && entry.position !== undefined) await this.#pace();
      yield entry.line;
      if (entry.position !== undefined) yield Buffer.from(encodeJobEvent({ ...entry.position, cursor: `c.${next}` }));
      if (Date.now() - toldAtMs > 900) {
        toldAtMs = Date.now();
        yield this.#progressLine();
      }
      if (next === this.#entries.length && this.#isOver()) return;
    }
  }

  /** All records of a domain, for answers in one body. */
  records(domain: Domain): Record<string, unknown>[] {
    const known = this.options.domains.find((each) => each.domain === domain);
    return known === undefined ? [] : Array.from({ length: known.total }, (_, index) => known.record(index));
  }

  #copy(recorded: DemoJob): void {
    this.#entries = recorded.#entries;
    this.#state = recorded.#state;
    this.#bytes = recorded.#bytes;
    for (const [domain, digests] of recorded.#digests) this.#digests.set(domain, digests);
    for (const [domain, sent] of recorded.#sent) this.#sent.set(domain, sent);
  }

  async #run(): Promise<void> {
    const { domains, batchRecords, recorded } = this.options;
    for (const { domain } of domains) this.#append({ type: 'domain_start', domain, batch: 1, total_batches: null });
    let isMore = true;
    let size = Math.min(200, batchRecords);
    while (isMore && this.#state === 'running') {
      isMore = false;
      for (const domain of domains) {
        if ((this.#sent.get(domain.domain) ?? 0) >= domain.total || this.#state !== 'running') continue;
        this.#appendBatch(domain, size);
        isMore = true;
        if (recorded === undefined) await this.#pace();
        await this.#restHalfway();
      }
      size = Math.min(batchRecords, size * 5);
    }
    if (this.#state !== 'running') return;
    const { fails } = this.options;
    if (fails !== undefined) {
      this.#state = 'failed';
      return this.#append({
        type: 'error',
        code: fails,
        detail: 'As the demonstration was told.',
        retryable: false,
        total_records: this.#total(),
        sha256: this.#digest(),
      });
    }
    for (const { domain } of domains) this.#endDomain(domain);
    if (this.options.aggregation !== undefined) this.#append({ type: 'aggregation', data: this.options.aggregation });
    this.#state = 'succeeded';
    this.#endedAt = new Date();
    const quality = { status: 'complete' as const, failed_domains: [], truncated_domains: [] };
    this.#append({
      type: 'complete',
      state: 'succeeded',
      total_records: this.#total(),
      elapsed_seconds: this.#elapsed(),
      quality,
      sha256: this.#digest(),
    });
  }

  async #restHalfway(): Promise<void> {
    const { halfway } = this.options;
    if (halfway === undefined || this.#isHalfway || this.#progress().percent < 50) return;
    this.#isHalfway = true;
    this.#wake();
    await halfway;
  }

  async #pace(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.options.paceMs));
  }

  #appendBatch({ domain, total, record }: DemoDomain, size: number): void {
    const offset = this.#sent.get(domain) ?? 0;
    const count = Math.min(size, total - offset);
    const digests = this.#digests.get(domain) ?? [];
    const data = Array.from({ length: count }, (_, index) => JSON.stringify(record(offset + index))).join(',\t');
    const batch = digests.length + 1;
    const line = Buffer.from(
      encoder.encode(`{"type":"records","domain":"${domain}","batch":${batch},"count":${count},"data":[${data}]}\n`),
    );
    const sha256 = hexSha256(line);
    digests.push(sha256);
    this.#sent.set(domain, offset + count);
    this.#bytes += line.length;
    this.#push({ line, position: { type: 'position', domain, batch, offset, count, sha256 } });
  }

  #endDomain(domain: Domain): void {
    const total = this.#sent.get(domain) ?? 0;
    const requested = this.options.cidCount;
    const sha256 = hexSha256((this.#digests.get(domain) ?? []).join(''));
    const containers = { requested, found: requested, empty: 0, failed: 0 };
    this.#append({ type: 'domain_end', domain, total_records: total, containers, sha256 });
  }

  #append(event: Exclude<JobEvent, { type: 'records' }>): void {
    this.#push({ line: Buffer.from(encodeJobEvent(event)) });
  }

  #push(entry: Entry): void {
    this.#entries.push(entry);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting = new Set();
  }

  #isOver(): boolean {
    const last = this.#entries.at(-1)?.line.subarray(0, 24).toString() ?? '';
    return ['complete', 'cancelled', 'error'].some((type) => last.startsWith(`{"type":"${type}"`));
  }

  #meta(): JobEvent & { type: 'meta' } {
    return {
      type: 'meta',
      job_id: this.id,
      generation: 1,
      kind: this.options.kind,
      profile: 'query_tool',
      site: 'fab1',
      domains: this.options.domains.map(({ domain }) => domain),
      cid_count: this.options.cidCount,
      created_at: this.#createdAt.toISOString(),
    };
  }

  #progressLine(): Buffer {
    return Buffer.from(encodeJobEvent({ type: 'progress', ...this.#progress(), domains: this.status().domains }));
  }

  #progress() {
    const records = this.#total();
    const all = this.options.domains.reduce((sum, { total }) => sum + total, 0);
    const rate = records / Math.max(0.1, this.#elapsed());
    return {
      percent: all === 0 ? 100 : (100 * records) / all,
      records,
      bytes: this.#bytes,
      records_per_second: Math.round(rate),
      eta_seconds: rate === 0 ? null : Math.round((all - records) / rate),
      phase: this.options.kind,
    };
  }

  #total(): number {
    return [...this.#sent.values()].reduce((sum, count) => sum + count, 0);
  }

  #elapsed(): number {
    return (Date.now() - this.#createdAt.getTime()) / 1000;
  }

  #digest(): string {
    return hexSha256([...this.#digests.values()].map((digests) => hexSha256(digests.join(''))).join(''));
  }
}
