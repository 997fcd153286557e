import { setTimeout as delay } from 'node:timers/promises';

/** @throws Error with `what` if the work has not ended in time. */
export async function withLimit<Value>(
  work: Promise<Value>,
  { limitMs, what }: { limitMs: number; what: string },
): Promise<Value> {
  const done = new AbortController();
  const late = async () => {
    await delay(limitMs, undefined, { signal: done.signal });
    throw new Error(`${what} within ${Math.round(limitMs / 1000)} s`);
  };
  try {
    return await Promise.race([work, late()]);
  } finally {
    done.abort();
  }
}
