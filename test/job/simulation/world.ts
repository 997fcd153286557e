/**
 * What everybody in a history shares: time and names. Only the edge's clock ends a lease; it may jump. The bridges' clock
 * is monotonic.
 */
export class World {
  edgeMs = 1_000_000;
  bridgeMs = 0;
  #named = 0;

  /** A number that no other thing of this history has. */
  unique(): number {
    return ++this.#named;
  }

  pass(ms: number): void {
    this.edgeMs += ms;
    this.bridgeMs += ms;
  }
}

/** Runs what is ready to run: everything that waits for a promise which has been settled. */
export async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < PROMISE_TURNS; turn++) await Promise.resolve();
}

/** The longest chain of awaits behind an answer of the network, with room. */
const PROMISE_TURNS = 24;
