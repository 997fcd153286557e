import { setTimeout as delay } from 'node:timers/promises';

/** @throws Error with `what` if the work has not ended in time; the signal's reason if that comes first. */
export async function withLimit<Value>(
  work: Promise<Value>,
  { limitMs, what, signal }: { limitMs: number; what: string; signal?: AbortSignal },
): Promise<Value> {
  const done = new AbortController();
  const either = AbortSignal.any(signal ? [done.signal, signal] : [done.signal]);
  const late = async () => {
    await delay(limitMs, undefined, { signal: either }).catch(() => signal?.throwIfAborted());
    throw new Error(`${what} within ${Math.round(limitMs / 1000)} s`);
  };
  try {
    return await Promise.race([work, late()]);
  } finally {
    done.abort();
  }
}
