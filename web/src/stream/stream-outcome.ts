import type { DatabaseOutcome, Quality } from '#protocol/job.ts';
import type { ClientProblem } from './client-problem.ts';
import type { TerminalLine } from './stream-ledger.ts';

/**
 * How the reading of a stream ended. The first three were said by the stream, and its digest was checked; that a job was
 * cancelled may have been said by the edge alone.
 */
export type StreamOutcome =
  | { readonly type: 'complete'; readonly elapsedSeconds: number; readonly quality: Quality }
  | { readonly type: 'cancelled'; readonly database: DatabaseOutcome }
  | { readonly type: 'error'; readonly code: string; readonly detail: string; readonly retryable: boolean }
  | { readonly type: 'refused'; readonly problem: ClientProblem }
  | { readonly type: 'stopped' };

export function outcomeOf(line: TerminalLine): StreamOutcome {
  if (line.type === 'complete') {
    return { type: 'complete', elapsedSeconds: line.elapsed_seconds, quality: line.quality };
  }
  if (line.type === 'cancelled') {
    return { type: 'cancelled', database: line.database };
  }
  return { type: 'error', code: line.code, detail: line.detail, retryable: line.retryable };
}

/** What the reader does right now. `retryAtMs` is in milliseconds since the epoch. */
export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'reading' }
  | {
      readonly state: 'waiting';
      readonly why: 'cut' | 'damaged' | 'refused';
      readonly attempt: number;
      readonly retryAtMs: number;
      readonly problem?: ClientProblem;
    }
  | { readonly state: 'ended' };
