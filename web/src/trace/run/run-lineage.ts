import type { GrowthOutcome, GrowthQuestion } from './lineage-growth.ts';
import { LineageGrowth } from './lineage-growth.ts';
import { joinLineages } from '../lineage/grown-lineage.ts';
import type { LineageFile, LineageFileRequest } from '../lineage/lineage-file.ts';
import type { PictureMeans } from '../lineage/lineage-picture.ts';
import type { SideParts } from './read-side-job.ts';
import type { FoundLineage } from './small-stages.ts';
import type { AskedLineage, LineageGraphData } from '../trace-snapshot.ts';

/** The lineage of a run: what was found, what came to it later, and for how much of it the events were asked. */
export class RunLineage {
  readonly #growth: LineageGrowth;
  #graph: LineageGraphData | undefined;
  /** In the order in which they came. */
  #grownJobIds: readonly string[] = [];
  #asked: AskedLineage = { askedNodes: 0, grownJobIds: [] };

  constructor(parts: SideParts) {
    this.#growth = new LineageGrowth(parts);
  }

  get graph(): LineageGraphData | undefined {
    return this.#graph;
  }

  get asked(): AskedLineage {
    return this.#asked;
  }

  /** As it is now: what the events are to be asked for. */
  whole(): AskedLineage {
    return { askedNodes: this.#graph?.nodes.length ?? 0, grownJobIds: this.#grownJobIds };
  }

  /** The events of so much of it were asked for. */
  tellAsked(asked: AskedLineage): void {
    this.#asked = asked;
  }

  /**
   * What the first walk found, and what had come to it when its events were asked for, as far as it can still be read: the
   * jobs that were told as asked for stay so.
   */
  tellFound({ graph }: FoundLineage, later: readonly FoundLineage[]): void {
    this.#graph = graph;
    for (const { graph: more, findings } of later) {
      if (this.#graph === undefined || more === undefined) continue;
      this.#graph = joinLineages(this.#graph, more);
      this.#grownJobIds = [...this.#grownJobIds, findings.jobId];
    }
    this.#asked = { ...this.#asked, askedNodes: this.whole().askedNodes };
  }

  /** Joins the lineage of one container to what is drawn. Its events are not read. */
  async grow(question: GrowthQuestion, told: (percent: number) => void): Promise<GrowthOutcome> {
    if (this.#graph === undefined) return { type: 'cancelled' };
    const outcome = await this.#growth.ask(question, this.#graph, told);
    if (outcome.type === 'grown') {
      this.#graph = outcome.graph;
      this.#grownJobIds = [...this.#grownJobIds, outcome.jobId];
    }
    return outcome;
  }

  cancelGrowth(): void {
    this.#growth.cancel();
  }

  /** `undefined` when there is no lineage. The code that knows the formats is loaded here. */
  async file(request: LineageFileRequest, means: PictureMeans): Promise<LineageFile | undefined> {
    const graph = this.#graph;
    if (graph === undefined) return undefined;
    const { makeLineageFile } = await import('../lineage/lineage-file.ts');
    return makeLineageFile(graph, request, means);
  }
}
