import type { Kind } from '#protocol/kind.ts';
import type { JobContext, RunKind } from '../job/job-context.ts';
import { runEvents } from './run-events.ts';
import { runLineage } from './run-lineage.ts';
import { runSeedResolve } from './run-seed-resolve.ts';
import type { SeedLimits } from './seed-limits.ts';
import { DEFAULT_SEED_LIMITS } from './seed-limits.ts';

type RunLimitedKind = (job: JobContext, limits: SeedLimits) => Promise<void>;

const RUN_KIND: Readonly<Record<Kind, RunLimitedKind>> = {
  seed_resolve: runSeedResolve,
  lineage: runLineage,
  events: runEvents,
};

/** `limits`: those of this bridge's configuration. */
export function runKindOf(kind: Kind, limits: SeedLimits = DEFAULT_SEED_LIMITS): RunKind {
  return (job) => RUN_KIND[kind](job, limits);
}
