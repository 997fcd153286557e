import { ProblemError } from '#protocol/problem.ts';
import { ChunkLog } from '../../../src/job/chunk-log.ts';
import { JobAlarm } from '../../../src/job/job-alarm.ts';
import type { JobEffect, JobInput, JobLife } from '../../../src/job/job-life.ts';
import { JobReaders } from '../../../src/job/job-readers.ts';
import { JobRecord } from '../../../src/job/job-record.ts';
import type { Decision } from '../../../src/job/job-state.ts';
import type { Undo } from './seams.ts';
import { changeDecision, changeMethod } from './seams.ts';
import { CrashError, SimulatedStore } from './simulated-store.ts';
import type { Invariant } from './violation.ts';
import type { Mode } from './work.ts';

/** One small mistake in the product, and the invariants of which one has to show it. */
export interface Mutant {
  readonly mode: Mode;
  readonly shownBy: readonly Invariant[];
  readonly install: () => Undo;
}

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'a refused call is committed': {
    mode: 'ids',
    shownBy: ['I7'],
    install: () => commitAlthough((error) => error instanceof ProblemError),
  },
  'a crash leaves half a transaction': {
    mode: 'ids',
    shownBy: ['I3'],
    install: () => commitAlthough((error) => error instanceof CrashError),
  },
  'a full store keeps half a transaction': {
    mode: 'whole',
    shownBy: ['I3', 'I7'],
    install: () => commitAlthough((error) => /SQLITE_FULL/.test(String(error))),
  },
  'a chunk is acknowledged and not committed': { mode: 'ids', shownBy: ['I5'], install: loseSomeAcknowledged },
  'a restart loses a staged chunk': { mode: 'ids', shownBy: ['I5'], install: loseStagedAtRestart },
  'a job is leased while another bridge holds it': {
    mode: 'ids',
    shownBy: ['I2'],
    install: () => changeDecided((life, input, ask) => (input.type === 'lease' ? ask(unheld(life)) : ask(life))),
  },
  'a cancel keeps the epoch': {
    mode: 'ids',
    shownBy: ['I2'],
    install: () =>
      changeDecided((life, input, ask) => {
        const decision = ask(life);
        return input.type === 'cancel' ? withLife(decision, { epoch: life.epoch }) : decision;
      }),
  },
  'a write is not fenced': {
    mode: 'ids',
    shownBy: ['I6'],
    install: () =>
      changeDecided((life, input, ask) => (input.type === 'write' ? { kind: 'accept', life, effects: [] } : ask(life))),
  },
  'staged chunks outlive their lease': {
    mode: 'ids',
    shownBy: ['I6'],
    install: () => changeMethod(ChunkLog.prototype, 'dropStaged', () => () => undefined),
  },
  'a seal may begin anywhere': {
    mode: 'ids',
    shownBy: ['I4'],
    install: () =>
      changeDecision('decideSeal', (original) => (request, facts) => {
        const nextBatch = Math.max(facts.domain.nextBatch, request.first_batch);
        return original(request, { ...facts, domain: { ...facts.domain, nextBatch } });
      }),
  },
  'a seal does not wait for its chunks': {
    mode: 'restart',
    shownBy: ['I5'],
    install: () =>
      changeDecision('decideSeal', (original) => (request, facts) => {
        try {
          return original(request, facts);
        } catch (error) {
          if (request.first_batch !== facts.domain.nextBatch) throw error;
          const { first_batch: first } = request;
          let last = first - 1;
          while (facts.stagedCounts.has(last + 1)) last++;
          return { kind: 'seal', first, last };
        }
      }),
  },
  'a job succeeds whatever its totals': {
    mode: 'ids',
    shownBy: ['I8'],
    install: () => changeDecision('requireTotals', () => () => undefined),
  },
  'a batch is accepted again with other content': {
    mode: 'ids',
    shownBy: ['I7'],
    install: () => admitDespite('CHUNK_CORRUPT', 'repeated'),
  },
  'a repeated finish is refused': {
    mode: 'whole',
    shownBy: ['I7'],
    install: () =>
      changeDecided((life, input, ask) => (input.type === 'finish' ? ask({ ...life, lastKey: undefined }) : ask(life))),
  },
  'credit is not enforced': { mode: 'restart', shownBy: ['I10'], install: () => admitDespite('CHUNKS_MISSING', 'new') },
  'positions begin anew with a generation': {
    mode: 'restart',
    shownBy: ['I3'],
    install: () =>
      changeMethod(
        ChunkLog.prototype,
        'startGeneration',
        (original) =>
          function (this: ChunkLog, resetLine) {
            this.dropResult();
            return original.call(this, resetLine);
          },
      ),
  },
  'work starts over within its generation': {
    mode: 'restart',
    shownBy: ['I5'],
    install: () =>
      changeDecided((life, _input, ask) => {
        const decision = ask(life);
        return hasEffect(decision, 'startGeneration') ? withLife(decision, { generation: life.generation }) : decision;
      }),
  },
  'a report is written down as often as it comes': {
    mode: 'ids',
    shownBy: ['I3'],
    install: () =>
      changeDecided((life, input, ask) =>
        input.type === 'cancelReport' && life.endedAtMs !== undefined
          ? ask({ ...life, reportDueAtMs: life.endedAtMs })
          : ask(life),
      ),
  },
  'a reader that comes back skips an entry': {
    mode: 'ids',
    shownBy: ['I9'],
    install: () =>
      changeDecision('positionAfter', (original) => (cursor, jobId, generation) => {
        const position = original(cursor, jobId, generation);
        return cursor === null ? position : position + 1;
      }),
  },
  'readers are not woken': {
    mode: 'ids',
    shownBy: ['I11'],
    install: () => changeMethod(JobReaders.prototype, 'wakeAll', () => () => undefined),
  },
  'the alarm is not set again': {
    mode: 'ids',
    shownBy: ['I11'],
    install: () => changeMethod(JobAlarm.prototype, 'goneOff', () => () => Promise.resolve()),
  },
  'a job that was heard is not announced again': {
    mode: 'ids',
    shownBy: ['I11'],
    install: () =>
      changeMethod(
        JobRecord.prototype,
        'settleAnnouncement',
        (original) =>
          function (this: JobRecord, sequence) {
            return original.call(this, sequence, undefined);
          },
      ),
  },
  'the pause before the next attempt is ignored': {
    mode: 'ids',
    shownBy: ['backoff'],
    install: () =>
      changeDecided((life, input, ask) => ask(input.type === 'lease' ? { ...life, notBeforeMs: 0 } : life)),
  },
  'an expired job is forgotten at once': {
    mode: 'ids',
    shownBy: ['I1'],
    install: () =>
      changeDecided((life, input, ask) =>
        input.type === 'expire' ? { kind: 'accept', life, effects: ['dropObject'] } : ask(life),
      ),
  },
};

/** What the state table decides is changed; `ask` asks the real one. */
function changeDecided(change: (life: JobLife, input: JobInput, ask: (life: JobLife) => Decision) => Decision): Undo {
  return changeDecision(
    'decide',
    (original) => (life, input, context) => change(life, input, (asked) => original(asked, input, context)),
  );
}

function unheld(life: JobLife): JobLife {
  return life.state === 'running' ? { ...life, state: 'queued', lease: undefined, notBeforeMs: 0 } : life;
}

function withLife(decision: Decision, changed: Partial<JobLife>): Decision {
  return decision.kind === 'accept' ? { ...decision, life: { ...decision.life, ...changed } } : decision;
}

function hasEffect(decision: Decision, effect: JobEffect): boolean {
  return decision.kind === 'accept' && decision.effects.includes(effect);
}

/** What was written before the error stays. */
function commitAlthough(isCommitted: (error: unknown) => boolean): Undo {
  return changeMethod(
    SimulatedStore.prototype,
    'transact',
    (original) =>
      function <Value>(this: SimulatedStore, work: () => Value): Value {
        const end = original.call(this, () => {
          try {
            return { value: work() };
          } catch (error) {
            if (!isCommitted(error)) throw error;
            return { error };
          }
        }) as { readonly value: Value } | { readonly error: unknown };
        if ('error' in end) throw end.error;
        return end.value;
      },
  );
}

/** Every so many answers that tell a credit are given without a commit. */
const ANSWERS_FOR_A_LOSS = 5;

class LostError extends Error {
  override readonly name = 'LostError';
}

function loseSomeAcknowledged(): Undo {
  let answers = 0;
  return changeMethod(
    SimulatedStore.prototype,
    'transact',
    (original) =>
      function <Value>(this: SimulatedStore, work: () => Value): Value {
        let value: Value | undefined;
        try {
          return original.call(this, () => {
            value = work();
            const tellsCredit = typeof value === 'object' && value !== null && 'credit' in value;
            if (tellsCredit && ++answers % ANSWERS_FOR_A_LOSS === 0) throw new LostError();
            return value;
          }) as Value;
        } catch (error) {
          if (error instanceof LostError) return value as Value;
          throw error;
        }
      },
  );
}

function loseStagedAtRestart(): Undo {
  return changeMethod(
    SimulatedStore.prototype,
    'reopen',
    (original) =>
      function (this: SimulatedStore) {
        original.call(this);
        const isJob = this.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'chunk'").toArray().length > 0;
        if (!isJob) return;
        this.sql.exec(
          'DELETE FROM chunk WHERE segment_id = (SELECT max(segment_id) FROM chunk WHERE position IS NULL)',
        );
      },
  );
}

/** A chunk that the log refuses with this code is taken as if it were new, or there already. */
function admitDespite(code: ProblemError['code'], verdict: 'new' | 'repeated'): Undo {
  return changeMethod(
    ChunkLog.prototype,
    'admit',
    (original) =>
      function (this: ChunkLog, head) {
        try {
          return original.call(this, head);
        } catch (error) {
          if (error instanceof ProblemError && error.code === code) return verdict;
          throw error;
        }
      },
  );
}
