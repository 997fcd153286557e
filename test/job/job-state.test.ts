import { JOB_STATES, type JobState } from '#protocol/job.ts';
import { describe, expect, it } from 'vitest';
import {
  createLife,
  dueInput,
  type JobInput,
  type JobInputType,
  type JobLife,
  nextDueMs,
} from '../../src/job/job-life.ts';
import { decide, type JobRules } from '../../src/job/job-state.ts';

const NOW = 1_000_000;
const KEY = { epoch: 3, nonce: 'a'.repeat(32) };
const OTHER_KEY = { epoch: 2, nonce: 'b'.repeat(32) };
const BATCH: JobRules = { lane: 'batch', resume: 'ids', retention: 'hour' };
const INTERACTIVE: JobRules = { lane: 'interactive', resume: 'restart', retention: 'minutes' };
const LEASE_REQUEST = {
  requestId: 'r2',
  bridgeId: 'bridge-2',
  bootId: 'boot-2',
  nonce: 'c'.repeat(32),
  ttlMs: 30_000,
  visible: false,
};

const queued: JobLife = createLife(NOW, NOW + 1_800_000);
const running: JobLife = {
  ...queued,
  state: 'running',
  epoch: KEY.epoch,
  lease: { ...KEY, requestId: 'r1', bridgeId: 'bridge-1', bootId: 'boot-1', untilMs: NOW + 30_000 },
  leasesWithoutProgress: 1,
  startedAtMs: NOW,
};
const ended: JobLife = { ...running, lease: undefined, lastKey: KEY, endedAtMs: NOW, expiresAtMs: NOW + 3_600_000 };
const LIVES: Record<JobState, JobLife> = {
  queued,
  running,
  succeeded: { ...ended, state: 'succeeded' },
  partial: { ...ended, state: 'partial' },
  failed: { ...ended, state: 'failed', error: { code: 'INTERNAL', detail: 'x', retryable: false } },
  cancelled: {
    ...ended,
    state: 'cancelled',
    epoch: KEY.epoch + 1,
    lastKey: undefined,
    endedLease: KEY,
    database: 'pending',
    reportDueAtMs: NOW + 5000,
  },
  expired: { ...ended, state: 'expired' },
};

const INPUTS: Record<JobInputType, JobInput> = {
  lease: { type: 'lease', request: LEASE_REQUEST },
  renew: { type: 'renew', key: KEY, ttlMs: 30_000 },
  write: { type: 'write', key: KEY },
  seal: { type: 'seal', key: KEY },
  finish: { type: 'finish', key: KEY, partial: false },
  fail: { type: 'fail', key: KEY, error: { code: 'QUERY_TIMEOUT', detail: 'x', retryable: true } },
  cancel: { type: 'cancel' },
  cancelReport: { type: 'cancelReport', key: KEY, database: 'confirmed' },
  leaseTimeout: { type: 'leaseTimeout' },
  deadline: { type: 'deadline' },
  reportTimeout: { type: 'reportTimeout' },
  expire: { type: 'expire' },
  forget: { type: 'forget' },
};

/** What every state answers to every input of the lease that holds (or held) it: the next state, or the refusal. */
const same = (state: JobState) => state;
const endedRow = (state: JobState): Record<JobInputType, string> => ({
  lease: same(state),
  renew: 'LEASE_FENCED',
  write: 'LEASE_FENCED',
  seal: 'LEASE_FENCED',
  finish: same(state),
  fail: same(state),
  cancel: same(state),
  cancelReport: 'LEASE_FENCED',
  leaseTimeout: same(state),
  deadline: same(state),
  reportTimeout: same(state),
  expire: 'expired',
  forget: same(state),
});
const EXPECTED: Record<JobState, Record<JobInputType, string>> = {
  queued: {
    lease: 'running',
    renew: 'LEASE_FENCED',
    write: 'LEASE_FENCED',
    seal: 'LEASE_FENCED',
    finish: 'LEASE_FENCED',
    fail: 'LEASE_FENCED',
    cancel: 'cancelled',
    cancelReport: 'LEASE_FENCED',
    leaseTimeout: 'queued',
    deadline: 'failed',
    reportTimeout: 'queued',
    expire: 'queued',
    forget: 'queued',
  },
  running: {
    lease: 'running',
    renew: 'running',
    write: 'running',
    seal: 'running',
    finish: 'succeeded',
    fail: 'queued',
    cancel: 'cancelled',
    cancelReport: 'LEASE_FENCED',
    leaseTimeout: 'queued',
    deadline: 'failed',
    reportTimeout: 'running',
    expire: 'running',
    forget: 'running',
  },
  succeeded: endedRow('succeeded'),
  partial: endedRow('partial'),
  failed: endedRow('failed'),
  cancelled: {
    ...endedRow('cancelled'),
    renew: 'cancelled',
    cancelReport: 'cancelled',
    finish: 'LEASE_FENCED',
    fail: 'LEASE_FENCED',
  },
  expired: {
    ...endedRow('expired'),
    renew: 'JOB_RESULT_EXPIRED',
    write: 'JOB_RESULT_EXPIRED',
    seal: 'JOB_RESULT_EXPIRED',
    finish: 'JOB_RESULT_EXPIRED',
    fail: 'JOB_RESULT_EXPIRED',
    cancelReport: 'JOB_RESULT_EXPIRED',
    expire: 'expired',
    forget: 'expired',
  },
};

const INPUT_TYPES = Object.keys(INPUTS) as JobInputType[];
const at = (life: JobLife, input: JobInput, rules: JobRules = BATCH, now = NOW) => decide(life, input, { rules, now });
const accepted = (life: JobLife, input: JobInput, rules: JobRules = BATCH, now = NOW) => {
  const decision = at(life, input, rules, now);
  if (decision.kind !== 'accept') throw new Error(`refused: ${decision.code}`);
  return decision;
};

describe('the state table of a job', () => {
  for (const state of JOB_STATES) {
    for (const type of INPUT_TYPES) {
      it(`answers ${type} in ${state} with ${EXPECTED[state][type]}`, () => {
        const decision = at(LIVES[state], INPUTS[type]);
        expect(decision.kind === 'accept' ? decision.life.state : decision.code).toBe(EXPECTED[state][type]);
      });
    }
  }

  it('lets no write of another lease in, whatever the state', () => {
    for (const state of JOB_STATES) {
      for (const type of ['renew', 'write', 'seal', 'finish', 'fail', 'cancelReport'] as const) {
        const input = { ...INPUTS[type], key: OTHER_KEY } as JobInput;
        expect(at(LIVES[state], input).kind, `${type} in ${state}`).toBe('refuse');
      }
    }
  });

  it('never lowers an epoch or a generation', () => {
    for (const state of JOB_STATES) {
      for (const type of INPUT_TYPES) {
        for (const rules of [BATCH, INTERACTIVE]) {
          const decision = at(LIVES[state], INPUTS[type], rules);
          if (decision.kind === 'refuse') continue;
          expect(decision.life.epoch).toBeGreaterThanOrEqual(LIVES[state].epoch);
          expect(decision.life.generation).toBeGreaterThanOrEqual(LIVES[state].generation);
        }
      }
    }
  });

  it('changes nothing when the call that ended the job is repeated', () => {
    const finished = accepted(running, INPUTS.finish).life;
    expect(accepted(finished, INPUTS.finish)).toEqual({ kind: 'accept', life: finished, effects: [] });
  });
});

describe('a lease', () => {
  it('gives a new epoch and a new nonce, and drops what was staged', () => {
    const { life, effects } = accepted(queued, INPUTS.lease);
    expect(life).toMatchObject({
      state: 'running',
      epoch: 1,
      lease: { nonce: LEASE_REQUEST.nonce, untilMs: NOW + 30_000 },
    });
    expect(effects).toEqual(['dropStaged', 'grantLease', 'announce']);
  });

  it('answers a repeated request with the same lease', () => {
    const first = accepted(queued, INPUTS.lease).life;
    const again = accepted(
      first,
      { type: 'lease', request: { ...LEASE_REQUEST, nonce: 'd'.repeat(32) } },
      BATCH,
      NOW + 5,
    );
    expect(again).toEqual({ kind: 'accept', life: first, effects: ['grantLease'] });
  });

  it('is not given while another bridge holds the job', () => {
    expect(accepted(running, INPUTS.lease)).toEqual({ kind: 'accept', life: running, effects: [] });
  });

  it('ends at once when its holder has restarted', () => {
    const request = { ...LEASE_REQUEST, bridgeId: 'bridge-1', bootId: 'boot-9' };
    expect(accepted(running, { type: 'lease', request }).life).toMatchObject({ epoch: 4, lease: { bootId: 'boot-9' } });
  });

  it('is not given before the backoff is over', () => {
    const { life } = accepted(running, INPUTS.fail);
    expect(life.notBeforeMs).toBe(NOW + 1000);
    expect(accepted(life, INPUTS.lease, BATCH, NOW + 999).life.state).toBe('queued');
    expect(accepted(life, INPUTS.lease, BATCH, NOW + 1000).life.state).toBe('running');
  });

  it('starts the next generation where work cannot be resumed and something was visible', () => {
    const request = { ...LEASE_REQUEST, visible: true };
    const { life, effects } = accepted(queued, { type: 'lease', request }, INTERACTIVE);
    expect(life.generation).toBe(2);
    expect(effects).toContain('startGeneration');
    expect(accepted(queued, { type: 'lease', request }, BATCH).life.generation).toBe(1);
  });

  it('fails the job after eight leases without progress', () => {
    const tired = { ...running, leasesWithoutProgress: 8 };
    expect(accepted(tired, INPUTS.leaseTimeout).life).toMatchObject({
      state: 'failed',
      error: { code: 'LEASE_EXHAUSTED' },
    });
    expect(accepted(tired, INPUTS.fail).life).toMatchObject({ state: 'failed', error: { code: 'QUERY_TIMEOUT' } });
    const sealed = accepted(tired, INPUTS.seal).life;
    expect(accepted(sealed, INPUTS.leaseTimeout).life.state).toBe('queued');
  });

  it('fails an interactive job at its third attempt, with the reason of that attempt', () => {
    const second = { ...running, leasesWithoutProgress: 2 };
    expect(accepted(second, INPUTS.fail, INTERACTIVE).life.state).toBe('queued');
    const third = { ...running, leasesWithoutProgress: 3 };
    const failed = { state: 'failed', error: { code: 'QUERY_TIMEOUT' } };
    expect(accepted(third, INPUTS.fail, INTERACTIVE).life).toMatchObject(failed);
    expect(accepted(third, INPUTS.fail, BATCH).life.state).toBe('queued');
  });

  it('ends at its deadline with what the latest attempt failed with while it waits for the next', () => {
    const waiting = accepted(running, INPUTS.fail).life;
    expect(accepted(waiting, INPUTS.deadline).life).toMatchObject({ error: { code: 'QUERY_TIMEOUT' } });
    const again = accepted(waiting, INPUTS.lease, BATCH, NOW + 1000).life;
    expect(accepted(again, INPUTS.deadline).life).toMatchObject({ error: { code: 'JOB_TIMEOUT' } });
    const tired = { ...again, leasesWithoutProgress: 8 };
    expect(accepted(tired, INPUTS.leaseTimeout).life).toMatchObject({ error: { code: 'QUERY_TIMEOUT' } });
  });

  it('does not end with what an earlier attempt failed with once another has got further', () => {
    const waiting = accepted(running, INPUTS.fail).life;
    const again = accepted(waiting, INPUTS.lease, BATCH, NOW + 1000).life;
    const { epoch = 0, nonce = '' } = again.lease ?? {};
    const further = accepted(again, { type: 'seal', key: { epoch, nonce }, moment: undefined }).life;
    const lost = accepted(further, INPUTS.leaseTimeout).life;
    expect(accepted(lost, INPUTS.deadline).life).toMatchObject({ error: { code: 'JOB_TIMEOUT' } });
    const tired = { ...further, leasesWithoutProgress: 8 };
    expect(accepted(tired, INPUTS.leaseTimeout).life).toMatchObject({ error: { code: 'LEASE_EXHAUSTED' } });
  });

  it('does not count the seals of work that starts over as progress', () => {
    const tired = { ...running, leasesWithoutProgress: 8 };
    expect(accepted(tired, INPUTS.seal, INTERACTIVE).life.leasesWithoutProgress).toBe(8);
  });
});

describe('the moment of the warehouse', () => {
  const MOMENT = { type: 'seal', key: KEY, moment: '4711' } as const;
  const LOST: JobInput = { type: 'fail', key: KEY, error: { code: 'SNAPSHOT_LOST', detail: 'x', retryable: true } };
  const again = { ...LEASE_REQUEST, visible: true };

  it('is that of the first seal, goes into the next lease, and no seal may have another', () => {
    const sealed = accepted(running, MOMENT).life;
    expect(sealed.moment).toBe('4711');
    expect(accepted(sealed, MOMENT).life.moment).toBe('4711');
    expect(decide(sealed, { ...MOMENT, moment: '4712' }, { rules: BATCH, now: NOW })).toMatchObject({
      kind: 'refuse',
      code: 'INVALID_PARAMS',
    });
    const queuedAgain = accepted(sealed, INPUTS.leaseTimeout).life;
    const { life } = accepted(queuedAgain, { type: 'lease', request: again });
    expect(life).toMatchObject({ moment: '4711', generation: 1 });
  });

  it('starts the next generation when it is lost, although the work resumes by ids', () => {
    const lost = accepted(accepted(running, MOMENT).life, LOST).life;
    const { life, effects } = accepted(lost, { type: 'lease', request: again }, BATCH, NOW + 1000);
    expect(effects).toContain('startGeneration');
    expect(life).toMatchObject({ generation: 2, moment: undefined, startsOver: undefined });
  });

  it('ends the job when it was lost for the fourth time', () => {
    let life: JobLife = running;
    for (let times = 1; times <= 3; times++) {
      life = accepted(accepted(life, MOMENT).life, LOST).life;
      expect(life.state).toBe('queued');
      life = {
        ...accepted(life, { type: 'lease', request: again }, BATCH, life.notBeforeMs).life,
        ...(running.lease && { lease: running.lease }),
      };
    }
    expect(accepted(life, LOST).life).toMatchObject({ state: 'failed', error: { code: 'SNAPSHOT_LOST' } });
  });
});

describe('a cancel', () => {
  it('ends a queued job with nothing running', () => {
    const { life, effects } = accepted(queued, INPUTS.cancel);
    expect(life).toMatchObject({ state: 'cancelled', database: 'not_running', epoch: 1 });
    expect(effects).toContain('writeTerminalLine');
  });

  it('fences the holder at once, and waits for its one report', () => {
    const { life, effects } = accepted(running, INPUTS.cancel);
    expect(life).toMatchObject({
      state: 'cancelled',
      database: 'pending',
      epoch: KEY.epoch + 1,
      reportDueAtMs: NOW + 5000,
    });
    expect(effects).not.toContain('writeTerminalLine');
    expect(at(life, INPUTS.write).kind).toBe('refuse');
    const reported = accepted(life, INPUTS.cancelReport);
    expect(reported.life.database).toBe('confirmed');
    expect(reported.effects).toContain('writeTerminalLine');
    const again = accepted(reported.life, { type: 'cancelReport', key: KEY, database: 'terminated' });
    expect(again).toEqual({ kind: 'accept', life: reported.life, effects: [] });
  });

  it('says unconfirmed, for good, when no report comes in time', () => {
    const { life } = accepted(running, INPUTS.cancel);
    expect(dueInput(life, NOW + 4999)).toBeUndefined();
    expect(dueInput(life, NOW + 5000)).toEqual({ type: 'reportTimeout' });
    const final = accepted(life, INPUTS.reportTimeout).life;
    expect(final.database).toBe('unconfirmed');
    expect(accepted(final, INPUTS.cancelReport).life.database).toBe('unconfirmed');
  });
});

describe('time', () => {
  it('ends a lease, a job and a result at their times and not before', () => {
    expect(dueInput(running, NOW + 29_999)).toBeUndefined();
    expect(dueInput(running, NOW + 30_000)).toEqual({ type: 'leaseTimeout' });
    expect(dueInput(queued, queued.deadlineAtMs)).toEqual({ type: 'deadline' });
    expect(dueInput(LIVES.succeeded, NOW + 3_600_000)).toEqual({ type: 'expire' });
    expect(dueInput(LIVES.expired, NOW + 3_600_000)).toEqual({ type: 'forget' });
  });

  it('names the next moment at which it decides', () => {
    expect(nextDueMs(queued)).toBe(queued.deadlineAtMs);
    expect(nextDueMs(running)).toBe(NOW + 30_000);
    expect(nextDueMs(LIVES.cancelled)).toBe(NOW + 5000);
    expect(nextDueMs(LIVES.succeeded)).toBe(NOW + 3_600_000);
  });

  it('keeps a batch result for an hour and its tombstone for a week, an interactive one for five minutes', () => {
    const finished = accepted(running, INPUTS.finish).life;
    expect(finished.expiresAtMs).toBe(NOW + 3_600_000);
    const expired = accepted(finished, INPUTS.expire, BATCH, NOW + 3_600_000);
    expect(expired.life.expiresAtMs).toBe(NOW + 3_600_000 + 7 * 86_400_000);
    expect(expired.effects).toContain('dropResult');
    const small = accepted(running, INPUTS.finish, INTERACTIVE).life;
    expect(small.expiresAtMs).toBe(NOW + 300_000);
    expect(accepted(small, INPUTS.expire, INTERACTIVE).effects).toEqual(['dropObject']);
  });

  it('tells the bridge when the deadline ends a running job', () => {
    const { life, effects } = accepted(running, INPUTS.deadline);
    expect(life).toMatchObject({ state: 'failed', error: { code: 'JOB_TIMEOUT' }, endedLease: KEY });
    expect(effects).toContain('cancelAtBridge');
    expect(accepted(life, INPUTS.renew).life).toBe(life);
  });
});
