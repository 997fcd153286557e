import type { Lane } from '#protocol/kind.ts';
import type { LaneGate } from './lane-gate.ts';

/** When a job may start its next statement. One a job. */
export class StatementTurns {
  readonly #lane: Lane;
  readonly #gate: LaneGate;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(lane: Lane, gate: LaneGate) {
    this.#lane = lane;
    this.#gate = gate;
  }

  /** Resolves when a statement may start. Call what comes back when it has given its first rows, or has failed. */
  async take(): Promise<() => void> {
    if (this.#lane === 'interactive') return () => undefined;
    // Another job may have ended or begun meanwhile: the limit is asked again at every turn, and is at least one.
    while (this.#running >= this.#gate.statementsPerBatchJob()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
    await this.#gate.giveWay();
    let given = true;
    return () => {
      if (!given) return;
      given = false;
      this.#running--;
      this.#waiting.shift()?.();
    };
  }
}
