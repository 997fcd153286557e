import type { IdsRange } from '#protocol/trace.ts';
import { ClientProblemError } from '../../stream/client-problem.ts';
import type { Clock } from '../../stream/clock.ts';
import type { RecordsJob } from './event-stage.ts';
import type { PartsSnapshot, TracePart } from '../part-list.ts';
import { partsAsTold } from '../part-list.ts';

/** The wait after a refusal for now that names none. */
const DEFAULT_WAIT_SECONDS = 10;

interface PartsMeans {
  /** @throws ClientProblemError */
  readonly post: (range: IdsRange, signal: AbortSignal) => Promise<RecordsJob>;
  readonly clock: Clock;
  readonly changed: () => void;
}

/** Posts the parts of a trace one after the other. Each is a job of its own from then on. */
export class TraceParts {
  readonly #means: PartsMeans;
  #stop = new AbortController();
  #snapshot: PartsSnapshot;
  #isPostingRest = false;

  constructor(parts: readonly TracePart[], means: PartsMeans) {
    this.#means = means;
    this.#snapshot = partsAsTold(parts);
  }

  snapshot(): PartsSnapshot {
    return this.#snapshot;
  }

  /** Leaves the rest unposted; what was posted goes on. */
  stop(): void {
    this.#stop.abort();
  }

  /**
   * Posts the first part that is not posted yet; a refusal for now is waited out.
   * @throws ClientProblemError for any other refusal; the reason of `stop`.
   */
  async postNext(): Promise<RecordsJob> {
    const { signal } = this.#stop;
    try {
      for (;;) {
        signal.throwIfAborted();
        this.#tell({ posting: 'active', problem: undefined });
        const answer = await this.#post(signal);
        if (typeof answer !== 'number') return answer;
        await this.#wait(answer, signal);
      }
    } catch (thrown) {
      const problem = signal.aborted ? undefined : ClientProblemError.from(thrown).problem;
      this.#tell({ posting: 'stopped', problem });
      throw thrown;
    }
  }

  /** Posts all that is left, also after a stop. Never rejects: why it stopped again is in the snapshot. */
  async postRest(): Promise<void> {
    if (this.#isPostingRest) return;
    this.#isPostingRest = true;
    if (this.#stop.signal.aborted) this.#stop = new AbortController();
    try {
      while (this.#snapshot.posting !== 'done') await this.postNext();
    } catch {
      // The snapshot has it.
    } finally {
      this.#isPostingRest = false;
    }
  }

  /** @returns the part, or how many seconds to wait. */
  async #post(signal: AbortSignal): Promise<RecordsJob | number> {
    const { parts } = this.#snapshot;
    const place = parts.findIndex(({ jobId }) => jobId === undefined);
    const range = parts[place]?.range;
    if (range === undefined) throw new Error('every part is posted');
    try {
      const posted = await this.#means.post(range, signal);
      const known = partsAsTold(parts.with(place, { range, jobId: posted.jobId }));
      this.#tell(known.posting === 'done' ? known : { ...known, posting: 'active' });
      return posted;
    } catch (thrown) {
      const { problem } = ClientProblemError.from(thrown);
      if (problem.code !== 'RATE_LIMITED' && problem.code !== 'CONCURRENT_JOB_LIMIT') throw thrown;
      const retryAfterSeconds = problem.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS;
      this.#tell({ posting: 'waiting', problem: { ...problem, retryAfterSeconds } });
      return retryAfterSeconds;
    }
  }

  async #wait(seconds: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        callOff();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const callOff = this.#means.clock.after(seconds * 1000, done);
      signal.addEventListener('abort', done);
    });
  }

  #tell(known: Partial<PartsSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...known };
    this.#means.changed();
  }
}
