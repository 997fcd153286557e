import type { JobContext } from '../job/job-context.ts';
import { runDetectedSeeds } from './run-detected-seeds.ts';
import { runSeedValues } from './run-seed-values.ts';
import type { SeedLimits } from './seed-limits.ts';

/** Where a trace starts: at what the caller names, or at what was worked on somewhere in some time. */
export async function runSeedResolve(job: JobContext, limits: SeedLimits): Promise<void> {
  const { params } = job.lease.spec;
  if (params.kind !== 'seed_resolve') throw new Error(`a ${params.kind} job has no seeds to resolve`);
  if (params.mode === 'date_range') await runDetectedSeeds(job, params);
  else await runSeedValues(job, params, limits);
}
