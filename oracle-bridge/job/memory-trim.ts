import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A worker that has had no job for so long gives memory back; one that goes from job to job does not stop for it. */
export const IDLE_BEFORE_TRIM_MS = 1000;

export interface MemoryTrimOptions {
  readonly collectGarbage: () => void;
  /** Gives back what the warehouse holds of statements that have ended. Never rejects. */
  readonly trimWarehouse: () => Promise<void>;
}

/**
 * Gives memory back between two jobs. Results of the warehouse's driver live outside the heap until their wrappers are
 * collected, of which V8 sees only small objects that are no reason to collect anything; and an allocator keeps what it
 * was given back for the next job, in another place each time. Without this a process keeps more than twice what it needs, and
 * grows for some hundred jobs.
 */
export class MemoryTrim {
  readonly #options: MemoryTrimOptions;
  #timer: NodeJS.Timeout | undefined;
  #trimming: Promise<void> = Promise.resolve();

  constructor(options: MemoryTrimOptions) {
    this.#options = options;
  }

  /** Resolves when the job may read: what has been begun is waited for, 100 ms at most. Never rejects. */
  async jobBegins(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#trimming;
  }

  jobHasEnded(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#options.collectGarbage();
      this.#trimming = this.#options.trimWarehouse();
    }, IDLE_BEFORE_TRIM_MS).unref();
  }
}

let gc: (() => void) | undefined;

/** A whole collection, 5–20 ms for the heap of an idle job worker. */
export function collectGarbage(): void {
  if (gc === undefined) {
    // A context made behind this has the function; the command line of a worker thread could not ask for it.
    setFlagsFromString('--expose-gc');
    gc = runInNewContext('gc') as () => void;
  }
  gc();
}
