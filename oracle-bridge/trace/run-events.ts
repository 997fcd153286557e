import type { EventDomain } from '#protocol/domain.ts';
import { eventDomainSchema } from '#protocol/domain.ts';
import { endOfRange } from '#protocol/range-schedule.ts';
import type { DomainEnd, JobContext, OpenJob, RunKind } from '../job/job-context.ts';
import { Permits } from '../warehouse/permits.ts';
import type { Snapshot } from '../warehouse/warehouse.ts';
import { followSignal } from '../wait.ts';
import { ProblemError } from '#protocol/problem.ts';
import { endOfFailedRead, endOfFailedWrite } from './domain-failure.ts';
import type { RangeRecords } from './read-range.ts';
import { readRange } from './read-range.ts';

/** Statements of one job that run at once: enough to keep two cores and the line busy, few enough to be a good guest. */
const MAX_STATEMENTS_IN_FLIGHT = 2;
/** Ranges of one job that are being read, wait, or are being written. Bounds what a job holds in memory. */
const MAX_RANGES_HELD = 4;
const COMPLETE: DomainEnd = { status: 'complete' };

/**
 * The events of the job's containers, range by range. Every domain reads its next range while the one before it is
 * written; permits are given in the order of asking, so the domains take turns and each has its first records early.
 * Each domain is read from one snapshot: its session is asked for before any permit, so that whoever waits for one holds
 * nothing that another needs. For the same reason a slow statement waits for the bridge's permit before it takes the job's.
 * A domain that fails for a reason of its own ends as failed, and the others go on.
 */
export const runEvents: RunKind = async (job) => {
  const { controller, release } = followSignal(job.signal);
  const run: EventsRun = {
    job,
    signal: controller.signal,
    statements: new Permits(MAX_STATEMENTS_IN_FLIGHT),
    ranges: new Permits(MAX_RANGES_HELD),
  };
  try {
    await allOrFirstError(
      openDomains(job).map((domain) => runDomain(run, domain)),
      (error) => controller.abort(error),
    );
  } finally {
    release();
  }
};

interface EventsRun {
  readonly job: OpenJob;
  /** Aborted with the job, or when a domain met what stops all. */
  readonly signal: AbortSignal;
  readonly statements: Permits;
  readonly ranges: Permits;
}

interface OpenDomain {
  readonly domain: EventDomain;
  readonly snapshot: Snapshot;
}

interface HeldRange extends RangeRecords {
  readonly release: () => void;
}

/** The domains still to be read, in the order of the job. */
function openDomains({ lease }: JobContext): EventDomain[] {
  return lease.spec.domains
    .map((domain) => eventDomainSchema.parse(domain))
    .filter((domain) => !lease.resume[domain]?.ended);
}

async function runDomain(run: EventsRun, domain: EventDomain): Promise<void> {
  const snapshot = await run.job.warehouse.openSnapshot(domain, run.signal);
  let end: DomainEnd;
  try {
    end = await streamRanges(run, domain, snapshot);
  } finally {
    await snapshot.close();
  }
  await run.job.output.endDomain(domain, end);
}

/** Answers how the domain ends, once everything before that has been written. */
async function streamRanges(run: EventsRun, domain: EventDomain, snapshot: Snapshot): Promise<DomainEnd> {
  const { lease } = run.job;
  let from = lease.resume[domain]?.ids_done ?? 0;
  let writing: Promise<DomainEnd> = Promise.resolve(COMPLETE);
  try {
    while (from < lease.spec.cid_count) {
      const range = await readHeld(run, { domain, snapshot }, from);
      const before = await writing;
      if (before.status !== 'complete') {
        if ('release' in range) range.release();
        return before;
      }
      if ('status' in range) return range;
      from = range.idsTo;
      writing = writeHeld(run, { domain, snapshot }, range);
      // It is awaited after the next read; until then a rejection must not count as unhandled.
      writing.catch(() => undefined);
    }
    return await writing;
  } finally {
    await writing.catch(() => undefined);
  }
}

/** The next range, or how the domain ends because it cannot be read. */
async function readHeld(
  run: EventsRun,
  { domain, snapshot }: OpenDomain,
  from: number,
): Promise<HeldRange | DomainEnd> {
  const { cid_count: total, batch_records: batchRecords } = run.job.lease.spec;
  const release = await run.ranges.take(run.signal);
  try {
    const ids = await run.job.readIds(from, endOfRange(from, total, batchRecords) - from);
    const read = (): Promise<RangeRecords> =>
      readRange({ job: run.job, reader: snapshot, turns: run.statements, signal: run.signal }, domain, { from, ids });
    const range = await read()
      .catch((error: unknown) => {
        if (!isNewMoment(error, snapshot)) throw error;
        run.job.noteFailure(domain, error);
        return read();
      })
      .catch((error: unknown) => {
        const end = endOfFailedRead(error, run.signal);
        if (!end) throw error;
        run.job.noteFailure(domain, error);
        return end;
      });
    if ('status' in range) release();
    return 'status' in range ? range : { ...range, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Writes and seals one range; answers how the domain ends if it cannot be written. */
async function writeHeld(run: EventsRun, { domain, snapshot }: OpenDomain, range: HeldRange): Promise<DomainEnd> {
  const { output } = run.job;
  try {
    let containersFound = 0;
    for (const batch of range.batches) {
      containersFound += batch.containersFound;
      await output.writeBatch(domain, batch);
    }
    await output.sealRange(domain, { idsTo: range.idsTo, containersFound, moment: snapshot.moment });
    return COMPLETE;
  } catch (error) {
    const end = endOfFailedWrite(error);
    if (!end) throw error;
    run.job.noteFailure(domain, error);
    return end;
  } finally {
    range.release();
  }
}

/** The database no longer has what the snapshot shows; one without a name goes on at a new moment. */
function isNewMoment(error: unknown, { moment }: Snapshot): boolean {
  return moment === undefined && error instanceof ProblemError && error.code === 'SNAPSHOT_LOST';
}

/** Waits for all. The first error is told to `onError`, which stops the others, and thrown when all have ended. */
async function allOrFirstError(works: readonly Promise<void>[], onError: (error: unknown) => void): Promise<void> {
  const errors: unknown[] = [];
  await Promise.all(
    works.map(async (work) => {
      try {
        await work;
      } catch (error) {
        if (errors.push(error) === 1) onError(error);
      }
    }),
  );
  if (errors.length > 0) throw errors[0];
}
