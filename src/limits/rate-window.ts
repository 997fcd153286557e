/**
 * The rule of a rate limit, pure: so many requests in a window that begins with the first of them. Exact: within a window
 * never one more is admitted, and `resetSeconds` from now the next one is.
 */

/** `maxRequests` 0: no limit. */
export interface RateRule {
  readonly maxRequests: number;
  readonly windowSeconds: number;
}

export interface RateWindow {
  readonly endsAtMs: number;
  /** Requests admitted so far. */
  readonly requests: number;
}

export interface RateCount {
  readonly admitted: boolean;
  /** Requests the window still admits. */
  readonly remaining: number;
  /** Whole seconds until the window has ended, at least 1. */
  readonly resetSeconds: number;
}

/**
 * Counts one request at `now`. A refused one changes nothing: the answer then has the very window that was given.
 * @param known What was counted before; `undefined`: nothing.
 */
export function countRequest(
  known: RateWindow | undefined,
  rule: RateRule,
  now: number,
): { readonly window: RateWindow; readonly count: RateCount } {
  const open = openWindow(known, rule.windowSeconds * 1000, now);
  const admitted = open.requests < rule.maxRequests;
  const window = admitted ? { ...open, requests: open.requests + 1 } : open;
  return {
    window,
    count: {
      admitted,
      remaining: Math.max(0, rule.maxRequests - window.requests),
      resetSeconds: Math.ceil((window.endsAtMs - now) / 1000),
    },
  };
}

/** No window ends later than a whole one from now: so it is after a clock was set back, or the rule made shorter. */
function openWindow(known: RateWindow | undefined, windowMs: number, now: number): RateWindow {
  const latestEndMs = now + windowMs;
  if (!known || known.endsAtMs <= now) return { endsAtMs: latestEndMs, requests: 0 };
  return known.endsAtMs <= latestEndMs ? known : { ...known, endsAtMs: latestEndMs };
}
