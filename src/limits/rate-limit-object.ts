import { DurableObject } from 'cloudflare:workers';
import rateWindow0001 from '../../sql/edge/limits/0001-rate-window.sql';
import type { Env } from '../env.ts';
import type { RateBucket } from './rate-buckets.ts';
import type { RateCount, RateRule, RateWindow } from './rate-window.ts';
import { countRequest } from './rate-window.ts';

/** An alarm that could not do its work is tried again after this long. */
const RETRY_MS = 15_000;

/**
 * The counters of one caller, a row a bucket. They are in the store, so an eviction or a crash forgets no request that was
 * admitted: it is written before its caller goes on. When the last window has ended, nothing is left of the object.
 */
export class RateLimitObject extends DurableObject<Env> {
  /** Replaced by tests that need a clock of their own. */
  now: () => number = () => Date.now();
  /** The table and an alarm are there. */
  #isOpen = false;

  /** Counts one request, if the rule admits it. */
  async count(bucket: RateBucket, rule: RateRule): Promise<RateCount> {
    await this.#open(rule);
    const known = this.#windowOf(bucket);
    const { window, count } = countRequest(known, rule, this.now());
    if (window !== known) this.#keep(bucket, window);
    return count;
  }

  override async alarm(): Promise<void> {
    const { storage } = this.ctx;
    const now = this.now();
    // First: the platform gives up on an alarm that failed six times.
    await storage.setAlarm(now + RETRY_MS);
    storage.sql.exec(rateWindow0001);
    storage.sql.exec('DELETE FROM rate_window WHERE ends_at_ms <= ?', now);
    const { last } = storage.sql.exec<{ last: number | null }>('SELECT max(ends_at_ms) AS last FROM rate_window').one();
    if (last !== null) return storage.setAlarm(last);
    // In one step with what was just seen: a request that comes in between would be counted in a table that goes.
    this.#isOpen = false;
    await Promise.all([storage.deleteAlarm(), storage.deleteAll()]);
  }

  async #open({ windowSeconds }: RateRule): Promise<void> {
    if (this.#isOpen) return;
    const { storage } = this.ctx;
    if ((await storage.getAlarm()) === null) await storage.setAlarm(this.now() + windowSeconds * 1000);
    storage.sql.exec(rateWindow0001);
    this.#isOpen = true;
  }

  #windowOf(bucket: RateBucket): RateWindow | undefined {
    const [row] = this.ctx.storage.sql
      .exec<{ ends_at_ms: number; requests: number }>(
        'SELECT ends_at_ms, requests FROM rate_window WHERE bucket = ?',
        bucket,
      )
      .toArray();
    return row && { endsAtMs: row.ends_at_ms, requests: row.requests };
  }

  #keep(bucket: RateBucket, { endsAtMs, requests }: RateWindow): void {
    this.ctx.storage.sql.exec(
      'INSERT OR REPLACE INTO rate_window (bucket, ends_at_ms, requests) VALUES (?, ?, ?)',
      bucket,
      endsAtMs,
      requests,
    );
  }
}
