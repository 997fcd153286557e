/** What a history must never show: the invariants of the protocol, and what its state table says of waiting. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'backoff';

/** An invariant does not hold. */
export class ViolationError extends Error {
  override readonly name = 'ViolationError';
  readonly invariant: Invariant;

  constructor(invariant: Invariant, detail: string) {
    super(`${invariant}: ${detail}`);
    this.invariant = invariant;
  }
}

export function requireSame(
  invariant: Invariant,
  what: string,
  { actual, expected }: { actual: readonly unknown[]; expected: readonly unknown[] },
): void {
  const same = actual.length === expected.length && actual.every((item, index) => item === expected[index]);
  if (!same)
    throw new ViolationError(invariant, `${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
}
