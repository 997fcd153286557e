import type { FaultBench } from './fault-bench.ts';

/** One thing that may go wrong, what has to be seen then, and how it is made to happen. */
export interface Fault<Bench extends FaultBench = FaultBench> {
  /** `family: what`, as `--only` and the table have it. */
  readonly name: string;
  /** What happens, in one sentence. */
  readonly fault: string;
  /** Written before anything was run. What is observed has to be these very words. */
  readonly expected: string;
  /** What the machine has to permit. */
  readonly needs?: 'mount';
  /** Makes it happen on the real processes and says what was seen. */
  readonly observe: (bench: Bench) => Promise<string>;
}

/** What a job comes to that nothing has happened to, and every job whose trouble has passed. */
export const UNHARMED = 'succeeded; each record once';
