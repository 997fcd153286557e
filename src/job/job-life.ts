import type { DatabaseOutcome, JobError, JobState } from '#protocol/job.ts';
import type { LeaseKey } from '#protocol/lease.ts';

/**
 * What is kept of a job's life, what can happen to it, and what time alone makes happen. Pure; how one follows from the
 * other is in `job-state.ts`.
 */
export interface JobLife {
  readonly state: JobState;
  readonly generation: number;
  readonly epoch: number;
  readonly lease: HeldLease | undefined;
  /** The lease that a cancel or a deadline ended: its holder is told. After a cancel it may report on the database once. */
  readonly endedLease: LeaseKey | undefined;
  /** The key of the lease that finished or failed the job, so that a repeated call gets the same answer. */
  readonly lastKey: LeaseKey | undefined;
  readonly leasesWithoutProgress: number;
  /** A queued job is not leased before this. */
  readonly notBeforeMs: number;
  readonly createdAtMs: number;
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  readonly deadlineAtMs: number;
  readonly expiresAtMs: number | undefined;
  /** Until then the terminal line of a cancelled job waits for the bridge's report. */
  readonly reportDueAtMs: number | undefined;
  readonly database: DatabaseOutcome | undefined;
  readonly error: JobError | undefined;
  /** What the latest attempt failed with, until one gets further. It says more than that the time is over. */
  readonly lastError?: JobError | undefined;
  /** The moment of the warehouse that everything sealed in this generation shows, if the bridge named one. */
  readonly moment?: string | undefined;
  /** How often the warehouse could not show that moment any more. The next lease then starts over. */
  readonly snapshotsLost?: number;
  readonly startsOver?: boolean | undefined;
}

export interface HeldLease extends LeaseKey {
  readonly requestId: string;
  readonly bridgeId: string;
  readonly bootId: string;
  readonly untilMs: number;
}

export type JobInput =
  | { readonly type: 'lease'; readonly request: LeaseRequestFacts }
  | { readonly type: 'renew'; readonly key: LeaseKey; readonly ttlMs: number }
  /** A put, an end of a domain, an aggregation: allowed to the holder, changes nothing here. */
  | { readonly type: 'write'; readonly key: LeaseKey }
  | { readonly type: 'seal'; readonly key: LeaseKey; readonly moment?: string | undefined }
  | { readonly type: 'finish'; readonly key: LeaseKey; readonly partial: boolean }
  | { readonly type: 'fail'; readonly key: LeaseKey; readonly error: JobError }
  | { readonly type: 'cancel' }
  | { readonly type: 'cancelReport'; readonly key: LeaseKey; readonly database: DatabaseOutcome }
  | { readonly type: 'leaseTimeout' }
  | { readonly type: 'deadline' }
  | { readonly type: 'reportTimeout' }
  | { readonly type: 'expire' }
  | { readonly type: 'forget' };
export type JobInputType = JobInput['type'];

export interface LeaseRequestFacts {
  readonly requestId: string;
  readonly bridgeId: string;
  readonly bootId: string;
  readonly nonce: string;
  readonly ttlMs: number;
  /** Whether the log of this generation holds anything a reader may have seen. */
  readonly visible: boolean;
}

/** What the object does in the same transaction as the new row. */
export type JobEffect =
  | 'grantLease'
  | 'dropStaged'
  | 'startGeneration'
  | 'writeTerminalLine'
  | 'cancelAtBridge'
  | 'announce'
  | 'dropResult'
  | 'dropObject';

export function createLife(now: number, deadlineAtMs: number): JobLife {
  return {
    state: 'queued',
    generation: 1,
    epoch: 0,
    lease: undefined,
    endedLease: undefined,
    lastKey: undefined,
    leasesWithoutProgress: 0,
    notBeforeMs: now,
    createdAtMs: now,
    startedAtMs: undefined,
    endedAtMs: undefined,
    deadlineAtMs,
    expiresAtMs: undefined,
    reportDueAtMs: undefined,
    database: undefined,
    error: undefined,
  };
}

/** What time alone has decided by `now`, or `undefined`. Apply until there is none. */
export function dueInput(life: JobLife, now: number): JobInput | undefined {
  const live = life.state === 'queued' || life.state === 'running';
  if (live && now >= life.deadlineAtMs) return { type: 'deadline' };
  if (life.lease && now >= life.lease.untilMs) return { type: 'leaseTimeout' };
  if (life.reportDueAtMs !== undefined && now >= life.reportDueAtMs) return { type: 'reportTimeout' };
  if (life.expiresAtMs !== undefined && now >= life.expiresAtMs) {
    return { type: life.state === 'expired' ? 'forget' : 'expire' };
  }
  return undefined;
}

/** When time decides next, besides announcements; `undefined`: never. */
export function nextDueMs(life: JobLife): number | undefined {
  const live = life.state === 'queued' || life.state === 'running';
  const times = [live ? life.deadlineAtMs : undefined, life.lease?.untilMs, life.reportDueAtMs, life.expiresAtMs];
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Whether the log has its last line: a cancelled job waits for it a moment. */
export function isFinal(life: JobLife): boolean {
  return life.endedAtMs !== undefined && life.reportDueAtMs === undefined;
}
