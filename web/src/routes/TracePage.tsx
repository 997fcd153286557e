import { useLocation, useNavigate } from '@solidjs/router';
import { createEffect, createMemo, createSignal, on, Show } from 'solid-js';
import { t } from '../i18n/language.ts';
import { Splitter } from '../components/Splitter.tsx';
import { EventsPanel } from '../trace/events/EventsPanel.tsx';
import { createResultView } from '../trace/events/result-view.ts';
import { LineagePanel } from '../trace/lineage/LineagePanel.tsx';
import { FoundPanel } from '../trace/query/FoundPanel.tsx';
import { QueryPanel } from '../trace/query/QueryPanel.tsx';
import { SpokenStatus } from '../trace/stages/SpokenStatus.tsx';
import { StageBar } from '../trace/stages/StageBar.tsx';
import { TraceNotices } from '../trace/stages/TraceNotices.tsx';
import type { TracePart } from '../trace/part-list.ts';
import { readParts, writeParts } from '../trace/part-list.ts';
import type { TraceQuery } from '../trace/trace-query.ts';
import { createTraceSession } from '../trace/trace-session.ts';
import { readUrlState, writeUrlState } from '../trace/url-state.ts';
import type { UrlState } from '../trace/url-state.ts';
import { FIRST_VIEW } from '../trace/view-state.ts';
import { rememberParts, rememberView } from '../jobs/remembered-views.ts';
import { setLastTraceSearch } from './last-trace.ts';

const FIRST_SPLIT_PERCENT = 44;

/** What the address says of the trace itself, beside its query. */
type KnownJobs = Pick<UrlState, 'jobId' | 'lineageJobId' | 'cuts' | 'parts'>;

const NO_JOBS: KnownJobs = { jobId: undefined, lineageJobId: undefined };

/** The main page: what to trace, how far it is, the lineage, the events. */
export function TracePage() {
  const session = createTraceSession();
  const location = useLocation();
  const navigate = useNavigate();
  const view = createResultView(session);
  const [query, setQuery] = createSignal<TraceQuery>();
  const [jobs, setJobs] = createSignal<KnownJobs>(NO_JOBS);
  const [splitPercent, setSplitPercent] = createSignal(FIRST_SPLIT_PERCENT);
  let shownSearch: string | undefined;
  let panel: HTMLElement | undefined;
  let results: HTMLElement | undefined;

  const show = (state: UrlState, replace: boolean): void => {
    shownSearch = writeUrlState(state, sessionStorage);
    setLastTraceSearch(shownSearch);
    rememberView(state, localStorage);
    navigate(`/${shownSearch}`, { replace, scroll: false });
  };

  const start = (next: TraceQuery): void => {
    setQuery(next);
    setJobs(NO_JOBS);
    session.start(next);
    view.show(FIRST_VIEW);
    show({ query: next, ...jobs(), view: FIRST_VIEW }, false);
  };

  // An address that this page did not write itself: opened, reloaded, or reached with back and forward.
  createEffect(
    on(
      () => location.search,
      (search) => {
        const state = readUrlState(search, sessionStorage);
        if (writeUrlState(state, sessionStorage) === shownSearch) return;
        shownSearch = writeUrlState(state, sessionStorage);
        setQuery(state.query);
        const { view: _, query: known, ...named } = state;
        setJobs(named);
        if (state.jobId !== undefined) session.openJob(state.jobId, state.lineageJobId, { ...named, query: known });
        else if (state.query !== undefined) session.start(state.query);
        view.show(state.view);
      },
    ),
  );

  const jobId = createMemo(() => session.snapshot()?.stream?.jobId);
  const parts = createMemo(() => writeParts(session.snapshot()?.parts?.parts ?? []));
  createEffect(
    on([jobId, parts], ([id, list]) => {
      if (id === undefined) return;
      const { lineage, cuts = [] } = session.snapshot() ?? {};
      const lineageJobId = lineage?.jobId ?? jobs().lineageJobId;
      setJobs({ jobId: id, lineageJobId, cuts: [...cuts], parts: readParts(list) });
      rememberParts({ query: query(), ...jobs(), view: view.state() }, localStorage);
      show({ query: query(), ...jobs(), view: view.state() }, true);
    }),
  );
  createEffect(
    on(
      view.state,
      (state) => {
        const next = { query: query(), ...jobs(), view: state };
        if (next.jobId !== undefined && writeUrlState(next, sessionStorage) !== shownSearch) show(next, true);
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

  const partState = (part: TracePart): UrlState => ({ query: query(), ...jobs(), jobId: part.jobId, view: FIRST_VIEW });

  // Machines have none.
  const hasLineage = () => query()?.mode !== 'machines' && session.snapshot()?.stream?.kind !== 'query_tool';

  return (
    <div class="grid min-h-0 flex-1 grid-cols-1 lg:grid-cols-[19rem_minmax(0,1fr)]">
      <aside
        ref={(element) => (panel = element)}
        class="border-line bg-surface max-lg:border-b lg:overflow-y-auto lg:border-r"
      >
        <QueryPanel query={query()} isRunning={session.isRunning()} onStart={start} />
        <Show when={session.snapshot()}>{(snapshot) => <FoundPanel snapshot={snapshot()} mode={query()?.mode} />}</Show>
      </aside>
      <main
        ref={(element) => (results = element)}
        id="results"
        tabindex="-1"
        class="flex min-h-0 min-w-0 flex-col gap-2 p-3 outline-none"
      >
        <StageBar session={session} />
        <TraceNotices
          session={session}
          query={query()}
          onRetry={() => (query() === undefined ? window.location.reload() : start(query()!))}
          partHref={(part) => `/${writeUrlState({ ...partState(part), query: undefined }, sessionStorage)}`}
          onOpenPart={(part) => navigate(`/${writeUrlState(partState(part), sessionStorage)}`, { scroll: false })}
          onReadInParts={() => {
            session.readInParts();
            // The button goes with its notice.
            results?.focus();
          }}
          onShowNotFound={() => panel?.querySelector<HTMLElement>('#not-found')?.focus()}
          onNewQuery={() => panel?.querySelector<HTMLElement>('textarea, input')?.focus()}
        />
        <div class="flex min-h-0 flex-1 flex-col max-lg:gap-2">
          <Show when={hasLineage()}>
            <section
              aria-label={t('lineage.title')}
              class="min-h-0 max-lg:h-[22rem] lg:h-(--split)"
              style={{ '--split': `${splitPercent()}%` }}
            >
              <LineagePanel session={session} />
            </section>
            <Splitter label={t('lineage.title')} percent={splitPercent()} onChange={setSplitPercent} />
          </Show>
          <section aria-label={t('events.title')} class="min-h-0 flex-1 max-lg:h-[34rem] max-lg:flex-none">
            <EventsPanel session={session} view={view} />
          </section>
        </div>
      </main>
      <SpokenStatus session={session} />
    </div>
  );
}
