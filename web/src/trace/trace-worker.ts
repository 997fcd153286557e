import '../no-eval.ts';
import * as comlink from 'comlink';
import type { Domain } from '#protocol/domain.ts';
import { systemClock } from '../stream/clock.ts';
import { openRawStore } from '../stream/opfs-store.ts';
import { httpStreamSource } from '../stream/stream-source.ts';
import { throttle } from '../stream/throttle.ts';
import type { ArrangeSpec } from './arrange/arrange-spec.ts';
import type { CopyRequest } from './arrange/tab-separated.ts';
import type { Timeline } from './timeline/timeline.ts';
import { TraceRun } from './trace-run.ts';
import type { TraceQuery } from './trace-query.ts';
import type { LineageGraphData, RowsAnswer, TraceSnapshot } from './trace-snapshot.ts';

const SNAPSHOT_INTERVAL_MS = 100;

/** What the page may ask of the worker. At most one run at a time: a new one stops the reading of the former. */
class TraceWorker {
  #run: TraceRun | undefined;
  #runs = 0;
  #listener: ((snapshot: TraceSnapshot) => void) | undefined;
  readonly #tell = throttle(() => this.#tellNow(), SNAPSHOT_INTERVAL_MS, systemClock);

  subscribe(listener: (snapshot: TraceSnapshot) => void): void {
    this.#listener = listener;
  }

  trace(query: TraceQuery): void {
    void this.#start().then((run) => run.trace(query));
  }

  openJob(jobId: string, lineageJobId: string | undefined): void {
    void this.#start().then((run) => run.openJob(jobId, lineageJobId));
  }

  async cancel(): Promise<void> {
    await this.#run?.cancel();
  }

  async close(): Promise<void> {
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

  async #start(): Promise<TraceRun> {
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
