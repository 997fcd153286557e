import { beforeAll, describe, expect, it } from 'vitest';
import { silenceWarnings } from './simulation/run-history.ts';
import { runHistories, SIMULATION_TIMEOUT_MS } from './simulation/run-histories.ts';

const RUNS = 38_000;

describe('a job that comes in one call', () => {
  beforeAll(silenceWarnings);

  it(
    'keeps its invariants and ends, whatever happens to it',
    async () => {
      await expect(runHistories('whole', RUNS)).resolves.toBeUndefined();
    },
    SIMULATION_TIMEOUT_MS,
  );
});
