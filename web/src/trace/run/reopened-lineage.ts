import { ClientProblemError } from '../../stream/client-problem.ts';
import { StageCancelledError } from './read-stage-job.ts';
import type { FoundLineage } from './small-stages.ts';

/** What can still be read of the lineages that a job was made from. */
export interface ReopenedLineage {
  readonly found: FoundLineage | undefined;
  /** What came to it later, in that order; only where the first is there. */
  readonly later: readonly FoundLineage[];
  /** Why one could not be read that may still be there. */
  readonly failures: readonly unknown[];
}

/** Reads the first lineage of a job again, and then those that came to it. Never rejects: what is gone is left out. */
export async function readLineagesAgain(
  firstJobId: string,
  laterJobIds: readonly string[],
  read: (jobId: string) => Promise<FoundLineage>,
): Promise<ReopenedLineage> {
  const failures: unknown[] = [];
  const readIfThere = async (jobId: string): Promise<FoundLineage | undefined> => {
    try {
      return await read(jobId);
    } catch (thrown) {
      if (!isGone(thrown)) failures.push(thrown);
      return undefined;
    }
  };
  const found = await readIfThere(firstJobId);
  const later: FoundLineage[] = [];
  for (const jobId of found === undefined ? [] : laterJobIds) {
    const more = await readIfThere(jobId);
    if (more !== undefined) later.push(more);
  }
  return { found, later, failures };
}

/** A lineage that there is none of any more, nor will be: its job was forgotten, or somebody ended it. */
function isGone(thrown: unknown): boolean {
  if (thrown instanceof StageCancelledError) return true;
  const { code } = ClientProblemError.from(thrown).problem;
  return code === 'JOB_NOT_FOUND' || code === 'JOB_RESULT_EXPIRED';
}
