import type { Kind } from '#protocol/kind.ts';
import { runQueryTool } from '../query-tool/run-query-tool.ts';
import { runEvents } from '../trace/run-events.ts';
import { runLineage } from '../trace/run-lineage.ts';
import { runSeedResolve } from '../trace/run-seed-resolve.ts';
import type { SeedLimits } from '../trace/seed-limits.ts';
import { DEFAULT_SEED_LIMITS } from '../trace/seed-limits.ts';
import type { JobContext, RunKind } from './job-context.ts';

type RunLimitedKind = (job: JobContext, limits: SeedLimits) => Promise<void>;

/** What runs each kind of job. */
const RUN_KIND: Readonly<Record<Kind, RunLimitedKind>> = {
  seed_resolve: runSeedResolve,
  lineage: runLineage,
  events: runEvents,
  query_tool: runQueryTool,
};

/** `limits`: those of this bridge's configuration. */
export function runKindOf(kind: Kind, limits: SeedLimits = DEFAULT_SEED_LIMITS): RunKind {
  return (job) => RUN_KIND[kind](job, limits);
}
