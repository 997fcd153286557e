import { ProblemError } from '#protocol/problem.ts';

const STORE_IS_FULL = /SQLITE_FULL|disk is full/i;

/** Whether a store has no room: it says so where a statement is run, or where its object commits and is reset. */
export function isStoreFull(thrown: unknown): boolean {
  return thrown instanceof Error && STORE_IS_FULL.test(thrown.message);
}

/** What a caller is told of anything thrown. A full store is nothing that its object could catch: it is met here. */
export function explainThrown(thrown: unknown): ProblemError {
  if (!isStoreFull(thrown)) return ProblemError.from(thrown);
  return new ProblemError('STORE_FULL', 'The edge has no space left to keep this job.', { cause: thrown });
}
