import type * as z from 'zod/mini';
import type { Domain } from '#protocol/domain.ts';
import type { JobAccepted } from '#protocol/job.ts';
import { isTerminal } from '#protocol/job.ts';
import type { IdsRange } from '#protocol/trace.ts';
import { ClientProblemError } from '../stream/client-problem.ts';
import type { Clock } from '../stream/clock.ts';
import type { RawStore } from '../stream/raw-store.ts';
import { BlobStore } from '../stream/raw-store.ts';
import type { StreamSource } from '../stream/stream-source.ts';
import type { ExportScope } from './export/export-plan.ts';
import type { ExportSource } from './export/write-export.ts';
import type { ArrangeSpec } from './arrange/arrange-spec.ts';
import type { CopyRequest } from './arrange/tab-separated.ts';
import type { DomainHead } from './head-rows.ts';
import { JobRecords } from './job-records.ts';
import type { LineageFile, LineageFileRequest } from './lineage/lineage-file.ts';
import { LineageGrowth } from './lineage-growth.ts';
import type { GrowthOutcome, GrowthQuestion } from './lineage-growth.ts';
import { readStageJob } from './read-stage-job.ts';
import type { FoundLineage, StageMeans } from './small-stages.ts';
import { findLineage, readLineage, resolveSeeds } from './small-stages.ts';
import { askForJob, getJobStatus, postCancel } from './stage-requests.ts';
import type { StageRequest } from './stage-requests.ts';
import type { WantedEvents } from './events-request.ts';
import { eventsRequest } from './events-request.ts';
import type { PartsSnapshot, TracePart } from './part-list.ts';
import { partsAsTold } from './part-list.ts';
import type { PostedPart } from './trace-parts.ts';
import { TraceParts } from './trace-parts.ts';
import { checkMachineCount, findMachines, machineRequest } from './machines.ts';
import type { Cut } from './trace-cuts.ts';
import { cutsOf } from './trace-cuts.ts';
import type { Timeline } from './timeline/timeline.ts';
import type { MachinesQuery, TraceQuery } from './trace-query.ts';
import { STAGES } from './trace-snapshot.ts';
import type { CancelState, LineageGraphData, RowsAnswer, Stage, StageState, TraceSnapshot } from './trace-snapshot.ts';

export interface RunParts {
  readonly run: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly openSource: (streamUrl: string) => StreamSource;
  /** The store of the events; the small stages stay in memory. */
  readonly openStore: () => Promise<RawStore>;
  readonly changed: () => void;
  /** A kind of events has its first rows. */
  readonly appeared: (head: DomainHead) => void;
}

/** What is known of a job besides its records, from its address. */
export interface KnownOfJob {
  readonly cuts?: readonly Cut[];
  readonly parts?: readonly TracePart[];
  readonly query?: TraceQuery | undefined;
}

/** How long the stream may take to say itself how a cancel ended: on a slow line much is on its way before that. */
const CANCEL_DRAIN_MS = 3000;
/** Times that the edge is asked instead, `CANCEL_DRAIN_MS` apart, until it knows what the database said. */
const MAX_CANCEL_LOOKS = 10;

type Findings = Pick<TraceSnapshot, 'seeds' | 'lineage' | 'problem'>;

/** One query from its values to the last record, or one job that was opened by its id. Lives in the worker. */
export class TraceRun {
  readonly #parts: RunParts;
  readonly #stop = new AbortController();
  #startedAtMs: number;
  #endedAtMs: number | undefined;
  #stages: Record<Stage, StageState> = { seed_resolve: 'waiting', lineage: 'waiting', events: 'waiting' };
  #findings: Findings = { seeds: undefined, lineage: undefined, problem: undefined };
  /** Of a job that was opened: what its address says. */
  #toldCuts: readonly Cut[] = [];
  #graph: LineageGraphData | undefined;
  /** What the events are read of, once the lineage is known. */
  #wanted: WantedEvents | undefined;
  #split: TraceParts | undefined;
  /** Of a job that was opened, where the rest of its parts cannot be asked for. */
  #toldParts: PartsSnapshot | undefined;
  readonly #growth: LineageGrowth;
  #records: JobRecords | undefined;
  /** What is to be shown, also of records that are not there yet. */
  #containers: readonly string[] | undefined;
  readonly #specs = new Map<Domain, ArrangeSpec>();
  #cancel: CancelState = 'none';
  readonly #means: StageMeans;
  /** The job that a cancel would have to name. */
  #activeJobId: string | undefined;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#startedAtMs = parts.clock.nowMs();
    this.#growth = new LineageGrowth(parts);
    this.#means = { signal: this.#stop.signal, readJob: (job) => this.#readStage(job) };
  }

  get graph(): LineageGraphData | undefined {
    return this.#graph;
  }

  snapshot(): TraceSnapshot {
    return {
      run: this.#parts.run,
      stages: { ...this.#stages },
      startedAtMs: this.#startedAtMs,
      endedAtMs: this.#endedAtMs,
      ...this.#findings,
      cuts: cutsOf(this.#findings, this.#toldCuts),
      parts: this.#split?.snapshot() ?? this.#toldParts,
      stream: this.#records?.snapshot(),
      cancel: this.#cancel,
    };
  }

  /** The three stages, one after the other. Never rejects: what went wrong is in the snapshot. */
  async trace(query: TraceQuery): Promise<void> {
    if (query.mode === 'machines') return this.#traceMachines(query);
    const seeds = await this.#stage('seed_resolve', async () => {
      const found = await resolveSeeds(query, this.#means);
      this.#tell({ seeds: found.findings });
      return found;
    });
    if (seeds === undefined || seeds.findings.count === 0) return this.#end();
    const lineageJobId = await this.#stage('lineage', async () =>
      this.#tellLineage(await findLineage(query, seeds, this.#means)),
    );
    if (lineageJobId === undefined) return this.#end();
    const wanted = (this.#wanted = { query, lineageJobId });
    await this.#stage('events', () => this.#readAnswer(eventsRequest(wanted)));
    this.#end();
  }

  /**
   * Reads events that are too many for one job in the parts that its refusal named: all are posted, the first is read.
   * The others are jobs of their own, to be opened by their ids.
   */
  async readInParts(): Promise<void> {
    const plan = this.#findings.problem?.problem.splitPlan;
    if (plan === undefined || this.#wanted === undefined || this.#endedAtMs === undefined) return;
    this.#startedAtMs = this.#parts.clock.nowMs();
    this.#endedAtMs = undefined;
    this.#tell({ problem: undefined });
    const parts = this.#openParts(
      plan.map(({ ids_range: range }) => ({ range, jobId: undefined })),
      this.#wanted,
    );
    await this.#stage('events', async () => {
      const first = await parts.postNext().catch((thrown: unknown) => {
        this.#split = undefined;
        throw thrown;
      });
      void parts.postRest();
      await this.#readJob(first.jobId, first.streamUrl);
    });
    this.#end();
  }

  /** Asks for the parts that were not asked for yet. */
  postParts(): void {
    void this.#split?.postRest();
  }

  #openParts(parts: readonly TracePart[], wanted: WantedEvents): TraceParts {
    const { clock, changed } = this.#parts;
    const post = async (ids_range: IdsRange, signal: AbortSignal): Promise<PostedPart> =>
      askForJob(eventsRequest(wanted, ids_range), signal);
    return (this.#split = new TraceParts(parts, { post, clock, changed }));
  }

  /** A job that runs or has ended, and the lineage it was made from, if that is still there. */
  async openJob(jobId: string, lineageJobId: string | undefined, known: KnownOfJob = {}): Promise<void> {
    this.#toldCuts = known.cuts ?? [];
    if (known.parts !== undefined) this.#tellParts(known.parts, known.query, lineageJobId);
    this.#stages = {
      seed_resolve: 'skipped',
      lineage: lineageJobId === undefined ? 'skipped' : 'waiting',
      events: 'waiting',
    };
    if (lineageJobId !== undefined) {
      const gone = await this.#reopenLineage(lineageJobId);
      if (gone) this.#setStage('lineage', 'skipped');
    }
    await this.#stage('events', async () => {
      const status = await getJobStatus(jobId, this.#stop.signal);
      await this.#readJob(status.job_id, status.stream_url);
    });
    this.#end();
  }

  /**
   * Asks the edge to stop the work. The reading goes on until the stream says how it ended, or the edge does where that
   * takes long; of a job that had ended before, the rest is not read.
   */
  async cancel(): Promise<void> {
    if (this.#cancel !== 'none' || this.#endedAtMs !== undefined) return;
    this.#split?.stop();
    this.#setCancel('asked');
    const jobId = this.#activeJobId;
    if (jobId === undefined) return this.stop();
    try {
      const answer = await postCancel(jobId);
      if (answer.withdrawn === true) this.#setCancel('withdrawn');
      const isOver = isTerminal(answer.state) && answer.state !== 'cancelled';
      if (answer.withdrawn === true || isOver || this.#records === undefined) this.stop();
      else void this.#stopWhenCancelled(jobId, this.#records);
    } catch (thrown) {
      this.#setCancel('none');
      this.#fail('events', thrown);
    }
  }

  async #stopWhenCancelled(jobId: string, records: JobRecords): Promise<void> {
    const { signal } = this.#stop;
    for (let look = 0; look < MAX_CANCEL_LOOKS; look++) {
      await new Promise<void>((resolve) => this.#parts.clock.after(CANCEL_DRAIN_MS, resolve));
      if (signal.aborted || this.#endedAtMs !== undefined) return;
      const status = await getJobStatus(jobId, signal).catch(() => undefined);
      if (status?.state !== 'cancelled' || status.database === undefined || status.database === 'pending') continue;
      records.tellCancelled(status.database);
      break;
    }
    this.stop();
  }

  /** Stops reading. The job is not cancelled by that; a stage that waits for its answer withdraws. */
  stop(): void {
    this.#stop.abort();
    this.#split?.stop();
  }

  async close(): Promise<void> {
    this.stop();
    this.#growth.cancel();
    await this.#records?.close();
  }

  retryNow(): void {
    this.#records?.reader.retryNow();
  }

  setFilter(containers: readonly string[] | undefined): void {
    this.#containers = containers;
    this.#records?.setFilter(containers);
  }

  /** Joins the lineage of one container to what is drawn. Its events are not read. */
  async growLineage(question: GrowthQuestion, told: (percent: number) => void): Promise<GrowthOutcome> {
    if (this.#graph === undefined) return { type: 'cancelled' };
    const outcome = await this.#growth.ask(question, this.#graph, told);
    if (outcome.type === 'grown') this.#graph = outcome.graph;
    return outcome;
  }

  cancelGrowth(): void {
    this.#growth.cancel();
  }

  /** `undefined` when there is no lineage. The code that knows the formats is loaded here. */
  async lineageFile(request: LineageFileRequest): Promise<LineageFile | undefined> {
    const graph = this.#graph;
    if (graph === undefined) return undefined;
    const { makeLineageFile } = await import('./lineage/lineage-file.ts');
    return makeLineageFile(graph, request);
  }

  /** `undefined` when there are no records yet. */
  async exportSource(domain: Domain, scope: ExportScope): Promise<ExportSource | undefined> {
    return this.#records?.exportSource(domain, scope);
  }

  arrange(domain: Domain, spec: ArrangeSpec): void {
    this.#specs.set(domain, spec);
    this.#records?.arrange(domain, spec);
  }

  setArrangingStopped(domain: Domain, isStopped: boolean): void {
    this.#records?.setArrangingStopped(domain, isStopped);
  }

  async copy(domain: Domain, request: CopyRequest): Promise<string> {
    return (await this.#records?.copy(domain, request)) ?? '';
  }

  async timeline(lotsFrom: number): Promise<Timeline | undefined> {
    return await this.#records?.timeline(lotsFrom);
  }

  async rows(domain: Domain, from: number, count: number): Promise<RowsAnswer> {
    return (await this.#records?.rows(domain, from, count)) ?? { from, rows: [] };
  }

  /** Machines have no lineage: their records are the answer of one query. */
  async #traceMachines(query: MachinesQuery): Promise<void> {
    const machines = await this.#stage('seed_resolve', async () => {
      const found = await findMachines(query.machines, this.#means);
      this.#tell({ seeds: found.findings });
      checkMachineCount(found);
      return found;
    });
    if (machines === undefined || machines.ids.length === 0) return this.#end();
    this.#setStage('lineage', 'skipped');
    await this.#stage('events', () => this.#readAnswer(machineRequest(query, machines.ids)));
    this.#end();
  }

  async #readAnswer<Schema extends z.ZodMiniType<{ job_id: string }>>(request: StageRequest<Schema>): Promise<void> {
    const { jobId, streamUrl } = await askForJob(request, this.#stop.signal);
    await this.#readJob(jobId, streamUrl);
  }

  async #readJob(jobId: string, streamUrl: string): Promise<void> {
    this.#activeJobId = jobId;
    const records = this.#newRecords(jobId, streamUrl, await this.#parts.openStore());
    this.#records = records;
    if (this.#containers !== undefined) records.setFilter(this.#containers);
    for (const [domain, spec] of this.#specs) records.arrange(domain, spec);
    this.#parts.changed();
    const outcome = await records.read(this.#stop.signal);
    if (outcome.type === 'refused') throw new ClientProblemError(outcome.problem);
    if (outcome.type === 'cancelled' || outcome.type === 'stopped') this.#setStage('events', 'cancelled');
    if (outcome.type === 'error') this.#setStage('events', 'failed');
  }

  /** A small stage that became a job: read to its end, in memory. */
  async #readStage(job: Pick<JobAccepted, 'job_id' | 'stream_url'>): Promise<JobRecords> {
    this.#activeJobId = job.job_id;
    const records = this.#newRecords(job.job_id, job.stream_url, new BlobStore());
    return readStageJob(records, this.#stop.signal).finally(() => (this.#activeJobId = undefined));
  }

  #newRecords(jobId: string, streamUrl: string, raw: RawStore): JobRecords {
    const { openSource, ...parts } = this.#parts;
    return new JobRecords({ ...parts, jobId, source: openSource(streamUrl), raw });
  }

  /** @returns `true` when the lineage is not there any more: the events can be read without it. */
  async #reopenLineage(jobId: string): Promise<boolean> {
    this.#setStage('lineage', 'active');
    try {
      const job = await getJobStatus(jobId, this.#stop.signal);
      this.#tellLineage(await readLineage(job, this.#means));
      this.#setStage('lineage', 'done');
      return false;
    } catch {
      return true;
    }
  }

  /** What was not asked for is asked for now, where it is known what that was. */
  #tellParts(parts: readonly TracePart[], query: TraceQuery | undefined, lineageJobId: string | undefined): void {
    if (query === undefined || query.mode === 'machines' || lineageJobId === undefined)
      this.#toldParts = partsAsTold(parts);
    else void this.#openParts(parts, { query, lineageJobId }).postRest();
  }

  #tellLineage(found: FoundLineage): string {
    this.#graph = found.graph;
    this.#tell({ lineage: found.findings });
    return found.findings.jobId;
  }

  #tell(findings: Partial<Findings>): void {
    this.#findings = { ...this.#findings, ...findings };
    this.#parts.changed();
  }

  async #stage<Value>(stage: Stage, work: () => Promise<Value>): Promise<Value | undefined> {
    this.#setStage(stage, 'active');
    try {
      const value = await work();
      if (this.#stages[stage] === 'active') this.#setStage(stage, 'done');
      return value;
    } catch (thrown) {
      if (this.#stop.signal.aborted) this.#setStage(stage, 'cancelled');
      else this.#fail(stage, thrown);
      return undefined;
    } finally {
      this.#activeJobId = undefined;
    }
  }

  #fail(stage: Stage, thrown: unknown): void {
    const { problem } = ClientProblemError.from(thrown);
    this.#tell({ problem: { stage, problem } });
    if (this.#activeJobId === undefined || this.#records?.reader.connection.state === 'ended')
      this.#setStage(stage, 'failed');
    else this.#parts.changed();
  }

  #setStage(stage: Stage, state: StageState): void {
    this.#stages[stage] = state;
    this.#parts.changed();
  }

  #setCancel(state: CancelState): void {
    this.#cancel = state;
    this.#parts.changed();
  }

  #end(): void {
    this.#endedAtMs = this.#parts.clock.nowMs();
    for (const stage of STAGES) if (this.#stages[stage] === 'waiting') this.#setStage(stage, 'skipped');
    this.#parts.changed();
  }
}
