import type { Domain } from '#protocol/domain.ts';
import type { JobEventOf } from '#protocol/job-event.ts';
import { encodeJobEvent } from '#protocol/job-event.ts';
import { PROGRESS_INTERVAL_MS, STREAM_HEARTBEAT_MS } from '#protocol/limits.ts';
import { concatBytes } from '../stream/concat-bytes.ts';
import { encodeCursor } from '../stream/cursor.ts';
import type { LogEntry, SealedChunk } from './log-rows.ts';
import type { StreamEncoding } from './stream-encoding.ts';

/** What a stream needs of its job. */
export interface StreamSource {
  readonly jobId: string;
  metaLine(): string;
  progressLine(): string;
  generation(): number;
  /**
   * Resolves when the entries behind a position that the log has now are on disk; `undefined`: they are. Rejects when
   * they never will be.
   */
  untilDurable(position: number): Promise<void> | undefined;
  /** The first entry of the log behind a position. */
  nextEntry(position: number): LogEntry | undefined;
  /** `null` while the domain is open. */
  totalBatches(domain: Domain): number | null;
  /** Whether the result was dropped, so that no further entry will come. */
  gone(): boolean;
  /** Resolves at the next change of the job or after `waitMs`; `false`, at once: there is no room to wait. */
  wait(waitMs: number, signal: AbortSignal): Promise<boolean>;
  now(): number;
  /** Called once, when the stream has ended in whatever way. */
  closed(): void;
}

/** A reader that takes nothing for so long has gone to sleep: it gives its place to others, and resumes when it wakes. */
export const READER_STALL_MS = 600_000;

/**
 * One reader's stream: `meta`, then every entry of the log behind `after` while it grows, each `records` line
 * followed by its `position`, `progress` in between, and the terminal line. Pull-driven and by slices: a reader that
 * stops reading holds one slice, nothing waits for it, and what it has not read stays in the log.
 */
export function createJobStream(
  source: StreamSource,
  encoding: StreamEncoding,
  after: number,
): ReadableStream<Uint8Array> {
  const reader = new JobReader(source, encoding, after);
  let open = true;
  let stall: ReturnType<typeof setTimeout> | null = null;
  const stopWaiting = () => {
    if (stall) clearTimeout(stall);
  };
  const close = () => {
    stopWaiting();
    if (open) source.closed();
    open = false;
  };
  const expectPull = (controller: ReadableByteStreamController) => {
    stopWaiting();
    stall = setTimeout(() => {
      reader.leave();
      close();
      controller.error(new StreamCutError('the reader stalled'));
    }, READER_STALL_MS);
  };
  return new ReadableStream({
    type: 'bytes',
    start(controller) {
      controller.enqueue(reader.begin());
      expectPull(controller);
    },
    async pull(controller) {
      stopWaiting();
      try {
        const bytes = await reader.next();
        if (bytes) controller.enqueue(bytes);
        if (!reader.ended) return expectPull(controller);
        controller.close();
        close();
      } catch (error) {
        close();
        throw error;
      }
    },
    cancel() {
      reader.leave();
      close();
    },
  });
}

/** A stream that cannot go on: it is cut, and its reader resumes or is told what happened. */
class StreamCutError extends Error {
  override readonly name = 'StreamCutError';
}

class JobReader {
  readonly #source: StreamSource;
  readonly #encoding: StreamEncoding;
  readonly #left = new AbortController();
  #position: number;
  #segment: { readonly chunk: SealedChunk; sent: number } | undefined;
  #progressAtMs: number;
  #progressLine = '';
  #ended = false;

  constructor(source: StreamSource, encoding: StreamEncoding, after: number) {
    this.#source = source;
    this.#encoding = encoding;
    this.#position = after;
    this.#progressAtMs = source.now();
  }

  get ended(): boolean {
    return this.#ended;
  }

  leave(): void {
    this.#left.abort();
  }

  begin(): Uint8Array {
    return concatBytes([this.#encoding.begin(), this.#encoding.text(this.#source.metaLine())]);
  }

  /** The next bytes; waits for them. `undefined` only once the reader has left. */
  async next(): Promise<Uint8Array | undefined> {
    while (!this.#left.signal.aborted) {
      // The platform holds answers back until what they speak of is on disk, but not the bytes of a stream.
      const durable = this.#segment ? undefined : this.#source.untilDurable(this.#position);
      if (durable) {
        await durable;
        continue;
      }
      const bytes = this.#segment ? this.#nextSlice(this.#segment) : (this.#nextProgress() ?? this.#nextEntry());
      if (bytes) return bytes;
      if (!(await this.#source.wait(this.#untilHeartbeatMs(), this.#left.signal)))
        throw new StreamCutError('there is no room to wait');
    }
    return undefined;
  }

  #nextEntry(): Uint8Array | undefined {
    const entry = this.#source.nextEntry(this.#position);
    if (!entry) {
      if (this.#source.gone()) throw new StreamCutError('the result was dropped');
      return undefined;
    }
    this.#position = entry.position;
    if (entry.kind === 'records') {
      this.#segment = { chunk: entry.chunk, sent: 0 };
      this.#encoding.openChunk(entry.chunk);
      return this.#nextSlice(this.#segment);
    }
    if (entry.kind === 'domain_start') return this.#encoding.text(encodeJobEvent(this.#domainStart(entry.domain)));
    if (!TERMINAL_TYPES.has(entry.type)) return this.#encoding.text(entry.line);
    this.#ended = true;
    // The last state of things, for whoever shows them, then the line that ends the stream.
    const last = [this.#source.progressLine(), entry.line].map((line) => this.#encoding.text(line));
    return concatBytes([...last, this.#encoding.end()]);
  }

  #nextSlice(segment: { readonly chunk: SealedChunk; sent: number }): Uint8Array {
    const { chunk } = segment;
    const slice = this.#encoding.slice(chunk, segment.sent);
    if (!slice || slice.byteLength === 0) throw new StreamCutError('a segment was dropped');
    segment.sent += slice.byteLength;
    if (segment.sent < this.#encoding.lengthOf(chunk)) return slice;
    this.#segment = undefined;
    return concatBytes([slice, this.#encoding.text(encodeJobEvent(this.#positionOf(chunk)))]);
  }

  /** At most once a second while entries flow; when nothing comes, as the heartbeat that finds a dead reader. */
  #nextProgress(): Uint8Array | undefined {
    const now = this.#source.now();
    if (now - this.#progressAtMs < PROGRESS_INTERVAL_MS) return undefined;
    const idle = this.#source.nextEntry(this.#position) === undefined;
    if (idle && now - this.#progressAtMs < STREAM_HEARTBEAT_MS && !this.#moved()) return undefined;
    this.#progressAtMs = now;
    this.#progressLine = this.#source.progressLine();
    return this.#encoding.text(this.#progressLine);
  }

  #moved(): boolean {
    return this.#source.progressLine() !== this.#progressLine;
  }

  #untilHeartbeatMs(): number {
    const sinceMs = this.#source.now() - this.#progressAtMs;
    const untilMs = sinceMs < PROGRESS_INTERVAL_MS ? PROGRESS_INTERVAL_MS : STREAM_HEARTBEAT_MS;
    return Math.max(1, untilMs - sinceMs);
  }

  #domainStart(domain: Domain): JobEventOf<'domain_start'> {
    return { type: 'domain_start', domain, batch: 1, total_batches: this.#source.totalBatches(domain) };
  }

  #positionOf(chunk: SealedChunk): JobEventOf<'position'> {
    const { jobId } = this.#source;
    return {
      type: 'position',
      cursor: encodeCursor({ jobId, generation: this.#source.generation(), position: chunk.position }),
      domain: chunk.domain,
      batch: chunk.batch,
      offset: chunk.firstRecord,
      count: chunk.count,
      sha256: chunk.sha256,
    };
  }
}

const TERMINAL_TYPES: ReadonlySet<string> = new Set(['complete', 'cancelled', 'error']);
