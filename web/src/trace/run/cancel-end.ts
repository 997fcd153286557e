import type { DatabaseOutcome, JobStatus } from '#protocol/job.ts';
import type { Clock } from '../../stream/clock.ts';
import { getJobStatus } from './stage-requests.ts';

/** How long the stream may take to say itself how a cancel ended: on a slow line much is on its way before that. */
const CANCEL_DRAIN_MS = 3000;
/** Times that the edge is asked instead, `CANCEL_DRAIN_MS` apart, until it knows what the database said. */
const MAX_CANCEL_LOOKS = 10;

interface CancelWatch {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether nobody waits for it any more. */
  readonly isOver: () => boolean;
}

/** How the cancel of a job ended, as the edge tells it; `undefined` where that was not to be learnt in time. Never rejects. */
export async function awaitCancelEnd(
  jobId: string,
  { clock, signal, isOver }: CancelWatch,
): Promise<DatabaseOutcome | undefined> {
  for (let look = 0; look < MAX_CANCEL_LOOKS; look++) {
    await new Promise<void>((resolve) => clock.after(CANCEL_DRAIN_MS, resolve));
    if (isOver()) return undefined;
    const outcome = cancelEndOf(await getJobStatus(jobId, signal).catch(() => undefined));
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** What the database said in the end; `undefined` where it has not yet, or where the job ended in another way. */
function cancelEndOf(status: JobStatus | undefined): DatabaseOutcome | undefined {
  return status?.state === 'cancelled' && status.database !== 'pending' ? status.database : undefined;
}
