import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultBench } from '../faults/fault-bench.ts';
import { FAULTS } from '../faults/faults.ts';
import { runFault } from '../faults/run-fault.ts';

/** The most telling of `npm run faults`, on half of its records: enough that a job is hit while it runs. */
const CONTAINERS = 6000;
const CHOSEN = [
  'bridge–edge: cut',
  'bridge–edge: reset',
  'bridge–edge: stall past the lease',
  'bridge–edge: replay',
  'bridge–edge: corrupt',
  'bridge–edge: corrupt, other way',
  'reader–edge: cut',
  'process: stop bridge',
  'process: kill job process',
  'bridge: two with one id',
];

let bench: FaultBench;
beforeAll(async () => {
  bench = await FaultBench.start({ containers: CONTAINERS });
});
afterAll(() => bench?.stop());

describe('after a fault every job ends, and a reader has each record once', () => {
  it.each(CHOSEN)('%s', async (name) => {
    const fault = FAULTS.find((one) => one.name === name);
    if (!fault) throw new Error('there is no such fault');
    const { observed } = await runFault(bench, fault);
    expect(observed, bench.plant.log.slice(-50).join('\n')).toBe(fault.expected);
  });
});
