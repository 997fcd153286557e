const FIRST_DELAY_MS = 400;
const MAX_DELAY_MS = 15_000;

/**
 * How long to wait before attempt `attempt` (the first is 1). Doubled each time, capped, and spread over its upper half
 * by `random` (0 to 1), so that the readers of an edge that restarted do not come back in one instant.
 */
export function backoffDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, attempt - 1));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
