import type { IdsRange } from '#protocol/trace.ts';
import { ProblemError } from '#protocol/problem.ts';

/** One call that would be admitted; `ids_range` counts over the sorted, deduplicated ids of the whole. */
export interface SplitPart {
  readonly ids_range: IdsRange;
  readonly ids: number;
}

/** Parts of at most `limitIds` that together are `[from, to)`, of nearly equal size. */
export function planSplit(range: IdsRange, limitIds: number): SplitPart[] {
  const total = range.to - range.from;
  const count = Math.ceil(total / limitIds);
  return Array.from({ length: count }, (_, index) => {
    const from = range.from + Math.floor((total * index) / count);
    const to = range.from + Math.floor((total * (index + 1)) / count);
    return { ids_range: { from, to }, ids: to - from };
  });
}

/** More ids than a job of this profile may have. The caller can post the parts of the plan one by one. */
export function tooManyIds(range: IdsRange, limitIds: number): ProblemError {
  const total = range.to - range.from;
  return new ProblemError('CID_LIMIT_EXCEEDED', `${total} container ids are more than the ${limitIds} of one job.`, {
    members: { ids: total, limit: limitIds, split_plan: planSplit(range, limitIds) },
  });
}
