import type { JobAccepted } from '#protocol/job.ts';
import { isTerminal } from '#protocol/job.ts';
import { ClientProblemError } from '../../stream/client-problem.ts';
import type { Clock } from '../../stream/clock.ts';
import type { RawStore } from '../../stream/raw-store.ts';
import { BlobStore } from '../../stream/raw-store.ts';
import type { StreamSource } from '../../stream/stream-source.ts';
import { awaitCancelEnd } from './cancel-end.ts';
import { askForRecords, eventsOf, eventsOfLineage, questionOf } from './event-stage.ts';
import type { EventsQuestion, RecordsJob } from './event-stage.ts';
import type { DomainHead } from '../head-rows.ts';
import { JobRecords } from './job-records.ts';
import type { LeftOutcome } from './left-run.ts';
import { readStageJob, StageCancelledError } from './read-stage-job.ts';
import { readLineagesAgain } from './reopened-lineage.ts';
import { RunLineage } from './run-lineage.ts';
import type { FoundLineage, StageMeans } from './small-stages.ts';
import { findLineage, readLineage, resolveSeeds } from './small-stages.ts';
import { getJobStatus, postCancel } from './stage-requests.ts';
import { checkMachineCount, machineRequest } from './machines.ts';
import type { MachineList } from './machines.ts';
import type { TracePart } from '../part-list.ts';
import { RunRecords } from './run-records.ts';
import { RunSplit } from './run-split.ts';
import type { WantedEvents } from './run-split.ts';
import { RunState } from './run-state.ts';
import type { Cut } from '../trace-snapshot.ts';
import { cutsOf } from '../trace-cuts.ts';
import type { MachinesQuery, TraceQuery } from '../trace-query.ts';
import type { LineageGraphData, Stage, StageJobProgress, TraceSnapshot } from '../trace-snapshot.ts';

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
  /** As `changed`, but to be told at once. */
  readonly changedNow: () => void;
}

/** What is known of a job besides its records, from its address. */
export interface KnownOfJob {
  readonly cuts?: readonly Cut[];
  readonly parts?: readonly TracePart[];
  readonly query?: TraceQuery | undefined;
}

/** How long a trace that was left goes on towards the job of its events: its two first stages may be jobs that queue. */
export const MAX_LEFT_MS = 600_000;

/** One query from its values to the last record, or one job that was opened by its id. Lives in the worker. */
export class TraceRun {
  readonly #parts: RunParts;
  #stop = new AbortController();
  readonly #state: RunState;
  /** Of a job that was opened: what its address says. */
  #toldCuts: readonly Cut[] = [];
  #toldLineageJobId: string | undefined;
  readonly #lineage: RunLineage;
  #question: EventsQuestion | undefined;
  readonly #split: RunSplit;
  readonly #records = new RunRecords();
  /** The job of a small stage, while it is read. */
  #stageRecords: JobRecords | undefined;
  readonly #means: StageMeans;
  /** The job that a cancel would have to name. */
  #activeJobId: string | undefined;
  /** Where the records are, from the edge's answer on. */
  #resultJobId: string | undefined;
  #isLeft = false;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#state = new RunState(parts.clock, parts.changed);
    this.#split = new RunSplit(parts);
    this.#lineage = new RunLineage(parts);
    this.#means = { signal: this.#stop.signal, readJob: (job) => this.#readStage(job) };
  }

  get lineage(): RunLineage {
    return this.#lineage;
  }

  get records(): RunRecords {
    return this.#records;
  }

  snapshot(): TraceSnapshot {
    return {
      run: this.#parts.run,
      ...this.#state.snapshot(),
      stageJob: this.#stageProgress(),
      cuts: cutsOf(this.#state.findings, this.#toldCuts),
      parts: this.#split.snapshot(),
      stream: this.#records.snapshot(),
      ...this.#lineage.asked,
    };
  }

  /** The three stages, one after the other. Never rejects: what went wrong is in the snapshot. */
  async trace(query: TraceQuery): Promise<void> {
    if (query.mode === 'machines') return this.#traceMachines(query);
    const seeds = await this.#stage('seed_resolve', async () => {
      const found = await resolveSeeds(query, this.#means);
      this.#state.tell({ seeds: found.findings });
      return found;
    });
    if (seeds === undefined || seeds.findings.count === 0) return this.#state.end();
    const lineageJobId = await this.#stage('lineage', async () =>
      this.#tellLineage(await findLineage(query, seeds, this.#means)),
    );
    if (lineageJobId === undefined) return this.#state.end();
    await this.#stage('events', async () => {
      this.#question = query;
      await this.#readJob(await askForRecords(eventsOfLineage(query, lineageJobId), this.#stop.signal));
    });
    this.#state.end();
  }

  /**
   * Reads events that are too many for one job in the parts that its refusal named: all are posted, the first is read.
   * The others are jobs of their own, to be opened by their ids.
   */
  async readInParts(): Promise<void> {
    const { problem, lineage } = this.#state.findings;
    const plan = problem?.problem.splitPlan;
    const question = this.#question;
    if (plan === undefined || question === undefined || lineage === undefined || !this.#state.isOver) return;
    this.#state.begin();
    const wanted = { question, lineageJobId: lineage.jobId };
    await this.#stage('events', async () => this.#readJob(await this.#split.begin(plan, wanted)));
    this.#state.end();
  }

  /** Asks for the parts that were not asked for yet. */
  postParts(): void {
    this.#split.goOn();
  }

  /** A job that runs or has ended, and the lineages it was made from, as far as they are still there. */
  async openJob(
    jobId: string,
    [lineageJobId, ...grownJobIds]: readonly string[],
    known: KnownOfJob = {},
  ): Promise<void> {
    this.#toldCuts = known.cuts ?? [];
    this.#toldLineageJobId = lineageJobId;
    if (known.parts !== undefined) this.#split.tell(known.parts, wantedOf(known.query, lineageJobId));
    this.#resultJobId = jobId;
    this.#state.setStage('seed_resolve', 'skipped');
    if (lineageJobId === undefined) this.#state.setStage('lineage', 'skipped');
    // Asked for first: it says for how long the job has been running.
    const asked = getJobStatus(jobId, this.#stop.signal).then((status) => {
      this.#state.tellTimes(status);
      return status;
    });
    asked.catch(() => undefined);
    if (lineageJobId !== undefined) await this.#reopenLineage(lineageJobId, grownJobIds);
    await this.#stage('events', async () => {
      const status = await asked;
      await this.#readJob({ jobId: status.job_id, streamUrl: status.stream_url });
    });
    this.#state.end();
  }

  /**
   * Asks the edge to stop the work. The reading goes on until the stream says how it ended, or the edge does where that
   * takes long; of a job that had ended before, the rest is not read.
   */
  async cancel(): Promise<void> {
    if (this.#state.cancel !== 'none' || this.#state.isOver) return;
    this.#split.stop();
    this.#state.setCancel('asked');
    const jobId = this.#activeJobId;
    if (jobId === undefined) return this.stop();
    try {
      const answer = await postCancel(jobId);
      if (answer.withdrawn === true) this.#state.setCancel('withdrawn');
      const isOver = isTerminal(answer.state) && answer.state !== 'cancelled';
      const records = this.#records.present;
      if (answer.withdrawn === true || isOver || records === undefined) this.stop();
      else void this.#stopWhenCancelled(jobId, records);
    } catch (thrown) {
      this.#state.setCancel('none');
      this.#fail('events', thrown);
    }
  }

  async #stopWhenCancelled(jobId: string, records: JobRecords): Promise<void> {
    // One of its own: by then the events may be read again.
    const stop = this.#stop;
    const isOver = (): boolean => stop.signal.aborted || stop !== this.#stop || this.#state.isOver;
    const database = await awaitCancelEnd(jobId, { clock: this.#parts.clock, signal: stop.signal, isOver });
    if (isOver()) return;
    if (database !== undefined) records.tellCancelled(database);
    stop.abort();
  }

  /**
   * Nobody looks at this run any more. Its records are let go; what comes before the job of them goes on until the edge has
   * accepted that job, for `MAX_LEFT_MS` at most. `whole`: the run itself.
   */
  async leave(whole: Promise<void>): Promise<LeftOutcome> {
    this.#isLeft = true;
    // Nobody waits for more of the lineage.
    this.#lineage.cancelGrowth();
    if (this.#resultJobId === undefined) {
      const callOff = this.#parts.clock.after(MAX_LEFT_MS, () => this.stop());
      await whole;
      callOff();
    }
    await this.close();
    const { problem, seeds, lineage } = this.#state.findings;
    const { grownJobIds } = this.#lineage.asked;
    const cuts = cutsOf({ seeds, lineage }, this.#toldCuts);
    const lineageJobId = lineage?.jobId ?? this.#toldLineageJobId;
    if (this.#resultJobId !== undefined)
      return { type: 'job', jobId: this.#resultJobId, lineageJobId, grownJobIds, seeds, cuts };
    if (problem !== undefined) return { type: 'failed', problem: problem.problem };
    return { type: seeds?.count === 0 ? 'nothing' : 'stopped' };
  }

  /** Stops reading. The job is not cancelled by that; a stage that waits for its answer withdraws. */
  stop(): void {
    this.#stop.abort();
    this.#split.stop();
  }

  async close(): Promise<void> {
    this.stop();
    this.#lineage.cancelGrowth();
    await this.#records.close();
  }

  /**
   * Reads the events once more, with those of what came to the lineage later. What was read stays until the edge has taken
   * the question; then `replaced` is called. Does nothing while the run goes on.
   */
  async readAgain(replaced: () => void): Promise<void> {
    const { graph } = this.#lineage;
    const question = questionOf(this.#records.present?.reader.ledger.meta) ?? this.#question;
    if (!this.#state.isOver || this.#state.again?.type === 'asking') return;
    if (graph === undefined || question === undefined) return;
    const asked = this.#lineage.whole();
    const job = await this.#askAgain(question, graph);
    if (job === undefined) return;
    this.#state.begin();
    this.#question = question;
    this.#lineage.tellAsked(asked);
    replaced();
    const reading = this.#stage('events', () => this.#readJob(job));
    // However short it is, that it goes on is seen and heard.
    this.#parts.changedNow();
    await reading;
    this.#state.end();
  }

  /** `undefined`: it was refused, or nobody waits for the answer any more. */
  async #askAgain(question: EventsQuestion, { nodes }: LineageGraphData): Promise<RecordsJob | undefined> {
    const { signal } = (this.#stop = new AbortController());
    this.#state.setAgain({ type: 'asking' });
    try {
      const ids = nodes.map((node) => node.container_id);
      const job = await askForRecords(eventsOf(question, ids), signal);
      this.#state.setAgain(undefined);
      return signal.aborted ? undefined : job;
    } catch (thrown) {
      const { problem } = ClientProblemError.from(thrown);
      this.#state.setAgain(signal.aborted ? undefined : { type: 'refused', problem });
      return undefined;
    }
  }

  /** Gives the wish up; why it was refused is forgotten. */
  cancelReadAgain(): void {
    if (this.#state.again?.type === 'asking') this.#stop.abort();
    else this.#state.setAgain(undefined);
  }

  /** Machines have no lineage: their records are the answer of one query. */
  async #traceMachines(query: MachinesQuery): Promise<void> {
    const machines = await this.#stage('seed_resolve', async () => {
      const found = await this.#parts.machines.find(query.machines, this.#means);
      this.#state.tell({ seeds: found.findings });
      checkMachineCount(found);
      return found;
    });
    if (machines === undefined || machines.ids.length === 0) return this.#state.end();
    this.#state.setStage('lineage', 'skipped');
    const request = machineRequest(query, machines.ids);
    await this.#stage('events', async () => this.#readJob(await askForRecords(request, this.#stop.signal)));
    this.#state.end();
  }

  async #readJob({ jobId, streamUrl }: RecordsJob): Promise<void> {
    this.#activeJobId = jobId;
    this.#resultJobId = jobId;
    if (this.#isLeft) return;
    const raw = await this.#parts.openStore();
    if (this.#stop.signal.aborted) await raw.close();
    this.#stop.signal.throwIfAborted();
    const records = this.#newRecords(jobId, streamUrl, raw);
    await this.#records.replace(records);
    this.#parts.changed();
    const outcome = await records.read(this.#stop.signal);
    if (outcome.type === 'refused') throw new ClientProblemError(outcome.problem);
    if (outcome.type === 'cancelled' || outcome.type === 'stopped') this.#state.setStage('events', 'cancelled');
    if (outcome.type === 'error') this.#state.setStage('events', 'failed');
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
    const stage = this.#state.active;
    if (this.#stageRecords === undefined || stage === undefined) return undefined;
    const { records, bytes, percent, recordsPerSecond, etaSeconds } = this.#stageRecords.snapshot();
    return { stage, records, bytes, percent, recordsPerSecond, etaSeconds };
  }

  #newRecords(jobId: string, streamUrl: string, raw: RawStore): JobRecords {
    const { openSource, ...parts } = this.#parts;
    return new JobRecords({ ...parts, jobId, source: openSource(streamUrl), raw });
  }

  /**
   * The events can be read without their lineage: where it is not there any more, the stage is skipped, and where it could
   * not be read for another reason, that is told. Either way what was asked for is known, so that it can be opened again.
   */
  async #reopenLineage(jobId: string, grownJobIds: readonly string[]): Promise<void> {
    this.#lineage.tellAsked({ askedNodes: 0, grownJobIds });
    this.#state.setStage('lineage', 'active');
    const read = async (id: string): Promise<FoundLineage> =>
      readLineage(await getJobStatus(id, this.#stop.signal), this.#means);
    const { found, later, failures } = await readLineagesAgain(jobId, grownJobIds, read);
    if (found !== undefined) this.#tellLineage(found, later);
    if (this.#stop.signal.aborted) this.#state.setStage('lineage', 'cancelled');
    else if (failures.length > 0) this.#fail('lineage', failures[0]);
    else this.#state.setStage('lineage', found === undefined ? 'skipped' : 'done');
  }

  #tellLineage(found: FoundLineage, later: readonly FoundLineage[] = []): string {
    this.#lineage.tellFound(found, later);
    this.#state.tell({ lineage: found.findings });
    return found.findings.jobId;
  }

  async #stage<Value>(stage: Stage, work: () => Promise<Value>): Promise<Value | undefined> {
    this.#state.setStage(stage, 'active');
    try {
      const value = await work();
      if (this.#state.stage(stage) === 'active') this.#state.setStage(stage, 'done');
      return value;
    } catch (thrown) {
      const isCancelled = this.#stop.signal.aborted || thrown instanceof StageCancelledError;
      if (isCancelled) this.#state.setStage(stage, 'cancelled');
      else this.#fail(stage, thrown);
      return undefined;
    } finally {
      this.#activeJobId = undefined;
    }
  }

  #fail(stage: Stage, thrown: unknown): void {
    const { problem } = ClientProblemError.from(thrown);
    this.#state.tell({ problem: { stage, problem } });
    if (this.#activeJobId === undefined || this.#records.present?.reader.connection.state === 'ended')
      this.#state.setStage(stage, 'failed');
    else this.#parts.changed();
  }
}

/** `undefined` where it is not known any more. */
function wantedOf(query: TraceQuery | undefined, lineageJobId: string | undefined): WantedEvents | undefined {
  if (query === undefined || query.mode === 'machines' || lineageJobId === undefined) return undefined;
  return { question: query, lineageJobId };
}
