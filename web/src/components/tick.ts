import { createSignal, onCleanup } from 'solid-js';
import type { Accessor } from 'solid-js';

/** The present instant in milliseconds since the epoch, as often as something on screen counts. */
export function createTick(intervalMs: number): Accessor<number> {
  const [nowMs, setNowMs] = createSignal(Date.now());
  const timer = setInterval(() => setNowMs(Date.now()), intervalMs);
  onCleanup(() => clearInterval(timer));
  return nowMs;
}
