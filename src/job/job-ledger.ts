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
import { encodeJobEvent } from '#protocol/job-event.ts';
import type { Lease, LeaseKey, ResumePoint } from '#protocol/lease.ts';
import { MAX_CONTROL_LINE_BYTES } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import { checkSegment } from '../stream/segment-check.ts';
import type { DomainRow } from './chunk-log.ts';
import { ChunkLog } from './chunk-log.ts';
import type { JobEffect, JobInput, JobLife, LeaseRequestFacts } from './job-state.ts';
import { createLife, decide, dueInput } from './job-state.ts';
import type { StoredSpec } from './job-record.ts';
import { JobRecord } from './job-record.ts';
import { domainEndLine, domainWarningLine, terminalLine } from './log-lines.ts';
import type { SqlStore } from './sql-store.ts';

/** What the ledger needs of the object around it. */
export interface LedgerDeps {
  readonly sql: SqlStore;
  /** Runs synchronously; what it wrote is gone if it throws. */
  readonly transact: <Value>(work: () => Value) => Value;
  readonly now: () => number;
}

/** A lease whose holder is to be told to stop. */
export interface EndedLease {
  readonly bridgeId: string;
  readonly epoch: number;
}

/**
 * The books of one job: every call settles what time has decided, asks the state table, and writes the new life, its
 * effects and the log in one transaction. Synchronous throughout, so nothing can come between a check and its write.
 */
export class JobLedger {
  readonly record: JobRecord;
  readonly log: ChunkLog;
  readonly #deps: LedgerDeps;
  #spec: StoredSpec | undefined;
  #version = 0;
  #endedLease: EndedLease | undefined;
  #forgotten = false;

  constructor(deps: LedgerDeps) {
    this.#deps = deps;
    this.record = new JobRecord(deps.sql);
    this.log = new ChunkLog(deps.sql);
  }

  exists(): boolean {
    return this.#spec !== undefined || this.record.exists();
  }

  /** @throws ProblemError `JOB_NOT_FOUND` for an object that holds no job. */
  spec(): StoredSpec {
    if (this.#spec) return this.#spec;
    if (!this.record.exists()) throw new ProblemError('JOB_NOT_FOUND', 'There is no such job.');
    this.#spec = this.record.spec();
    return this.#spec;
  }

  /** `ids`: packed, sorted, distinct. */
  create(spec: StoredSpec, ids: Uint8Array, owner: string): void {
    const now = this.#deps.now();
    this.#transact(() => {
      this.record.create(spec, createLife(now, now + spec.deadlineSeconds * 1000), ids);
      this.log.createDomains(spec.job.domains);
      this.record.addOwner(owner, now);
      this.record.requestAnnouncement(now);
    });
    this.#spec = spec;
  }

  /** The life as of now: everything that time alone decides is written down first. */
  settle(): JobLife {
    this.spec();
    return this.#transact(() => this.#settle());
  }

  /** Rises with everything that readers or the Site object may have to know. */
  get version(): number {
    return this.#version;
  }

  /** The job is over and its time as a tombstone too: the store is to be wiped. */
  get forgotten(): boolean {
    return this.#forgotten;
  }

  /** After the store was wiped. */
  reset(): void {
    this.#spec = undefined;
    this.#forgotten = false;
  }

  /** A lease that a committed change has ended; asking takes it. */
  takeEndedLease(): EndedLease | undefined {
    const ended = this.#endedLease;
    this.#endedLease = undefined;
    return ended;
  }

  join(owner: string): void {
    this.#transact(() => {
      const life = this.#settle();
      if (life.state === 'expired') throw expired();
      this.record.addOwner(owner, this.#deps.now());
    });
  }

  /** `left`: other owners still want the job, only this one has withdrawn. */
  cancel(request: { owner: string; force: boolean }): { life: JobLife; left: boolean } {
    return this.#transact(() => {
      const life = this.#settle();
      if (life.endedAtMs !== undefined) return { life, left: false };
      const owners = this.record.owners();
      if (!request.force && !owners.includes(request.owner)) {
        throw new ProblemError('FORBIDDEN', 'Only an owner of this job may cancel it.');
      }
      if (!request.force && owners.length > 1) {
        this.record.removeOwner(request.owner);
        this.record.requestAnnouncement(this.#deps.now());
        return { life, left: true };
      }
      return { life: this.#apply({ type: 'cancel' }).life, left: false };
    });
  }

  /** `undefined`: the job is not to be had now. */
  lease(request: Omit<LeaseRequestFacts, 'visible'>): Lease | undefined {
    const spec = this.spec();
    return this.#transact(() => {
      this.#settle();
      const visible = this.log.hasEntries();
      const { life, effects } = this.#apply({ type: 'lease', request: { ...request, visible } });
      const held = life.lease;
      if (!held || !effects.includes('grantLease')) return undefined;
      const resume: Lease['resume'] = {};
      for (const row of this.log.domains()) {
        resume[row.name] = resumePointOf(row);
      }
      return {
        job_id: spec.job.job_id,
        epoch: held.epoch,
        nonce: held.nonce,
        ttl_ms: Math.max(1, held.untilMs - this.#deps.now()),
        spec: spec.job,
        resume,
        aggregated: this.log.hasEntryOf('aggregation'),
      };
    });
  }

  renew(key: LeaseKey, ttlMs: number): { cancelled: boolean } {
    return this.#held({ type: 'renew', key, ttlMs }, (life) => ({ cancelled: life.lease === undefined }));
  }

  ids(key: LeaseKey, from: number, count: number): Uint8Array {
    return this.#held({ type: 'write', key }, () => this.record.ids(from, count));
  }

  putChunk(key: LeaseKey, head: ChunkHead, segment: Uint8Array): { credit: number } {
    return this.#held({ type: 'write', key }, () => {
      this.#stage(head, segment);
      return { credit: this.log.credit(head.domain) };
    });
  }

  seal(key: LeaseKey, domain: Domain, request: SealRequest): { credit: number } {
    return this.#held({ type: 'seal', key }, () => {
      this.#seal(domain, request);
      return { credit: this.log.credit(domain) };
    });
  }

  endDomain(key: LeaseKey, domain: Domain, request: EndDomainRequest): void {
    this.#held({ type: 'write', key }, () => this.#endDomain(domain, request));
  }

  aggregate(key: LeaseKey, data: Record<string, unknown>): void {
    this.#held({ type: 'write', key }, () => this.#aggregate(data));
  }

  finish(key: LeaseKey, request: FinishRequest): void {
    this.#transact(() => this.#finish(key, request));
  }

  fail(key: LeaseKey, error: FailRequest): void {
    this.#held({ type: 'fail', key, error }, () => undefined);
  }

  reportCancelled(key: LeaseKey, { database }: CancelledRequest): void {
    this.#held({ type: 'cancelReport', key, database }, () => undefined);
  }

  /** A whole interactive job; all of it or nothing. */
  complete(key: LeaseKey, head: CompleteHead, segments: readonly Uint8Array[]): void {
    const idCount = this.spec().job.cid_count;
    this.#transact(() => {
      this.#settle();
      const finished = this.record.life().endedAtMs !== undefined;
      if (!finished) {
        this.#apply({ type: 'write', key });
        let segmentIndex = 0;
        for (const part of head.domains) {
          const count = part.chunk?.count ?? 0;
          if (part.chunk) {
            const { segment_bytes: _bytes, ...chunk } = part.chunk;
            const segment = segments[segmentIndex++];
            if (!segment) throw new ProblemError('CHUNK_CORRUPT', 'The body ends before its last segment.');
            this.#stage({ domain: part.domain, batch: 1, ...chunk }, segment);
          }
          this.#seal(part.domain, {
            first_batch: 1,
            ...(part.chunk ? { last_batch: 1 } : {}),
            ids_to: idCount,
            records: count,
            containers_found: part.containers_found,
          });
          const { status, code, detail } = part;
          this.#endDomain(part.domain, {
            status,
            ...(code === undefined ? {} : { code }),
            ...(detail === undefined ? {} : { detail }),
            totals: { records: count, batches: part.chunk ? 1 : 0 },
          });
        }
        if (head.aggregation) this.#aggregate(head.aggregation);
      }
      this.#finish(key, { records: head.domains.reduce((sum, part) => sum + (part.chunk?.count ?? 0), 0) });
    });
  }

  #stage(head: ChunkHead, segment: Uint8Array): void {
    if (head.count > this.spec().job.batch_records) {
      throw new ProblemError('CHUNK_CORRUPT', 'The chunk has more records than a batch of this job.');
    }
    if (this.log.admit(head) === 'repeated') return;
    checkSegment(segment, head);
    this.log.stage(head, segment);
  }

  #seal(domain: Domain, request: SealRequest): void {
    const { resume, cid_count: idCount } = this.spec().job;
    if (this.log.seal(domain, request, { resume, idCount })) this.#version++;
  }

  #endDomain(name: Domain, { status, code, detail, totals }: EndDomainRequest): void {
    const { job } = this.spec();
    const before = this.log.domain(name);
    if (before.outcome) return;
    if (totals.records !== before.records || totals.batches !== before.nextBatch - 1) {
      throw new ProblemError('CHUNKS_MISSING', 'The totals of the domain are not those of its sealed chunks.');
    }
    if (status === 'complete' && job.resume === 'ids' && before.idsDone !== job.cid_count) {
      throw new ProblemError('CHUNKS_MISSING', 'The domain is said to be complete, but not all ids are done.');
    }
    this.log.startDomain(name);
    this.log.endDomain(name, { status, code, detail });
    const row = this.log.domain(name);
    const warning = domainWarningLine(row);
    if (warning) this.log.appendLine('warning', encodeJobEvent(warning));
    const end = domainEndLine(row, job.cid_count, this.log.concatenatedDigests(name));
    this.log.appendLine('domain_end', encodeJobEvent(end));
    this.#version++;
  }

  #aggregate(data: Record<string, unknown>): void {
    if (this.log.hasEntryOf('aggregation')) return;
    const line = encodeJobEvent({ type: 'aggregation', data });
    if (new TextEncoder().encode(line).byteLength > MAX_CONTROL_LINE_BYTES) {
      throw new ProblemError('RESULT_TOO_LARGE', 'The summary of this job is too large.');
    }
    this.log.appendLine('aggregation', line);
    this.#version++;
  }

  #finish(key: LeaseKey, request: FinishRequest): void {
    const life = this.#settle();
    const rows = this.log.domains();
    if (life.endedAtMs === undefined) {
      const open = rows.filter((row) => !row.outcome).map((row) => row.name);
      const records = rows.reduce((sum, row) => sum + row.records, 0);
      this.#apply({ type: 'write', key });
      if (open.length > 0) throw new ProblemError('CHUNKS_MISSING', 'A domain has not ended.', { members: { open } });
      if (records !== request.records)
        throw new ProblemError('CHUNKS_MISSING', 'The job has other totals than its log.');
    }
    this.#apply({ type: 'finish', key, partial: rows.some((row) => row.outcome?.status === 'failed') });
  }

  /** One input, and work that belongs to it, in one transaction. */
  #held<Value>(input: JobInput, work: (life: JobLife) => Value): Value {
    return this.#transact(() => {
      this.#settle();
      return work(this.#apply(input).life);
    });
  }

  #settle(): JobLife {
    let life = this.record.life();
    for (let input = dueInput(life, this.#deps.now()); input; input = dueInput(life, this.#deps.now())) {
      life = this.#apply(input).life;
      if (this.#forgotten) return life;
    }
    return life;
  }

  #apply(input: JobInput): { life: JobLife; effects: readonly JobEffect[] } {
    const { lane, resume } = this.spec().job;
    const before = this.record.life();
    const decision = decide(before, input, { rules: { lane, resume }, now: this.#deps.now() });
    if (decision.kind === 'refuse') throw new ProblemError(decision.code, decision.detail);
    const { life, effects } = decision;
    if (life !== before) {
      this.record.saveLife(life);
      this.#version++;
    }
    for (const effect of effects) this.#perform(effect, { before, life });
    return { life, effects };
  }

  #perform(effect: JobEffect, { before, life }: { before: JobLife; life: JobLife }): void {
    switch (effect) {
      case 'dropStaged':
        return this.log.dropStaged();
      case 'startGeneration':
        return this.log.startGeneration(
          encodeJobEvent({ type: 'reset', generation: life.generation, reason: 'RESTARTED' }),
        );
      case 'writeTerminalLine':
        return this.#writeTerminalLine(life);
      case 'announce':
        return this.record.requestAnnouncement(this.#deps.now());
      case 'cancelAtBridge':
        this.#endedLease = before.lease && { bridgeId: before.lease.bridgeId, epoch: before.lease.epoch };
        return undefined;
      case 'dropResult':
        this.record.dropIds();
        return this.log.dropResult();
      case 'dropObject':
        this.#forgotten = true;
        return undefined;
      case 'grantLease':
        return undefined;
    }
  }

  #writeTerminalLine(life: JobLife): void {
    const domains = this.log.domains();
    const chunkDigests = domains.map((row) => this.log.concatenatedDigests(row.name));
    const line = terminalLine({ life, domains, chunkDigests });
    this.log.appendLine(line.type, encodeJobEvent(line));
  }

  #transact<Value>(work: () => Value): Value {
    const { version, ended } = { version: this.#version, ended: this.#endedLease };
    try {
      return this.#deps.transact(work);
    } catch (error) {
      this.#version = version;
      this.#endedLease = ended;
      if (error instanceof Error && /SQLITE_FULL|disk is full/i.test(error.message)) {
        throw new ProblemError('STORE_FULL', 'The store of this job is full.', { cause: error });
      }
      throw error;
    }
  }
}

function resumePointOf(row: DomainRow): ResumePoint {
  const { nextBatch: next_batch, idsDone: ids_done, records, outcome } = row;
  return { next_batch, ids_done, records, ended: outcome !== undefined };
}

function expired(): ProblemError {
  return new ProblemError('JOB_RESULT_EXPIRED', 'The result of this job has expired. Run the query again.');
}
