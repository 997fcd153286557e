import '../../no-eval.ts';
import * as comlink from 'comlink';
import type { Domain } from '#protocol/domain.ts';
import { ClientProblemError } from '../../stream/client-problem.ts';
import type { ClientProblem } from '../../stream/client-problem.ts';
import { systemClock } from '../../stream/clock.ts';
import { openRawStore } from '../../stream/opfs-store.ts';
import { httpStreamSource } from '../../stream/stream-source.ts';
import { throttle } from '../../stream/throttle.ts';
import { removeEmptyFile } from '../export/empty-file.ts';
import type { ExportOutcome, ExportProgress, ExportRequest } from '../export/export-plan.ts';
import type { ArrangeSpec } from '../arrange/arrange-spec.ts';
import type { CopiedRows, CopyRequest } from '../arrange/tab-separated.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { DomainHead } from '../head-rows.ts';
import type { LeftOutcome } from './left-run.ts';
import type { LineageFileOutcome, LineageFileRequest } from '../lineage/lineage-file.ts';
import type { GrowthOutcome, GrowthQuestion } from './lineage-growth.ts';
import { MachineList } from './machines.ts';
import type { Machine } from './machines.ts';
import { readSideJob } from './read-side-job.ts';
import type { KnownOfJob } from './trace-run.ts';
import { TraceRun } from './trace-run.ts';
import type { TraceQuery } from '../trace-query.ts';
import type { LineageGraphData, RowsAnswer, TraceSnapshot } from '../trace-snapshot.ts';

const SNAPSHOT_INTERVAL_MS = 100;
/** Runs that were left and still go on towards a job: the oldest is given up for one more. */
const MAX_LEFT_RUNS = 4;
/** The edge gives a list less; a reader who waits longer than this is told that it failed. */
const MACHINES_TIMEOUT_MS = 90_000;

export type MachinesAnswer =
  | { readonly type: 'machines'; readonly machines: readonly Machine[] }
  | { readonly type: 'failed'; readonly problem: ClientProblem };

/** `head`: the first rows of a domain, told once. */
type SnapshotListener = (snapshot: TraceSnapshot, head?: DomainHead) => void;

/**
 * What the page may ask of the worker. At most one run at a time: a new one stops the reading of the former. At most one
 * export and one file of the lineage at a time as well: a new one, or a new run, cancels it.
 */
class TraceWorker {
  #run: TraceRun | undefined;
  /** What `#run` does, from its beginning to its end. */
  #whole: Promise<void> = Promise.resolve();
  #runs = 0;
  readonly #left = new Set<TraceRun>();
  #export: AbortController | undefined;
  readonly #machines = new MachineList();
  #lineageFile: AbortController | undefined;
  #listener: SnapshotListener | undefined;
  readonly #tell = throttle(() => this.#tellNow(), SNAPSHOT_INTERVAL_MS, systemClock);

  subscribe(listener: SnapshotListener): void {
    this.#listener = listener;
  }

  trace(query: TraceQuery): void {
    this.#whole = this.#start().then((run) => run.trace(query));
  }

  openJob(jobId: string, lineageJobIds: readonly string[], known: KnownOfJob): void {
    this.#whole = this.#start().then((run) => run.openJob(jobId, lineageJobIds, known));
  }

  readInParts(): void {
    const run = this.#run;
    if (run !== undefined) this.#whole = run.readInParts();
  }

  postParts(): void {
    this.#run?.postParts();
  }

  async cancel(): Promise<void> {
    await this.#run?.cancel();
  }

  /** Writes to `file`, or gives a blob back where there is none. What was not saved leaves no empty file. */
  async exportRecords(
    request: ExportRequest,
    file: FileSystemFileHandle | undefined,
    listener: (progress: ExportProgress) => void,
  ): Promise<ExportOutcome> {
    const outcome = await this.#writeExport(request, file, listener);
    if (outcome.type !== 'saved' && file !== undefined) await removeEmptyFile(file);
    return outcome;
  }

  /** The code that knows the formats is loaded here. */
  async #writeExport(
    request: ExportRequest,
    file: FileSystemFileHandle | undefined,
    listener: (progress: ExportProgress) => void,
  ): Promise<ExportOutcome> {
    this.cancelExport();
    const stop = new AbortController();
    this.#export = stop;
    let last: ExportProgress = { percent: 0, bytes: 0 };
    const tell = throttle(() => listener(last), SNAPSHOT_INTERVAL_MS, systemClock);
    try {
      const { runExport } = await import('../export/run-export.ts');
      const files = await this.#run?.records.exportFiles(request);
      if (files === undefined || stop.signal.aborted) return { type: 'cancelled' };
      return await runExport(request, files, file, {
        signal: stop.signal,
        clock: systemClock,
        told: (progress) => {
          last = progress;
          tell();
        },
      });
    } catch (thrown) {
      return { type: 'failed', problem: ClientProblemError.from(thrown).problem };
    }
  }

  cancelExport(): void {
    this.#export?.abort();
  }

  /** Lets the run go on by itself until it is a job. Another one may begin at once. */
  async leave(): Promise<LeftOutcome> {
    this.cancelExport();
    this.cancelLineageFile();
    const run = this.#run;
    if (run === undefined) return { type: 'stopped' };
    this.#run = undefined;
    if (this.#left.size >= MAX_LEFT_RUNS) [...this.#left][0]?.stop();
    this.#left.add(run);
    return run.leave(this.#whole).finally(() => this.#left.delete(run));
  }

  async close(): Promise<void> {
    this.cancelExport();
    this.cancelLineageFile();
    const run = this.#run;
    this.#run = undefined;
    await run?.close();
  }

  retryNow(): void {
    this.#run?.records.retryNow();
  }

  scanAgain(): void {
    this.#run?.records.scanAgain();
  }

  setFilter(containers: readonly string[] | undefined): void {
    this.#run?.records.setFilter(containers);
  }

  arrange(domain: Domain, spec: ArrangeSpec): void {
    this.#run?.records.arrange(domain, spec);
  }

  setArrangingStopped(domain: Domain, isStopped: boolean): void {
    this.#run?.records.setArrangingStopped(domain, isStopped);
  }

  async copy(domain: Domain, request: CopyRequest): Promise<CopiedRows> {
    return (await this.#run?.records.copy(domain, request)) ?? { text: '', rows: 0 };
  }

  async timeline(lotsFrom: number): Promise<Timeline | undefined> {
    return await this.#run?.records.timeline(lotsFrom);
  }

  async rows(domain: Domain, from: number, count: number): Promise<RowsAnswer> {
    const run = this.#run;
    const nothing = { from, rows: [] };
    try {
      return (await run?.records.rows(domain, from, count)) ?? nothing;
    } catch (thrown) {
      // A run that was left is closed, also for whoever was just reading its rows.
      if (run === this.#run) throw thrown;
      return nothing;
    }
  }

  lineage(): LineageGraphData | undefined {
    return this.#run?.lineage.graph;
  }

  async growLineage(question: GrowthQuestion, told: (percent: number) => void): Promise<GrowthOutcome> {
    return (await this.#run?.lineage.grow(question, told)) ?? { type: 'cancelled' };
  }

  readAgain(): void {
    // A file that is being written would lose its records half way.
    void this.#run?.readAgain(() => this.cancelExport());
  }

  cancelReadAgain(): void {
    this.#run?.cancelReadAgain();
  }

  cancelGrowth(): void {
    this.#run?.lineage.cancelGrowth();
  }

  /** `told`: percent that are drawn. */
  async lineageFile(request: LineageFileRequest, told: (percent: number) => void): Promise<LineageFileOutcome> {
    this.cancelLineageFile();
    const { signal } = (this.#lineageFile = new AbortController());
    try {
      const file = await this.#run?.lineage.file(request, { signal, told });
      return file === undefined ? { type: 'failed' } : { type: 'made', file };
    } catch {
      return { type: signal.aborted ? 'cancelled' : 'failed' };
    }
  }

  cancelLineageFile(): void {
    this.#lineageFile?.abort();
  }

  /** All machines, in the order of the flow. Never rejects. */
  async machines(): Promise<MachinesAnswer> {
    const signal = AbortSignal.timeout(MACHINES_TIMEOUT_MS);
    const parts = { clock: systemClock, random: Math.random, openSource: httpStreamSource };
    try {
      const machines = await this.#machines.read({
        signal,
        readJob: (job) => readSideJob(job, parts, { signal, told: () => undefined }),
      });
      return { type: 'machines', machines };
    } catch (thrown) {
      return { type: 'failed', problem: ClientProblemError.from(thrown).problem };
    }
  }

  async #start(): Promise<TraceRun> {
    this.cancelExport();
    this.cancelLineageFile();
    const former = this.#run;
    const run = new TraceRun({
      run: ++this.#runs,
      clock: systemClock,
      random: Math.random,
      openSource: httpStreamSource,
      openStore: openRawStore,
      machines: this.#machines,
      changed: () => {
        if (this.#run === run) this.#tell();
      },
      // Waiting for the end of an interval would show the first rows six frames late, asking for them back two.
      appeared: (head) => {
        if (this.#run === run) this.#listener?.(run.snapshot(), head);
      },
      changedNow: () => {
        if (this.#run === run) this.#tellNow();
      },
    });
    this.#run = run;
    this.#tell();
    await former?.close();
    return run;
  }

  #tellNow(): void {
    if (this.#run !== undefined) this.#listener?.(this.#run.snapshot());
  }
}

export type TraceWorkerApi = TraceWorker;

comlink.expose(new TraceWorker());
