import ChevronsDownUp from 'lucide-solid/icons/chevrons-down-up';
import ChevronsUpDown from 'lucide-solid/icons/chevrons-up-down';
import Maximize from 'lucide-solid/icons/maximize';
import ZoomIn from 'lucide-solid/icons/zoom-in';
import ZoomOut from 'lucide-solid/icons/zoom-out';
import {
  createComputed,
  createEffect,
  createMemo,
  createSignal,
  For,
  lazy,
  on,
  onCleanup,
  Show,
  untrack,
} from 'solid-js';
import type { Component } from 'solid-js';
import type { LucideProps } from 'lucide-solid';
import type { Direction } from '#protocol/trace.ts';
import { LoadedPart } from '../../components/LoadedPart.tsx';
import { Segments } from '../../components/Segments.tsx';
import { ToolButton } from '../../components/ToolButton.tsx';
import { figure } from '../../i18n/figure.ts';
import { t } from '../../i18n/language.ts';
import { nameOfNode } from '../shown-name.ts';
import type { ResultView } from '../events/result-view.ts';
import type { TraceSession } from '../trace-session.ts';
import { LINEAGE_FACES } from '../address/view-state.ts';
import { GrowthNotice } from './GrowthNotice.tsx';
import { openedByGrowth } from './grown-lineage.ts';
import { endsThatMayGoOn } from './lineage-ends.ts';
import { ancestorsOf, linksOf, searchNodes, subtreeOf } from './lineage-graph.ts';
import type { LineageGraph } from './lineage-graph.ts';
import { drawingSteps, firstExpanded } from './lineage-layout.ts';
import type { Drawing } from './lineage-layout.ts';
import type { CanvasHandle } from './LineageCanvas.tsx';
import { LineageCanvas } from './LineageCanvas.tsx';
import { LineageLegend } from './LineageLegend.tsx';
import { LineageSearch } from './LineageSearch.tsx';
import { runInSlices } from './steps.ts';

/** Loaded when a lineage is there to be saved. */
const LineageExport = lazy(async () => ({ default: (await import('./LineageExport.tsx')).LineageExport }));
/** Loaded when somebody chooses it. */
const RelationsTable = lazy(async () => ({ default: (await import('./RelationsTable.tsx')).RelationsTable }));

interface LineageViewProps {
  readonly session: TraceSession;
  readonly view: ResultView;
  /** Changes when the lineage grows; another lineage gets another view. */
  readonly graph: LineageGraph;
}

/** What there is to be seen of a lineage: its drawing or its relations, with what can be done with them. */
export function LineageView(props: LineageViewProps) {
  const firstGraph = untrack(() => props.graph);
  // Nodes are named by their container ids: their places change when the lineage grows, and the drawing follows later.
  const idOf = (place: number): string => props.graph.nodes[place]?.container_id ?? '';
  const idsOf = (places: Iterable<number>): string[] => Array.from(places, idOf);
  const placeOf = (containerId: string): number => props.graph.places.get(containerId) ?? -1;
  const [opened, setOpened] = createSignal<ReadonlySet<string>>(new Set(idsOf(firstExpanded(firstGraph))));
  const [drawing, setDrawing] = createSignal<Drawing>();
  const face = () => props.view.state().lineageFace;
  const [search, setSearch] = createSignal('');
  const [canvas, setCanvas] = createSignal<CanvasHandle>();
  const found = createMemo(() => new Set(searchNodes(props.graph, search())));
  const matches = createMemo(() => idsOf(found()));
  const matchSet = createMemo(() => new Set(matches()));
  const links = createMemo(() => linksOf(props.graph));
  const foundLinks = createMemo(() =>
    search().trim() === '' ? links() : links().filter(({ from, to }) => found().has(from) || found().has(to)),
  );
  const chosen = createMemo(() => {
    const selection = props.session.selection();
    if (selection === undefined) return undefined;
    return { containerId: idOf(selection.place), all: new Set(idsOf(selection.places)) };
  });
  const open = (ids: readonly string[]): void => {
    if (ids.some((id) => !opened().has(id))) setOpened(new Set([...opened(), ...ids]));
  };
  createComputed(
    on(
      () => props.graph,
      (graph) => {
        const drawn = drawing();
        const asked = props.session.growth.state();
        if (drawn !== undefined && asked !== undefined)
          setOpened((before) => openedByGrowth(drawn, graph, before, asked.containerId));
      },
      { defer: true },
    ),
  );
  createEffect(() => onCleanup(runInSlices(drawingSteps(props.graph, opened()), setDrawing)));

  const toggle = (containerId: string): void => {
    const next = new Set(opened());
    if (!next.delete(containerId)) next.add(containerId);
    setOpened(next);
  };
  const collapseAll = (): void => {
    setOpened(new Set<string>());
    canvas()?.fit();
  };
  const goTo = (containerId: string): void => {
    open(idsOf(ancestorsOf(props.graph, placeOf(containerId))));
    canvas()?.goTo(containerId);
  };
  let results: HTMLElement | undefined;
  const takeFocus = (): void => {
    if (face() === 'drawing') canvas()?.takeFocus();
    else results?.querySelector<HTMLElement>('[role=grid]')?.focus();
  };
  const showInTree = (place: number): void => {
    props.view.setLineageFace('drawing');
    goTo(idOf(place));
    // The row that was pressed is gone.
    takeFocus();
  };

  const lineage = () => props.session.snapshot()?.lineage;
  const mayGoOn = createMemo(() =>
    endsThatMayGoOn(props.graph, {
      direction: lineage()?.direction ?? 'backward',
      truncated: lineage()?.truncated ?? true,
      followMerges: lineage()?.followedMerges ?? false,
      walkedLater: props.session.growth.walked(),
    }),
  );
  const canGrow = (containerId: string, towards: Direction): boolean =>
    mayGoOn()(placeOf(containerId), towards) && !props.session.growth.isAnswered(containerId, towards);
  const nameOf = (containerId: string): string => {
    const node = props.graph.nodes[placeOf(containerId)];
    return node === undefined ? containerId : nameOfNode(node);
  };

  const tools = (): readonly { icon: Component<LucideProps>; label: string; run: () => void }[] => [
    { icon: ChevronsUpDown, label: t('lineage.expandAll'), run: () => open(idsOf(props.graph.nodes.keys())) },
    { icon: ChevronsDownUp, label: t('lineage.collapseAll'), run: collapseAll },
    { icon: ZoomOut, label: t('lineage.zoomOut'), run: () => canvas()?.zoom(-1) },
    { icon: ZoomIn, label: t('lineage.zoomIn'), run: () => canvas()?.zoom(1) },
    { icon: Maximize, label: t('lineage.fit'), run: () => canvas()?.fit() },
  ];

  return (
    <>
      <div class="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-1 pr-1.5 pl-3.5">
        <h2 class="panel-title">{t('lineage.title')}</h2>
        <Show when={lineage()?.direction}>
          {(direction) => <span class="text-xs text-ink-2">{t(`lineage.${direction()}`)}</span>}
        </Show>
        <Figures
          shown={drawing()?.layout.nodes.length}
          total={props.graph.nodes.length}
          isTable={face() === 'relations'}
          links={links().length}
          foundLinks={foundLinks().length}
        />
        <div class="ml-auto flex items-center gap-1">
          <LineageSearch text={search()} matches={matches()} onInput={setSearch} onGoTo={goTo} />
          <Segments
            label={t('lineage.face')}
            value={face()}
            options={LINEAGE_FACES.map((value) => ({
              value,
              label: t(`lineage.${value}`),
              face: () => t(`lineage.${value}`),
            }))}
            onChange={(next) => props.view.setLineageFace(next)}
          />
          <For each={tools()}>
            {(tool) => (
              <ToolButton icon={tool.icon} label={tool.label} disabled={face() !== 'drawing'} onClick={tool.run} />
            )}
          </For>
          <LoadedPart>
            <LineageExport session={props.session} opened={opened()} />
          </LoadedPart>
        </div>
      </div>
      <GrowthNotice growth={props.session.growth} nameOf={nameOf} onLeave={takeFocus} />
      <div ref={(element) => (results = element)} class="fade-in relative min-h-0 flex-1 overflow-hidden">
        <div classList={{ invisible: face() !== 'drawing' }}>
          <Show when={drawing()}>
            {(drawn) => (
              <LineageCanvas
                drawing={drawn()}
                matches={matchSet()}
                chosen={chosen()}
                askedId={props.session.growth.state()?.containerId}
                canGrow={canGrow}
                isGrowing={props.session.growth.state()?.type === 'asking'}
                isUnread={(containerId) => props.session.unread().has(containerId)}
                onSelect={(containerId) =>
                  props.session.select(containerId === undefined ? undefined : placeOf(containerId))
                }
                onToggle={toggle}
                onOpenBelow={(containerId) => open(idsOf(subtreeOf(props.graph, placeOf(containerId))))}
                onGrow={(containerId, towards) => props.session.growth.ask({ containerId, towards })}
                onReady={setCanvas}
              />
            )}
          </Show>
        </div>
        <Show when={face() === 'relations'}>
          <LoadedPart>
            <RelationsTable graph={props.graph} links={foundLinks()} onGoTo={showInTree} />
          </LoadedPart>
        </Show>
      </div>
      <LineageLegend />
    </>
  );
}

interface FiguresProps {
  /** Absent until it is drawn. */
  readonly shown: number | undefined;
  readonly total: number;
  readonly isTable: boolean;
  readonly links: number;
  readonly foundLinks: number;
}

/** How much is in sight, and what is not. */
function Figures(props: FiguresProps) {
  const hidden = () => props.total - (props.shown ?? 0);
  const text = () => {
    if (props.isTable) {
      if (props.foundLinks === props.links) return t('lineage.relationsCount', { count: figure(props.links) });
      return t('lineage.relationsFound', { found: figure(props.foundLinks), count: figure(props.links) });
    }
    if (props.shown === undefined) return t('lineage.drawingNow', { total: figure(props.total) });
    const counts = { shown: figure(props.shown), total: figure(props.total), hidden: figure(hidden()) };
    return t(hidden() > 0 ? 'lineage.shownHidden' : 'lineage.shown', counts);
  };
  return <span class="figure text-xs text-ink-2">{text()}</span>;
}
