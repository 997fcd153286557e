import type { CountedCall } from '../../limits/count-call.ts';

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers): the quota and its window in seconds, what is
 * left of it and for how many seconds. Set in place, as every header that all answers of a route carry.
 */
export function addRateLimitHeaders(headers: Headers, { bucket, rule, remaining, resetSeconds }: CountedCall): void {
  headers.set('ratelimit-policy', `"${bucket}";q=${rule.maxRequests};w=${rule.windowSeconds}`);
  headers.set('ratelimit', `"${bucket}";r=${remaining};t=${resetSeconds}`);
}
