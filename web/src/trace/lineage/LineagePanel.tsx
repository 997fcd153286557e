import ChevronsDownUp from 'lucide-solid/icons/chevrons-down-up';
import ChevronsUpDown from 'lucide-solid/icons/chevrons-up-down';
import Maximize from 'lucide-solid/icons/maximize';
import Network from 'lucide-solid/icons/network';
import ZoomIn from 'lucide-solid/icons/zoom-in';
import ZoomOut from 'lucide-solid/icons/zoom-out';
import { createEffect, createMemo, createSignal, For, on, Show } from 'solid-js';
import type { Component } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import type { LucideProps } from 'lucide-solid';
import { EmptyState } from '../../components/EmptyState.tsx';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import type { TraceSession } from '../trace-session.ts';
import { ancestorsOf, searchNodes } from './lineage-graph.ts';
import type { LineageGraph } from './lineage-graph.ts';
import { firstExpanded, layOutLineage } from './lineage-layout.ts';
import type { CanvasHandle } from './LineageCanvas.tsx';
import { LineageCanvas } from './LineageCanvas.tsx';
import { LineageLegend } from './LineageLegend.tsx';
import { LineageSearch } from './LineageSearch.tsx';

const STEP_ZOOM = 1.25;

/** The lineage with its tools: drawn as soon as the second stage has ended. */
export function LineagePanel(props: { readonly session: TraceSession }) {
  return (
    <div class="panel flex h-full flex-col overflow-hidden">
      <Show when={props.session.graph()} keyed fallback={<LineagePlaceholder session={props.session} />}>
        {(graph) => <LineageView session={props.session} graph={graph} />}
      </Show>
    </div>
  );
}

function LineageView(props: { readonly session: TraceSession; readonly graph: LineageGraph }) {
  const [expanded, setExpanded] = createSignal<ReadonlySet<number>>(firstExpanded(props.graph));
  const [search, setSearch] = createSignal('');
  const [canvas, setCanvas] = createSignal<CanvasHandle>();
  const layout = createMemo(() => layOutLineage(props.graph, expanded()));
  const matches = createMemo(() => searchNodes(props.graph, search()));
  const matchSet = createMemo(() => new Set(matches()));

  const toggle = (place: number): void => {
    const next = new Set(expanded());
    if (!next.delete(place)) next.add(place);
    setExpanded(next);
  };
  const expandAll = (): void => void setExpanded(new Set(props.graph.nodes.keys()));
  const collapseAll = (): void => {
    setExpanded(new Set<number>());
    canvas()?.fit();
  };
  const goTo = (place: number): void => {
    const closed = ancestorsOf(props.graph, place).filter((ancestor) => !expanded().has(ancestor));
    if (closed.length > 0) setExpanded(new Set([...expanded(), ...closed]));
    canvas()?.focus(place);
  };
  createEffect(on(matches, (found) => found[0] !== undefined && goTo(found[0]), { defer: true }));

  const tools = (): readonly { icon: Component<LucideProps>; label: string; run: () => void }[] => [
    { icon: ChevronsUpDown, label: t('lineage.expandAll'), run: expandAll },
    { icon: ChevronsDownUp, label: t('lineage.collapseAll'), run: collapseAll },
    { icon: ZoomOut, label: t('lineage.zoomOut'), run: () => canvas()?.zoom(1 / STEP_ZOOM) },
    { icon: ZoomIn, label: t('lineage.zoomIn'), run: () => canvas()?.zoom(STEP_ZOOM) },
    { icon: Maximize, label: t('lineage.fit'), run: () => canvas()?.fit() },
  ];

  return (
    <>
      <div class="flex h-9 shrink-0 items-center gap-3 border-b border-line pr-1.5 pl-3.5">
        <h2 class="panel-title">{t('lineage.title')}</h2>
        <Show when={props.session.snapshot()?.lineage?.direction}>
          {(direction) => <span class="text-xs text-ink-2">{t(`lineage.${direction()}`)}</span>}
        </Show>
        <span class="figure text-xs text-ink-3">
          {t('lineage.shown', {
            shown: formatCount(layout().nodes.length, language()),
            total: formatCount(props.graph.nodes.length, language()),
          })}
        </span>
        <div class="ml-auto flex items-center gap-1">
          <LineageSearch text={search()} matches={matches()} onInput={setSearch} onGoTo={goTo} />
          <For each={tools()}>
            {(tool) => (
              <button
                type="button"
                class="button button-icon"
                aria-label={tool.label}
                title={tool.label}
                onClick={() => tool.run()}
              >
                <Dynamic component={tool.icon} size={15} aria-hidden="true" />
              </button>
            )}
          </For>
        </div>
      </div>
      <div class="fade-in relative min-h-0 flex-1 overflow-hidden">
        <LineageCanvas
          graph={props.graph}
          layout={layout()}
          expanded={expanded()}
          matches={matchSet()}
          selection={props.session.selection()}
          onSelect={(place) => props.session.select(place)}
          onToggle={toggle}
          onReady={setCanvas}
        />
      </div>
      <LineageLegend />
    </>
  );
}

function LineagePlaceholder(props: { readonly session: TraceSession }) {
  const snapshot = () => props.session.snapshot();
  const text = () => {
    const lineage = snapshot()?.lineage;
    if (lineage?.drawable === false) return t('lineage.tooLarge', { count: formatCount(lineage.nodes, language()) });
    // A trace that ended before this stage has no job either.
    const isGone = snapshot()?.stages.lineage === 'skipped' && snapshot()?.stream !== undefined;
    return t(isGone ? 'lineage.gone' : 'lineage.empty');
  };
  const isComing = () => {
    const stages = snapshot()?.stages;
    return props.session.isRunning() && (stages?.lineage === 'active' || stages?.seed_resolve === 'active');
  };
  return (
    <Show when={isComing()} fallback={<EmptyState icon={Network} text={text()} />}>
      <div role="img" aria-label={t('lineage.skeleton')} class="flex h-full items-center gap-16 overflow-hidden px-10">
        <For each={[2, 3, 5, 4]}>
          {(count) => (
            <div class="grid gap-5">
              <For each={Array.from({ length: count }, (_, index) => index)}>
                {() => <div class="skeleton h-5.5 w-44" />}
              </For>
            </div>
          )}
        </For>
      </div>
    </Show>
  );
}
