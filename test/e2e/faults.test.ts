import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseBench } from '../faults/database-bench.ts';
import { DATABASE_LINE_FAULTS } from '../faults/database-line.ts';
import type { Fault } from '../faults/fault.ts';
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

/** A third of them suffices where nothing is compressed, and the database takes its time. */
const DATABASE_CONTAINERS = 4000;
const CHOSEN_OF_DATABASE = ['bridge–database: silence and a cancel', 'bridge–database: snapshot too old'];

describe('after a fault every job ends, and a reader has each record once', () => {
  let bench: FaultBench;
  beforeAll(async () => {
    bench = await FaultBench.start({ containers: CONTAINERS });
  });
  afterAll(() => bench?.stop());

  it.each(CHOSEN)('%s', (name) => expectFault(bench, FAULTS, name));
});

describe('after a fault between bridge and database, too', () => {
  let bench: DatabaseBench;
  beforeAll(async () => {
    bench = await DatabaseBench.start({ containers: DATABASE_CONTAINERS });
  });
  afterAll(() => bench?.stop());

  it.each(CHOSEN_OF_DATABASE)('%s', (name) => expectFault(bench, DATABASE_LINE_FAULTS, name));
});

async function expectFault<Bench extends FaultBench>(
  bench: Bench,
  faults: readonly Fault<Bench>[],
  name: string,
): Promise<void> {
  const fault = faults.find((one) => one.name === name);
  if (!fault) throw new Error('there is no such fault');
  const { observed } = await runFault(bench, fault);
  expect(observed, bench.plant.log.slice(-50).join('\n')).toBe(fault.expected);
}
