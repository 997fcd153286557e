import type { JobApi } from '../job/job-api.ts';
import type { JobIndex } from './job-index.ts';

/** A live job tells of itself every 30 s, and 15 s after a telling that failed: a longer silence is a lost alarm. */
export const SILENT_MS = 50_000;
/** A job tells of itself as soon as it is made. */
export const UNHEARD_MS = 20_000;
/** Woken in one round; the next has those that are left. */
export const MAX_WOKEN = 32;

export interface JobWakers {
  readonly index: JobIndex;
  readonly jobOf: (jobId: string) => Pick<JobApi, 'status'> | undefined;
}

/**
 * Wakes jobs that have fallen silent: any call makes a job settle what is due and set its alarm again, which otherwise
 * nobody would do for a job that nobody reads. One that cannot be woken is left to the next round.
 */
export async function wakeJobs(jobIds: readonly string[], { index, jobOf }: JobWakers): Promise<void> {
  await Promise.all(
    jobIds.map(async (jobId) => {
      try {
        const outcome = await jobOf(jobId)?.status();
        if (outcome && !outcome.ok && outcome.code === 'JOB_NOT_FOUND') index.forget(jobId);
      } catch (error) {
        console.warn(`job ${jobId} could not be woken`, error);
      }
    }),
  );
}
