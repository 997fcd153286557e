import { createHash } from 'node:crypto';
import { MAX_STAGED_CHUNKS } from '#protocol/limits.ts';
import type { JobLife } from '../../../src/job/job-life.ts';
import { dueInput, isFinal } from '../../../src/job/job-life.ts';
import { Acknowledgements, type ServedCall } from './acknowledgements.ts';
import type { SimulatedStore } from './simulated-store.ts';
import type { Entry, Snapshot } from './snapshot.ts';
import { takeSnapshot } from './snapshot.ts';
import { requireSame, ViolationError } from './violation.ts';
import { ID_COUNT, type Mode, recordsOfDigest, recordsUpTo } from './work.ts';

export const TERMINAL: ReadonlySet<string> = new Set(['complete', 'cancelled', 'error']);

/** Holds the store of a Job object against what was there before and against what was acknowledged. */
export class Invariants {
  readonly acknowledgements = new Acknowledgements();
  readonly #store: SimulatedStore;
  readonly #mode: Mode;
  readonly #nonces = new Set<string>();
  #checkedWrites = -1;
  #seen: Snapshot;

  constructor(store: SimulatedStore, mode: Mode) {
    this.#store = store;
    this.#mode = mode;
    const first = takeSnapshot(store);
    if (!first) throw new Error('there is no job to begin with');
    this.#seen = first;
  }

  /** The store as of the last check. */
  get seen(): Snapshot {
    return this.#seen;
  }

  /** Whether the object was wiped because the time of its job was over. */
  get forgotten(): boolean {
    return this.#checkedWrites === FORGOTTEN;
  }

  /** `served`: the call of a bridge that this step was about. @throws ViolationError */
  check(nowMs: number, served?: ServedCall): void {
    if (this.forgotten) return;
    if (!served && this.#store.writes === this.#checkedWrites) return;
    const before = this.#seen;
    const after = takeSnapshot(this.#store, before);
    if (!after) return this.#checkForgotten(before, nowMs);
    this.#checkRepeated(before, nowMs, served);
    if (served) this.#checkServed(before, after, { served, nowMs });
    if (served) this.acknowledgements.note(served, after.life.generation);
    this.acknowledgements.check(after);
    this.#checkEpochs(before.life, after.life, nowMs);
    const moved =
      before.log !== after.log ||
      before.life.state !== after.life.state ||
      before.life.reportDueAtMs !== after.life.reportDueAtMs;
    if (moved && after.life.state !== 'expired') {
      this.#checkGrowth(before, after);
      this.#checkLog(after);
    }
    this.#checkStaged(after);
    this.#seen = after;
    this.#checkedWrites = this.#store.writes;
  }

  /** I1: gone only when its time as a tombstone is over too. */
  #checkForgotten({ life }: Snapshot, nowMs: number): void {
    // An interactive job leaves no tombstone.
    const last = this.#mode === 'whole' ? life.endedAtMs !== undefined : life.state === 'expired';
    const over = last && life.expiresAtMs !== undefined && nowMs >= life.expiresAtMs;
    if (!over) throw new ViolationError('I1', `an accepted job is gone: it was ${life.state}`);
    this.#checkedWrites = FORGOTTEN;
  }

  /** I7: what was accepted is accepted again while its lease holds, and as the last word of a lease that ended the job. */
  #checkRepeated({ life }: Snapshot, nowMs: number, served: ServedCall | undefined): void {
    if (served?.outcome !== 'refused' || !this.acknowledgements.wasAccepted(served)) return;
    if (dueInput(life, nowMs)) return;
    const { nonce } = served.key;
    const { type } = served.call;
    // Behind a failure another lease may have ended the job.
    const ended = type === 'finish' || type === 'complete' || (type === 'fail' && life.lastKey?.nonce === nonce);
    if (life.lease?.nonce === nonce || (ended && life.state !== 'expired'))
      throw new ViolationError('I7', `a repeated ${type} was refused`);
  }

  /** I6 and I7: a call that was refused, lost, repeated or under an old lease leaves everything as it is. */
  #checkServed(before: Snapshot, after: Snapshot, { served, nowMs }: { served: ServedCall; nowMs: number }): void {
    if (dueInput(before.life, nowMs)) return;
    const { lease, endedLease } = before.life;
    const holds = lease?.epoch === served.key.epoch && lease.nonce === served.key.nonce;
    const reports = served.call.type === 'report' && endedLease?.nonce === served.key.nonce;
    const repeats = served.call.type !== 'renew' && this.acknowledgements.wasAccepted(served);
    if (served.outcome === 'accepted' && (holds || reports) && !repeats) return;
    const invariant = holds || reports ? 'I7' : 'I6';
    const what = `a ${served.call.type} that was ${repeats ? 'repeated' : served.outcome}`;
    if (before.lifeText !== after.lifeText)
      throw new ViolationError(invariant, `${what} changed the job: ${before.lifeText} became ${after.lifeText}`);
    if (before.log !== after.log && textOf(before) !== textOf(after))
      throw new ViolationError(invariant, `${what} changed the log`);
  }

  /** I2: epochs rise with every lease and every cancel; a lease is given when nobody holds one. */
  #checkEpochs(before: JobLife, after: JobLife, nowMs: number): void {
    if (after.epoch < before.epoch) throw new ViolationError('I2', 'an epoch fell');
    if (before.endedAtMs !== undefined && after.state !== before.state && after.state !== 'expired')
      throw new ViolationError('I1', `a job that was ${before.state} is ${after.state}`);
    if (before.endedAtMs === undefined && after.state === 'cancelled' && after.epoch === before.epoch)
      throw new ViolationError('I2', 'a cancel did not raise the epoch');
    const { lease } = after;
    if (!lease || lease.nonce === before.lease?.nonce) return;
    if (this.#nonces.has(lease.nonce)) throw new ViolationError('I2', 'a nonce was given twice');
    this.#nonces.add(lease.nonce);
    if (after.epoch <= before.epoch) throw new ViolationError('I2', 'a lease did not raise the epoch');
    if (before.state === 'queued' && nowMs < before.notBeforeMs)
      throw new ViolationError('backoff', 'a job was leased before its pause was over');
    const held = before.lease;
    const restarted = held?.bridgeId === lease.bridgeId && held.bootId !== lease.bootId;
    if (held && nowMs < held.untilMs && !restarted)
      throw new ViolationError('I2', 'a lease was given while another bridge held the job');
  }

  /** I3: within a generation the log only grows; positions rise across generations. */
  #checkGrowth(before: Snapshot, after: Snapshot): void {
    const last = before.log.at(-1);
    if (after.life.generation !== before.life.generation) {
      if (this.#mode !== 'restart') throw new ViolationError('I3', 'work that resumes was started over');
      if (last && (after.log[0]?.position ?? 0) <= last.position)
        throw new ViolationError('I3', 'a generation began at positions that the one before had used');
      return;
    }
    for (const [index, { position, text }] of before.log.entries()) {
      const kept = after.log[index];
      if (kept?.position !== position || kept.text !== text)
        throw new ViolationError('I3', `the visible log changed: ${position} ${text} is ${JSON.stringify(kept)}`);
    }
    if (last && TERMINAL.has(last.type) && after.log.length > before.log.length)
      throw new ViolationError('I3', 'the log went on behind its last line');
  }

  /** I4: no gap, no duplicate, and the totals are those of the log. I8: succeeded means everything. */
  #checkLog(after: Snapshot): void {
    const { log, chunks, domains, life } = after;
    if (log.some((entry, index) => index > 0 && entry.position !== (log[index - 1]?.position ?? 0) + 1))
      throw new ViolationError('I4', 'the positions of the log have a gap');
    const lastLines = log.filter((entry) => TERMINAL.has(entry.type)).length;
    if (lastLines !== (isFinal(life) ? 1 : 0))
      throw new ViolationError('I3', `a job that is ${life.state} has ${lastLines} last lines`);
    const inLog = log.filter((entry) => entry.type === 'records').map((entry) => entry.text);
    const sealed = chunks.filter((chunk) => chunk.position !== null);
    const byPosition = sealed.toSorted((left, right) => (left.position ?? 0) - (right.position ?? 0));
    requireSame('I4', 'chunks in the log', {
      actual: inLog,
      expected: byPosition.map((chunk) => `records ${chunk.sha256}`),
    });
    for (const { name, nextBatch, idsDone, records, ended } of domains) {
      const own = sealed.filter((chunk) => chunk.domain === name);
      const batches = own.map((chunk) => chunk.batch);
      requireSame('I4', `batches of ${name}`, { actual: batches, expected: batches.map((_, index) => index + 1) });
      const visible = own.flatMap((chunk) => recordsOfDigest(chunk.sha256)).toSorted();
      if (nextBatch !== batches.length + 1 || records !== visible.length)
        throw new ViolationError('I4', `the totals of ${name} are not those of the log`);
      const expected = recordsUpTo(name, idsDone);
      requireSame('I4', `records of the first ${idsDone} ids of ${name}`, { actual: visible, expected });
      if (life.state === 'succeeded' && (idsDone !== ID_COUNT || !ended))
        throw new ViolationError('I8', `a succeeded job has ${idsDone} of ${ID_COUNT} ids of ${name}`);
    }
    const last = log.at(-1);
    if (last && TERMINAL.has(last.type)) checkLastLine(last, after);
  }

  /** I6: staged chunks are those of the lease that holds. I10: they are few. */
  #checkStaged({ chunks, life }: Snapshot): void {
    const staged = chunks.filter((chunk) => chunk.position === null);
    if (staged.length === 0) return;
    for (const { name } of this.#seen.domains)
      if (staged.filter((chunk) => chunk.domain === name).length > MAX_STAGED_CHUNKS)
        throw new ViolationError('I10', `more of ${name} is staged than may be`);
    const puts = this.acknowledgements.putsOf(life.lease?.nonce ?? '');
    for (const { domain, batch, sha256 } of staged)
      if (puts.get(`${domain} ${batch}`) !== sha256)
        throw new ViolationError('I6', `${domain} ${batch} of an old lease is staged`);
  }
}

const FORGOTTEN = -2;

/** The last line proves what the log holds: its records, and its digest of digests. */
function checkLastLine({ text }: Entry, { chunks, domains, life }: Snapshot): void {
  const line = JSON.parse(text) as { total_records: number; sha256: string; state?: string };
  const records = domains.reduce((sum, domain) => sum + domain.records, 0);
  const sealed = chunks.filter((chunk) => chunk.position !== null);
  const digests = domains.map(({ name }) =>
    sha256(
      sealed
        .filter((chunk) => chunk.domain === name)
        .map((chunk) => chunk.sha256)
        .join(''),
    ),
  );
  if (line.total_records !== records || line.sha256 !== sha256(digests.join('')))
    throw new ViolationError('I8', 'the last line tells other totals than the log has');
  if (line.state !== undefined && line.state !== life.state)
    throw new ViolationError('I8', `the last line of a job that is ${life.state} says ${line.state}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function textOf({ log, chunks, domains }: Snapshot): string {
  return JSON.stringify([log, chunks, domains]);
}
