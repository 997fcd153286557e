import type { Lease } from '#protocol/lease.ts';
import { LEASE_GIVE_UP_RATIO } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { Logger } from '../log.ts';
import { waitMs } from '../wait.ts';
import type { EdgeClient } from './edge-client.ts';

/** Renewals a lease lives through: two may be lost before it is. */
export const RENEWALS_PER_TTL = 3;
/** Pause after a renewal that failed, as a part of the TTL. */
const RETRIES_PER_TTL = 20;

/** How a lease ended without its job having ended. */
export type LeaseEnd = 'cancelled' | 'lost';

export interface KeptLease {
  readonly lease: Lease;
  /** Monotonic time at which the lease was asked for: it began then or later, so it ends no sooner than we think. */
  readonly askedAtMs: number;
}

export interface LeaseKeeperOptions {
  readonly client: Pick<EdgeClient, 'renew'>;
  readonly log: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly readPhase: () => string;
  readonly onEnd: (end: LeaseEnd) => void;
}

/** When a lease asked for (or renewed) at `sinceMs` has to be renewed, and when its holder must let go of it. */
export function leaseTimes(sinceMs: number, ttlMs: number): { renewAtMs: number; giveUpAtMs: number } {
  return { renewAtMs: sinceMs + ttlMs / RENEWALS_PER_TTL, giveUpAtMs: sinceMs + ttlMs * LEASE_GIVE_UP_RATIO };
}

/**
 * Renews a lease until `stop` is called. The holder lets go before the edge does: with no successful renewal for
 * `LEASE_GIVE_UP_RATIO` of the TTL on its own monotonic clock the lease counts as lost.
 */
export function keepLease(kept: KeptLease, options: LeaseKeeperOptions): { stop: () => void } {
  const stopped = new AbortController();
  void renewUntilStopped(kept, options, stopped);
  return { stop: () => stopped.abort() };
}

async function renewUntilStopped(
  { lease, askedAtMs }: KeptLease,
  options: LeaseKeeperOptions,
  stopped: AbortController,
): Promise<void> {
  const { now, onEnd } = options;
  let ttlMs = lease.ttl_ms;
  let times = leaseTimes(askedAtMs, ttlMs);
  let renewAtMs = times.renewAtMs;
  while (!stopped.signal.aborted) {
    const pauseMs = Math.min(renewAtMs, times.giveUpAtMs) - now();
    if (pauseMs > 0) await waitMs(pauseMs, stopped.signal);
    if (stopped.signal.aborted) return;
    const sentAtMs = now();
    const answer = sentAtMs < times.giveUpAtMs ? await renewOnce(lease, options, { stopped, times }) : 'lost';
    if (stopped.signal.aborted) return;
    if (answer === 'lost' || answer === 'cancelled') return onEnd(answer);
    if (typeof answer === 'number') {
      ttlMs = answer;
      times = leaseTimes(sentAtMs, ttlMs);
      renewAtMs = times.renewAtMs;
    } else renewAtMs = now() + ttlMs / RETRIES_PER_TTL;
  }
}

/** @returns the new TTL, how the lease ended, or `unanswered`. */
async function renewOnce(
  lease: Lease,
  { client, log, now, readPhase }: LeaseKeeperOptions,
  { stopped, times }: { stopped: AbortController; times: { giveUpAtMs: number } },
): Promise<number | LeaseEnd | 'unanswered'> {
  const call = new AbortController();
  const timer = setTimeout(() => call.abort(), Math.max(0, times.giveUpAtMs - now()));
  const abort = (): void => call.abort();
  stopped.signal.addEventListener('abort', abort, { once: true });
  try {
    const { ttl_ms: ttlMs, cancelled } = await client.renew(lease, readPhase(), call.signal);
    return cancelled ? 'cancelled' : ttlMs;
  } catch (error) {
    if (isLeaseOver(error)) return 'lost';
    if (!stopped.signal.aborted) log.warn({ err: error }, 'a lease could not be renewed');
    return 'unanswered';
  } finally {
    clearTimeout(timer);
    stopped.signal.removeEventListener('abort', abort);
  }
}

/** Whether the edge has said that this lease holds nothing any more. */
export function isLeaseOver(error: unknown): boolean {
  return error instanceof ProblemError && ['LEASE_FENCED', 'JOB_NOT_FOUND', 'JOB_RESULT_EXPIRED'].includes(error.code);
}
