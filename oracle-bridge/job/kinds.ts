import type { Kind } from '#protocol/kind.ts';
import { runQueryTool } from '../query-tool/run-query-tool.ts';
import { runEvents } from '../trace/run-events.ts';
import { runLineage } from '../trace/run-lineage.ts';
import { runSeedResolve } from '../trace/run-seed-resolve.ts';
import type { RunKind } from './job-context.ts';

/** What runs each kind of job. */
const RUN_KIND: Readonly<Record<Kind, RunKind>> = {
  seed_resolve: runSeedResolve,
  lineage: runLineage,
  events: runEvents,
  query_tool: runQueryTool,
};

export function runKindOf(kind: Kind): RunKind {
  return RUN_KIND[kind];
}
