import type {
  CancelledRequest,
  ChunkHead,
  CompleteHead,
  EndDomainRequest,
  FailRequest,
  FinishRequest,
  SealRequest,
} from '#protocol/bridge-message.ts';
import type { Domain } from '#protocol/domain.ts';
import type { Lease, LeaseKey } from '#protocol/lease.ts';
import type { JobInput, JobLife, LeaseRequestFacts } from './job-life.ts';
import type { JobLedger, OpenBooks } from './job-ledger.ts';
import { describeLease } from './lease-answer.ts';
import type { OpenLog } from './log-writes.ts';
import { endDomain, requireTotals, sealRange, stageChunk, writeAggregation, writeWhole } from './log-writes.ts';

/**
 * What a bridge may do to a job: take it, and with the lease in hand write it. Each call is one transaction of the
 * ledger: the lease is checked by the state table in the same step as what it allows is written.
 */
export class LeaseCalls {
  readonly #ledger: JobLedger;

  constructor(ledger: JobLedger) {
    this.#ledger = ledger;
  }

  /** `undefined`: the job is not to be had now. */
  lease(request: Omit<LeaseRequestFacts, 'visible'>, now: number): Lease | undefined {
    return this.#ledger.change(({ apply }) => {
      const { log, job } = this.#open();
      const { life, effects } = apply({ type: 'lease', request: { ...request, visible: log.hasEntries() } });
      const held = life.lease;
      return held && effects.includes('grantLease')
        ? describeLease(job, { held, moment: life.moment, log, now })
        : undefined;
    });
  }

  renew(key: LeaseKey, ttlMs: number): { cancelled: boolean } {
    return this.#held({ type: 'renew', key, ttlMs }, (life) => ({ cancelled: life.lease === undefined }));
  }

  ids(key: LeaseKey, from: number, count: number): Uint8Array {
    return this.#held({ type: 'write', key }, () => this.#ledger.record.ids(from, count));
  }

  putChunk(key: LeaseKey, head: ChunkHead, segment: Uint8Array): { credit: number } {
    return this.#held({ type: 'write', key }, () => {
      stageChunk(this.#open(), head, segment);
      return { credit: this.#ledger.log.credit(head.domain) };
    });
  }

  seal(key: LeaseKey, domain: Domain, request: SealRequest): { credit: number } {
    return this.#held({ type: 'seal', key, moment: request.moment }, (_life, { noteVisible }) => {
      if (sealRange(this.#open(), domain, request)) noteVisible();
      return { credit: this.#ledger.log.credit(domain) };
    });
  }

  endDomain(key: LeaseKey, domain: Domain, request: EndDomainRequest): void {
    this.#held({ type: 'write', key }, (_life, { noteVisible }) => {
      if (endDomain(this.#open(), domain, request)) noteVisible();
    });
  }

  aggregate(key: LeaseKey, data: Record<string, unknown>): void {
    this.#held({ type: 'write', key }, (_life, { noteVisible }) => {
      if (writeAggregation(this.#ledger.log, data)) noteVisible();
    });
  }

  finish(key: LeaseKey, request: FinishRequest): void {
    this.#ledger.change((books) => this.#finish(books, key, request));
  }

  fail(key: LeaseKey, error: FailRequest): void {
    this.#held({ type: 'fail', key, error }, () => undefined);
  }

  reportCancelled(key: LeaseKey, { database }: CancelledRequest): void {
    this.#held({ type: 'cancelReport', key, database }, () => undefined);
  }

  /** A whole interactive job; all of it or nothing. */
  complete(key: LeaseKey, head: CompleteHead, segments: readonly Uint8Array[]): void {
    this.#ledger.change((books) => {
      if (books.life.endedAtMs === undefined) {
        books.apply({ type: 'write', key });
        writeWhole(this.#open(), head, segments);
      }
      const records = head.domains.reduce((sum, part) => sum + (part.chunk?.count ?? 0), 0);
      this.#finish(books, key, { records });
    });
  }

  #finish({ life, apply }: OpenBooks, key: LeaseKey, request: FinishRequest): void {
    const { log } = this.#ledger;
    if (life.endedAtMs === undefined) {
      apply({ type: 'write', key });
      requireTotals(log, request);
    }
    apply({ type: 'finish', key, partial: log.domains().some((row) => row.outcome?.status === 'failed') });
  }

  /** One input, and the work that it allows, in one transaction. */
  #held<Value>(input: JobInput, work: (life: JobLife, books: OpenBooks) => Value): Value {
    return this.#ledger.change((books) => work(books.apply(input).life, books));
  }

  #open(): OpenLog {
    return { log: this.#ledger.log, job: this.#ledger.spec().job };
  }
}
