import { problemCodeSchema } from '#protocol/problem.ts';
import type { ClientProblem } from '../../stream/client-problem.ts';
import { ClientProblemError } from '../../stream/client-problem.ts';
import type { JobRecords } from './job-records.ts';

/** Somebody else ended the job: another tab, or the list of jobs. */
export class StageCancelledError extends Error {
  override readonly name = 'StageCancelledError';
}

/**
 * Reads a small stage that became a job to its end. Records that have none are closed.
 *
 * @throws ClientProblemError when it has none; StageCancelledError; the reason of `signal`
 */
export async function readStageJob(records: JobRecords, signal: AbortSignal): Promise<JobRecords> {
  try {
    const outcome = await records.read(signal);
    signal.throwIfAborted();
    if (outcome.type === 'refused') throw new ClientProblemError(outcome.problem);
    if (outcome.type === 'error') throw new ClientProblemError(jobProblem(outcome.code, outcome.detail));
    if (outcome.type === 'cancelled') throw new StageCancelledError();
    return records;
  } catch (thrown) {
    await records.close();
    throw thrown;
  }
}

/** Codes of an `error` line are open: one that is not known here has a sentence all the same. */
function jobProblem(code: string, detail: string): ClientProblem {
  const parsed = problemCodeSchema.safeParse(code);
  return { code: parsed.success ? parsed.data : 'INTERNAL', detail };
}
