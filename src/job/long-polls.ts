import { isTerminal } from '#protocol/job.ts';
import type { VersionedStatus } from './job-api.ts';
import { isTagOfState } from './job-status.ts';
import { Waiters } from './waiters.ts';

/** Long-polls of one job at the same time; one more is answered at once, as if its time were up. */
const MAX_POLLS = 256;
/**
 * Mere progress, which a fast job makes many times a second, is told no sooner: a caller that polls without a pause stays
 * well below the 60 calls a minute it may make.
 */
const PROGRESS_HOLD_MS = 1500;

interface PollDeps {
  readonly now: () => number;
  readonly read: () => VersionedStatus;
}

/** Callers that wait for something to become of a job. */
export class LongPolls {
  readonly #waiters = new Waiters(MAX_POLLS);
  readonly #deps: PollDeps;

  constructor(deps: PollDeps) {
    this.#deps = deps;
  }

  wakeAll(): void {
    this.#waiters.wakeAll();
  }

  /** The status once it is another than `etag` says, or after `waitMs`. Another state is answered at once. */
  forChange(etag: string, waitMs: number): Promise<VersionedStatus> {
    return this.#wait((current) => {
      if (current.etag === etag) return waitMs;
      return isTagOfState(etag, current.status.state) ? Math.min(waitMs, PROGRESS_HOLD_MS) : 0;
    });
  }

  /** The status once the job has ended, or after `waitMs`. */
  forEnd(waitMs: number): Promise<VersionedStatus> {
    return this.#wait(() => waitMs);
  }

  /** `holdMs`: for how long in all an answer that would be `current` is held back. */
  async #wait(holdMs: (current: VersionedStatus) => number): Promise<VersionedStatus> {
    const { now, read } = this.#deps;
    const sinceMs = now();
    for (;;) {
      const current = read();
      const leftMs = sinceMs + holdMs(current) - now();
      if (leftMs <= 0 || isTerminal(current.status.state)) return current;
      if (!(await this.#waiters.wait(leftMs))) return read();
    }
  }
}
