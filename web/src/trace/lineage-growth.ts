import type { Direction } from '#protocol/trace.ts';
import type { ClientProblem } from '../stream/client-problem.ts';
import { ClientProblemError } from '../stream/client-problem.ts';
import type { Clock } from '../stream/clock.ts';
import { BlobStore } from '../stream/raw-store.ts';
import type { StreamSource } from '../stream/stream-source.ts';
import { JobRecords } from './job-records.ts';
import { joinLineages } from './lineage/grown-lineage.ts';
import { readStageJob, StageCancelledError } from './read-stage-job.ts';
import { findLineageOf, MAX_DRAWN_NODES } from './small-stages.ts';
import { postCancel } from './stage-requests.ts';
import type { LineageGraphData } from './trace-snapshot.ts';

/** Which lineage is wanted: what a container was made of, or what became of it. */
export interface GrowthQuestion {
  readonly containerId: string;
  readonly towards: Direction;
}

export type GrowthOutcome =
  /** `added`: containers that were not there before. */
  | {
      readonly type: 'grown';
      readonly jobId: string;
      readonly graph: LineageGraphData;
      readonly added: number;
      readonly truncated: boolean;
    }
  /** With what was found there would be more than the page draws. */
  | { readonly type: 'too_large'; readonly nodes: number }
  | { readonly type: 'cancelled' }
  | { readonly type: 'failed'; readonly problem: ClientProblem };

export interface GrowthParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly openSource: (streamUrl: string) => StreamSource;
}

/** Asks for the lineage of single containers of a lineage that is drawn. One question at a time: a new one ends the last. */
export class LineageGrowth {
  readonly #parts: GrowthParts;
  #stop = new AbortController();
  #jobId: string | undefined;

  constructor(parts: GrowthParts) {
    this.#parts = parts;
  }

  /** Never rejects. `told`: percent that are done, once they are known. */
  async ask(
    { containerId, towards }: GrowthQuestion,
    before: LineageGraphData,
    told: (percent: number) => void,
  ): Promise<GrowthOutcome> {
    this.cancel();
    const { signal } = (this.#stop = new AbortController());
    try {
      const found = await findLineageOf(containerId, towards, {
        signal,
        readJob: async ({ job_id: jobId, stream_url: streamUrl }) => {
          this.#jobId = jobId;
          const { openSource, clock, random } = this.#parts;
          const changed = (): void => told(records.snapshot().percent ?? 0);
          const records = new JobRecords({
            jobId,
            source: openSource(streamUrl),
            raw: new BlobStore(),
            clock,
            random,
            changed,
            appeared: changed,
          });
          return readStageJob(records, signal);
        },
      });
      signal.throwIfAborted();
      this.#jobId = undefined;
      if (found.graph === undefined) return { type: 'too_large', nodes: found.findings.nodes };
      const graph = joinLineages(before, found.graph);
      if (graph.nodes.length > MAX_DRAWN_NODES) return { type: 'too_large', nodes: graph.nodes.length };
      const added = graph.nodes.length - before.nodes.length;
      const { jobId, truncated } = found.findings;
      return { type: 'grown', jobId, graph, added, truncated };
    } catch (thrown) {
      if (signal.aborted) return { type: 'cancelled' };
      this.#jobId = undefined;
      if (thrown instanceof StageCancelledError) return { type: 'cancelled' };
      return { type: 'failed', problem: ClientProblemError.from(thrown).problem };
    }
  }

  /** A call that waits for its answer takes its wish back by itself; a job is told. */
  cancel(): void {
    this.#stop.abort();
    // If that does not arrive the job ends by itself, and nobody reads it.
    if (this.#jobId !== undefined) void postCancel(this.#jobId).catch(() => undefined);
    this.#jobId = undefined;
  }
}
