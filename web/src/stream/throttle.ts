import type { Clock } from './clock.ts';

/**
 * Runs `task` at most once every `intervalMs`: at once when it has been quiet, and once more at the end of the interval
 * if it was asked for meanwhile. So the last state is always told.
 */
export function throttle(task: () => void, intervalMs: number, clock: Clock): () => void {
  let isWaiting = false;
  let isAsked = false;
  const run = (): void => {
    isAsked = false;
    isWaiting = true;
    clock.after(intervalMs, () => {
      isWaiting = false;
      if (isAsked) run();
    });
    task();
  };
  return () => {
    if (isWaiting) isAsked = true;
    else run();
  };
}
