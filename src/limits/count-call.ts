import { ProblemError } from '#protocol/problem.ts';
import type { Env } from '../env.ts';
import { settingsOf } from '../settings.ts';
import type { RateBucket } from './rate-buckets.ts';
import type { RateCount, RateRule } from './rate-window.ts';

/** A call that was counted, admitted or not, and by what. */
export interface CountedCall extends RateCount {
  readonly bucket: RateBucket;
  readonly rule: RateRule;
}

/**
 * Counts a call of a caller whose identity is known; `undefined` where there is no limit. The object's name is the owner
 * and nothing that a caller could write into a header.
 */
export async function countCall(env: Env, owner: string, bucket: RateBucket): Promise<CountedCall | undefined> {
  const rule = settingsOf(env).rateRules[bucket];
  if (rule.maxRequests === 0) return undefined;
  return { bucket, rule, ...(await env.RATE_LIMIT.getByName(owner).count(bucket, rule)) };
}

/** @throws ProblemError `RATE_LIMITED` for a call that was one too many. */
export function requireAdmitted({ admitted, bucket, rule, resetSeconds }: CountedCall): void {
  if (admitted) return;
  const { maxRequests, windowSeconds } = rule;
  throw new ProblemError(
    'RATE_LIMITED',
    `At most ${maxRequests} of these calls are possible in ${windowSeconds} s. Try again in ${resetSeconds} s.`,
    { members: { bucket, limit: maxRequests, window_seconds: windowSeconds }, retryAfterSeconds: resetSeconds },
  );
}
