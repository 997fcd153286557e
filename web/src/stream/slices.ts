import type { Clock } from './clock.ts';

/** How long work may keep the thread before other messages get their turn: rows for the grid, a cancel. */
const SLICE_MS = 30;

/** Long work in slices. Whoever works asks for a pause often; it is one only when the slice is over. */
export class Slices {
  readonly #clock: Clock;
  #endMs: number;

  /** The first slice begins now. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#endMs = clock.nowMs() + SLICE_MS;
  }

  /** Lets other messages have their turn when the slice is over. @returns whether it was. */
  async pause(): Promise<boolean> {
    if (this.#clock.nowMs() < this.#endMs) return false;
    await new Promise<void>((resolve) => this.#clock.after(0, resolve));
    this.#endMs = this.#clock.nowMs() + SLICE_MS;
    return true;
  }
}
