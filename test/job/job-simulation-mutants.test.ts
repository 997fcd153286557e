import * as fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { MUTANTS } from './simulation/mutants.ts';
import { ViolationError } from './simulation/violation.ts';
import { histories, runHistory, silenceWarnings } from './simulation/run-history.ts';

vi.mock(import('../../src/job/job-state.ts'), async (importOriginal) => {
  const { withSeam } = await import('./simulation/seams.ts');
  return withSeam(await importOriginal(), 'decide');
});
vi.mock(import('../../src/job/seal-rules.ts'), async (importOriginal) => {
  const { withSeam } = await import('./simulation/seams.ts');
  return withSeam(await importOriginal(), 'decideSeal');
});
vi.mock(import('../../src/job/log-writes.ts'), async (importOriginal) => {
  const { withSeam } = await import('./simulation/seams.ts');
  return withSeam(await importOriginal(), 'requireTotals');
});
vi.mock(import('../../src/job/job-reads.ts'), async (importOriginal) => {
  const { withSeam } = await import('./simulation/seams.ts');
  return withSeam(await importOriginal(), 'positionAfter');
});

/** Always the same histories, so that a mutant is caught today if it was yesterday. */
const SEED = 20_261_122;
const MOST_HISTORIES = 5000;
const TIMEOUT_MS = 300_000;

describe('the simulation', () => {
  beforeAll(silenceWarnings);

  it.each(Object.entries(MUTANTS))(
    'catches that %s',
    async (name, { mode, shownBy, install }) => {
      const undo = install();
      try {
        const property = fc.asyncProperty(histories, (steps) => runHistory(mode, steps));
        const found = await fc.check(property, { seed: SEED, numRuns: MOST_HISTORIES, endOnFailure: true });
        const { errorInstance: error } = found;
        if (!(error instanceof ViolationError)) throw new Error(`${name}: not caught`, { cause: error });
        console.log(`${name}: caught by ${error.invariant} in history ${found.numRuns}`);
        expect(shownBy).toContain(error.invariant);
      } finally {
        undo();
      }
    },
    TIMEOUT_MS,
  );
});
