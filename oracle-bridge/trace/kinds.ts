import type { Kind } from '#protocol/kind.ts';
import type { RunKind } from '../job/job-context.ts';
import { runEvents } from './run-events.ts';
import { runLineage } from './run-lineage.ts';
import { runSeedResolve } from './run-seed-resolve.ts';

const RUN_KIND: Readonly<Record<Kind, RunKind>> = {
  seed_resolve: runSeedResolve,
  lineage: runLineage,
  events: runEvents,
};

export function runKindOf(kind: Kind): RunKind {
  return RUN_KIND[kind];
}
