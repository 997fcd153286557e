import '../no-eval.ts';
import * as comlink from 'comlink';
import type { Domain } from '#protocol/domain.ts';
import { ClientProblemError } from '../stream/client-problem.ts';
import { systemClock } from '../stream/clock.ts';
import { openRawStore } from '../stream/opfs-store.ts';
import { httpStreamSource } from '../stream/stream-source.ts';
import { throttle } from '../stream/throttle.ts';
import type { ExportOutcome, ExportProgress, ExportRequest } from './export/export-plan.ts';
import type { ArrangeSpec } from './arrange/arrange-spec.ts';
import type { CopyRequest } from './arrange/tab-separated.ts';
import type { Timeline } from './timeline/timeline.ts';
import type { DomainHead } from './head-rows.ts';
import type { LineageFile, LineageFileRequest } from './lineage/lineage-file.ts';
import type { GrowthOutcome, GrowthQuestion } from './lineage-growth.ts';
import type { KnownOfJob } from './trace-run.ts';
import { TraceRun } from './trace-run.ts';
import type { TraceQuery } from './trace-query.ts';
import type { LineageGraphData, RowsAnswer, TraceSnapshot } from './trace-snapshot.ts';

const SNAPSHOT_INTERVAL_MS = 100;

/** `head`: the first rows of a domain, told once. */
type SnapshotListener = (snapshot: TraceSnapshot, head?: DomainHead) => void;

/**
 * What the page may ask of the worker. At most one run at a time: a new one stops the reading of the former. At most one
 * export at a time as well: a new one, or a new run, cancels it.
 */
class TraceWorker {
  #run: TraceRun | undefined;
  #runs = 0;
  #export: AbortController | undefined;
  #listener: SnapshotListener | undefined;
  readonly #tell = throttle(() => this.#tellNow(), SNAPSHOT_INTERVAL_MS, systemClock);

  subscribe(listener: SnapshotListener): void {
    this.#listener = listener;
  }

  trace(query: TraceQuery): void {
    void this.#start().then((run) => run.trace(query));
  }

  openJob(jobId: string, lineageJobId: string | undefined, known: KnownOfJob): void {
    void this.#start().then((run) => run.openJob(jobId, lineageJobId, known));
  }

  readInParts(): void {
    void this.#run?.readInParts();
  }

  postParts(): void {
    this.#run?.postParts();
  }

  async cancel(): Promise<void> {
    await this.#run?.cancel();
  }

  /** Writes to `file`, or gives a blob back where there is none. The code that knows the formats is loaded here. */
  async exportRecords(
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
      const { runExport } = await import('./export/run-export.ts');
      const source = await this.#run?.exportSource(request.domain, request.scope);
      if (source === undefined || stop.signal.aborted) return { type: 'cancelled' };
      return await runExport(request, source, file, {
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

  async close(): Promise<void> {
    this.cancelExport();
    const run = this.#run;
    this.#run = undefined;
    await run?.close();
  }

  retryNow(): void {
    this.#run?.retryNow();
  }

  setFilter(containers: readonly string[] | undefined): void {
    this.#run?.setFilter(containers);
  }

  arrange(domain: Domain, spec: ArrangeSpec): void {
    this.#run?.arrange(domain, spec);
  }

  setArrangingStopped(domain: Domain, isStopped: boolean): void {
    this.#run?.setArrangingStopped(domain, isStopped);
  }

  async copy(domain: Domain, request: CopyRequest): Promise<string> {
    return (await this.#run?.copy(domain, request)) ?? '';
  }

  async timeline(lotsFrom: number): Promise<Timeline | undefined> {
    return await this.#run?.timeline(lotsFrom);
  }

  async rows(domain: Domain, from: number, count: number): Promise<RowsAnswer> {
    return (await this.#run?.rows(domain, from, count)) ?? { from, rows: [] };
  }

  lineage(): LineageGraphData | undefined {
    return this.#run?.graph;
  }

  async growLineage(question: GrowthQuestion, told: (percent: number) => void): Promise<GrowthOutcome> {
    return (await this.#run?.growLineage(question, told)) ?? { type: 'cancelled' };
  }

  cancelGrowth(): void {
    this.#run?.cancelGrowth();
  }

  async lineageFile(request: LineageFileRequest): Promise<LineageFile | undefined> {
    return this.#run?.lineageFile(request);
  }

  async #start(): Promise<TraceRun> {
    this.cancelExport();
    const former = this.#run;
    const run = new TraceRun({
      run: ++this.#runs,
      clock: systemClock,
      random: Math.random,
      openSource: httpStreamSource,
      openStore: openRawStore,
      changed: () => {
        if (this.#run === run) this.#tell();
      },
      // Waiting for the end of an interval would show the first rows six frames late, asking for them back two.
      appeared: (head) => {
        if (this.#run === run) this.#listener?.(run.snapshot(), head);
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
