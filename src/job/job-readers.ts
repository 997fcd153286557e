import { ProblemError } from '#protocol/problem.ts';
import type { JobLedger } from './job-ledger.ts';
import type { JobLife } from './job-life.ts';
import { metaLine, positionAfter, totalBatches } from './job-reads.ts';
import type { StreamSource } from './job-stream.ts';
import { createJobStream } from './job-stream.ts';
import type { SegmentSource } from './stream-encoding.ts';
import { createGzipEncoding, createIdentityEncoding } from './stream-encoding.ts';
import { Waiters } from './waiters.ts';

/** Streams of one job at the same time; each holds one slice of a segment. */
const MAX_READERS = 64;
const BUSY_RETRY_SECONDS = 5;

interface ReaderDeps {
  readonly ledger: JobLedger;
  readonly now: () => number;
  readonly progressLine: () => string;
  /** Resolves when all that was written is on disk; rejects when that failed. */
  readonly sync: () => Promise<void>;
}

/** The readers of one job's stream: how many there are, and their waking. */
export class JobReaders {
  readonly #deps: ReaderDeps;
  /** A reader waits at most once at a time, so there is room for all of them. */
  readonly #waiters = new Waiters(MAX_READERS);
  #open = 0;
  /**
   * The log is on disk up to this position. Positions only grow, over generations too, but for those that a crash takes back,
   * and this object with them; such a one goes to another entry.
   */
  #durableTo = 0;

  constructor(deps: ReaderDeps) {
    this.#deps = deps;
  }

  wakeAll(): void {
    this.#waiters.wakeAll();
  }

  /**
   * One more reader, who goes on behind `?after=` and takes gzip with `?gzip=1`.
   * @throws ProblemError `RATE_LIMITED` when there are too many, or as `positionAfter`.
   */
  open(query: URLSearchParams, life: JobLife): ReadableStream<Uint8Array> {
    const { log } = this.#deps.ledger;
    const after = positionAfter(query.get('after'), this.#deps.ledger.spec().job.job_id, life.generation);
    if (this.#open >= MAX_READERS) {
      throw new ProblemError('RATE_LIMITED', 'Too many readers are on this job at this moment.', {
        retryAfterSeconds: BUSY_RETRY_SECONDS,
      });
    }
    const segments: SegmentSource = {
      whole: (segmentId) => log.segmentBytes(segmentId),
      part: (segmentId, from, count) => log.segmentSlice(segmentId, from, count),
    };
    const encoding = query.get('gzip') === '1' ? createGzipEncoding(segments) : createIdentityEncoding(segments);
    const stream = createJobStream(this.#sourceFor(life), encoding, after);
    this.#open++;
    return stream;
  }

  /** `life`: as of the beginning; a stream's `meta` line does not change under way. */
  #sourceFor(life: JobLife): StreamSource {
    const { ledger, now, progressLine } = this.#deps;
    return {
      jobId: ledger.spec().job.job_id,
      metaLine: () => metaLine(ledger, life),
      progressLine,
      generation: () => ledger.record.life().generation,
      untilDurable: (position) => this.#untilDurable(position),
      nextEntry: (position) => ledger.log.nextEntry(position),
      totalBatches: (domain) => totalBatches(ledger, domain),
      gone: () => ledger.record.life().state === 'expired',
      wait: (waitMs, signal) => this.#waiters.wait(waitMs, signal),
      now,
      closed: () => {
        this.#open--;
      },
    };
  }

  #untilDurable(position: number): Promise<void> | undefined {
    if (position < this.#durableTo) return undefined;
    const last = this.#deps.ledger.log.lastPosition();
    return last > position ? this.#syncTo(last) : undefined;
  }

  async #syncTo(position: number): Promise<void> {
    await this.#deps.sync();
    this.#durableTo = Math.max(this.#durableTo, position);
  }
}
