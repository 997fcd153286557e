import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { ACTIONS, runHistory, type Step } from '../helpers/job-simulation.ts';

const RUNS = Number(process.env['SIMULATION_RUNS'] ?? 500);
const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: ACTIONS - 1 }), fc.nat(1_000_000)) as fc.Arbitrary<Step>, {
  minLength: 20,
  maxLength: 150,
});

describe('a job under duplicated, dropped, delayed and reordered messages, crashes, cancels and clock jumps', () => {
  it('keeps its invariants and ends, when its work resumes by ids', () => {
    fc.assert(
      fc.property(steps, (history) => runHistory(history)),
      { numRuns: RUNS },
    );
  });

  it('keeps its invariants and ends, when its work starts over', () => {
    fc.assert(
      fc.property(steps, (history) => runHistory(history, { resume: 'restart' })),
      { numRuns: RUNS },
    );
  });
});
