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

/** Too early, too slow, too often. */
const PASSING_REFUSALS: ReadonlySet<number> = new Set([408, 425, 429]);
/** A store without room stays so for longer than a call is repeated. */
const INSUFFICIENT_STORAGE = 507;

/**
 * Whether the same call may go well soon: the edge is not there or just being replaced, whatever number what stands in front
 * of it has for that (520 to 530 are Cloudflare's own). A reset Durable Object shows as 500.
 */
export function isPassingStatus(status: number): boolean {
  return PASSING_REFUSALS.has(status) || (status >= 500 && status !== INSUFFICIENT_STORAGE);
}
