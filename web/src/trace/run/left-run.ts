import type { ClientProblem } from '../../stream/client-problem.ts';
import type { Cut } from '../trace-snapshot.ts';
import type { TraceQuery } from '../trace-query.ts';
import type { SeedFindings } from '../trace-snapshot.ts';

/** What became of a run that was left: it is a job that goes on by itself, or there will be none. */
export type LeftOutcome =
  | {
      readonly type: 'job';
      readonly jobId: string;
      readonly lineageJobId: string | undefined;
      readonly grownJobIds: readonly string[];
      readonly seeds: SeedFindings | undefined;
      /** Where its query was cut: the proof of its stream knows nothing of that. */
      readonly cuts: readonly Cut[];
    }
  /** Nothing was found that could have events. */
  | { readonly type: 'nothing' }
  | { readonly type: 'failed'; readonly problem: ClientProblem }
  /** It took too long, or there were too many others. */
  | { readonly type: 'stopped' };

/** A run that goes on although its page looks at something else, or is gone. */
export interface LeftRun {
  /** `undefined` of a job that was opened by its id. */
  readonly query: TraceQuery | undefined;
  /** Where its records are, if that is known already. */
  readonly jobId: string | undefined;
  readonly outcome: Promise<LeftOutcome>;
}
