/** Calls that may wait for one job at the same time; one more is answered at once, as if its time were up. */
const MAX_WAITERS = 256;

/**
 * Who waits for the next change of a job: readers and long-polls. A change wakes all of them; each looks again for
 * itself, so a wake-up too many does no harm.
 */
export class Waiters {
  readonly #wake = new Set<() => void>();

  wakeAll(): void {
    for (const wake of this.#wake) wake();
  }

  /** Resolves at the next change, after `waitMs`, or when `signal` aborts; never rejects. */
  wait(waitMs: number, signal?: AbortSignal): Promise<void> {
    if (waitMs <= 0 || this.#wake.size >= MAX_WAITERS || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      this.#wake.add(done);
      signal?.addEventListener('abort', done);
    });
  }
}
