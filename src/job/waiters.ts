/**
 * Who waits for the next change of a job: readers, or long-polls. A change wakes all of them; each looks again for
 * itself, so a wake-up too many does no harm.
 */
export class Waiters {
  readonly #limit: number;
  readonly #wake = new Set<() => void>();

  /** `limit`: those who may wait at the same time. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  wakeAll(): void {
    for (const wake of this.#wake) wake();
  }

  /**
   * Resolves at the next change, after `waitMs`, or when `signal` aborts; never rejects.
   * @returns `false`, at once, when there is no room: to wait again would be a loop that nothing can interrupt.
   */
  wait(waitMs: number, signal?: AbortSignal): Promise<boolean> {
    if (waitMs <= 0 || signal?.aborted) return Promise.resolve(true);
    if (this.#wake.size >= this.#limit) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake.delete(done);
        signal?.removeEventListener('abort', done);
        resolve(true);
      };
      const timer = setTimeout(done, waitMs);
      this.#wake.add(done);
      signal?.addEventListener('abort', done);
    });
  }
}
