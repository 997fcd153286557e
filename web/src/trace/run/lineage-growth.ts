import type { Direction } from '#protocol/trace.ts';
import type { ClientProblem } from '../../stream/client-problem.ts';
import { ClientProblemError } from '../../stream/client-problem.ts';
import { joinLineages } from '../lineage/grown-lineage.ts';
import { readSideJob } from './read-side-job.ts';
import type { SideParts } from './read-side-job.ts';
import { StageCancelledError } from './read-stage-job.ts';
import { findLineageOf, MAX_DRAWN_NODES } from './small-stages.ts';
import { postCancel } from './stage-requests.ts';
import type { LineageGraphData } from '../trace-snapshot.ts';

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

/** Asks for the lineage of single containers of a lineage that is drawn. One question at a time: a new one ends the last. */
export class LineageGrowth {
  readonly #parts: SideParts;
  #stop = new AbortController();
  #jobId: string | undefined;

  constructor(parts: SideParts) {
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
        readJob: (job) => {
          this.#jobId = job.job_id;
          return readSideJob(job, this.#parts, { signal, told });
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
