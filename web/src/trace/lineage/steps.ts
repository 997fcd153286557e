/** Work that may be left between two steps, and gone on with later. */
export type Steps<Value> = Generator<void, Value, void>;

/** How long work may keep the thread before input and painting get their turn. */
const SLICE_MS = 8;

export function runAtOnce<Value>(steps: Steps<Value>): Value {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/**
 * Begins now; what does not fit into one slice is done in tasks of their own. `done` is called once, before this returns
 * when the work is small. @returns what gives the work up.
 */
export function runInSlices<Value>(steps: Steps<Value>, done: (value: Value) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slice = (): void => {
    const endMs = performance.now() + SLICE_MS;
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) return done(step.value);
      if (performance.now() >= endMs) break;
    }
    timer = setTimeout(slice);
  };
  slice();
  return () => clearTimeout(timer);
}
