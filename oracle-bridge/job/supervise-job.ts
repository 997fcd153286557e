import type { EdgeClient } from '../edge/edge-client.ts';
import type { KeptLease } from '../edge/lease-keeper.ts';
import { isLeaseOver, keepLease } from '../edge/lease-keeper.ts';
import type { Logger } from '../log.ts';
import type { JobReport, StopReason } from './job-report.ts';
import { decideReport } from './job-report.ts';
import type { WorkerPool } from './worker-pool.ts';

/** A report that does not get through by then is not needed any more: the edge has helped itself. */
const REPORT_TIMEOUT_MS = 15_000;

export interface SuperviseDeps {
  readonly pool: Pick<WorkerPool, 'run'>;
  readonly client: Pick<EdgeClient, 'renew' | 'fail' | 'reportCancelled'>;
  readonly log: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export interface SupervisedJob {
  /** Only the first reason counts. */
  stop(reason: StopReason): void;
  /** Resolves when the worker is free again and the edge knows; never rejects. */
  readonly ended: Promise<void>;
}

/** The daemon's part of one job: renews its lease, stops it, and tells the edge how it ended. */
export function superviseJob(kept: KeptLease, deps: SuperviseDeps): SupervisedJob {
  const { lease } = kept;
  const log = deps.log.child({ job_id: lease.job_id, epoch: lease.epoch, kind: lease.spec.kind });
  const stopping = new AbortController();
  let reason: StopReason | undefined;
  const stop = (why: StopReason): void => {
    reason ??= why;
    stopping.abort();
  };

  const work = async (): Promise<void> => {
    let phase = 'starting';
    const keeper = keepLease(kept, { ...deps, log, readPhase: () => phase, onEnd: stop });
    const startedAtMs = deps.now();
    log.info('job started');
    const end = await deps.pool.run(lease, {
      signal: stopping.signal,
      onPhase: (next) => {
        phase = next;
      },
    });
    keeper.stop();
    log.info({ end: end.type, stopped: reason, elapsed_ms: Math.round(deps.now() - startedAtMs) }, 'job ended');
    await report(decideReport(end, reason), kept, { ...deps, log });
  };
  return { stop, ended: work() };
}

async function report(decided: JobReport, { lease }: KeptLease, { client, log }: SuperviseDeps): Promise<void> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), REPORT_TIMEOUT_MS);
  try {
    if (decided.call === 'fail') await client.fail(lease, decided.request, limit.signal);
    else if (decided.call === 'cancelled') await client.reportCancelled(lease, decided.request, limit.signal);
    else if (decided.call === 'ask') {
      const { cancelled } = await client.renew(lease, 'stopped', limit.signal);
      if (cancelled) await client.reportCancelled(lease, decided.ifCancelled, limit.signal);
    }
  } catch (error) {
    if (isLeaseOver(error)) log.info('the lease was another’s by the end of the job');
    else log.warn({ err: error, call: decided.call }, 'the end of the job could not be reported');
  } finally {
    clearTimeout(timer);
  }
}
