import { beforeAll, describe, expect, it } from 'vitest';
import { silenceWarnings } from './simulation/run-history.ts';
import { runHistories, SIMULATION_TIMEOUT_MS } from './simulation/run-histories.ts';

const RUNS = 6_000;

describe('a job that resumes by ids', () => {
  beforeAll(silenceWarnings);

  it(
    'keeps its invariants and ends, whatever happens to it',
    async () => {
      await expect(runHistories('ids', RUNS)).resolves.toBeUndefined();
    },
    SIMULATION_TIMEOUT_MS,
  );
});
