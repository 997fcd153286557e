import type { Progress } from '#protocol/job.ts';
import type { JobSpec } from '#protocol/lease.ts';
import type { JobLife } from './job-life.ts';
import type { DomainRow } from './log-rows.ts';
import type { RateSample } from './progress.ts';
import { addRateSample, endedProgress, progressOf } from './progress.ts';

/**
 * What is known of a running job's pace: what its bridge is at, and how fast records came lately. It lives in memory
 * only, so nothing of it goes into the status of a job that has ended: that has to outlive the object.
 */
export class JobPace {
  #phase: string | undefined;
  #samples: readonly RateSample[] = [];

  /** Another lease: what was measured under the one before says nothing of it. */
  startOver(): void {
    this.#phase = undefined;
    this.#samples = [];
  }

  notePhase(phase: string): void {
    this.#phase = phase;
  }

  /** `records`: of the whole job, sealed by now. */
  noteRecords(records: number, now: number): void {
    this.#samples = addRateSample(this.#samples, { atMs: now, records });
  }

  progress(job: JobSpec, life: JobLife, domains: readonly DomainRow[]): Progress {
    if (life.endedAtMs !== undefined) return endedProgress(job, life, domains);
    const lastSeal = this.#samples.at(-1);
    return progressOf({
      domains,
      idCount: job.cid_count,
      resume: job.resume,
      phase: this.#phase ?? job.kind,
      samples: this.#samples,
      elapsedMs: lastSeal && life.startedAtMs !== undefined ? lastSeal.atMs - life.startedAtMs : undefined,
    });
  }
}
