import type { JobSpec, Lease, ResumePoint } from '#protocol/lease.ts';
import type { ChunkLog } from './chunk-log.ts';
import type { HeldLease } from './job-life.ts';
import type { DomainRow } from './log-rows.ts';

interface LeaseFacts {
  readonly held: HeldLease;
  readonly moment: string | undefined;
  readonly log: ChunkLog;
  readonly now: number;
}

/** A lease as its bridge gets it: the right to write, what to do, and where to go on. */
export function describeLease(job: JobSpec, facts: LeaseFacts): Lease {
  const { held, moment, log, now } = facts;
  const resume: Lease['resume'] = {};
  for (const row of log.domains()) resume[row.name] = resumePointOf(row);
  return {
    job_id: job.job_id,
    epoch: held.epoch,
    nonce: held.nonce,
    ttl_ms: Math.max(1, held.untilMs - now),
    spec: job,
    resume,
    ...(moment === undefined ? {} : { moment }),
    aggregated: log.hasEntryOf('aggregation'),
  };
}

function resumePointOf({ nextBatch, idsDone, records, outcome }: DomainRow): ResumePoint {
  return { next_batch: nextBatch, ids_done: idsDone, records, ended: outcome !== undefined };
}
