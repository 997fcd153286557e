import type { JobStatus } from '#protocol/job.ts';
import { isTerminal } from '#protocol/job.ts';
import type { Outcome } from '../outcome.ts';
import type { JobAnnouncement } from './job-api.ts';
import type { JobRecord, StoredSpec } from './job-record.ts';
import type { JobLife } from './job-life.ts';
import { jobSummary } from './job-status.ts';

/** An announcement that was not acknowledged is repeated. */
const RETRY_MS = 15_000;
/** A live job is announced again before the Site object stops counting it. */
const HEARTBEAT_MS = 30_000;

export interface AnnouncerDeps {
  readonly record: JobRecord;
  readonly now: () => number;
  readonly send: (announcement: JobAnnouncement) => Promise<Outcome<undefined>>;
  readonly describe: () => JobDescription;
}

export interface JobDescription {
  readonly life: JobLife;
  readonly status: JobStatus;
  readonly spec: StoredSpec;
}

/**
 * Tells the Site object what becomes of this job until it has heard it: a Site object that lost everything relearns every
 * live job this way. When the next telling is due stands in the store, so an alarm goes on where a crash interrupted.
 */
export class Announcer {
  readonly #deps: AnnouncerDeps;
  #running = false;

  constructor(deps: AnnouncerDeps) {
    this.#deps = deps;
  }

  due(): boolean {
    const { dueAtMs } = this.#deps.record.announcement();
    return !this.#running && dueAtMs !== undefined && dueAtMs <= this.#deps.now();
  }

  /** Announces until nothing is due; never rejects: what failed is due again later. */
  async run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#deps.record.exists() && this.#isDueNow()) await this.#announceOnce();
    } catch (error) {
      // A full store cannot even note that it was tried: the alarm looks again.
      console.warn('an announcement could not be prepared', error);
    } finally {
      this.#running = false;
    }
  }

  #isDueNow(): boolean {
    const { dueAtMs } = this.#deps.record.announcement();
    return dueAtMs !== undefined && dueAtMs <= this.#deps.now();
  }

  async #announceOnce(): Promise<void> {
    const { record, now } = this.#deps;
    record.requestAnnouncement(now() + RETRY_MS);
    const { sequence } = record.announcement();
    const description = this.#deps.describe();
    try {
      const outcome = await this.#deps.send(announcementOf(description, sequence, record.owners()));
      if (!outcome.ok) throw new Error(outcome.detail);
      if (!record.exists()) return;
      const live = !isTerminal(description.life.state);
      record.settleAnnouncement(sequence, live ? now() + HEARTBEAT_MS : undefined);
    } catch (error) {
      console.warn('the Site object did not acknowledge an announcement', error);
    }
  }
}

function announcementOf(
  { life, status, spec }: JobDescription,
  sequence: number,
  owners: readonly string[],
): JobAnnouncement {
  const whole = life.state === 'succeeded' && status.quality?.status === 'complete';
  return {
    summary: jobSummary(status),
    sequence,
    owners,
    contentHash: spec.contentHash,
    cacheSeconds: whole ? spec.cacheSeconds : 0,
    bridgeId: life.lease?.bridgeId,
  };
}
