import type { JobApi } from '../job/job-api.ts';
import type { JobIndex } from './job-index.ts';

/** A live job tells of itself every 30 s, and 15 s after a telling that failed: a longer silence is a lost alarm. */
export const SILENT_MS = 50_000;
/** Woken in one round; the next has those that are left. */
const MAX_WOKEN = 32;

export interface SilentJobsDeps {
  readonly index: JobIndex;
  readonly jobOf: (jobId: string) => Pick<JobApi, 'status'> | undefined;
}

/**
 * Wakes the live jobs that have fallen silent: any call makes a job settle what is due and set its alarm again, which
 * otherwise nobody would do for a job that nobody reads. One that cannot be woken is left to the next round.
 */
export async function wakeSilentJobs({ index, jobOf }: SilentJobsDeps, now: number): Promise<void> {
  await Promise.all(
    index.silentSince(now - SILENT_MS, MAX_WOKEN).map(async (jobId) => {
      try {
        const outcome = await jobOf(jobId)?.status();
        if (outcome && !outcome.ok && outcome.code === 'JOB_NOT_FOUND') index.forget(jobId);
      } catch (error) {
        console.warn(`silent job ${jobId} could not be woken`, error);
      }
    }),
  );
}
