import { useLocation, useNavigate } from '@solidjs/router';
import { createEffect, createMemo, createSignal, lazy, on, onCleanup, Show } from 'solid-js';
import { t } from '../i18n/language.ts';
import { focusResults } from '../components/focus-return.ts';
import { LoadedPart } from '../components/LoadedPart.tsx';
import { Splitter } from '../components/Splitter.tsx';
import { scrollPageTo } from '../components/page-scroll.ts';
import { localTexts, sessionTexts } from '../storage/page-storage.ts';
import { systemClock } from '../stream/clock.ts';
import { debounce } from './debounce.ts';
import { EventsPanel } from '../trace/events/EventsPanel.tsx';
import { createResultView } from '../trace/events/result-view.ts';
import { linksOf } from '../trace/lineage/lineage-graph.ts';
import { LineagePanel } from '../trace/lineage/LineagePanel.tsx';
import { createQueryForm } from '../trace/query/query-form.ts';
import { QueryPanel } from '../trace/query/QueryPanel.tsx';
import { SpokenStatus } from '../trace/stages/SpokenStatus.tsx';
import { StageBar } from '../trace/stages/StageBar.tsx';
import { TraceNotices } from '../trace/stages/TraceNotices.tsx';
import type { TracePart } from '../trace/part-list.ts';
import { readParts, writeParts } from '../trace/part-list.ts';
import type { TraceQuery } from '../trace/trace-query.ts';
import { createTraceSession } from '../trace/trace-session.ts';
import { readUrlState, writeUrlState } from '../trace/address/url-state.ts';
import type { UrlState } from '../trace/address/url-state.ts';
import { NO_DRAFT } from '../trace/query/form-draft.ts';
import { FIRST_VIEW } from '../trace/address/view-state.ts';
import {
  rememberedFound,
  rememberFound,
  rememberParts,
  rememberView,
  withRemembered,
} from '../jobs/remembered-views.ts';
import { setLastTraceSearch } from './last-trace.ts';
import { leftTraces } from './traces-left.ts';

/** Not before something is asked. */
const FoundPanel = lazy(async () => ({ default: (await import('../trace/query/FoundPanel.tsx')).FoundPanel }));

const FIRST_SPLIT_PERCENT = 44;
/** The address is written when nothing was typed for so long; browsers refuse to have it written at every key. */
const FORM_QUIET_MS = 400;

/** The jobs whose results are shown, and what the address says of them. */
type ShownJobs = Pick<UrlState, 'jobId' | 'lineageJobId' | 'grownJobIds' | 'cuts' | 'parts'>;
const NO_JOBS: ShownJobs = { jobId: undefined, lineageJobId: undefined, grownJobIds: [] };

/** The main page: what to trace, how far it is, the lineage, the events. */
export function TracePage() {
  const session = createTraceSession((run) => void leftTraces.add(run));
  const location = useLocation();
  const navigate = useNavigate();
  const view = createResultView(session);
  const form = createQueryForm(Date.now());
  const [query, setQuery] = createSignal<TraceQuery>();
  const [jobs, setJobs] = createSignal<ShownJobs>(NO_JOBS);
  const [splitPercent, setSplitPercent] = createSignal(FIRST_SPLIT_PERCENT);
  let shownSearch: string | undefined;
  let panel: HTMLElement | undefined;
  let results: HTMLElement | undefined;

  const show = (state: UrlState, replace: boolean): void => {
    shownSearch = writeUrlState(state, sessionTexts);
    setLastTraceSearch(shownSearch);
    rememberView(state, localTexts);
    navigate(`/${shownSearch}`, { replace, scroll: false });
  };

  /** Everything needed to open the page as it is. */
  const opened = (): UrlState => ({ query: query(), ...jobs(), view: view.state(), form: form.draft(query()) });

  const start = (next: TraceQuery): void => {
    // What was typed has become a query of its own: whoever goes back finds each query beside its own result.
    const left = writeUrlState({ ...opened(), form: form.draft(next) }, sessionTexts);
    window.history.replaceState(window.history.state, '', `/${left}`);
    setQuery(next);
    setJobs(NO_JOBS);
    session.start(next);
    view.show(FIRST_VIEW);
    show({ ...opened(), view: FIRST_VIEW }, false);
    scrollPageTo(results);
  };

  const openJobs = (): void => {
    const { jobId, lineageJobId, grownJobIds } = jobs();
    const lineageJobIds = lineageJobId === undefined ? [] : [lineageJobId, ...grownJobIds];
    if (jobId !== undefined) session.openJob(jobId, lineageJobIds, { ...jobs(), query: query() });
  };

  const retry = (): void => {
    const known = query();
    const snapshot = session.snapshot();
    // What was loaded later would be lost with another run.
    const hasGrown = (snapshot?.grownJobIds.length ?? 0) > 0;
    if (snapshot?.problem?.stage === 'lineage' && jobs().jobId !== undefined) {
      openJobs();
      view.show(view.state());
    } else if (hasGrown && snapshot?.stream?.kind === 'events') session.readAgain();
    else if (known === undefined) window.location.reload();
    else start(known);
    // The button goes with its notice.
    focusResults({ preventScroll: true });
  };

  // An address that this page did not write itself: opened, reloaded, or reached with back and forward.
  createEffect(
    on(
      () => location.search,
      (search) => {
        const state = readUrlState(search, sessionTexts);
        if (writeUrlState(state, sessionTexts) === shownSearch) return;
        shownSearch = writeUrlState(state, sessionTexts);
        // A bare link to a job says less than this browser may know of it.
        const { query: asked, view: shown, form: _form, ...named } = withRemembered(state, localTexts);
        setQuery(asked);
        setJobs(named);
        if (named.jobId !== undefined) openJobs();
        else if (asked !== undefined) session.start(asked);
        else session.reset();
        view.show(shown);
        setLastTraceSearch(shownSearch);
        form.open(asked, state.form);
      },
    ),
  );

  // The address follows what is typed, without an entry in the history for each key.
  const followForm = debounce(
    () => {
      if (writeUrlState(opened(), sessionTexts) !== shownSearch) show(opened(), true);
    },
    FORM_QUIET_MS,
    systemClock,
  );
  createEffect(on(form.state, () => followForm.ask(), { defer: true }));
  onCleanup(() => followForm.drop());

  const jobId = createMemo(() => session.snapshot()?.stream?.jobId);
  createEffect(on(jobId, (id) => leftTraces.shows(id)));
  onCleanup(() => leftTraces.shows(undefined));
  const parts = createMemo(() => writeParts(session.snapshot()?.parts?.parts ?? []));
  createEffect(
    on([jobId, parts], ([id, list]) => {
      if (id === undefined) return;
      const { lineage, grownJobIds = [], cuts = [], seeds } = session.snapshot() ?? {};
      const lineageJobId = lineage?.jobId ?? jobs().lineageJobId;
      const known = { jobId: id, lineageJobId, grownJobIds: [...grownJobIds], cuts: [...cuts] };
      setJobs({ ...known, parts: readParts(list) });
      rememberParts(opened(), localTexts);
      show(opened(), true);
      if (seeds !== undefined) rememberFound(id, seeds, localTexts);
    }),
  );
  const seeds = createMemo(() => {
    const { jobId } = jobs();
    return session.snapshot()?.seeds ?? (jobId === undefined ? undefined : rememberedFound(jobId, localTexts));
  });
  createEffect(
    on(
      view.state,
      () => {
        const next = opened();
        if (next.jobId !== undefined && writeUrlState(next, sessionTexts) !== shownSearch) show(next, true);
      },
      { defer: true },
    ),
  );

  // The node of the address is chosen as soon as there is a lineage, and the address follows what is chosen.
  createEffect(
    on(session.graph, (graph) => {
      const { node } = view.state();
      if (graph === undefined || node === undefined) return;
      const place = graph.nodes.findIndex((each) => each.container_id === node);
      if (place === -1) view.setNode(undefined);
      else session.select(place);
    }),
  );
  createEffect(
    on(
      session.selection,
      (selection) => {
        const graph = session.graph();
        if (graph === undefined) return;
        view.setNode(selection === undefined ? undefined : graph.nodes[selection.place]?.container_id);
      },
      { defer: true },
    ),
  );

  const drawn = createMemo(() => {
    const graph = session.graph();
    return graph === undefined ? undefined : { nodes: graph.nodes.length, edges: linksOf(graph).length };
  });
  const isLineageDrawn = () => session.snapshot()?.lineage?.drawable !== false;
  const isOfMachines = () => query()?.mode === 'machines' || session.snapshot()?.stream?.kind === 'query_tool';
  const partState = (part: TracePart): UrlState => ({ ...opened(), jobId: part.jobId, view: FIRST_VIEW });

  return (
    <div class="grid min-h-0 flex-1 grid-cols-1 lg:grid-cols-[19rem_minmax(0,1fr)]">
      <aside
        ref={(element) => (panel = element)}
        class="border-line bg-surface max-lg:border-b lg:overflow-y-auto lg:border-r"
        // Before a link is followed, for example.
        onFocusOut={() => followForm.flush()}
      >
        <QueryPanel
          form={form}
          isRunning={session.isRunning()}
          onStart={start}
          readMachines={(signal) => session.machines(signal)}
        />
        <Show when={session.snapshot()}>
          {(snapshot) => (
            <LoadedPart>
              <FoundPanel snapshot={snapshot()} seeds={seeds()} mode={query()?.mode} drawn={drawn()} />
            </LoadedPart>
          )}
        </Show>
      </aside>
      <main
        ref={(element) => (results = element)}
        id="results"
        tabindex="-1"
        class="flex min-h-0 min-w-0 flex-col gap-2 p-3 outline-none"
      >
        <h1 class="sr-only">{t('nav.trace')}</h1>
        <StageBar
          session={session}
          isOfMachines={session.snapshot() === undefined ? form.tab() === 'machines' : isOfMachines()}
        />
        <TraceNotices
          session={session}
          query={query()}
          onRetry={retry}
          partHref={(part) =>
            `/${writeUrlState({ ...partState(part), query: undefined, form: NO_DRAFT }, sessionTexts)}`
          }
          onOpenPart={(part) => navigate(`/${writeUrlState(partState(part), sessionTexts)}`, { scroll: false })}
          onReadInParts={() => {
            session.readInParts();
            // The button goes with its notice.
            focusResults();
          }}
          onShowNotFound={() => panel?.querySelector<HTMLElement>('#not-found')?.focus()}
          onNewQuery={() => panel?.querySelector<HTMLElement>('textarea, input')?.focus()}
        />
        <div class="flex min-h-0 flex-1 flex-col max-lg:gap-2">
          {/* Machines have none. */}
          <Show when={!isOfMachines()}>
            <section
              aria-label={t('lineage.title')}
              // Fingers drag what is drawn: in a low window, too, there is something beside it that scrolls the page.
              classList={{
                'min-h-0 max-lg:h-[min(22rem,75svh)] lg:h-(--split)': isLineageDrawn(),
                'lg:mb-2': !isLineageDrawn(),
              }}
              style={{ '--split': `${splitPercent()}%` }}
            >
              <LineagePanel session={session} view={view} />
            </section>
            <Show when={isLineageDrawn()}>
              <Splitter label={t('lineage.title')} percent={splitPercent()} onChange={setSplitPercent} />
            </Show>
          </Show>
          <section aria-label={t('events.title')} class="min-h-0 flex-1 max-lg:h-[34rem] max-lg:flex-none">
            <EventsPanel session={session} view={view} />
          </section>
        </div>
      </main>
      <SpokenStatus session={session} isOfMachines={isOfMachines()} />
    </div>
  );
}
