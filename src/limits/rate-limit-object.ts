import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';
import { isLost } from '../lost-alarm.ts';
import type { RateBucket } from './rate-buckets.ts';
import type { RateCount, RateRule, RateWindow } from './rate-window.ts';
import { countRequest } from './rate-window.ts';

/** What was counted is written this much later: a caller does not wait for the disk, and a burst is one write. */
const SAVE_DELAY_MS = 100;
/** An alarm that could not do its work is tried again after this long. */
const RETRY_MS = 15_000;

/**
 * The counters of one caller, a window for each kind of call. An eviction, which comes after seconds without a call, forgets
 * nothing; a crash may forget what was counted in the last `SAVE_DELAY_MS`. When the last window has ended, nothing is left
 * of the object.
 */
export class RateLimitObject extends DurableObject<Env> {
  /** Replaced by tests that need a clock of their own. */
  now: () => number = () => Date.now();
  readonly #windows: Map<RateBucket, RateWindow>;
  readonly #unsaved = new Set<RateBucket>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#windows = new Map(ctx.storage.kv.list<RateWindow>() as Iterable<[RateBucket, RateWindow]>);
  }

  /** Counts one request, if the rule admits it. */
  async count(bucket: RateBucket, rule: RateRule): Promise<RateCount> {
    const known = this.#windows.get(bucket);
    const { window, count } = countRequest(known, rule, this.now());
    if (window !== known) {
      this.#windows.set(bucket, window);
      if (this.#unsaved.size === 0) this.ctx.waitUntil(this.#saveSoon());
      this.#unsaved.add(bucket);
    }
    return count;
  }

  override async alarm(): Promise<void> {
    const { storage } = this.ctx;
    const now = this.now();
    // First: the platform gives up on an alarm that failed six times.
    await storage.setAlarm(now + RETRY_MS);
    for (const [bucket, { endsAtMs }] of this.#windows) {
      if (endsAtMs > now) continue;
      this.#windows.delete(bucket);
      storage.kv.delete(bucket);
    }
    if (this.#windows.size > 0) return storage.setAlarm(this.#lastEndMs());
    await Promise.all([storage.deleteAlarm(), storage.deleteAll()]);
  }

  async #saveSoon(): Promise<void> {
    await scheduler.wait(SAVE_DELAY_MS);
    const { storage } = this.ctx;
    const buckets = [...this.#unsaved];
    this.#unsaved.clear();
    for (const bucket of buckets) {
      const window = this.#windows.get(bucket);
      if (window) storage.kv.put(bucket, window);
    }
    if (this.#windows.size === 0) return;
    const due = await storage.getAlarm();
    if (due === null || isLost(due, this.now())) await storage.setAlarm(this.#lastEndMs());
  }

  #lastEndMs(): number {
    return Math.max(...[...this.#windows.values()].map(({ endsAtMs }) => endsAtMs));
  }
}
