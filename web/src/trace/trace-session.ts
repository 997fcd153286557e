import * as comlink from 'comlink';
import { createMemo, createSignal, onCleanup } from 'solid-js';
import type { Accessor } from 'solid-js';
import { createStore, reconcile } from 'solid-js/store';
import type { Domain } from '#protocol/domain.ts';
import { ClientProblemError } from '../stream/client-problem.ts';
import { untilAborted } from '../stream/until-aborted.ts';
import type { ArrangeSpec } from './arrange/arrange-spec.ts';
import type { CopiedRows, CopyRequest } from './arrange/tab-separated.ts';
import { graphSteps, subtreeOf } from './lineage/lineage-graph.ts';
import type { ExportOutcome, ExportProgress, ExportRequest } from './export/export-plan.ts';
import { HeadRows } from './head-rows.ts';
import type { DomainHead } from './head-rows.ts';
import type { LeftOutcome, LeftRun } from './run/left-run.ts';
import type { LineageFileOutcome, LineageFileRequest } from './lineage/lineage-file.ts';
import { createGrowthState } from './lineage/growth-state.ts';
import type { GrowthControl } from './lineage/growth-state.ts';
import type { LineageGraph } from './lineage/lineage-graph.ts';
import { runInSlices } from './lineage/steps.ts';
import type { Machine } from './run/machines.ts';
import { announce } from './stages/announcement.ts';
import type { Announcement } from './stages/announcement.ts';
import { endOfLongTrace } from './stages/notify-rule.ts';
import type { TraceEnd } from './stages/notify-rule.ts';
import type { Timeline } from './timeline/timeline.ts';
import type { KnownOfJob } from './run/trace-run.ts';
import type { TraceQuery } from './trace-query.ts';
import type { LineageGraphData, RowsAnswer, StreamSnapshot, TraceSnapshot } from './trace-snapshot.ts';
import type { MachinesAnswer, TraceWorkerApi } from './run/trace-worker.ts';

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
  /** Container ids of the lineage whose events were not asked for: they came later. */
  readonly unread: Accessor<ReadonlySet<string>>;
  /** `true` from the click on, not from the worker's answer on. */
  readonly isCancelling: Accessor<boolean>;
  readonly announcement: Accessor<Announcement | undefined>;
  /** The end of the last trace that took long; another object for each. */
  readonly ended: Accessor<{ readonly end: TraceEnd } | undefined>;
  readonly isRunning: Accessor<boolean>;
  /** The worker could not be loaded, or has a defect: nothing more comes from it. */
  readonly hasFailed: Accessor<boolean>;
  start(query: TraceQuery): void;
  /** `lineageJobIds`: the lineage it was made from, and what came to that later. `known`: what its address says of it. */
  openJob(jobId: string, lineageJobIds: readonly string[], known: KnownOfJob): void;
  /** Back to where nothing was asked. What runs is not read any more; its job goes on. */
  reset(): void;
  /** Reads events that were refused as too many, part by part. */
  readInParts(): void;
  /** Asks for the parts that were not asked for yet. */
  postParts(): void;
  cancel(): void;
  retryNow(): void;
  /** Reads the events once more, with those of what came to the lineage later; how that goes, the snapshot says. */
  readAgain(): void;
  /** Gives that up, or forgets why it was refused. */
  cancelReadAgain(): void;
  select(place: number | undefined): void;
  /** Tries again to read back records that are here. */
  scanAgain(): void;
  /** Sorts and filters a domain; how far that is, the snapshot says. */
  arrange(domain: Domain, spec: ArrangeSpec): void;
  setArrangingStopped(domain: Domain, isStopped: boolean): void;
  /** Rows as tab-separated text. */
  copy(domain: Domain, request: CopyRequest): Promise<CopiedRows>;
  /** The timeline of the lots from one on; `undefined` when it was given up or there are no records yet. */
  timeline(lotsFrom: number): Promise<Timeline | undefined>;
  rows(domain: Domain, from: number, count: number): Promise<RowsAnswer>;
  /** Writes records that are here already to `file`, or to a blob where there is none. */
  exportRecords(
    request: ExportRequest,
    file: FileSystemFileHandle | undefined,
    told: (progress: ExportProgress) => void,
  ): Promise<ExportOutcome>;
  cancelExport(): void;
  /** All machines of the warehouse, in the order of the flow. @throws ClientProblemError */
  machines(signal: AbortSignal): Promise<readonly Machine[]>;
  /** The lineage as a file. `told`: percent that are drawn. */
  lineageFile(request: LineageFileRequest, told: (percent: number) => void): Promise<LineageFileOutcome>;
  cancelLineageFile(): void;
}

/**
 * The page's side of the worker that traces. The page holds figures, the lineage and the rows on screen; everything
 * else stays there. A run that is left while it is under way is told with `left`.
 */
export function createTraceSession(left: (run: LeftRun) => void): TraceSession {
  const thread = new Worker(new URL('./run/trace-worker.ts', import.meta.url), { type: 'module' });
  const [hasFailed, setFailed] = createSignal(false);
  thread.addEventListener('error', () => setFailed(true));
  const worker = comlink.wrap<TraceWorkerApi>(thread);
  const [store, setStore] = createStore<{ snapshot: TraceSnapshot | undefined }>({ snapshot: undefined });
  const [drawn, setDrawn] = createSignal<DrawnLineage>();
  const graph = (): LineageGraph | undefined => drawn()?.graph;
  const [selectedId, setSelectedId] = createSignal<string>();
  const [cancelAsked, setCancelAsked] = createSignal(false);
  const [announcement, setAnnouncement] = createSignal<Announcement>();
  const [ended, setEnded] = createSignal<{ readonly end: TraceEnd }>();
  const heads = new HeadRows();
  let last: TraceSnapshot | undefined;
  /** Containers whose records the worker shows. */
  let filtered: ReadonlySet<string> | undefined;
  /** The worker counts its runs as this side does; what it still says of a former one is not shown. */
  let runs = 0;
  let shownRun: number | undefined;
  let asked: Pick<LeftRun, 'query' | 'jobId'> = { query: undefined, jobId: undefined };
  const leaving = new Set<Promise<LeftOutcome>>();

  const select = (place: number | undefined): void => {
    const known = graph();
    const places = known === undefined || place === undefined ? undefined : subtreeOf(known, place);
    const containers = places?.flatMap((each) => known?.nodes[each]?.container_id ?? []);
    // With the same ones the worker would begin anew: the lineage has grown elsewhere.
    if (!isSameSet(containers, filtered)) {
      filtered = containers === undefined ? undefined : new Set(containers);
      // Told first: what reacts to the choice asks the worker for what it leaves.
      heads.rearranged();
      void worker.setFilter(containers);
    }
    setSelectedId(place === undefined ? undefined : known?.nodes[place]?.container_id);
  };

  const listen = (snapshot: TraceSnapshot, head?: DomainHead): void => {
    if (snapshot.run !== shownRun) return;
    const before = last?.run === snapshot.run ? last : undefined;
    last = snapshot;
    if (!isSameReading(before?.stream, snapshot.stream)) heads.drop();
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
    setDrawn(built);
  };

  const growth = createGrowthState({
    ask: (question, told) => worker.growLineage(question, comlink.proxy(told)),
    cancel: () => void worker.cancelGrowth(),
    grown: async (data, isCurrent) => {
      const built = await buildGraph(data);
      if (isCurrent()) setDrawn(built);
    },
  });

  const leave = (): void => {
    const isUnderWay = shownRun !== undefined && last?.endedAtMs === undefined;
    if (!isUnderWay || cancelAsked() || (last?.cancel ?? 'none') !== 'none' || hasFailed()) return;
    const outcome = worker.leave();
    leaving.add(outcome);
    const settled = (): void => void leaving.delete(outcome);
    void outcome.then(settled, settled);
    left({ query: asked.query, jobId: last?.stream?.jobId ?? asked.jobId, outcome });
  };
  const forget = (): void => {
    leave();
    shownRun = undefined;
    last = undefined;
    heads.begin();
    filtered = undefined;
    setDrawn(undefined);
    setSelectedId(undefined);
    growth.reset();
    setCancelAsked(false);
  };
  const begin = (next: typeof asked): void => {
    forget();
    shownRun = ++runs;
    asked = next;
  };

  const retryNow = (): void => void worker.retryNow();
  void worker.subscribe(comlink.proxy(listen));
  window.addEventListener('online', retryNow);
  onCleanup(() => {
    window.removeEventListener('online', retryNow);
    leave();
    // What was left goes on here until it is a job of the edge, each for its own limited time.
    void Promise.allSettled(hasFailed() ? [] : [...leaving])
      .then(() => worker.close())
      .finally(() => thread.terminate());
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
    unread: createMemo(() => new Set(drawn()?.ids.slice(snapshot()?.askedNodes))),
    announcement,
    ended,
    hasFailed,
    isRunning: () => snapshot() !== undefined && snapshot()?.endedAtMs === undefined,
    start(query) {
      begin({ query, jobId: undefined });
      void worker.trace(query);
    },
    openJob(jobId, lineageJobIds, known) {
      begin({ query: undefined, jobId });
      void worker.openJob(jobId, lineageJobIds, known);
    },
    reset() {
      if (shownRun === undefined) return;
      forget();
      setAnnouncement(undefined);
      setStore('snapshot', undefined);
      void worker.close();
    },
    readInParts: () => void worker.readInParts(),
    postParts: () => void worker.postParts(),
    cancel() {
      setCancelAsked(true);
      void worker.cancel().finally(() => setCancelAsked(false));
    },
    retryNow,
    readAgain: () => void worker.readAgain(),
    cancelReadAgain: () => void worker.cancelReadAgain(),
    select,
    scanAgain: () => void worker.scanAgain(),
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
    async machines(signal) {
      // The worker does not answer any more when this page has ended it.
      const answer = await untilAborted<MachinesAnswer>(worker.machines(), signal);
      // An error of the worker would arrive without its problem.
      if (answer.type === 'failed') throw new ClientProblemError(answer.problem);
      return answer.machines;
    },
    lineageFile: (request, told) => worker.lineageFile(request, comlink.proxy(told)),
    cancelLineageFile: () => void worker.cancelLineageFile(),
  };
}

interface DrawnLineage {
  readonly graph: LineageGraph;
  /** Container ids as they came. */
  readonly ids: readonly string[];
}

/** The data has just been copied in: building gets tasks of its own, so that none of them is long. */
async function buildGraph({ nodes, edges }: LineageGraphData): Promise<DrawnLineage> {
  await new Promise((resolve) => setTimeout(resolve));
  const graph = await new Promise<LineageGraph>((resolve) => void runInSlices(graphSteps(nodes, edges), resolve));
  return { graph, ids: nodes.map((node) => node.container_id) };
}

/** `list` names each once. */
function isSameSet(list: readonly string[] | undefined, set: ReadonlySet<string> | undefined): boolean {
  if (list === undefined || set === undefined) return list === set;
  return list.length === set.size && list.every((each) => set.has(each));
}

/** Rows of one are rows of the other. */
function isSameReading(before: StreamSnapshot | undefined, now: StreamSnapshot | undefined): boolean {
  return before?.jobId === now?.jobId && before?.generation === now?.generation;
}
