import type { Kind } from '#protocol/kind.ts';
import { runQueryTool } from '../query-tool/run-query-tool.ts';
import { runEvents } from '../trace/run-events.ts';
import { runLineage } from '../trace/run-lineage.ts';
import { runSeedResolve } from '../trace/run-seed-resolve.ts';
import type { SeedLimits } from '../trace/seed-limits.ts';
import { DEFAULT_SEED_LIMITS } from '../trace/seed-limits.ts';
import type { JobContext, OpenJob, RunKind } from './job-context.ts';

type RunLimitedKind = (job: OpenJob, limits: SeedLimits) => Promise<void>;

/** What runs each kind of job. */
const RUN_KIND: Readonly<Record<Kind, RunLimitedKind>> = {
  seed_resolve: inOneSnapshot('seed_resolve', runSeedResolve),
  lineage: inOneSnapshot('lineage', runLineage),
  events: runEvents,
  query_tool: inOneSnapshot('query_tool', runQueryTool),
};

/** Answers of several statements belong together: they are all of one moment. */
function inOneSnapshot(kind: Kind, run: (job: JobContext, limits: SeedLimits) => Promise<void>): RunLimitedKind {
  return async (job, limits) => {
    const snapshot = await job.warehouse.openSnapshot(kind, job.signal);
    try {
      await run({ ...job, warehouse: snapshot }, limits);
    } finally {
      await snapshot.close();
    }
  };
}

/** `limits`: those of this bridge's configuration. */
export function runKindOf(kind: Kind, limits: SeedLimits = DEFAULT_SEED_LIMITS): RunKind {
  return (job) => RUN_KIND[kind](job, limits);
}
