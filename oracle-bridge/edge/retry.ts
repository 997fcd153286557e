/** Pauses between attempts at the edge. */
const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 5000;
/** Longer pauses that the edge asks for are taken as a refusal: a lease would not live through them. */
export const MAX_RETRY_AFTER_MS = 20_000;

/**
 * Exponential with jitter between half and all of it: bridges that lost the same edge do not come back in step.
 * @param attempt Attempts made so far, from 1.
 * @param random In [0, 1).
 */
export function pauseBeforeRetryMs(attempt: number, random: number): number {
  const full = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt - 1, 16));
  return Math.round(full / 2 + (full / 2) * random);
}

/**
 * `Retry-After` in milliseconds from `now`: seconds or an HTTP date.
 * @returns `undefined` if there is none or it makes no sense.
 */
export function parseRetryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^[0-9]{1,6}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** 429, and answers of an edge that is not there or just being replaced. A reset Durable Object shows as 500. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

export function isPassingStatus(status: number): boolean {
  return PASSING_STATUSES.has(status);
}
