/**
 * Lets a number of pieces of work run at once; others wait in order. It bounds the chunks of one job that are being
 * encoded or sent, whatever the number of its domains, and keeps the time limit of a call from starting in a queue.
 */
export class UploadGate {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Resolves when there is a place. Its holder must call the function it gets exactly once. */
  async enter(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return () => this.#leave();
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
