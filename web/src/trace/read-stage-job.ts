import type { ClientProblem } from '../stream/client-problem.ts';
import { ClientProblemError } from '../stream/client-problem.ts';
import type { JobRecords } from './job-records.ts';

/** Reads a small stage that became a job to its end. @throws ClientProblemError when it has none; the reason of `signal` */
export async function readStageJob(records: JobRecords, signal: AbortSignal): Promise<JobRecords> {
  const outcome = await records.read(signal);
  signal.throwIfAborted();
  if (outcome.type === 'refused') throw new ClientProblemError(outcome.problem);
  if (outcome.type === 'error') throw new ClientProblemError(jobProblem(outcome.code, outcome.detail));
  return records;
}

/** An `error` line names a code that may be no problem code of a status. */
function jobProblem(code: string, detail: string): ClientProblem {
  return { code: code === 'QUERY_TIMEOUT' || code === 'JOB_TIMEOUT' ? code : 'INTERNAL', detail };
}
