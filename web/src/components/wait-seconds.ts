import { createMemo, on } from 'solid-js';
import type { Accessor } from 'solid-js';
import type { ClientProblem } from '../stream/client-problem.ts';
import { secondsToWait } from './seconds-to-wait.ts';
import { createTick } from './tick.ts';

const TICK_MS = 500;

/** Whole seconds until what was refused may be asked for again, counted from when the problem was heard of. */
export function createWaitSeconds(problem: Accessor<ClientProblem | undefined>): Accessor<number> {
  const nowMs = createTick(TICK_MS);
  const heardAtMs = createMemo(on(problem, () => Date.now()));
  return createMemo(() => secondsToWait(problem()?.retryAfterSeconds ?? 0, heardAtMs(), nowMs()));
}
