import type { JobAccepted } from '#protocol/job.ts';
import type { Clock } from '../../stream/clock.ts';
import { BlobStore } from '../../stream/raw-store.ts';
import type { StreamSource } from '../../stream/stream-source.ts';
import { JobRecords } from './job-records.ts';
import { readStageJob } from './read-stage-job.ts';

export interface SideParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly openSource: (streamUrl: string) => StreamSource;
}

interface SideReading {
  readonly signal: AbortSignal;
  /** Percent that are done, once they are known. */
  readonly told: (percent: number) => void;
}

/** Reads a small job beside the run, in memory, to its end. @throws ClientProblemError when it has none; the reason of `signal` */
export async function readSideJob(
  { job_id: jobId, stream_url: streamUrl }: Pick<JobAccepted, 'job_id' | 'stream_url'>,
  { openSource, clock, random }: SideParts,
  { signal, told }: SideReading,
): Promise<JobRecords> {
  const changed = (): void => {
    const { percent } = records.snapshot();
    if (percent !== null) told(percent);
  };
  const source = openSource(streamUrl);
  const records = new JobRecords({
    jobId,
    source,
    raw: new BlobStore(),
    clock,
    random,
    changed,
    changedNow: changed,
    appeared: changed,
  });
  return readStageJob(records, signal);
}
