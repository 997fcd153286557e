import type { JobApi } from '../job/job-api.ts';
import { askAgain } from '../reset-object.ts';

/** What changes nothing at a job, and so may be asked twice. */
export type JobReads = Pick<JobApi, 'status' | 'waitForChange' | 'waitForEnd' | 'manifest' | 'readRecordIds' | 'fetch'>;

/**
 * Reads of one job that outlive a reset of its object, which would otherwise end every long-poll on it. Those that wait do
 * so no longer than they were asked to, over both askings.
 * @param open Makes a stub of the job.
 */
export function steadyReads(open: () => JobReads): JobReads {
  return {
    status: () => askAgain(open, (job) => job.status()),
    waitForChange: (etag, waitMs) => {
      const leftMs = countDown(waitMs);
      return askAgain(open, (job) => job.waitForChange(etag, leftMs()));
    },
    waitForEnd: (waitMs) => {
      const leftMs = countDown(waitMs);
      return askAgain(open, (job) => job.waitForEnd(leftMs()));
    },
    manifest: () => askAgain(open, (job) => job.manifest()),
    readRecordIds: (request) => askAgain(open, (job) => job.readRecordIds(request)),
    fetch: (request) => askAgain(open, (job) => job.fetch(request)),
  };
}

function countDown(waitMs: number): () => number {
  const untilMs = Date.now() + waitMs;
  return () => Math.max(0, untilMs - Date.now());
}
