import type { Domain } from '#protocol/domain.ts';
import type { JobEvent, JobEventOf } from '#protocol/job-event.ts';
import type { RecordsHead } from './records-line.ts';

/** What a stream said that cannot be true. The connection is given up and read again from the last cursor. */
export class BrokenStreamError extends Error {
  override readonly name = 'BrokenStreamError';
}

export interface DomainLedger {
  readonly domain: Domain;
  records: number;
  /** Hex digests of the committed chunks, in batch order. */
  readonly digests: string[];
  end: JobEventOf<'domain_end'> | undefined;
}

/** What the caller has to do after a line. `drop`: everything held is void. */
export type Effect = 'none' | 'commit' | 'drop' | 'end';

type MetaLine = JobEventOf<'meta'>;
type ProgressLine = JobEventOf<'progress'>;
export type TerminalLine = JobEventOf<'complete' | 'cancelled' | 'error'>;

interface HeldBatch {
  readonly head: RecordsHead;
  /** Already committed in an earlier connection: checked, not kept again. */
  readonly duplicate: boolean;
}

/**
 * What a reader knows of a stream: a pure account of its lines. Only a batch whose `position` line agreed with it is
 * committed, and the cursor moves with commits only. So after a cut the entries behind the last cursor come again:
 * each of them sets the same value, so hearing it twice changes nothing.
 */
export class StreamLedger {
  meta: MetaLine | undefined;
  progress: ProgressLine | undefined;
  aggregation: Record<string, unknown> | undefined;
  terminal: TerminalLine | undefined;
  /** Where to resume: behind the last committed batch. */
  cursor: string | undefined;
  readonly #domains = new Map<Domain, DomainLedger>();
  readonly #warnings = new Map<string, JobEventOf<'warning'>>();
  #held: HeldBatch | undefined;
  #awaitsMeta = true;

  /** In the order of `meta`, which is the order of the stream's digest. */
  get domains(): DomainLedger[] {
    return [...this.#domains.values()];
  }

  get warnings(): JobEventOf<'warning'>[] {
    return [...this.#warnings.values()];
  }

  get records(): number {
    return this.domains.reduce((sum, domain) => sum + domain.records, 0);
  }

  /** A new connection begins with `meta`; a batch whose position never came is forgotten. */
  connect(): void {
    this.#held = undefined;
    this.#awaitsMeta = true;
  }

  /** Forgets everything but which job this is. */
  drop(): void {
    this.cursor = undefined;
    this.progress = undefined;
    this.aggregation = undefined;
    this.terminal = undefined;
    this.#held = undefined;
    this.#warnings.clear();
    this.#domains.clear();
    for (const domain of this.meta?.domains ?? []) this.#domains.set(domain, newDomain(domain));
  }

  /** Takes the head of a `records` line and holds the batch until its position is known. */
  holdBatch(head: RecordsHead): void {
    this.#expectNoHeld();
    const domain = this.#domain(head.domain);
    if (head.batch > domain.digests.length + 1) throw new BrokenStreamError('a batch is missing');
    this.#held = { head, duplicate: head.batch <= domain.digests.length };
  }

  /** Takes the position of the held batch, whose bytes have this digest. */
  settleBatch(position: JobEventOf<'position'>, sha256: string): Effect {
    const held = this.#held;
    if (held === undefined) throw new BrokenStreamError('a position speaks of no batch');
    this.#held = undefined;
    const { head, duplicate } = held;
    if (position.domain !== head.domain || position.batch !== head.batch || position.count !== head.count) {
      throw new BrokenStreamError('a position speaks of another batch');
    }
    if (position.sha256 !== sha256) throw new BrokenStreamError('a batch arrived damaged');
    const domain = this.#domain(head.domain);
    if (duplicate) {
      if (domain.digests[head.batch - 1] !== sha256) throw new BrokenStreamError('a batch changed');
      return 'none';
    }
    if (position.offset !== domain.records) throw new BrokenStreamError('records are missing before a batch');
    domain.digests.push(sha256);
    domain.records += head.count;
    this.cursor = position.cursor;
    return 'commit';
  }

  /** Takes any other line. */
  accept(event: Exclude<JobEvent, { type: 'records' | 'position' }>): Effect {
    this.#expectNoHeld();
    if (event.type === 'meta') return this.#acceptMeta(event);
    if (this.#awaitsMeta) throw new BrokenStreamError('a stream does not begin with meta');
    switch (event.type) {
      case 'domain_start':
        // One that `meta` has not named is refused.
        this.#domain(event.domain);
        break;
      case 'domain_end':
        this.#acceptDomainEnd(event);
        break;
      case 'progress':
        this.#acceptProgress(event);
        break;
      case 'warning':
        this.#warnings.set(JSON.stringify([event.code, event.domain, event.detail]), event);
        break;
      case 'aggregation':
        this.aggregation = event.data;
        break;
      case 'reset':
        return this.#acceptReset(event);
      case 'complete':
      case 'cancelled':
      case 'error':
        if (event.total_records !== this.records) throw new BrokenStreamError('records are missing at the end');
        this.terminal = event;
        return 'end';
    }
    return 'none';
  }

  #acceptMeta(meta: MetaLine): Effect {
    if (!this.#awaitsMeta) throw new BrokenStreamError('meta comes twice');
    this.#awaitsMeta = false;
    const before = this.meta;
    if (before !== undefined) {
      if (before.job_id !== meta.job_id) throw new BrokenStreamError('this is the stream of another job');
      if (meta.generation < before.generation) throw new BrokenStreamError('this is an older generation');
      if (meta.generation === before.generation) return 'none';
    }
    const held = this.records;
    this.meta = meta;
    this.drop();
    return held > 0 ? 'drop' : 'none';
  }

  #acceptReset(event: JobEventOf<'reset'>): Effect {
    const meta = this.meta;
    if (meta === undefined || event.generation < meta.generation) throw new BrokenStreamError('a reset goes backwards');
    if (event.generation === meta.generation) {
      if (this.records > 0) throw new BrokenStreamError('a generation begins twice');
      return 'none';
    }
    this.meta = { ...meta, generation: event.generation };
    this.drop();
    return 'drop';
  }

  #acceptDomainEnd(event: JobEventOf<'domain_end'>): void {
    const domain = this.#domain(event.domain);
    if (event.total_records !== domain.records) throw new BrokenStreamError('records of a domain are missing');
    domain.end = event;
  }

  /** Progress is made for the reader of one connection: after a resume an older figure must not be shown. */
  #acceptProgress(event: ProgressLine): void {
    const before = this.progress?.percent ?? null;
    const percent = event.percent === null ? before : Math.max(event.percent, before ?? 0);
    this.progress = { ...event, percent };
  }

  #expectNoHeld(): void {
    if (this.#held !== undefined) throw new BrokenStreamError('a batch has no position');
  }

  #domain(name: Domain): DomainLedger {
    const domain = this.#domains.get(name);
    if (domain === undefined || this.#awaitsMeta) throw new BrokenStreamError('a line speaks of an unknown domain');
    return domain;
  }
}

function newDomain(domain: Domain): DomainLedger {
  return { domain, records: 0, digests: [], end: undefined };
}
