import type { JobList, JobState, JobSummary } from '#protocol/job.ts';
import { isTerminal } from '#protocol/job.ts';
import type { Lane } from '#protocol/kind.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { JobAnnouncement } from '../job/job-api.ts';
import type { SqlStore } from '../job/sql-store.ts';
import type { WaitingJob } from './queue.ts';
import { orderQueue } from './queue.ts';
import type { ListJobs } from './site-api.ts';

/** A live job repeats itself every 30 s; one that has been silent for longer than this no longer counts. */
export const ANNOUNCEMENT_TTL_MS = 90_000;
/** How long a finished job stays in the index behind the end of its result: as long as its tombstone. */
const TOMBSTONE_MS = 7 * 86_400_000;

export interface IndexedJob {
  readonly jobId: string;
  readonly sequence: number;
  readonly lane: Lane;
  readonly state: JobState;
  readonly waiting: boolean;
  /** The bridge that holds it, while running. */
  readonly bridgeId: string | undefined;
  readonly announcedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly expiresAtMs: number | undefined;
}

type JobRow = {
  job_id: string;
  sequence: number;
  lane: Lane;
  state: JobState;
  waiting: number;
  bridge_id: string | null;
  announced_at_ms: number;
  ended_at_ms: number | null;
  expires_at_ms: number | null;
};

/** The jobs of a site as they announced themselves: the queue, the lists, and what counts for limits. */
export class JobIndex {
  readonly #sql: SqlStore;

  constructor(sql: SqlStore) {
    this.#sql = sql;
  }

  find(jobId: string): IndexedJob | undefined {
    const [row] = this.#sql
      .exec<JobRow>(
        `SELECT job_id, sequence, lane, state, waiting, bridge_id, announced_at_ms, ended_at_ms, expires_at_ms FROM job
         WHERE job_id = ?`,
        jobId,
      )
      .toArray();
    if (!row) return undefined;
    const { job_id, announced_at_ms, ended_at_ms, expires_at_ms, waiting, bridge_id, ...same } = row;
    return {
      ...same,
      jobId: job_id,
      waiting: waiting === 1,
      bridgeId: bridge_id ?? undefined,
      announcedAtMs: announced_at_ms,
      endedAtMs: ended_at_ms ?? undefined,
      expiresAtMs: expires_at_ms ?? undefined,
    };
  }

  /** Keeps the newest word of a job. `false`: a newer or the same one is known. */
  record(announcement: JobAnnouncement, now: number): boolean {
    const { summary, sequence, owners, contentHash, bridgeId } = announcement;
    const known = this.find(summary.job_id);
    if (known && known.sequence >= sequence) return false;
    const createdAtMs = Date.parse(summary.created_at);
    this.#sql.exec(
      `INSERT OR REPLACE INTO job (job_id, sequence, lane, state, waiting, content_hash, bridge_id, summary,
         created_at_ms, ended_at_ms, expires_at_ms, announced_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      summary.job_id,
      sequence,
      summary.lane,
      summary.state,
      summary.state === 'queued' ? 1 : 0,
      contentHash,
      bridgeId ?? null,
      JSON.stringify(summary),
      createdAtMs,
      isTerminal(summary.state) ? timeOf(summary.ended_at, now) : null,
      isTerminal(summary.state) ? timeOf(summary.expires_at, now) : null,
      now,
    );
    this.#recordOwners(summary.job_id, owners, createdAtMs);
    return true;
  }

  /** A job that everybody left is still in the lists of those who had it last. */
  #recordOwners(jobId: string, owners: readonly string[], createdAtMs: number): void {
    if (owners.length === 0) return;
    this.#sql.exec('DELETE FROM job_owner WHERE job_id = ?', jobId);
    for (const [ordinal, owner] of owners.entries()) {
      this.#sql.exec(
        'INSERT OR IGNORE INTO job_owner (owner, job_id, ordinal, created_at_ms) VALUES (?, ?, ?, ?)',
        owner,
        jobId,
        ordinal,
        createdAtMs,
      );
    }
  }

  /** The queue of a lane, in the order in which it is served. */
  queue(lane: Lane, now: number): WaitingJob[] {
    const rows = this.#sql
      .exec<{ job_id: string; created_at_ms: number; owner: string | null }>(
        `SELECT job.job_id, job.created_at_ms, job_owner.owner FROM job
         LEFT JOIN job_owner ON job_owner.job_id = job.job_id AND job_owner.ordinal = 0
         WHERE job.waiting = 1 AND job.lane = ? AND job.announced_at_ms > ?`,
        lane,
        now - ANNOUNCEMENT_TTL_MS,
      )
      .toArray();
    const running = this.#countRunning(lane, now);
    const jobs = rows.map((row) => ({
      jobId: row.job_id,
      lane,
      owner: row.owner ?? '',
      createdAtMs: row.created_at_ms,
    }));
    return orderQueue(jobs, (owner) => running.get(owner) ?? 0);
  }

  countWaiting(lane: Lane, now: number): number {
    return this.#sql
      .exec<{ jobs: number }>(
        'SELECT count(*) AS jobs FROM job WHERE waiting = 1 AND lane = ? AND announced_at_ms > ?',
        lane,
        now - ANNOUNCEMENT_TTL_MS,
      )
      .one().jobs;
  }

  /** Out of the queue until its next word, unless it has spoken since `sequence`. */
  stopWaiting(jobId: string, sequence: number): void {
    this.#sql.exec('UPDATE job SET waiting = 0 WHERE job_id = ? AND sequence = ?', jobId, sequence);
  }

  /** Into the queue although they run: their bridge has restarted, so their leases are to be given anew. */
  offerAgain(bridgeId: string): void {
    this.#sql.exec("UPDATE job SET waiting = 1 WHERE bridge_id = ? AND state = 'running'", bridgeId);
  }

  /** A job that its own object does not know: forgotten here as well. */
  forget(jobId: string): void {
    this.#sql.exec('DELETE FROM job_owner WHERE job_id = ?', jobId);
    this.#sql.exec('DELETE FROM job WHERE job_id = ?', jobId);
  }

  /** Live jobs of an owner in a lane: queued or running, and heard of lately. */
  liveJobsOf(owner: string, lane: Lane, now: number): string[] {
    return this.#sql
      .exec<{ job_id: string }>(
        `SELECT job.job_id FROM job_owner JOIN job ON job.job_id = job_owner.job_id
         WHERE job_owner.owner = ? AND job.lane = ? AND job.ended_at_ms IS NULL AND job.announced_at_ms > ?
         ORDER BY job.created_at_ms, job.job_id`,
        owner,
        lane,
        now - ANNOUNCEMENT_TTL_MS,
      )
      .toArray()
      .map((row) => row.job_id);
  }

  /** Live jobs whose last word is no younger than that; those that spoke last come first. */
  silentSince(atMs: number, limit: number): string[] {
    return this.#sql
      .exec<{ job_id: string }>(
        `SELECT job_id FROM job WHERE ended_at_ms IS NULL AND announced_at_ms <= ?
         ORDER BY announced_at_ms DESC, job_id LIMIT ?`,
        atMs,
        limit,
      )
      .toArray()
      .map((row) => row.job_id);
  }

  /** The caller's jobs, newest first. @throws ProblemError `INVALID_CURSOR`. */
  list({ owner, state, limit, cursor }: ListJobs, now: number): JobList {
    const after = cursor === undefined ? undefined : decodeListCursor(cursor);
    const rows = this.#sql
      .exec<{ job_id: string; created_at_ms: number; summary: string; state: JobState }>(
        `SELECT * FROM (
           SELECT job.job_id, job.created_at_ms, job.summary,
             CASE WHEN job.expires_at_ms <= ?1 THEN 'expired' ELSE job.state END AS state
           FROM job_owner JOIN job ON job.job_id = job_owner.job_id
           WHERE job_owner.owner = ?2 AND (job_owner.created_at_ms, job_owner.job_id) < (?3, ?4))
         WHERE ?5 IS NULL OR state = ?5
         ORDER BY created_at_ms DESC, job_id DESC LIMIT ?6`,
        now,
        owner,
        after?.createdAtMs ?? Number.MAX_SAFE_INTEGER,
        after?.jobId ?? '',
        state ?? null,
        limit + 1,
      )
      .toArray();
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      jobs: page.map((row) => ({ ...(JSON.parse(row.summary) as JobSummary), state: row.state })),
      ...(rows.length > limit && last ? { next_cursor: encodeListCursor(last.created_at_ms, last.job_id) } : {}),
    };
  }

  /** Finished jobs whose time is over and that have not said so: what they hold may still be there. */
  overSince(now: number, limit: number): string[] {
    return this.#sql
      .exec<{ job_id: string }>(
        "SELECT job_id FROM job WHERE expires_at_ms <= ? AND state <> 'expired' LIMIT ?",
        now,
        limit,
      )
      .toArray()
      .map((row) => row.job_id);
  }

  /**
   * Finished jobs whose time is over: interactive ones leave no tombstone, of an expired one its time is that of its
   * tombstone. Live ones that fell silent long ago.
   */
  purge(now: number): void {
    const over = this.#sql
      .exec<{ job_id: string }>(
        `SELECT job_id FROM job
         WHERE expires_at_ms <= ?1 AND (lane = 'interactive' OR state = 'expired' OR expires_at_ms <= ?2)
         UNION SELECT job_id FROM job WHERE ended_at_ms IS NULL AND announced_at_ms <= ?2`,
        now,
        now - TOMBSTONE_MS,
      )
      .toArray();
    for (const { job_id } of over) this.forget(job_id);
  }

  /** When the next finished job is to be forgotten. */
  nextPurgeAt(now: number): number | undefined {
    const { due } = this.#sql
      .exec<{ due: number | null }>('SELECT min(expires_at_ms) AS due FROM job WHERE expires_at_ms > ?', now)
      .one();
    return due ?? undefined;
  }

  hasLiveJobs(): boolean {
    return this.#sql.exec('SELECT 1 FROM job WHERE ended_at_ms IS NULL LIMIT 1').toArray().length > 0;
  }

  #countRunning(lane: Lane, now: number): Map<string, number> {
    const rows = this.#sql
      .exec<{ owner: string; jobs: number }>(
        `SELECT job_owner.owner, count(*) AS jobs FROM job JOIN job_owner ON job_owner.job_id = job.job_id
         WHERE job.ended_at_ms IS NULL AND job.waiting = 0 AND job.state = 'running' AND job.lane = ?
           AND job.announced_at_ms > ? AND job_owner.ordinal = 0
         GROUP BY job_owner.owner`,
        lane,
        now - ANNOUNCEMENT_TTL_MS,
      )
      .toArray();
    return new Map(rows.map((row) => [row.owner, row.jobs]));
  }
}

function timeOf(utc: string | undefined, fallback: number): number {
  const time = Date.parse(utc ?? '');
  return Number.isNaN(time) ? fallback : time;
}

function encodeListCursor(createdAtMs: number, jobId: string): string {
  return `${createdAtMs}-${jobId}`;
}

function decodeListCursor(cursor: string): { createdAtMs: number; jobId: string } {
  const match = /^([0-9]{1,15})-([0-9a-f]{64})$/.exec(cursor);
  if (!match) throw new ProblemError('INVALID_CURSOR', 'The cursor is not one of this list.');
  return { createdAtMs: Number(match[1]), jobId: match[2] ?? '' };
}
