import { isTerminal } from '#protocol/job.ts';
import type { VersionedStatus } from './job-api.ts';
import { Waiters } from './waiters.ts';

/** Long-polls of one job at the same time; one more is answered at once, as if its time were up. */
const MAX_POLLS = 256;

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

  /** The status once it is enough, the job has ended, or time is up. A job that has ended is answered at once. */
  async wait(waitMs: number, enough: (current: VersionedStatus) => boolean): Promise<VersionedStatus> {
    const { now, read } = this.#deps;
    const untilMs = now() + waitMs;
    for (;;) {
      const current = read();
      const leftMs = untilMs - now();
      if (leftMs <= 0 || isTerminal(current.status.state) || enough(current)) return current;
      if (!(await this.#waiters.wait(leftMs))) return read();
    }
  }
}
