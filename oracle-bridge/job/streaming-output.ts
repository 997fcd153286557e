import type { Domain } from '#protocol/domain.ts';
import type { Lease } from '#protocol/lease.ts';
import type { EdgeClient } from '../edge/edge-client.ts';
import { UploadWindow } from '../edge/upload-window.ts';
import type { EncodedChunk } from '../encode/segment.ts';
import { Permits } from '../warehouse/permits.ts';
import type { RecordBatch } from '../warehouse/warehouse.ts';
import type { DomainEnd, JobOutput, SealedRange } from './job-context.ts';

/** Seals of one domain that may be on their way: ranges without records take no credit, but no wait is without end. */
const MAX_PENDING_SEALS = 4;

/** An output whose job can be finished: the last call of a job that went well. */
export interface FinishableOutput extends JobOutput {
  finish(): Promise<void>;
}

/** One batch as chunks from number `batch` on: one, or several where it would be too large. */
export type EncodeBatch = (batch: {
  readonly domain: Domain;
  readonly batch: number;
  readonly count: number;
  readonly json: Uint8Array;
}) => Promise<EncodedChunk[]>;

export interface OutputOptions {
  readonly lease: Lease;
  readonly client: Pick<EdgeClient, 'putChunk' | 'seal' | 'endDomain' | 'aggregate' | 'finish' | 'complete'>;
  readonly encode: EncodeBatch;
  /** Chunks of this job that are encoded or uploaded at once. */
  readonly uploads: number;
  readonly signal: AbortSignal;
  /** An upload has failed for good: the work must stop, its next call here throws the same error. */
  readonly onFailure: (error: unknown) => void;
}

interface DomainState {
  readonly window: UploadWindow;
  nextBatch: number;
  idsTo: number;
  /** Of all seals, those of earlier leases included: the edge compares them with its log. */
  records: number;
  /** What was written since the last seal. */
  range: { firstBatch: number; records: number; arrivals: Promise<void>[] };
  /** Settles when every seal so far has been accepted. */
  sealed: Promise<void>;
  pendingSeals: number;
}

/**
 * Uploads chunks as they are made. Chunks of a range arrive in any order; seals of a domain follow each other, and one
 * may be on its way while the chunks of the next range are.
 */
export class StreamingOutput implements FinishableOutput {
  readonly #options: OutputOptions;
  readonly #uploads: Permits;
  readonly #domains = new Map<Domain, DomainState>();
  #failure: { error: unknown } | undefined;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.#uploads = new Permits(options.uploads);
  }

  async writeBatch(domain: Domain, { count, json }: RecordBatch): Promise<void> {
    this.#check();
    const state = this.#domain(domain);
    const release = await this.#uploads.take(this.#options.signal);
    let chunks: EncodedChunk[];
    try {
      chunks = await this.#options.encode({ domain, batch: state.nextBatch, count, json });
    } finally {
      release();
    }
    for (const chunk of chunks) await this.#sendChunk(domain, state, chunk);
  }

  async sealRange(domain: Domain, range: SealedRange): Promise<void> {
    this.#check();
    const state = this.#domain(domain);
    state.idsTo = range.idsTo;
    while (state.pendingSeals >= MAX_PENDING_SEALS) {
      await state.sealed;
      this.#check();
    }
    this.#seal(domain, state, range);
  }

  async endDomain(domain: Domain, end: DomainEnd): Promise<void> {
    const state = this.#domain(domain);
    // Of a domain that fails in a range, chunks of it may be on their way: one that came behind the end would be refused.
    await Promise.all([state.sealed, ...state.range.arrivals]);
    this.#check();
    const { lease, client, signal } = this.#options;
    const totals = { records: state.records, batches: state.range.firstBatch - 1 };
    await client.endDomain(lease, domain, { ...end, totals }, signal);
  }

  async aggregate(data: Record<string, unknown>): Promise<void> {
    this.#check();
    const { lease, client, signal } = this.#options;
    if (!lease.aggregated) await client.aggregate(lease, data, signal);
  }

  async finish(): Promise<void> {
    const states = [...this.#domains.values()];
    await Promise.all(states.map((state) => state.sealed));
    this.#check();
    const { lease, client, signal } = this.#options;
    const records = lease.spec.domains.reduce((sum, domain) => sum + this.#domain(domain).records, 0);
    await client.finish(lease, { records }, signal);
  }

  async #sendChunk(domain: Domain, state: DomainState, { head, segment }: EncodedChunk): Promise<void> {
    // Work that starts over when its lease is lost may become visible at any time; by ids, only whole ranges may.
    if (state.window.isFull && this.#options.lease.spec.resume === 'restart')
      this.#seal(domain, state, { containersFound: 0 });
    await state.window.reserve(this.#options.signal);
    const release = await this.#uploads.take(this.#options.signal);
    state.nextBatch = head.batch + 1;
    state.range.records += head.count;
    state.range.arrivals.push(this.#guard(this.#upload(state, { head, segment }).finally(release)));
  }

  async #upload(state: DomainState, { head, segment }: EncodedChunk): Promise<void> {
    const { lease, client, signal } = this.#options;
    try {
      state.window.arrive(await client.putChunk(lease, head, segment, signal));
    } catch (error) {
      state.window.lose();
      throw error;
    }
  }

  #seal(domain: Domain, state: DomainState, { containersFound, moment }: Omit<SealedRange, 'idsTo'>): void {
    const { range } = state;
    const { idsTo, nextBatch } = state;
    const chunks = nextBatch - range.firstBatch;
    const request = {
      first_batch: range.firstBatch,
      ...(chunks > 0 ? { last_batch: nextBatch - 1 } : {}),
      ids_to: idsTo,
      records: range.records,
      containers_found: containersFound,
      ...(moment === undefined ? {} : { moment }),
    };
    state.records += range.records;
    state.range = { firstBatch: nextBatch, records: 0, arrivals: [] };
    state.window.beginSeal();
    state.pendingSeals++;
    const { lease, client, signal } = this.#options;
    const previous = state.sealed;
    const send = async (): Promise<void> => {
      try {
        await previous;
        await Promise.all(range.arrivals);
        this.#check();
        state.window.endSeal(chunks, await client.seal(lease, domain, request, signal));
      } catch (error) {
        state.window.loseSeal();
        throw error;
      } finally {
        state.pendingSeals--;
      }
    };
    state.sealed = this.#guard(send());
  }

  #domain(domain: Domain): DomainState {
    const held = this.#domains.get(domain);
    if (held) return held;
    const resume = this.#options.lease.resume[domain];
    const firstBatch = resume?.next_batch ?? 1;
    const state: DomainState = {
      window: new UploadWindow(),
      nextBatch: firstBatch,
      idsTo: resume?.ids_done ?? 0,
      records: resume?.records ?? 0,
      range: { firstBatch, records: 0, arrivals: [] },
      sealed: Promise.resolve(),
      pendingSeals: 0,
    };
    this.#domains.set(domain, state);
    return state;
  }

  /** Work that nobody waits for yet: its error stops the job and is thrown by the next call. */
  async #guard(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!this.#failure) {
        this.#failure = { error };
        this.#options.onFailure(error);
      }
    }
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error;
    this.#options.signal.throwIfAborted();
  }
}
