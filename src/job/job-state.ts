import type { DatabaseOutcome, JobError, JobState } from '#protocol/job.ts';
import type { Lane, ResumeMode, Retention } from '#protocol/kind.ts';
import type { LeaseKey } from '#protocol/lease.ts';
import type { ProblemCode } from '#protocol/problem.ts';
import { CANCEL_REPORT_MS, MAX_LEASES_WITHOUT_PROGRESS } from '#protocol/limits.ts';
import type { JobEffect, JobInput, JobInputType, JobLife, LeaseRequestFacts } from './job-life.ts';

/**
 * The life of a job as a total table over (state, input). Pure: the object reads the row, decides here, and commits the
 * next row and its effects in one transaction. Every call first settles what time alone has decided (`dueInput`), so a
 * late alarm changes nothing but the moment at which the inevitable is written down.
 *
 * Epochs rise with every lease and with a cancel; the nonce tells two leases apart that a wiped store could give the
 * same epoch. A write is accepted only with the epoch and nonce of the lease that holds right now.
 */
export type Decision =
  | { readonly kind: 'accept'; readonly life: JobLife; readonly effects: readonly JobEffect[] }
  | { readonly kind: 'refuse'; readonly code: ProblemCode; readonly detail: string };

/** What a job is besides its life; fixed at submit. */
export interface JobRules {
  readonly lane: Lane;
  readonly resume: ResumeMode;
  readonly retention: Retention;
}

/** A finished job's result is kept this long after its end; then its tombstone. */
const RESULT_TTL_MS: Readonly<Record<Retention, number>> = { hour: 3_600_000, minutes: 300_000 };
const TOMBSTONE_TTL_MS: Readonly<Record<Retention, number>> = { hour: 7 * 24 * 3_600_000, minutes: 0 };
const MAX_BACKOFF_MS = 30_000;
/** Generations that are thrown away because the warehouse can no longer show their moment. */
const MAX_SNAPSHOTS_LOST = 3;
/** Attempts in a row that failed and say so. Somebody waits for an interactive job: better a reason soon than a late one. */
const MAX_ATTEMPTS: Readonly<Record<Lane, number>> = { batch: MAX_LEASES_WITHOUT_PROGRESS, interactive: 3 };

type Step = (life: JobLife, input: never, context: StepContext) => Decision;
interface StepContext {
  readonly rules: JobRules;
  readonly now: number;
}

/** Decides one input. Total: every (state, input) has an answer. */
export function decide(life: JobLife, input: JobInput, context: StepContext): Decision {
  const step = TABLE[life.state][input.type] as (life: JobLife, input: JobInput, context: StepContext) => Decision;
  return step(life, input, context);
}

const keep: Step = (life) => accept(life);
const gone: Step = () => refuse('JOB_RESULT_EXPIRED', 'The result of this job has expired. Run the query again.');
const fenced: Step = () => refuse('LEASE_FENCED', 'This lease no longer holds the job.');

/** A repeated last call of the lease that ended the job is answered as before; any other is fenced. */
const repeatOrFenced: Step = (life: JobLife, input: Extract<JobInput, { key: LeaseKey }>) =>
  sameKey(life.lastKey, input.key) ? accept(life) : refuseFenced();

const heldBy =
  <Input extends Extract<JobInput, { key: LeaseKey }>>(
    step: (life: JobLife, input: Input, context: StepContext) => Decision,
  ) =>
  (life: JobLife, input: Input, context: StepContext): Decision =>
    sameKey(life.lease, input.key) ? step(life, input, context) : refuseFenced();

const leaseQueued: Step = (life: JobLife, input: Extract<JobInput, { type: 'lease' }>, { rules, now }: StepContext) =>
  now < life.notBeforeMs ? accept(life) : grantLease(life, input.request, { rules, now });

/** A held job is leased again only to a repeated request, or when its holder has restarted. */
const leaseRunning: Step = (life: JobLife, input: Extract<JobInput, { type: 'lease' }>, context: StepContext) => {
  const { request } = input;
  const held = life.lease;
  if (held && held.requestId === request.requestId && held.bootId === request.bootId)
    return accept(life, ['grantLease']);
  const restarted = held !== undefined && held.bridgeId === request.bridgeId && held.bootId !== request.bootId;
  if (!restarted) return accept(life);
  return leasesUsedUp(life) ? exhaust(life, context) : grantLease(life, request, context);
};

const renew = heldBy<Extract<JobInput, { type: 'renew' }>>((life, input, { now }) =>
  accept({ ...life, lease: life.lease && { ...life.lease, untilMs: now + input.ttlMs } }),
);

/** The holder of a lease that a cancel ended is told so, not fenced: it stops its query and reports. */
const renewEnded: Step = (life: JobLife, input: Extract<JobInput, { type: 'renew' }>) =>
  sameKey(life.endedLease, input.key) ? accept(life) : refuseFenced();

/** Work that starts over makes no progress by sealing: only its end counts. */
const seal = heldBy<Extract<JobInput, { type: 'seal' }>>((life, { moment }, { rules }) => {
  if (moment === undefined || moment === life.moment) return accept(progressed(life, rules));
  if (life.moment !== undefined) return refuse('INVALID_PARAMS', 'What was sealed before is of another moment.');
  return accept({ ...progressed(life, rules), moment });
});

const finish = heldBy<Extract<JobInput, { type: 'finish' }>>((life, input, context) =>
  end(life, context, { state: input.partial ? 'partial' : 'succeeded', lastKey: input.key }),
);

const fail = heldBy<Extract<JobInput, { type: 'fail' }>>((life, input, context) => {
  const lastKey = input.key;
  const { error } = input;
  if (!error.retryable || life.leasesWithoutProgress >= MAX_ATTEMPTS[context.rules.lane])
    return end(life, context, { state: 'failed', error, lastKey });
  const notBeforeMs = context.now + backoffMs(life.leasesWithoutProgress);
  const queued = { ...life, state: 'queued', lease: undefined, lastKey, notBeforeMs, lastError: error } as const;
  if (error.code !== 'SNAPSHOT_LOST') return accept(queued, ['dropStaged', 'announce']);
  const snapshotsLost = (life.snapshotsLost ?? 0) + 1;
  if (snapshotsLost > MAX_SNAPSHOTS_LOST) return end(life, context, { state: 'failed', error, lastKey });
  return accept({ ...queued, snapshotsLost, startsOver: true }, ['dropStaged', 'announce']);
});

const cancelQueued: Step = (life: JobLife, _input: JobInput, context: StepContext) =>
  end({ ...life, epoch: life.epoch + 1 }, context, { state: 'cancelled', database: 'not_running' });

const cancelRunning: Step = (life: JobLife, _input: JobInput, { rules, now }: StepContext) =>
  accept(
    {
      ...life,
      ...ended(rules, now),
      state: 'cancelled',
      epoch: life.epoch + 1,
      lease: undefined,
      endedLease: keyOf(life.lease),
      database: 'pending',
      reportDueAtMs: now + CANCEL_REPORT_MS,
    },
    ['dropStaged', 'cancelAtBridge', 'announce'],
  );

const reportCancelled: Step = (life: JobLife, input: Extract<JobInput, { type: 'cancelReport' }>) => {
  if (!sameKey(life.endedLease, input.key)) return refuseFenced();
  if (life.reportDueAtMs === undefined) return accept(life);
  return settleReport(life, input.database);
};

const reportTimedOut: Step = (life: JobLife) =>
  life.reportDueAtMs === undefined ? accept(life) : settleReport(life, 'unconfirmed');

const leaseTimedOut: Step = (life: JobLife, _input: JobInput, context: StepContext) => {
  if (leasesUsedUp(life)) return exhaust(life, context);
  return accept({ ...life, state: 'queued', lease: undefined, notBeforeMs: context.now }, ['dropStaged', 'announce']);
};

/** A job that waits for its next attempt says why: not the time was too short for it. */
const deadlinePassed: Step = (life: JobLife, _input: JobInput, context: StepContext) => {
  const timeout: JobError = {
    code: 'JOB_TIMEOUT',
    detail: 'The job did not end before its deadline. Ask for fewer containers or domains.',
    retryable: true,
  };
  const error = (life.state === 'queued' && life.lastError) || timeout;
  const decision = end({ ...life, endedLease: keyOf(life.lease) }, context, { state: 'failed', error });
  return life.lease && decision.kind === 'accept'
    ? { ...decision, effects: [...decision.effects, 'cancelAtBridge'] }
    : decision;
};

const expire: Step = (life: JobLife, _input: JobInput, { rules, now }: StepContext) =>
  TOMBSTONE_TTL_MS[rules.retention] === 0
    ? accept(life, ['dropObject'])
    : accept({ ...life, state: 'expired', expiresAtMs: now + TOMBSTONE_TTL_MS[rules.retention] }, [
        'dropResult',
        'announce',
      ]);

const forget: Step = (life: JobLife) => accept(life, ['dropObject']);

/** Rows of a state that has ended and still has its result. */
const ENDED_ROW = {
  lease: keep,
  renew: renewEnded,
  write: fenced,
  seal: fenced,
  finish: repeatOrFenced,
  fail: repeatOrFenced,
  cancel: keep,
  cancelReport: fenced,
  leaseTimeout: keep,
  deadline: keep,
  reportTimeout: keep,
  expire,
  forget: keep,
} as const satisfies Readonly<Record<JobInputType, unknown>>;

const TABLE: Readonly<Record<JobState, Readonly<Record<JobInputType, unknown>>>> = {
  queued: {
    lease: leaseQueued,
    renew: fenced,
    write: fenced,
    seal: fenced,
    finish: fenced,
    fail: repeatOrFenced,
    cancel: cancelQueued,
    cancelReport: fenced,
    leaseTimeout: keep,
    deadline: deadlinePassed,
    reportTimeout: keep,
    expire: keep,
    forget: keep,
  },
  running: {
    lease: leaseRunning,
    renew,
    write: heldBy((life) => accept(life)),
    seal,
    finish,
    fail,
    cancel: cancelRunning,
    cancelReport: fenced,
    leaseTimeout: leaseTimedOut,
    deadline: deadlinePassed,
    reportTimeout: keep,
    expire: keep,
    forget: keep,
  },
  succeeded: ENDED_ROW,
  partial: ENDED_ROW,
  failed: ENDED_ROW,
  cancelled: { ...ENDED_ROW, cancelReport: reportCancelled, reportTimeout: reportTimedOut },
  expired: {
    lease: keep,
    renew: gone,
    write: gone,
    seal: gone,
    finish: gone,
    fail: gone,
    cancel: keep,
    cancelReport: gone,
    leaseTimeout: keep,
    deadline: keep,
    reportTimeout: keep,
    expire: keep,
    forget,
  },
};

function grantLease(life: JobLife, request: LeaseRequestFacts, { rules, now }: StepContext): Decision {
  const startOver = (rules.resume === 'restart' || life.startsOver === true) && request.visible;
  const epoch = life.epoch + 1;
  const { requestId, bridgeId, bootId, nonce, ttlMs } = request;
  return accept(
    {
      ...life,
      state: 'running',
      generation: life.generation + (startOver ? 1 : 0),
      epoch,
      lease: { epoch, nonce, requestId, bridgeId, bootId, untilMs: now + ttlMs },
      lastKey: undefined,
      leasesWithoutProgress: life.leasesWithoutProgress + 1,
      ...(startOver || life.startsOver ? { startsOver: undefined, moment: undefined } : {}),
      startedAtMs: life.startedAtMs ?? now,
    },
    startOver ? ['startGeneration', 'grantLease', 'announce'] : ['dropStaged', 'grantLease', 'announce'],
  );
}

function end(life: JobLife, { rules, now }: StepContext, outcome: Partial<JobLife>): Decision {
  return accept({ ...life, ...ended(rules, now), ...outcome, lease: undefined }, [
    'dropStaged',
    'writeTerminalLine',
    'announce',
  ]);
}

function exhaust(life: JobLife, context: StepContext): Decision {
  const exhausted: JobError = {
    code: 'LEASE_EXHAUSTED',
    detail: 'The job was started several times and never got anywhere. The warehouse or the bridge may be in trouble.',
    retryable: true,
  };
  return end(life, context, { state: 'failed', error: life.lastError ?? exhausted });
}

function settleReport(life: JobLife, database: DatabaseOutcome): Decision {
  return accept({ ...life, database, reportDueAtMs: undefined }, ['writeTerminalLine', 'announce']);
}

function ended(rules: JobRules, now: number): Pick<JobLife, 'endedAtMs' | 'expiresAtMs'> {
  return { endedAtMs: now, expiresAtMs: now + RESULT_TTL_MS[rules.retention] };
}

/** What earlier attempts failed with is over as well: it is no reason for what happens from here on. */
function progressed(life: JobLife, { resume }: JobRules): JobLife {
  return resume === 'ids' ? { ...life, leasesWithoutProgress: 0, lastError: undefined } : life;
}

function leasesUsedUp(life: JobLife): boolean {
  return life.leasesWithoutProgress >= MAX_LEASES_WITHOUT_PROGRESS;
}

function backoffMs(attempts: number): number {
  return Math.min(MAX_BACKOFF_MS, 1000 * 2 ** Math.max(0, attempts - 1));
}

function sameKey(held: LeaseKey | undefined, key: LeaseKey): boolean {
  return held !== undefined && held.epoch === key.epoch && held.nonce === key.nonce;
}

function keyOf(lease: LeaseKey | undefined): LeaseKey | undefined {
  return lease && { epoch: lease.epoch, nonce: lease.nonce };
}

function accept(life: JobLife, effects: readonly JobEffect[] = []): Decision {
  return { kind: 'accept', life, effects };
}

function refuse(code: ProblemCode, detail: string): Decision {
  return { kind: 'refuse', code, detail };
}

function refuseFenced(): Decision {
  return refuse('LEASE_FENCED', 'This lease no longer holds the job.');
}
