import { ProblemError } from '#protocol/problem.ts';
import type { SplitPart } from '#protocol/trace.ts';

/** Equal parts of at most `limit` ids, over the sorted, deduplicated ids. */
export function splitPlan(idCount: number, limit: number): SplitPart[] {
  const parts = Math.ceil(idCount / limit);
  const size = Math.ceil(idCount / parts);
  return Array.from({ length: parts }, (_, index) => {
    const range = { from: index * size, to: Math.min(idCount, (index + 1) * size) };
    return { ids_range: range, ids: range.to - range.from };
  });
}

/** @throws ProblemError `CID_LIMIT_EXCEEDED` with a split plan; the limit itself passes. */
export function checkIdLimit(idCount: number, limit: number): void {
  if (idCount <= limit) return;
  throw new ProblemError(
    'CID_LIMIT_EXCEEDED',
    `The request names ${idCount} containers; at most ${limit} are allowed. Post it in parts, as split_plan says.`,
    { members: { ids: idCount, limit, split_plan: splitPlan(idCount, limit) } },
  );
}
