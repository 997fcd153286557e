import * as comlink from 'comlink';
import { createMemo, createSignal, onCleanup } from 'solid-js';
import type { Accessor } from 'solid-js';
import { createStore, reconcile } from 'solid-js/store';
import type { Domain } from '#protocol/domain.ts';
import type { ArrangeSpec } from './arrange/arrange-spec.ts';
import type { CopyRequest } from './arrange/tab-separated.ts';
import { graphSteps, subtreeOf } from './lineage/lineage-graph.ts';
import type { ExportOutcome, ExportProgress, ExportRequest } from './export/export-plan.ts';
import { HeadRows } from './head-rows.ts';
import type { DomainHead } from './head-rows.ts';
import type { LineageFile, LineageFileRequest } from './lineage/lineage-file.ts';
import { createGrowthState } from './lineage/growth-state.ts';
import type { GrowthControl } from './lineage/growth-state.ts';
import type { LineageGraph } from './lineage/lineage-graph.ts';
import { runInSlices } from './lineage/steps.ts';
import { announce } from './stages/announcement.ts';
import type { Announcement } from './stages/announcement.ts';
import { endOfLongTrace } from './stages/notify-rule.ts';
import type { TraceEnd } from './stages/notify-rule.ts';
import type { Timeline } from './timeline/timeline.ts';
import type { KnownOfJob } from './trace-run.ts';
import type { TraceQuery } from './trace-query.ts';
import type { LineageGraphData, RowsAnswer, TraceSnapshot } from './trace-snapshot.ts';
import type { TraceWorkerApi } from './trace-worker.ts';

/** A node that was chosen, and its subtree. */
export interface Selection {
  readonly place: number;
  readonly places: ReadonlySet<number>;
}

export interface TraceSession {
  /** What the worker last told; `undefined` before the first query. */
  readonly snapshot: Accessor<TraceSnapshot | undefined>;
  readonly graph: Accessor<LineageGraph | undefined>;
  readonly selection: Accessor<Selection | undefined>;
  /** Asks for more of the lineage; what comes is another `graph`. */
  readonly growth: GrowthControl;
  /** `true` from the click on, not from the worker's answer on. */
  readonly isCancelling: Accessor<boolean>;
  readonly announcement: Accessor<Announcement | undefined>;
  /** The end of the last trace that took long; another object for each. */
  readonly ended: Accessor<{ readonly end: TraceEnd } | undefined>;
  readonly isRunning: Accessor<boolean>;
  /** The worker could not be loaded, or has a defect: nothing more comes from it. */
  readonly hasFailed: Accessor<boolean>;
  start(query: TraceQuery): void;
  openJob(jobId: string, lineageJobId: string | undefined, known: KnownOfJob): void;
  /** Reads events that were refused as too many, part by part. */
  readInParts(): void;
  /** Asks for the parts that were not asked for yet. */
  postParts(): void;
  cancel(): void;
  retryNow(): void;
  select(place: number | undefined): void;
  /** Sorts and filters a domain; how far that is, the snapshot says. */
  arrange(domain: Domain, spec: ArrangeSpec): void;
  setArrangingStopped(domain: Domain, isStopped: boolean): void;
  /** Rows as tab-separated text. */
  copy(domain: Domain, request: CopyRequest): Promise<string>;
  /** The timeline of the lots from one on; `undefined` when it was given up or there is nothing to draw. */
  timeline(lotsFrom: number): Promise<Timeline | undefined>;
  rows(domain: Domain, from: number, count: number): Promise<RowsAnswer>;
  /** Writes records that are here already to `file`, or to a blob where there is none. */
  exportRecords(
    request: ExportRequest,
    file: FileSystemFileHandle | undefined,
    told: (progress: ExportProgress) => void,
  ): Promise<ExportOutcome>;
  cancelExport(): void;
  /** The lineage as a file; `undefined` when there is none. */
  lineageFile(request: LineageFileRequest): Promise<LineageFile | undefined>;
}

/**
 * The page's side of the worker that traces. The page holds figures, the lineage and the rows on screen; everything
 * else stays there.
 */
export function createTraceSession(): TraceSession {
  const thread = new Worker(new URL('./trace-worker.ts', import.meta.url), { type: 'module' });
  const [hasFailed, setFailed] = createSignal(false);
  thread.addEventListener('error', () => setFailed(true));
  const worker = comlink.wrap<TraceWorkerApi>(thread);
  const [store, setStore] = createStore<{ snapshot: TraceSnapshot | undefined }>({ snapshot: undefined });
  const [graph, setGraph] = createSignal<LineageGraph>();
  const [selectedId, setSelectedId] = createSignal<string>();
  const [cancelAsked, setCancelAsked] = createSignal(false);
  const [announcement, setAnnouncement] = createSignal<Announcement>();
  const [ended, setEnded] = createSignal<{ readonly end: TraceEnd }>();
  const heads = new HeadRows();
  let last: TraceSnapshot | undefined;

  const select = (place: number | undefined): void => {
    const known = graph();
    const places = known === undefined || place === undefined ? undefined : subtreeOf(known, place);
    // Told first: what reacts to the choice asks the worker for what it leaves.
    heads.rearranged();
    void worker.setFilter(places?.flatMap((each) => known?.nodes[each]?.container_id ?? []));
    setSelectedId(place === undefined ? undefined : known?.nodes[place]?.container_id);
  };

  const listen = (snapshot: TraceSnapshot, head?: DomainHead): void => {
    const before = last?.run === snapshot.run ? last : undefined;
    last = snapshot;
    if (before === undefined || before.stream?.generation !== snapshot.stream?.generation) heads.drop();
    if (head !== undefined) heads.keep(head);
    setAnnouncement((spoken) => announce(before, snapshot) ?? spoken);
    if (snapshot.lineage?.jobId !== before?.lineage?.jobId) void loadGraph(snapshot.lineage?.jobId);
    setStore('snapshot', reconcile(snapshot, { key: 'domain', merge: before !== undefined }));
    const end = endOfLongTrace(before, snapshot);
    if (end !== undefined) setEnded({ end });
  };

  const loadGraph = async (jobId: string | undefined): Promise<void> => {
    const data = await worker.lineage();
    const built = data === undefined ? undefined : await buildGraph(data);
    if (last?.lineage?.jobId !== jobId) return;
    setSelectedId(undefined);
    setGraph(built);
  };

  const growth = createGrowthState({
    ask: (question, told) => worker.growLineage(question, comlink.proxy(told)),
    cancel: () => void worker.cancelGrowth(),
    grown: async (data, isCurrent) => {
      const built = await buildGraph(data);
      if (isCurrent()) setGraph(built);
    },
  });

  const begin = (): void => {
    heads.begin();
    setGraph(undefined);
    setSelectedId(undefined);
    growth.reset();
    setCancelAsked(false);
  };

  const retryNow = (): void => void worker.retryNow();
  void worker.subscribe(comlink.proxy(listen));
  window.addEventListener('online', retryNow);
  onCleanup(() => {
    window.removeEventListener('online', retryNow);
    void worker.close().finally(() => thread.terminate());
  });

  const snapshot = () => store.snapshot;
  return {
    snapshot,
    graph,
    selection: createMemo(() => {
      const known = graph();
      const place = known?.places.get(selectedId() ?? '');
      return known === undefined || place === undefined
        ? undefined
        : { place, places: new Set(subtreeOf(known, place)) };
    }),
    isCancelling: () => cancelAsked() || (snapshot()?.cancel === 'asked' && snapshot()?.endedAtMs === undefined),
    growth,
    announcement,
    ended,
    hasFailed,
    isRunning: () => snapshot() !== undefined && snapshot()?.endedAtMs === undefined,
    start(query) {
      begin();
      void worker.trace(query);
    },
    openJob(jobId, lineageJobId, known) {
      begin();
      void worker.openJob(jobId, lineageJobId, known);
    },
    readInParts: () => void worker.readInParts(),
    postParts: () => void worker.postParts(),
    cancel() {
      setCancelAsked(true);
      void worker.cancel().finally(() => setCancelAsked(false));
    },
    retryNow,
    select,
    arrange(domain, spec) {
      heads.rearranged();
      void worker.arrange(domain, spec);
    },
    setArrangingStopped: (domain, isStopped) => void worker.setArrangingStopped(domain, isStopped),
    copy: (domain, request) => worker.copy(domain, request),
    timeline: (lotsFrom) => worker.timeline(lotsFrom),
    rows: async (domain, from, count) => heads.take(domain, from) ?? worker.rows(domain, from, count),
    exportRecords: (request, file, told) => worker.exportRecords(request, file, comlink.proxy(told)),
    cancelExport: () => void worker.cancelExport(),
    lineageFile: (request) => worker.lineageFile(request),
  };
}

/** The data has just been copied in: building gets tasks of its own, so that none of them is long. */
async function buildGraph({ nodes, edges }: LineageGraphData): Promise<LineageGraph> {
  await new Promise((resolve) => setTimeout(resolve));
  return new Promise((resolve) => void runInSlices(graphSteps(nodes, edges), resolve));
}
