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
  tryTake(bytes: number): ReleaseBytes | undefined;
}

export type ReleaseBytes = () => void;

/** Raw lines that were inflated to be cut into pages: four of the largest chunks. */
export const MAX_INFLATED_BYTES = 32 * 1024 * 1024;
/** Bodies of requests that are held whole: four of the largest bridge calls, eight of the largest inline ids. */
export const MAX_REQUEST_BODIES_BYTES = 32 * 1024 * 1024;

export const inflatedBudget = createBudget(MAX_INFLATED_BYTES);
export const requestBodyBudget = createBudget(MAX_REQUEST_BODIES_BYTES);

export function createBudget(limitBytes: number): Budget {
  let usedBytes = 0;
  return {
    limitBytes,
    get usedBytes() {
      return usedBytes;
    },
    tryTake(bytes) {
      if (!Number.isInteger(bytes) || bytes < 0 || bytes > limitBytes)
        throw new RangeError(`${bytes} bytes cannot be taken from a budget of ${limitBytes}`);
      if (usedBytes + bytes > limitBytes) return undefined;
      usedBytes += bytes;
      let held = bytes;
      return () => {
        usedBytes -= held;
        held = 0;
      };
    },
  };
}
