/**
 * Memory that everything in one isolate shares. The platform gives an isolate 128 MB and may put several Durable Objects
 * into it, so what they hold at the same time is counted here, in module state, not in each object. A caller that gets
 * nothing says so to its own caller (503 with a time to come back) instead of waiting with its own memory in hand.
 */
export interface Budget {
  readonly limitBytes: number;
  readonly usedBytes: number;
  /**
   * Takes bytes if they are there now.
   * @returns what gives them back, once, however often it is called; `undefined` if they are not there.
   * @throws RangeError for a number of bytes that could never be there: the caller has a limit of its own to check.
   */
  tryTake(bytes: number, nowMs: number): ReleaseBytes | undefined;
}

export type ReleaseBytes = () => void;

/** Raw lines that were inflated to be cut into pages: four of the largest chunks. */
export const MAX_INFLATED_BYTES = 32 * 1024 * 1024;
/** Bodies of requests that are held whole: eight of the largest inline ids. */
export const MAX_REQUEST_BODIES_BYTES = 32 * 1024 * 1024;
/** The same for calls of bridges, four of the largest: nobody else's bodies may keep a lease from being renewed. */
export const MAX_BRIDGE_BODIES_BYTES = 32 * 1024 * 1024;
/**
 * Nothing is held for so long on purpose. The platform may end a request whose caller has left without another word, and
 * what it held would be missing for as long as the isolate lives.
 */
export const MAX_HOLD_MS = 120_000;

export const inflatedBudget = createBudget(MAX_INFLATED_BYTES);
export const requestBodyBudget = createBudget(MAX_REQUEST_BODIES_BYTES);
export const bridgeBodyBudget = createBudget(MAX_BRIDGE_BODIES_BYTES);

interface Hold {
  readonly bytes: number;
  readonly takenAtMs: number;
}

export function createBudget(limitBytes: number): Budget {
  const holds = new Set<Hold>();
  let usedBytes = 0;
  const release = (hold: Hold): void => {
    if (holds.delete(hold)) usedBytes -= hold.bytes;
  };
  return {
    limitBytes,
    get usedBytes() {
      return usedBytes;
    },
    tryTake(bytes, nowMs) {
      if (!Number.isInteger(bytes) || bytes < 0 || bytes > limitBytes)
        throw new RangeError(`${bytes} bytes cannot be taken from a budget of ${limitBytes}`);
      // The oldest come first.
      for (const hold of holds) {
        if (usedBytes + bytes <= limitBytes || nowMs - hold.takenAtMs < MAX_HOLD_MS) break;
        release(hold);
      }
      if (usedBytes + bytes > limitBytes) return undefined;
      const hold = { bytes, takenAtMs: nowMs };
      holds.add(hold);
      usedBytes += bytes;
      return () => release(hold);
    },
  };
}
