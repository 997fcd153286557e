import { encodeJobEvent } from '#protocol/job-event.ts';
import { retentionOf } from '#protocol/kind.ts';
import { ProblemError } from '#protocol/problem.ts';
import { isStoreFull } from '../store-full.ts';
import { ChunkLog } from './chunk-log.ts';
import type { JobEffect, JobInput, JobLife } from './job-life.ts';
import { createLife, dueInput, nextDueMs } from './job-life.ts';
import { decide } from './job-state.ts';
import type { StoredSpec } from './job-record.ts';
import { JobRecord } from './job-record.ts';
import { writeTerminalLine } from './log-writes.ts';
import { refuseExpired } from './result-expired.ts';
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

/** The books within one transaction. */
export interface OpenBooks {
  /** As of now, before anything was applied. */
  readonly life: JobLife;
  /** Asks the state table and writes down what it decides. @throws ProblemError for what it refuses. */
  readonly apply: (input: JobInput) => { readonly life: JobLife; readonly effects: readonly JobEffect[] };
  /** Readers will be woken: the log has something new. */
  readonly noteVisible: () => void;
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

  /** `ids`: packed, sorted, distinct. `now`: the moment that the spec names too. */
  create(spec: StoredSpec, ids: Uint8Array, { owner, now }: { owner: string; now: number }): void {
    this.#transact(() => {
      this.record.create(spec, createLife(now, now + spec.deadlineSeconds * 1000), ids);
      this.log.createDomains(spec.job.domains);
      this.record.addOwner(owner, now);
      this.record.addWish(owner);
      this.record.requestAnnouncement(now);
    });
    this.#spec = spec;
  }

  /** The life as of now: everything that time alone decides is written down first. */
  settle(): JobLife {
    return this.change(({ life }) => life);
  }

  /** When the object has to look again: what time decides next, or the next announcement. */
  nextDueMs(): number | undefined {
    const times = [nextDueMs(this.record.life()), this.record.announcement().dueAtMs];
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
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

  /** The Site object hears of a new owner: jobs are listed and counted by owner. */
  join(owner: string): void {
    this.change(({ life }) => {
      refuseExpired(life);
      this.record.addWish(owner);
      if (this.record.owners().includes(owner)) return;
      this.record.addOwner(owner, this.#deps.now());
      this.record.requestAnnouncement(this.#announceAtMs(life));
    });
  }

  /** A call that waited is gone. The owner leaves with the last of its calls. */
  withdraw(owner: string): void {
    this.change((books) => {
      if (books.life.endedAtMs !== undefined || !this.record.owners().includes(owner)) return;
      if (this.record.takeWish(owner) === 0) this.#leave(owner, books);
    });
  }

  /** `left`: other owners still want the job, only this one has withdrawn. */
  cancel(request: { owner: string; force: boolean }): { life: JobLife; left: boolean } {
    return this.change(({ life, apply }) => {
      if (life.endedAtMs !== undefined) return { life, left: false };
      if (!request.force && !this.record.owners().includes(request.owner)) {
        throw new ProblemError('FORBIDDEN', 'Only an owner of this job may cancel it.');
      }
      if (request.force) return { life: apply({ type: 'cancel' }).life, left: false };
      return this.#leave(request.owner, { life, apply });
    });
  }

  /** The last owner's leaving cancels. */
  #leave(owner: string, { life, apply }: Pick<OpenBooks, 'life' | 'apply'>): { life: JobLife; left: boolean } {
    if (this.record.owners().length <= 1) return { life: apply({ type: 'cancel' }).life, left: false };
    this.record.removeOwner(owner);
    this.record.requestAnnouncement(this.#announceAtMs(life));
    return { life, left: true };
  }

  /** One transaction: what time has decided is written down first, then `work` does what belongs together. */
  change<Value>(work: (books: OpenBooks) => Value): Value {
    return this.#transact(() => {
      const life = this.#settle();
      return work({ life, apply: (input) => this.#apply(input), noteVisible: () => void this.#version++ });
    });
  }

  #settle(): JobLife {
    this.spec();
    let life = this.record.life();
    for (let input = dueInput(life, this.#deps.now()); input; input = dueInput(life, this.#deps.now())) {
      life = this.#apply(input).life;
      if (this.#forgotten) return life;
    }
    return life;
  }

  #apply(input: JobInput): { life: JobLife; effects: readonly JobEffect[] } {
    const { kind, lane, resume } = this.spec().job;
    const before = this.record.life();
    const rules = { lane, resume, retention: retentionOf(kind, lane) };
    const decision = decide(before, input, { rules, now: this.#deps.now() });
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
          encodeJobEvent({
            type: 'reset',
            generation: life.generation,
            reason: before.startsOver ? 'SNAPSHOT_LOST' : 'RESTARTED',
          }),
        );
      case 'writeTerminalLine':
        return writeTerminalLine(this.log, life);
      case 'announce':
        return this.record.requestAnnouncement(this.#announceAtMs(life));
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

  /** A job that waits for its backoff comes into the queue behind it: offered before, it would be refused and forgotten. */
  #announceAtMs(life: JobLife): number {
    const now = this.#deps.now();
    return life.state === 'queued' ? Math.max(now, life.notBeforeMs) : now;
  }

  #transact<Value>(work: () => Value): Value {
    const { version, ended } = { version: this.#version, ended: this.#endedLease };
    try {
      return this.#deps.transact(work);
    } catch (error) {
      this.#version = version;
      this.#endedLease = ended;
      if (isStoreFull(error)) {
        throw new ProblemError('STORE_FULL', 'The store of this job is full.', { cause: error });
      }
      throw error;
    }
  }
}
