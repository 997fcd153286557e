import { randomBytes } from 'node:crypto';
import type { LeaseRequest, Slots } from '#protocol/bridge-message.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { Logger } from '../log.ts';
import { waitMs } from '../wait.ts';
import type { EdgeClient } from './edge-client.ts';
import type { KeptLease } from './lease-keeper.ts';
import { RENEWALS_PER_TTL } from './lease-keeper.ts';
import { pauseBeforeRetryMs } from './retry.ts';

/** Offers are hints and may be lost: the queue is looked at this often anyway. Each look wakes an object at the edge. */
const POLL_MS = 30_000;
/** How long a lease call that is under way at a stop may still take. */
const STOP_WAIT_MS = 2000;

export interface LeaseLoopOptions {
  readonly client: Pick<EdgeClient, 'lease'>;
  readonly bootId: string;
  readonly readFreeSlots: () => Slots;
  readonly onLease: (lease: KeptLease) => void;
  readonly log: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/**
 * Asks the edge for jobs: at the start, when an offer comes or a slot gets free (`wake`), and now and then. One call at
 * a time. A call without an answer is repeated with its request id until there is one: the edge may have granted
 * leases that nobody would work on otherwise. Such leases may be old or new; they are renewed before anything else.
 */
export class LeaseLoop {
  readonly #options: LeaseLoopOptions;
  readonly #stopping = new AbortController();
  readonly #call = new AbortController();
  #wake = new AbortController();
  #unanswered: { request: LeaseRequest; askedAtMs: number; attempts: number } | undefined;
  #running: Promise<void> | undefined;

  constructor(options: LeaseLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** There may be work, or room for it. */
  wake(): void {
    this.#wake.abort();
  }

  /** Takes no more leases. Resolves when none can arrive any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    const timer = setTimeout(() => this.#call.abort(), STOP_WAIT_MS);
    await this.#running;
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#wake = new AbortController();
      const freeBefore = countSlots(this.#options.readFreeSlots());
      if (freeBefore > 0) {
        await this.#ask();
        const free = countSlots(this.#options.readFreeSlots());
        if (free > 0 && free < freeBefore) continue;
      }
      const pauseMs = this.#unanswered ? pauseBeforeRetryMs(this.#unanswered.attempts, Math.random()) : POLL_MS;
      await waitMs(pauseMs, this.#wake.signal);
    }
  }

  async #ask(): Promise<void> {
    const { client, bootId, readFreeSlots, onLease, log, now } = this.#options;
    this.#unanswered ??= {
      request: { request_id: randomBytes(16).toString('hex'), boot_id: bootId, slots: readFreeSlots() },
      askedAtMs: now(),
      attempts: 0,
    };
    const { request, askedAtMs } = this.#unanswered;
    this.#unanswered.attempts++;
    try {
      const leases = await client.lease(request, this.#call.signal);
      this.#unanswered = undefined;
      for (const lease of leases)
        onLease({ lease, askedAtMs: Math.max(askedAtMs, now() - lease.ttl_ms / RENEWALS_PER_TTL) });
    } catch (error) {
      if (this.#call.signal.aborted) return;
      const refused = error instanceof ProblemError && !error.retryable;
      if (refused) this.#unanswered = undefined;
      log.warn(
        { err: error },
        refused ? 'the edge refused to lease jobs' : 'the edge cannot be asked for jobs; trying again',
      );
    }
  }
}

function countSlots(slots: Slots): number {
  return slots.interactive + slots.batch;
}
