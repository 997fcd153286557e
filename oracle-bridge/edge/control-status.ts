import type { BridgeToEdge } from '#protocol/bridge-message.ts';

export type BridgeStatus = Omit<Extract<BridgeToEdge, { type: 'status' }>, 'type'>;

/** At the edge each message wakes an object: news is collected for a moment, and memory is news only in large steps. */
const STATUS_PAUSE_MS = 1000;
const RSS_STEP_BYTES = 16 * 1024 * 1024;
/** How often the status is compared with what was sent last. */
export const STATUS_CHECK_MS = 15_000;

/** Whether the edge should hear of `next` after it has heard `sent`. */
export function isStatusNews(sent: BridgeStatus | undefined, next: BridgeStatus): boolean {
  return (
    sent === undefined ||
    sent.in_flight !== next.in_flight ||
    sent.draining !== next.draining ||
    sent.free.interactive !== next.free.interactive ||
    sent.free.batch !== next.free.batch ||
    Math.abs(sent.rss_bytes - next.rss_bytes) >= RSS_STEP_BYTES
  );
}

/** How long a status has to wait so that two are never closer than `STATUS_PAUSE_MS`. */
export function statusDelayMs(sentAtMs: number | undefined, now: number): number {
  return sentAtMs === undefined ? 0 : Math.max(0, sentAtMs + STATUS_PAUSE_MS - now);
}
