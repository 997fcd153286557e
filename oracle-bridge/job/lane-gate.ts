import type { Lane } from '#protocol/kind.ts';

/** A statement of the batch lane waits at most this long: a steady flow of clicks must not stop a trace. */
const MAX_YIELD_MS = 500;
/** Statements of the batch lane that run at once, of all its jobs together: each takes a core. */
const MAX_BATCH_STATEMENTS = 2;
const CELLS: Readonly<Record<Lane, number>> = { interactive: 0, batch: 1 };

/**
 * Lets interactive jobs go first: while one runs, batch jobs start no further statement, and they never have more under
 * way than a click can wait for. What they have started goes on; a statement of theirs covers 1000 containers at most.
 * The main thread counts jobs, the job threads look, through memory they share. It counts jobs and not statements, so
 * that a killed thread leaves nothing behind.
 */
export class LaneGate {
  readonly memory: SharedArrayBuffer;
  readonly #jobs: Int32Array<SharedArrayBuffer>;

  constructor(memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#jobs = new Int32Array(memory);
  }

  /** A job begins. Call what comes back once, when it has ended. */
  enter(lane: Lane): () => void {
    Atomics.add(this.#jobs, CELLS[lane], 1);
    return () => {
      Atomics.sub(this.#jobs, CELLS[lane], 1);
      Atomics.notify(this.#jobs, CELLS[lane]);
    };
  }

  /** Statements one batch job may have under way now. */
  statementsPerBatchJob(): number {
    return Math.max(1, Math.floor(MAX_BATCH_STATEMENTS / Math.max(1, Atomics.load(this.#jobs, CELLS.batch))));
  }

  /** Resolves when no interactive job runs, or after a while all the same. */
  async giveWay(now: () => number = () => performance.now()): Promise<void> {
    const untilMs = now() + MAX_YIELD_MS;
    for (;;) {
      const running = Atomics.load(this.#jobs, CELLS.interactive);
      const leftMs = untilMs - now();
      if (running <= 0 || leftMs <= 0) return;
      await Atomics.waitAsync(this.#jobs, CELLS.interactive, running, leftMs).value;
    }
  }
}
