import type { Domain } from '#protocol/domain.ts';
import type { JobAccepted, JobStatus } from '#protocol/job.ts';
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
import { askForRecords, eventsOf, eventsOfLineage, questionOf } from './event-stage.ts';
import type { EventsQuestion, RecordsJob } from './event-stage.ts';
import type { DomainHead } from './head-rows.ts';
import { JobRecords } from './job-records.ts';
import type { LeftOutcome } from './left-run.ts';
import { readStageJob, StageCancelledError } from './read-stage-job.ts';
import { RunLineage } from './run-lineage.ts';
import type { FoundLineage, StageMeans } from './small-stages.ts';
import { findLineage, readLineage, resolveSeeds } from './small-stages.ts';
import { getJobStatus, postCancel } from './stage-requests.ts';
import { checkMachineCount, machineRequest } from './machines.ts';
import type { MachineList } from './machines.ts';
import type { PartsSnapshot, TracePart } from './part-list.ts';
import { partsAsTold } from './part-list.ts';
import { TraceParts } from './trace-parts.ts';
import type { Cut } from './trace-cuts.ts';
import { cutsOf } from './trace-cuts.ts';
import type { Timeline } from './timeline/timeline.ts';
import type { MachinesQuery, TraceQuery } from './trace-query.ts';
import { STAGES } from './trace-snapshot.ts';
import type {
  AgainState,
  CancelState,
  LineageGraphData,
  RowsAnswer,
  Stage,
  StageJobProgress,
  StageState,
  TraceSnapshot,
} from './trace-snapshot.ts';

export interface RunParts {
  readonly run: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly openSource: (streamUrl: string) => StreamSource;
  /** The store of the events; the small stages stay in memory. */
  readonly openStore: () => Promise<RawStore>;
  readonly machines: MachineList;
  readonly changed: () => void;
  /** A kind of events has its first rows. */
  readonly appeared: (head: DomainHead) => void;
  /** The events are read again: to be told at once. */
  readonly begunAgain: () => void;
}

/** Events of every node of a lineage. */
interface WantedEvents {
  readonly question: EventsQuestion;
  readonly lineageJobId: string;
}

/** What is known of a job besides its records, from its address. */
export interface KnownOfJob {
  readonly cuts?: readonly Cut[];
  readonly parts?: readonly TracePart[];
  readonly query?: TraceQuery | undefined;
}

/** How long a trace that was left goes on towards the job of its events: its two first stages may be jobs that queue. */
export const MAX_LEFT_MS = 600_000;
/** How long the stream may take to say itself how a cancel ended: on a slow line much is on its way before that. */
const CANCEL_DRAIN_MS = 3000;
/** Times that the edge is asked instead, `CANCEL_DRAIN_MS` apart, until it knows what the database said. */
const MAX_CANCEL_LOOKS = 10;

type Findings = Pick<TraceSnapshot, 'seeds' | 'lineage' | 'problem'>;

/** One query from its values to the last record, or one job that was opened by its id. Lives in the worker. */
export class TraceRun {
  readonly #parts: RunParts;
  #stop = new AbortController();
  #startedAtMs: number;
  #ranMs: number | undefined;
  #endedAtMs: number | undefined;
  #stages: Record<Stage, StageState> = { seed_resolve: 'waiting', lineage: 'waiting', events: 'waiting' };
  #findings: Findings = { seeds: undefined, lineage: undefined, problem: undefined };
  /** Of a job that was opened: what its address says. */
  #toldCuts: readonly Cut[] = [];
  readonly #lineage: RunLineage;
  #question: EventsQuestion | undefined;
  #again: AgainState | undefined;
  /** What the events are read of, once the lineage is known. */
  #wanted: WantedEvents | undefined;
  #split: TraceParts | undefined;
  /** Of a job that was opened, where the rest of its parts cannot be asked for. */
  #toldParts: PartsSnapshot | undefined;
  #records: JobRecords | undefined;
  /** The job of a small stage, while it is read. */
  #stageRecords: JobRecords | undefined;
  /** What is to be shown, also of records that are not there yet. */
  #containers: readonly string[] | undefined;
  readonly #specs = new Map<Domain, ArrangeSpec>();
  #cancel: CancelState = 'none';
  readonly #means: StageMeans;
  /** The job that a cancel would have to name. */
  #activeJobId: string | undefined;
  /** Where the records are, from the edge's answer on. */
  #resultJobId: string | undefined;
  #isLeft = false;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#startedAtMs = parts.clock.nowMs();
    this.#lineage = new RunLineage(parts);
    this.#means = { signal: this.#stop.signal, readJob: (job) => this.#readStage(job) };
  }

  get lineage(): RunLineage {
    return this.#lineage;
  }

  snapshot(): TraceSnapshot {
    return {
      run: this.#parts.run,
      stages: { ...this.#stages },
      startedAtMs: this.#startedAtMs,
      endedAtMs: this.#endedAtMs,
      ranMs: this.#ranMs,
      ...this.#findings,
      stageJob: this.#stageProgress(),
      cuts: cutsOf(this.#findings, this.#toldCuts),
      parts: this.#split?.snapshot() ?? this.#toldParts,
      stream: this.#records?.snapshot(),
      ...this.#lineage.asked,
      again: this.#again,
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
    this.#wanted = { question: query, lineageJobId };
    await this.#stage('events', async () => {
      this.#question = query;
      await this.#readJob(await askForRecords(eventsOfLineage(query, lineageJobId), this.#stop.signal));
    });
    this.#end();
  }

  /**
   * Reads events that are too many for one job in the parts that its refusal named: all are posted, the first is read.
   * The others are jobs of their own, to be opened by their ids.
   */
  async readInParts(): Promise<void> {
    const plan = this.#findings.problem?.problem.splitPlan;
    const wanted = this.#wanted;
    if (plan === undefined || wanted === undefined || this.#endedAtMs === undefined) return;
    this.#startedAtMs = this.#parts.clock.nowMs();
    this.#endedAtMs = undefined;
    this.#tell({ problem: undefined });
    const parts = this.#openParts(
      plan.map(({ ids_range: range }) => ({ range, jobId: undefined })),
      wanted,
    );
    await this.#stage('events', async () => {
      const first = await parts.postNext().catch((thrown: unknown) => {
        this.#split = undefined;
        throw thrown;
      });
      void parts.postRest();
      await this.#readJob(first);
    });
    this.#end();
  }

  /** Asks for the parts that were not asked for yet. */
  postParts(): void {
    void this.#split?.postRest();
  }

  #openParts(parts: readonly TracePart[], wanted: WantedEvents): TraceParts {
    const { clock, changed } = this.#parts;
    const { question, lineageJobId } = wanted;
    const post = async (range: IdsRange, signal: AbortSignal): Promise<RecordsJob> =>
      askForRecords(eventsOfLineage(question, lineageJobId, range), signal);
    return (this.#split = new TraceParts(parts, { post, clock, changed }));
  }

  /** A job that runs or has ended, and the lineages it was made from, as far as they are still there. */
  async openJob(
    jobId: string,
    [lineageJobId, ...grownJobIds]: readonly string[],
    known: KnownOfJob = {},
  ): Promise<void> {
    this.#toldCuts = known.cuts ?? [];
    if (known.parts !== undefined) this.#tellParts(known.parts, known.query, lineageJobId);
    this.#resultJobId = jobId;
    this.#stages = {
      seed_resolve: 'skipped',
      lineage: lineageJobId === undefined ? 'skipped' : 'waiting',
      events: 'waiting',
    };
    // Asked for first: it says for how long the job has been running.
    const asked = getJobStatus(jobId, this.#stop.signal).then((status) => this.#tellTimes(status));
    asked.catch(() => undefined);
    if (lineageJobId !== undefined) {
      const gone = await this.#reopenLineage(lineageJobId, grownJobIds);
      if (gone) this.#setStage('lineage', 'skipped');
    }
    await this.#stage('events', async () => {
      const status = await asked;
      await this.#readJob({ jobId: status.job_id, streamUrl: status.stream_url });
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
    // One of its own: by then the events may be read again.
    const stop = this.#stop;
    const isOver = (): boolean => stop.signal.aborted || stop !== this.#stop || this.#endedAtMs !== undefined;
    for (let look = 0; look < MAX_CANCEL_LOOKS; look++) {
      await new Promise<void>((resolve) => this.#parts.clock.after(CANCEL_DRAIN_MS, resolve));
      if (isOver()) return;
      const status = await getJobStatus(jobId, stop.signal).catch(() => undefined);
      if (status?.state !== 'cancelled' || status.database === undefined || status.database === 'pending') continue;
      records.tellCancelled(status.database);
      break;
    }
    stop.abort();
  }

  /**
   * Nobody looks at this run any more. Its records are let go; what comes before the job of them goes on until the edge has
   * accepted that job, for `MAX_LEFT_MS` at most. `whole`: the run itself.
   */
  async leave(whole: Promise<void>): Promise<LeftOutcome> {
    this.#isLeft = true;
    if (this.#resultJobId === undefined) {
      const callOff = this.#parts.clock.after(MAX_LEFT_MS, () => this.stop());
      await whole;
      callOff();
    }
    await this.close();
    const { problem, seeds, lineage } = this.#findings;
    const { grownJobIds } = this.#lineage.asked;
    if (this.#resultJobId !== undefined)
      return { type: 'job', jobId: this.#resultJobId, lineageJobId: lineage?.jobId, grownJobIds, seeds };
    if (problem !== undefined) return { type: 'failed', problem: problem.problem };
    return { type: seeds?.count === 0 ? 'nothing' : 'stopped' };
  }

  /** Stops reading. The job is not cancelled by that; a stage that waits for its answer withdraws. */
  stop(): void {
    this.#stop.abort();
    this.#split?.stop();
  }

  async close(): Promise<void> {
    this.stop();
    this.#lineage.cancelGrowth();
    await this.#records?.close();
  }

  retryNow(): void {
    this.#records?.reader.retryNow();
  }

  setFilter(containers: readonly string[] | undefined): void {
    this.#containers = containers;
    this.#records?.setFilter(containers);
  }

  /**
   * Reads the events once more, with those of what came to the lineage later. What was read stays until the edge has taken
   * the question; then `replaced` is called. Does nothing while the run goes on.
   */
  async readAgain(replaced: () => void): Promise<void> {
    const { graph } = this.#lineage;
    const question = questionOf(this.#records?.reader.ledger.meta) ?? this.#question;
    if (this.#endedAtMs === undefined || this.#again?.type === 'asking') return;
    if (graph === undefined || question === undefined) return;
    const asked = this.#lineage.whole();
    const job = await this.#askAgain(question, graph);
    if (job === undefined) return;
    this.#begin();
    this.#question = question;
    this.#lineage.tellAsked(asked);
    replaced();
    const reading = this.#stage('events', () => this.#readJob(job));
    // However short it is, that it goes on is seen and heard.
    this.#parts.begunAgain();
    await reading;
    this.#end();
  }

  /** `undefined`: it was refused, or nobody waits for the answer any more. */
  async #askAgain(question: EventsQuestion, { nodes }: LineageGraphData): Promise<RecordsJob | undefined> {
    const { signal } = (this.#stop = new AbortController());
    this.#setAgain({ type: 'asking' });
    try {
      const ids = nodes.map((node) => node.container_id);
      const job = await askForRecords(eventsOf(question, ids), signal);
      this.#setAgain(undefined);
      return signal.aborted ? undefined : job;
    } catch (thrown) {
      const { problem } = ClientProblemError.from(thrown);
      const atMs = this.#parts.clock.nowMs();
      this.#setAgain(signal.aborted ? undefined : { type: 'refused', problem, atMs });
      return undefined;
    }
  }

  /** Gives the wish up; why it was refused is forgotten. */
  cancelReadAgain(): void {
    if (this.#again?.type === 'asking') this.stop();
    else this.#setAgain(undefined);
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
    const records = this.#records;
    const nothing = { from, rows: [] };
    try {
      return (await records?.rows(domain, from, count)) ?? nothing;
    } catch (thrown) {
      // Records that have given way to others are closed, also for whoever was just reading them.
      if (records === this.#records) throw thrown;
      return nothing;
    }
  }

  /** Machines have no lineage: their records are the answer of one query. */
  async #traceMachines(query: MachinesQuery): Promise<void> {
    const machines = await this.#stage('seed_resolve', async () => {
      const found = await this.#parts.machines.find(query.machines, this.#means);
      this.#tell({ seeds: found.findings });
      checkMachineCount(found);
      return found;
    });
    if (machines === undefined || machines.ids.length === 0) return this.#end();
    this.#setStage('lineage', 'skipped');
    const request = machineRequest(query, machines.ids);
    await this.#stage('events', async () => this.#readJob(await askForRecords(request, this.#stop.signal)));
    this.#end();
  }

  async #readJob({ jobId, streamUrl }: RecordsJob): Promise<void> {
    this.#activeJobId = jobId;
    this.#resultJobId = jobId;
    if (this.#isLeft) return;
    const raw = await this.#parts.openStore();
    if (this.#stop.signal.aborted) await raw.close();
    this.#stop.signal.throwIfAborted();
    const records = this.#newRecords(jobId, streamUrl, raw);
    const former = this.#records;
    this.#records = records;
    await former?.close();
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
    this.#stageRecords = records;
    return readStageJob(records, this.#stop.signal).finally(() => {
      this.#activeJobId = undefined;
      this.#stageRecords = undefined;
    });
  }

  #stageProgress(): StageJobProgress | undefined {
    const stage = STAGES.find((each) => this.#stages[each] === 'active');
    if (this.#stageRecords === undefined || stage === undefined) return undefined;
    const { records, bytes, percent, recordsPerSecond, etaSeconds } = this.#stageRecords.snapshot();
    return { stage, records, bytes, percent, recordsPerSecond, etaSeconds };
  }

  #newRecords(jobId: string, streamUrl: string, raw: RawStore): JobRecords {
    const { openSource, ...parts } = this.#parts;
    return new JobRecords({ ...parts, jobId, source: openSource(streamUrl), raw });
  }

  /** @returns `true` when the lineage is not there any more: the events can be read without it. */
  async #reopenLineage(jobId: string, grownJobIds: readonly string[]): Promise<boolean> {
    this.#setStage('lineage', 'active');
    const read = async (id: string): Promise<FoundLineage> =>
      readLineage(await getJobStatus(id, this.#stop.signal), this.#means);
    try {
      const found = await read(jobId);
      const later: FoundLineage[] = [];
      for (const id of grownJobIds) {
        const more = await read(id).catch(() => undefined);
        if (more !== undefined) later.push(more);
      }
      this.#tellLineage(found, later);
      this.#setStage('lineage', 'done');
      return false;
    } catch {
      return true;
    }
  }

  /** A clock that is behind the edge's must not see a job of the future. */
  #tellTimes(status: JobStatus): JobStatus {
    const createdAtMs = Date.parse(status.created_at);
    this.#startedAtMs = Math.min(createdAtMs, this.#startedAtMs);
    if (isTerminal(status.state) && status.ended_at !== undefined)
      this.#ranMs = Math.max(0, Date.parse(status.ended_at) - createdAtMs);
    this.#parts.changed();
    return status;
  }

  /** What was not asked for is asked for now, where it is known what that was. */
  #tellParts(parts: readonly TracePart[], query: TraceQuery | undefined, lineageJobId: string | undefined): void {
    if (query === undefined || query.mode === 'machines' || lineageJobId === undefined)
      this.#toldParts = partsAsTold(parts);
    else void this.#openParts(parts, { question: query, lineageJobId }).postRest();
  }

  #tellLineage(found: FoundLineage, later: readonly FoundLineage[] = []): string {
    this.#lineage.tellFound(found, later);
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
      const isCancelled = this.#stop.signal.aborted || thrown instanceof StageCancelledError;
      if (isCancelled) this.#setStage(stage, 'cancelled');
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

  #setAgain(state: AgainState | undefined): void {
    this.#again = state;
    this.#parts.changed();
  }

  #setCancel(state: CancelState): void {
    this.#cancel = state;
    this.#parts.changed();
  }

  /** The run goes on, with a clock of its own. */
  #begin(): void {
    this.#startedAtMs = this.#parts.clock.nowMs();
    this.#ranMs = undefined;
    this.#endedAtMs = undefined;
    this.#cancel = 'none';
    this.#tell({ problem: undefined });
  }

  #end(): void {
    this.#endedAtMs = this.#parts.clock.nowMs();
    for (const stage of STAGES) if (this.#stages[stage] === 'waiting') this.#setStage(stage, 'skipped');
    this.#parts.changed();
  }
}
