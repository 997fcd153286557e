/** Which of two records comes first: negative, or positive. Never 0 for two different ones. */
export type Compare = (a: number, b: number) => number;

/** Records that are moved before others get their turn: well below a millisecond. */
const STEP_RECORDS = 8192;

/**
 * Records in an order, 4 bytes each, to which sorted runs are added as they come. Runs of about the same size are merged,
 * so a record is moved a few times only. Long work is a generator that stops every `STEP_RECORDS`: who drives it decides
 * how long it may run.
 */
export class SortedRuns {
  readonly #compare: Compare;
  /** Each at least as long as the one behind it. */
  readonly #runs: Uint32Array[] = [];

  constructor(compare: Compare) {
    this.#compare = compare;
  }

  /** Adds records that are in order already. */
  *add(run: Uint32Array): Generator<void, void, undefined> {
    if (run.length === 0) return;
    this.#runs.push(run);
    while (this.#runs.length > 1 && (this.#runs.at(-2)?.length ?? 0) <= (this.#runs.at(-1)?.length ?? 0)) {
      yield* this.#mergeLast();
    }
  }

  /** All records in order. The array is never changed afterwards. */
  *settle(): Generator<void, Uint32Array, undefined> {
    while (this.#runs.length > 1) yield* this.#mergeLast();
    return this.#runs[0] ?? new Uint32Array();
  }

  *#mergeLast(): Generator<void, void, undefined> {
    const right = this.#runs.pop() ?? new Uint32Array();
    const left = this.#runs.pop() ?? new Uint32Array();
    this.#runs.push(yield* mergeRuns(left, right, this.#compare));
  }
}

/** Two runs in order as one. Runs that only have to be put behind each other are copied as a whole. */
function* mergeRuns(left: Uint32Array, right: Uint32Array, compare: Compare): Generator<void, Uint32Array, undefined> {
  const merged = new Uint32Array(left.length + right.length);
  if (compare(left.at(-1) ?? 0, right[0] ?? 0) < 0) {
    merged.set(left);
    merged.set(right, left.length);
    return merged;
  }
  let fromLeft = 0;
  let fromRight = 0;
  for (let at = 0; at < merged.length; at++) {
    const a = left[fromLeft];
    const b = right[fromRight];
    const isLeft = b === undefined || (a !== undefined && compare(a, b) < 0);
    merged[at] = (isLeft ? a : b) ?? 0;
    if (isLeft) fromLeft++;
    else fromRight++;
    if (at % STEP_RECORDS === STEP_RECORDS - 1) yield;
  }
  return merged;
}
