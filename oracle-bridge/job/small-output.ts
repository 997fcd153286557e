import type { CompleteHead, SealRequest } from '#protocol/bridge-message.ts';
import type { Domain } from '#protocol/domain.ts';
import type { Lease } from '#protocol/lease.ts';
import { MAX_SEGMENT_BYTES } from '#protocol/limits.ts';
import type { EncodedChunk } from '../encode/segment.ts';
import type { RecordBatch } from '../warehouse/warehouse.ts';
import type { DomainEnd, SealedRange } from './job-context.ts';
import type { FinishableOutput, OutputOptions } from './streaming-output.ts';
import { StreamingOutput } from './streaming-output.ts';

/**
 * Raw bytes of all domains that are held for one call: so few that each domain's fit into one segment even if nothing
 * can be deflated.
 */
const MAX_HELD_BYTES = 0.96 * MAX_SEGMENT_BYTES;
/** A job that is not done by now had better be shown while it is read. */
const MAX_HELD_MS = 1000;
/** Between records, as `RecordBatch` joins them. */
const SEPARATOR = Buffer.from(',\t');

type Step =
  | { readonly type: 'write'; readonly domain: Domain; readonly batch: RecordBatch }
  | { readonly type: 'seal'; readonly domain: Domain; readonly range: SealedRange }
  | { readonly type: 'end'; readonly domain: Domain; readonly end: DomainEnd }
  | { readonly type: 'aggregate'; readonly data: Record<string, unknown> };

/** Whether a lease can be worked off in one call: a short job of which nothing is at the edge yet. */
export function mayCompleteAtOnce(lease: Lease): boolean {
  const begun = Object.values(lease.resume).some((point) => point.ended || point.next_batch > 1 || point.ids_done > 0);
  return lease.spec.lane === 'interactive' && !begun && !lease.aggregated;
}

/**
 * Holds what a short job writes and sends all of it in one call at its end. When it turns out not to be short (more
 * than a chunk a domain, too many bytes, too much time) what was held goes out as a stream, and so does the rest.
 */
export class SmallOutput implements FinishableOutput {
  readonly #options: OutputOptions;
  readonly #now: () => number;
  readonly #startedAtMs: number;
  readonly #steps: Step[] = [];
  readonly #heldRecords = new Map<Domain, number>();
  #heldBytes = 0;
  #streaming: Promise<StreamingOutput> | undefined;

  /** `now`: monotonic milliseconds. */
  constructor(options: OutputOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
    this.#startedAtMs = now();
  }

  async writeBatch(domain: Domain, batch: RecordBatch): Promise<void> {
    const records = (this.#heldRecords.get(domain) ?? 0) + batch.count;
    const bytes = this.#heldBytes + batch.json.byteLength;
    if (!this.#mayHold(records, bytes)) return await (await this.#stream()).writeBatch(domain, batch);
    this.#heldRecords.set(domain, records);
    this.#heldBytes = bytes;
    // The warehouse may use its buffer again. (`slice` of a Buffer would not copy.)
    this.#steps.push({ type: 'write', domain, batch: { ...batch, json: new Uint8Array(batch.json) } });
  }

  async sealRange(domain: Domain, range: SealedRange): Promise<void> {
    if (this.#streaming || this.#isLate()) return await (await this.#stream()).sealRange(domain, range);
    this.#steps.push({ type: 'seal', domain, range });
  }

  async endDomain(domain: Domain, end: DomainEnd): Promise<void> {
    if (this.#streaming) return await (await this.#streaming).endDomain(domain, end);
    this.#steps.push({ type: 'end', domain, end });
  }

  async aggregate(data: Record<string, unknown>): Promise<void> {
    if (this.#streaming) return await (await this.#streaming).aggregate(data);
    this.#steps.push({ type: 'aggregate', data });
  }

  async finish(): Promise<void> {
    if (this.#streaming) return await (await this.#streaming).finish();
    const { lease, client, signal } = this.#options;
    const { head, segments } = await this.#encodeWhole();
    await client.complete(lease, head, segments, signal);
  }

  #mayHold(records: number, bytes: number): boolean {
    const fits = records <= this.#options.lease.spec.batch_records && bytes <= MAX_HELD_BYTES;
    return fits && !this.#streaming && !this.#isLate();
  }

  #isLate(): boolean {
    return this.#now() - this.#startedAtMs > MAX_HELD_MS;
  }

  /** Once: everything held goes out in the order in which it came; calls made meanwhile wait for that. */
  #stream(): Promise<StreamingOutput> {
    this.#streaming ??= this.#replay();
    return this.#streaming;
  }

  async #replay(): Promise<StreamingOutput> {
    const output = new StreamingOutput(this.#options);
    for (const step of this.#steps) {
      if (step.type === 'write') await output.writeBatch(step.domain, step.batch);
      else if (step.type === 'seal') await output.sealRange(step.domain, step.range);
      else if (step.type === 'end') await output.endDomain(step.domain, step.end);
      else await output.aggregate(step.data);
    }
    this.#steps.length = 0;
    return output;
  }

  async #encodeWhole(): Promise<{ head: CompleteHead; segments: Uint8Array[] }> {
    const domains: CompleteHead['domains'] = [];
    const segments: Uint8Array[] = [];
    for (const domain of this.#options.lease.spec.domains) {
      const held = collectDomain(domain, this.#steps);
      const [chunk] = held.json
        ? await this.#options.encode({ domain, batch: 1, count: held.count, json: held.json })
        : [];
      domains.push({ domain, ...describeChunk(chunk), ...describeIds(held), ...held.end });
      if (chunk) segments.push(chunk.segment);
    }
    const aggregate = this.#steps.find((step) => step.type === 'aggregate');
    return { head: { domains, ...(aggregate ? { aggregation: aggregate.data } : {}) }, segments };
  }
}

function describeChunk(chunk: EncodedChunk | undefined): Pick<CompleteHead['domains'][number], 'chunk'> {
  if (!chunk) return {};
  const { count, raw_bytes, crc32, sha256 } = chunk.head;
  return { chunk: { count, raw_bytes, crc32, sha256, segment_bytes: chunk.segment.byteLength } };
}

function describeIds({ idsTo, containersFound }: HeldDomain): Pick<SealRequest, 'ids_to' | 'containers_found'> {
  return { ids_to: idsTo, containers_found: containersFound };
}

interface HeldDomain {
  readonly count: number;
  readonly json: Uint8Array | undefined;
  readonly idsTo: number;
  readonly containersFound: number;
  readonly end: DomainEnd;
}

/** One domain's sealed records as one batch. What was written behind the last seal is not part of the result. */
function collectDomain(domain: Domain, steps: readonly Step[]): HeldDomain {
  const own = steps.filter((step) => step.type !== 'aggregate' && step.domain === domain);
  const lastSeal = own.findLastIndex((step) => step.type === 'seal');
  const parts: Uint8Array[] = [];
  let count = 0;
  let idsTo = 0;
  let containersFound = 0;
  let end: DomainEnd = { status: 'complete' };
  for (const [index, step] of own.entries()) {
    if (step.type === 'write' && index < lastSeal) {
      if (parts.length > 0) parts.push(SEPARATOR);
      parts.push(step.batch.json);
      count += step.batch.count;
    } else if (step.type === 'seal') {
      idsTo = step.range.idsTo;
      containersFound += step.range.containersFound;
    } else if (step.type === 'end') end = step.end;
  }
  return { count, json: parts.length > 0 ? Buffer.concat(parts) : undefined, idsTo, containersFound, end };
}
