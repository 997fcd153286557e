import * as fc from 'fast-check';
import { histories, runHistory } from './run-history.ts';
import type { Mode } from './work.ts';

/** Enough for every history of a mode on a machine that is busy with other tests too. */
export const SIMULATION_TIMEOUT_MS = 900_000;

/**
 * Many histories of a mode, other ones each time: `SIMULATION_SEED` repeats a run, `SIMULATION_RUNS` says how many. A
 * history that fails is made smaller, and told with its seed and path.
 */
export async function runHistories(mode: Mode, usualRuns: number): Promise<void> {
  const numRuns = Number(process.env['SIMULATION_RUNS'] ?? usualRuns);
  const seed = Number(process.env['SIMULATION_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const startedAtMs = performance.now();
  console.log(`simulation of ${mode}: ${numRuns} histories, SIMULATION_SEED=${seed}`);
  const property = fc.asyncProperty(histories, (steps) => runHistory(mode, steps));
  await fc.assert(property, { numRuns, seed });
  const seconds = (performance.now() - startedAtMs) / 1000;
  console.log(`simulation of ${mode}: ${Math.round(numRuns / seconds)} histories a second`);
}
