import type { Clock } from '../stream/clock.ts';

export interface Debounced {
  /** Runs the task once nobody has asked for `quietMs`. */
  ask(): void;
  /** Runs at once what still waits. */
  flush(): void;
  /** Gives up what still waits. */
  drop(): void;
}

/** Puts off `task` until it has been quiet for `quietMs`: for what changes with every key. */
export function debounce(task: () => void, quietMs: number, clock: Clock): Debounced {
  let callOff: (() => void) | undefined;
  const drop = (): void => {
    callOff?.();
    callOff = undefined;
  };
  const run = (): void => {
    callOff = undefined;
    task();
  };
  return {
    ask() {
      drop();
      callOff = clock.after(quietMs, run);
    },
    flush() {
      if (callOff === undefined) return;
      drop();
      task();
    },
    drop,
  };
}
