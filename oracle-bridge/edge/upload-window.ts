import { MAX_STAGED_CHUNKS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';

/**
 * The credit of one domain: chunks that are on their way or wait at the edge for their seal. A chunk takes its place
 * with `reserve` and leaves it with `lose` (it never arrived) or with the seal of its range. When all places are taken
 * the writer waits, and with it the reading of the database.
 *
 * The edge may grant less than `MAX_STAGED_CHUNKS`. Its word is taken as far as the work can still go on: with nothing
 * under way that could free a place, one more chunk is sent, and the edge decides.
 */
export class UploadWindow {
  #inFlight = 0;
  #staged = 0;
  #sealing = 0;
  #limit = MAX_STAGED_CHUNKS;
  #wake: (() => void)[] = [];

  /** Chunks in flight or staged. */
  get held(): number {
    return this.#inFlight + this.#staged;
  }

  /** Every place is taken, and no seal is on its way that could free one. */
  get isFull(): boolean {
    return this.held >= MAX_STAGED_CHUNKS && this.#sealing === 0;
  }

  /**
   * Takes a place for one chunk, as soon as there is one.
   * @throws ProblemError `RESULT_TOO_LARGE` where waiting would never end: the range itself fills the window.
   * @throws the signal's reason.
   */
  async reserve(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#hasPlace()) break;
      if (this.isFull) {
        throw new ProblemError(
          'RESULT_TOO_LARGE',
          'One range of containers has more records than can be sent at once.',
        );
      }
      await this.#nextChange(signal);
    }
    this.#inFlight++;
  }

  /** The chunk is staged. `credit`: what the edge said may still be sent. */
  arrive(credit: number): void {
    this.#inFlight--;
    this.#staged++;
    this.#grant(credit);
  }

  /** The chunk will not arrive. */
  lose(): void {
    this.#inFlight--;
    this.#change();
  }

  /** A seal is on its way; `endSeal` or `loseSeal` must follow. */
  beginSeal(): void {
    this.#sealing++;
  }

  endSeal(chunks: number, credit: number): void {
    this.#sealing--;
    this.#staged -= chunks;
    this.#grant(credit);
  }

  loseSeal(): void {
    this.#sealing--;
    this.#change();
  }

  #hasPlace(): boolean {
    if (this.held >= MAX_STAGED_CHUNKS) return false;
    return this.held < this.#limit || (this.#inFlight === 0 && this.#sealing === 0);
  }

  /** Answers may overtake each other; what was staged when this one was made is at least what is known to be now. */
  #grant(credit: number): void {
    this.#limit = Math.min(MAX_STAGED_CHUNKS, this.#staged + credit);
    this.#change();
  }

  #change(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  #nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      this.#wake.push(done);
    });
  }
}
