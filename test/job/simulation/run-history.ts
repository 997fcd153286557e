import * as fc from 'fast-check';
import { vi } from 'vitest';
import { happen, HAPPENING_COUNT, type Step } from './happenings.ts';
import { createJobStore } from './job-host.ts';
import { Simulation, type Stores } from './simulation.ts';
import { createSiteStore } from './site-host.ts';
import { type Mode } from './work.ts';
import { World } from './world.ts';

export const histories: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.tuple(fc.nat(HAPPENING_COUNT - 1), fc.nat(1_000_000)),
  { minLength: 50, maxLength: 150 },
);

const stores = new Map<Mode, Stores>();

/** One history, and its end when the faults stop. @throws ViolationError for an invariant that does not hold. */
export async function runHistory(mode: Mode, steps: readonly Step[]): Promise<void> {
  const simulation = new Simulation(storesOf(mode), mode);
  try {
    for (const step of steps) await happen(simulation, step);
    await simulation.quiesce();
  } finally {
    simulation.close();
  }
}

/** Made once: every history rolls them back. */
function storesOf(mode: Mode): Stores {
  let found = stores.get(mode);
  if (!found) {
    found = { job: createJobStore(mode, new World().edgeMs), site: createSiteStore() };
    stores.set(mode, found);
  }
  return found;
}

/** Every fault is told on the console, and histories are made of faults. */
export function silenceWarnings(): void {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
}
