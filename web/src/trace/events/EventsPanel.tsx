import * as Tabs from '@kobalte/core/tabs';
import ChartGantt from 'lucide-solid/icons/chart-gantt';
import FilterX from 'lucide-solid/icons/funnel-x';
import Scissors from 'lucide-solid/icons/scissors';
import ShieldCheck from 'lucide-solid/icons/shield-check';
import Table2 from 'lucide-solid/icons/table-2';
import { createMemo, ErrorBoundary, For, lazy, onMount, Show, Suspense } from 'solid-js';
import type { Domain } from '#protocol/domain.ts';
import type { Kind } from '#protocol/kind.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { Notice } from '../../components/Notice.tsx';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { ExportButton } from '../export/ExportButton.tsx';
import { TIMELINE_DOMAINS } from '../timeline/timeline.ts';
import { nameOfNode } from '../shown-name.ts';
import type { TraceSession } from '../trace-session.ts';
import type { DomainSnapshot } from '../trace-snapshot.ts';
import { emptyReason } from '../empty-reason.ts';
import { placeOfJob } from '../part-list.ts';
import type { ResultView } from './result-view.ts';
import { GridSkeleton } from './GridSkeleton.tsx';
import { ReadAgainButton, UnreadNotice } from './UnreadNotice.tsx';

/** Loaded behind the page's first paint, long before the first record can be there. */
const RecordGrid = lazy(async () => ({ default: (await import('./RecordGrid.tsx')).RecordGrid }));

/** Loaded when somebody opens it. */
const TimelinePanel = lazy(async () => ({ default: (await import('../timeline/TimelinePanel.tsx')).TimelinePanel }));

const TAB_CLASS =
  '-mb-px flex h-9 shrink-0 items-center gap-1.5 border-b-2 border-transparent px-2.5 2xl:px-3.5 text-ink-2 outline-offset-[-2px] hover:text-ink data-selected:border-accent data-selected:font-semibold data-selected:text-ink';

/** Besides the domains; no domain is called so. */
const TIMELINE_TAB = 'timeline';

/** One tab for each kind of records, each with a grid that grows while it is read. */
export function EventsPanel(props: { readonly session: TraceSession; readonly view: ResultView }) {
  const stream = () => props.session.snapshot()?.stream;
  const domains = () => stream()?.domains ?? [];
  // A failure is shown where the grid would be.
  onMount(() => void RecordGrid.preload().catch(() => undefined));
  const chosen = () => props.view.state().tab;
  const hasTimeline = () => domains().some(({ domain }) => (TIMELINE_DOMAINS as readonly string[]).includes(domain));
  const isTimeline = () => chosen() === TIMELINE_TAB && hasTimeline();
  const current = createMemo(() => domains().find((domain) => domain.domain === chosen()) ?? domains()[0]);
  /** While the tabs are taken away for another trace they still ask which one is open. */
  const last = createMemo<DomainSnapshot | undefined>((before) => current() ?? before);
  return (
    <div class="panel flex h-full flex-col overflow-hidden">
      <Show when={last()} fallback={<EventsPlaceholder session={props.session} />}>
        {(domain) => (
          <Show when={current() !== undefined} fallback={<EventsPlaceholder session={props.session} />}>
            <Tabs.Root
              value={isTimeline() ? TIMELINE_TAB : domain().domain}
              onChange={(tab) => props.view.setTab(tab)}
              class="flex min-h-0 flex-1 flex-col"
            >
              <div class="flex shrink-0 items-center gap-3 border-b border-line pr-3">
                <Tabs.List aria-label={t('events.tabs')} class="relative flex min-w-0 flex-wrap">
                  <For each={domains()}>{(each) => <DomainTab domain={each} isOpen={props.session.isRunning()} />}</For>
                  <Show when={hasTimeline()}>
                    <Tabs.Trigger value={TIMELINE_TAB} class={TAB_CLASS}>
                      <ChartGantt size={14} aria-hidden="true" />
                      {t('timeline.tab')}
                    </Tabs.Trigger>
                  </Show>
                </Tabs.List>
                <div class="ml-auto flex shrink-0 items-center gap-2">
                  <Show when={!isTimeline()}>
                    <ExportButton
                      session={props.session}
                      domain={domain()}
                      columns={props.view.of(domain().domain).columns}
                    />
                  </Show>
                </div>
              </div>
              <FilterLine session={props.session} isFiltered={domain().filtered} />
              <Show when={stream()?.hasReadFailed === true}>
                <Notice
                  tone="bad"
                  actions={
                    <button type="button" class="button -my-1" onClick={() => props.session.scanAgain()}>
                      {t('action.retry')}
                    </button>
                  }
                >
                  {t('events.readFailed')}
                </Notice>
              </Show>
              <UnreadNotice session={props.session} />
              <Tabs.Content
                value={isTimeline() ? TIMELINE_TAB : domain().domain}
                class="relative min-h-0 flex-1 outline-none"
                tabindex={-1}
              >
                <ErrorBoundary fallback={<EmptyState icon={Table2} text={t('problem.PAGE_FAILED')} />}>
                  <Suspense fallback={<GridSkeleton />}>
                    <Show
                      when={isTimeline()}
                      fallback={<DomainView session={props.session} domain={domain()} view={props.view} />}
                    >
                      <TimelinePanel session={props.session} view={props.view} />
                    </Show>
                  </Suspense>
                </ErrorBoundary>
              </Tabs.Content>
              <StreamMarks session={props.session} domain={isTimeline() ? undefined : domain()} />
            </Tabs.Root>
          </Show>
        )}
      </Show>
    </div>
  );
}

function DomainTab(props: { readonly domain: DomainSnapshot; readonly isOpen: boolean }) {
  return (
    <Tabs.Trigger value={props.domain.domain} class={TAB_CLASS}>
      {t(`domain.${props.domain.domain}`)}
      <span
        class="figure rounded-full bg-hover px-1.5 text-2xs leading-4 font-medium text-ink-2"
        classList={{ 'text-warn!': props.domain.failedContainers > 0 }}
        title={
          props.domain.failedContainers > 0
            ? t('events.failedContainers', { count: formatCount(props.domain.failedContainers, language()) })
            : props.isOpen && !props.domain.ended
              ? t('events.soFar')
              : undefined
        }
      >
        {formatCount(props.domain.shown, language())}
        <Show when={props.isOpen && !props.domain.ended}>
          <span aria-hidden="true">+</span>
          <span class="sr-only">{t('events.soFar')}</span>
        </Show>
      </span>
    </Tabs.Trigger>
  );
}

/** What is known of the stream as a whole: that it was proven, and what it took. */
function StreamMarks(props: { readonly session: TraceSession; readonly domain: DomainSnapshot | undefined }) {
  const stream = () => props.session.snapshot()?.stream;
  const isProven = () => {
    const outcome = stream()?.outcome;
    return outcome?.type === 'complete' && outcome.quality.status === 'complete';
  };
  const part = () => placeOfJob(props.session.snapshot()?.parts?.parts, stream()?.jobId);
  const isCut = () => (props.session.snapshot()?.cuts.length ?? 0) > 0;
  return (
    <div class="flex h-6 shrink-0 items-center gap-4 border-t border-line bg-raised px-3 text-2xs text-ink-2">
      <Show when={props.domain}>{(domain) => <RecordCount domain={domain()} />}</Show>
      <Show when={(stream()?.damagedReadings ?? 0) > 0}>
        <span>{t('progress.rereads', { count: formatCount(stream()?.damagedReadings ?? 0, language()) })}</span>
      </Show>
      <Show when={(stream()?.resumes ?? 0) > 0}>
        <span>{t('progress.resumes', { count: formatCount(stream()?.resumes ?? 0, language()) })}</span>
      </Show>
      <Show when={isProven()}>
        <Show
          when={isCut()}
          fallback={
            <span class="fade-in ml-auto flex items-center gap-1 font-medium text-ok" title={t('end.complete')}>
              <ShieldCheck size={13} aria-hidden="true" />
              {part() === undefined ? t('end.proven') : t('end.provenPart', part())}
            </span>
          }
        >
          <span class="fade-in ml-auto flex items-center gap-1 font-medium text-warn" title={t('end.completeCut')}>
            <Scissors size={13} aria-hidden="true" />
            {t('end.provenCut')}
          </span>
        </Show>
      </Show>
    </div>
  );
}

function RecordCount(props: { readonly domain: DomainSnapshot }) {
  const shown = () => props.domain.arranged?.rows ?? props.domain.shown;
  const count = () => formatCount(props.domain.records, language());
  return (
    <span class="figure">
      {shown() === props.domain.records
        ? t('events.total', { count: count() })
        : t('events.totalFiltered', { shown: formatCount(shown(), language()), count: count() })}
    </span>
  );
}

/** Which part of the lineage the records are of, in a line of its own: beside the tabs it would break them into two. */
function FilterLine(props: { readonly session: TraceSession; readonly isFiltered: boolean }) {
  const label = createMemo(() => {
    const selection = props.session.selection();
    const node = selection === undefined ? undefined : props.session.graph()?.nodes[selection.place];
    if (selection === undefined || node === undefined) return undefined;
    const name = nameOfNode(node);
    const below = selection.places.size - 1;
    return below === 0
      ? t('events.filterOne', { name })
      : t('events.filter', { name, count: formatCount(below, language()) });
  });
  return (
    <Show when={label()}>
      <div class="fade-in flex shrink-0 items-center gap-1 border-b border-line bg-accent-soft py-0.5 pr-1.5 pl-3 text-xs">
        <span class="min-w-0 truncate">{label()}</span>
        <Show when={!props.isFiltered}>
          <span class="text-ink-3">{t('events.filtering')}</span>
        </Show>
        <button
          type="button"
          class="button button-icon ml-auto size-6 shrink-0"
          aria-label={t('events.clearFilter')}
          title={t('events.clearFilter')}
          onClick={() => props.session.select(undefined)}
        >
          <FilterX size={13} aria-hidden="true" />
        </button>
      </div>
    </Show>
  );
}

interface DomainViewProps {
  readonly session: TraceSession;
  readonly domain: DomainSnapshot;
  readonly view: ResultView;
}

function DomainView(props: DomainViewProps) {
  const stream = () => props.session.snapshot()?.stream;
  const name: () => Domain = () => props.domain.domain;
  const spec = createMemo(() => props.view.of(name()).spec);
  const version = createMemo(
    () =>
      `${props.session.snapshot()?.run}/${stream()?.jobId}/${stream()?.generation}/${stream()?.filterRevision}/${name()}/${JSON.stringify(spec())}`,
  );
  /** Of the containers that are chosen. */
  const unreadSelected = createMemo(() => {
    const unread = props.session.unread();
    const graph = props.session.graph();
    if (unread.size === 0) return 0;
    const isUnread = (place: number): boolean => unread.has(graph?.nodes[place]?.container_id ?? '');
    return [...(props.session.selection()?.places ?? [])].filter(isUnread).length;
  });
  const isOver = () => stream()?.outcome !== undefined || props.domain.ended;
  return (
    <Show
      // Made before the first rows come: they find their place.
      when={props.domain.shown > 0 || !props.domain.filtered || !isOver()}
      fallback={
        <Show
          when={unreadSelected() > 0}
          fallback={
            <EmptyState icon={Table2} text={t(`events.${noneKey(stream()?.kind, stream()?.filterContainers)}`)} />
          }
        >
          <EmptyState
            icon={Table2}
            text={t('events.noneUnread', { count: formatCount(unreadSelected(), language()) })}
            action={<ReadAgainButton session={props.session} />}
          />
        </Show>
      }
    >
      <RecordGrid
        domain={props.domain}
        spec={spec()}
        isOpen={!isOver()}
        version={version()}
        load={(from, count) => props.session.rows(name(), from, count)}
        copy={(request) => props.session.copy(name(), request)}
        shownColumns={props.view.of(name()).columns}
        onSpec={(next) => props.view.setSpec(name(), next)}
        onColumns={(columns) => props.view.setColumns(name(), columns)}
        onStop={(isStopped) => props.session.setArrangingStopped(name(), isStopped)}
      />
    </Show>
  );
}

/** A question about machines is one of the query tool: there are no containers in it. */
function noneKey(kind: Kind | undefined, filterContainers: number | undefined) {
  if (filterContainers !== undefined) return 'noneFiltered';
  return kind === 'query_tool' ? 'noneOfMachines' : 'none';
}

function EventsPlaceholder(props: { readonly session: TraceSession }) {
  return (
    <Show
      when={props.session.isRunning()}
      fallback={<EmptyState icon={Table2} text={t(`events.empty.${emptyReason(props.session.snapshot())}`)} />}
    >
      <GridSkeleton />
    </Show>
  );
}
