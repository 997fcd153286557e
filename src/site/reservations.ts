import type { Lane } from '#protocol/kind.ts';
import { isTerminal } from '#protocol/job.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { JobAnnouncement } from '../job/job-api.ts';
import type { SqlStore } from '../job/sql-store.ts';
import type { IndexedJob, JobIndex } from './job-index.ts';
import { ANNOUNCEMENT_TTL_MS } from './job-index.ts';
import type { ReservedJob, ReserveJob } from './site-api.ts';

/** An id that was given out and whose job was never heard of is void after this long. */
export const PENDING_TTL_MS = 60_000;
/** How long an `Idempotency-Key` is remembered. */
export const IDEMPOTENCY_TTL_MS = 86_400_000;
/** A result that is about to be dropped answers nobody: its reader would come too late. */
const RESULT_MARGIN_MS = 2000;
const NO_BRIDGE_RETRY_SECONDS = 5;
const TOO_MANY_JOBS_RETRY_SECONDS = 10;

export interface ReservationDeps {
  readonly sql: SqlStore;
  readonly index: JobIndex;
  readonly mintJobId: () => string;
}

/** What the object around knows at the moment of a request. */
export interface ReserveFacts {
  readonly now: number;
  readonly bridgeConnected: boolean;
  /** Most live jobs of one owner in the batch lane. */
  readonly maxJobsPerOwner: number;
}

/**
 * Request → job id. Synchronous throughout: between looking for an equal request and writing the new id nothing else
 * can run, so two equal requests never get two jobs.
 */
export class Reservations {
  readonly #deps: ReservationDeps;

  constructor(deps: ReservationDeps) {
    this.#deps = deps;
  }

  /** @throws ProblemError `IDEMPOTENCY_KEY_REUSED`, `BRIDGE_UNAVAILABLE`, `CONCURRENT_JOB_LIMIT`. */
  reserve(request: ReserveJob, facts: ReserveFacts): ReservedJob {
    if (request.notJobId !== undefined) this.#forgetId(request.notJobId);
    const known = this.#findByKey(request, facts.now) ?? this.#findShared(request, facts);
    if (known) {
      this.#bindKey(request, known.jobId, facts.now);
      return known;
    }
    if (!facts.bridgeConnected) throw noBridge();
    this.#requireRoom(request, facts);
    const jobId = this.#deps.mintJobId();
    this.#insert(request, jobId, facts.now);
    this.#bindKey(request, jobId, facts.now);
    return { jobId, joined: false };
  }

  /** An id whose job was not created. One that has been heard of stays as it is. */
  release(jobId: string): void {
    if (!this.#deps.index.find(jobId)) this.#forgetId(jobId);
  }

  /** A job has spoken: its id is no longer pending, and its end decides whether it may answer equal requests. */
  hear({ summary, contentHash, cacheSeconds }: JobAnnouncement, now: number): void {
    const { sql } = this.#deps;
    sql.exec('DELETE FROM pending_job WHERE job_id = ?', summary.job_id);
    const holder = this.#holderOf(contentHash);
    if (!isTerminal(summary.state)) {
      if (!holder || (holder.jobId !== summary.job_id && !this.#isAlive(holder, now)))
        this.#setHolder(contentHash, summary.job_id, { now, cachedUntilMs: undefined });
      return;
    }
    if (holder && holder.jobId !== summary.job_id) return;
    // From its end, not from now: an end may be announced again.
    const cachedUntilMs = Math.min(
      (Date.parse(summary.ended_at ?? '') || now) + cacheSeconds * 1000,
      Date.parse(summary.expires_at ?? '') - RESULT_MARGIN_MS || now,
    );
    if (cachedUntilMs > now) this.#setHolder(contentHash, summary.job_id, { now, cachedUntilMs });
    else sql.exec('DELETE FROM reservation WHERE content_hash = ?', contentHash);
  }

  /** Ids that were given away and of which no job has been heard since: it may not have been made, or its alarm is lost. */
  unheardSince(atMs: number): string[] {
    return this.#deps.sql
      .exec<{ job_id: string }>('SELECT job_id FROM pending_job WHERE reserved_at_ms <= ?', atMs)
      .toArray()
      .map((row) => row.job_id);
  }

  purge(now: number): void {
    const { sql } = this.#deps;
    sql.exec('DELETE FROM pending_job WHERE reserved_at_ms <= ?', now - PENDING_TTL_MS);
    sql.exec('DELETE FROM idempotency_key WHERE reserved_at_ms <= ?', now - IDEMPOTENCY_TTL_MS);
    sql.exec(
      `DELETE FROM reservation WHERE cached_until_ms <= ?
         OR (cached_until_ms IS NULL AND reserved_at_ms <= ?
             AND job_id NOT IN (SELECT job_id FROM job WHERE ended_at_ms IS NULL AND announced_at_ms > ?))`,
      now,
      now - PENDING_TTL_MS,
      now - ANNOUNCEMENT_TTL_MS,
    );
  }

  /** When the next row runs out. */
  nextPurgeAt(): number | undefined {
    const { due } = this.#deps.sql
      .exec<{ due: number | null }>(
        `SELECT min(due) AS due FROM (
           SELECT min(reserved_at_ms) + ? AS due FROM pending_job
           UNION ALL SELECT min(reserved_at_ms) + ? FROM idempotency_key
           UNION ALL SELECT min(ifnull(cached_until_ms, reserved_at_ms + ?)) FROM reservation)`,
        PENDING_TTL_MS,
        IDEMPOTENCY_TTL_MS,
        PENDING_TTL_MS,
      )
      .one();
    return due ?? undefined;
  }

  #findByKey({ owner, idempotencyKey, contentHash }: ReserveJob, now: number): ReservedJob | undefined {
    if (idempotencyKey === undefined) return undefined;
    const [row] = this.#deps.sql
      .exec<{ content_hash: string; job_id: string; reserved_at_ms: number }>(
        'SELECT content_hash, job_id, reserved_at_ms FROM idempotency_key WHERE owner = ? AND key = ?',
        owner,
        idempotencyKey,
      )
      .toArray();
    if (!row || row.reserved_at_ms <= now - IDEMPOTENCY_TTL_MS) return undefined;
    if (row.content_hash !== contentHash)
      throw new ProblemError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used for another request.');
    const job = this.#deps.index.find(row.job_id);
    if (job ? leftNothing(job, now) : row.reserved_at_ms <= now - PENDING_TTL_MS) return undefined;
    return { jobId: row.job_id, joined: true, ...ageOf(job, now) };
  }

  #findShared({ share, contentHash, owner, lane }: ReserveJob, facts: ReserveFacts): ReservedJob | undefined {
    if (!share) return undefined;
    const holder = this.#holderOf(contentHash);
    if (!holder || !this.#isAlive(holder, facts.now)) return undefined;
    const job = this.#deps.index.find(holder.jobId);
    if (job && !isTerminal(job.state)) this.#requireRoom({ owner, lane, joins: job.jobId }, facts);
    return { jobId: holder.jobId, joined: true, ...ageOf(job, facts.now) };
  }

  /** Whether a holder may answer: just reserved, alive, or ended with a result that is still fresh. */
  #isAlive(holder: Holder, now: number): boolean {
    const job = this.#deps.index.find(holder.jobId);
    if (!job) return holder.reservedAtMs > now - PENDING_TTL_MS;
    if (isTerminal(job.state)) return (holder.cachedUntilMs ?? 0) > now;
    return job.announcedAtMs > now - ANNOUNCEMENT_TTL_MS;
  }

  #requireRoom({ owner, lane, joins }: { owner: string; lane: Lane; joins?: string }, facts: ReserveFacts): void {
    if (lane !== 'batch') return;
    const live = this.#deps.index.liveJobsOf(owner, lane, facts.now);
    const pending = this.#deps.sql
      .exec<{ job_id: string }>(
        'SELECT job_id FROM pending_job WHERE owner = ? AND lane = ? AND reserved_at_ms > ? ORDER BY reserved_at_ms',
        owner,
        lane,
        facts.now - PENDING_TTL_MS,
      )
      .toArray()
      .map((row) => row.job_id);
    const jobs = [...new Set([...live, ...pending])];
    if (jobs.length < facts.maxJobsPerOwner || (joins !== undefined && jobs.includes(joins))) return;
    throw new ProblemError(
      'CONCURRENT_JOB_LIMIT',
      `${facts.maxJobsPerOwner} of your jobs run or wait already. Wait for one to end, or cancel one.`,
      { members: { limit: facts.maxJobsPerOwner, jobs }, retryAfterSeconds: TOO_MANY_JOBS_RETRY_SECONDS },
    );
  }

  #holderOf(contentHash: string): Holder | undefined {
    const [row] = this.#deps.sql
      .exec<{ job_id: string; reserved_at_ms: number; cached_until_ms: number | null }>(
        'SELECT job_id, reserved_at_ms, cached_until_ms FROM reservation WHERE content_hash = ?',
        contentHash,
      )
      .toArray();
    return (
      row && { jobId: row.job_id, reservedAtMs: row.reserved_at_ms, cachedUntilMs: row.cached_until_ms ?? undefined }
    );
  }

  #setHolder(contentHash: string, jobId: string, times: { now: number; cachedUntilMs: number | undefined }): void {
    this.#deps.sql.exec(
      'INSERT OR REPLACE INTO reservation (content_hash, job_id, reserved_at_ms, cached_until_ms) VALUES (?, ?, ?, ?)',
      contentHash,
      jobId,
      times.now,
      times.cachedUntilMs ?? null,
    );
  }

  #insert({ contentHash, owner, lane }: ReserveJob, jobId: string, now: number): void {
    this.#setHolder(contentHash, jobId, { now, cachedUntilMs: undefined });
    this.#deps.sql.exec(
      'INSERT INTO pending_job (job_id, owner, lane, reserved_at_ms) VALUES (?, ?, ?, ?)',
      jobId,
      owner,
      lane,
      now,
    );
  }

  /** The first use of a key counts: a repetition does not make it live longer. */
  #bindKey({ owner, idempotencyKey, contentHash }: ReserveJob, jobId: string, now: number): void {
    if (idempotencyKey === undefined) return;
    this.#deps.sql.exec(
      `INSERT INTO idempotency_key (owner, key, content_hash, job_id, reserved_at_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (owner, key) DO UPDATE
       SET content_hash = excluded.content_hash, job_id = excluded.job_id, reserved_at_ms = excluded.reserved_at_ms
       WHERE idempotency_key.job_id <> excluded.job_id`,
      owner,
      idempotencyKey,
      contentHash,
      jobId,
      now,
    );
  }

  #forgetId(jobId: string): void {
    const { sql } = this.#deps;
    sql.exec('DELETE FROM reservation WHERE job_id = ?', jobId);
    sql.exec('DELETE FROM pending_job WHERE job_id = ?', jobId);
    sql.exec('DELETE FROM idempotency_key WHERE job_id = ?', jobId);
  }
}

interface Holder {
  readonly jobId: string;
  readonly reservedAtMs: number;
  readonly cachedUntilMs: number | undefined;
}

/** An interactive job has no tombstone: under its id a second job would be made, which the index takes for the first. */
function leftNothing({ lane, expiresAtMs }: IndexedJob, now: number): boolean {
  return lane === 'interactive' && expiresAtMs !== undefined && expiresAtMs - RESULT_MARGIN_MS <= now;
}

function ageOf(job: IndexedJob | undefined, now: number): { ageSeconds?: number } {
  if (!job || !isTerminal(job.state) || job.endedAtMs === undefined) return {};
  return { ageSeconds: Math.max(0, (now - job.endedAtMs) / 1000) };
}

function noBridge(): ProblemError {
  return new ProblemError('BRIDGE_UNAVAILABLE', 'No bridge of this site is connected. Try again in a moment.', {
    retryAfterSeconds: NO_BRIDGE_RETRY_SECONDS,
  });
}
