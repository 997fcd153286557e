import { createEffect, createMemo, createSignal, createUniqueId, For, on, onMount } from 'solid-js';
import { EDGE_TYPES } from '#protocol/trace.ts';
import { createElementSize } from '../../components/element-size.ts';
import { canPageScroll } from '../../components/page-scroll.ts';
import { t } from '../../i18n/language.ts';
import { claimFingers, createCanvasGestures } from './canvas-gestures.ts';
import { EDGE_LOOKS } from './edge-looks.ts';
import type { Direction } from '#protocol/trace.ts';
import { hiddenCounter } from './hidden-nodes.ts';
import { ancestorsOf } from './lineage-graph.ts';
import { actionOfKey } from './lineage-keys.ts';
import type { Drawing, PlacedNode } from './lineage-layout.ts';
import { EDGE_CAPS } from './lineage-looks.ts';
import { linkPaths } from './lineage-paths.ts';
import {
  beyondView,
  nodesInside,
  firstView,
  fitView,
  keepInSight,
  keepNodeInSight,
  LABEL_SCALE,
  firstNode,
  isHeightInView,
  linksInView,
  nearestNode,
  nodesInView,
  nodeX,
  nodeY,
  revealNode,
  rowsInView,
  showAll,
  startNode,
  zoomAt,
} from './lineage-view.ts';
import type { View } from './lineage-view.ts';
import { LineageNodeBox } from './LineageNodeBox.tsx';
import { MoreHints } from './MoreHints.tsx';
import { nameOfNode } from '../shown-name.ts';

const WHEEL_ZOOM = 0.0016;
const STEP_ZOOM = 1.25;

/** What the tool bar may ask of the drawing. */
export interface CanvasHandle {
  /** By so many steps closer. */
  zoom(steps: number): void;
  fit(): void;
  /** Brings a node on screen, as soon as it is drawn; the keys of the drawing begin there. */
  goTo(containerId: string): void;
  /** What is pressed on the keyboard is the drawing's from now on. */
  takeFocus(): void;
}

/** By container ids, as everything that is said about nodes from outside: while a larger drawing is made, places differ. */
export interface ChosenNodes {
  readonly containerId: string;
  /** With all below it. */
  readonly all: ReadonlySet<string>;
}

interface LineageCanvasProps {
  readonly drawing: Drawing;
  readonly matches: ReadonlySet<string>;
  readonly chosen: ChosenNodes | undefined;
  /** The node whose lineage was asked for last. */
  readonly askedId: string | undefined;
  /** Whether more of the lineage may be asked for at an end of it. */
  readonly canGrow: (containerId: string, towards: Direction) => boolean;
  /** Whether that has to wait for another answer. */
  readonly isGrowing: boolean;
  /** Whether the events of a node were not asked for, because it came later. */
  readonly isUnread: (containerId: string) => boolean;
  readonly onSelect: (containerId: string | undefined) => void;
  readonly onToggle: (containerId: string) => void;
  readonly onOpenBelow: (containerId: string) => void;
  readonly onGrow: (containerId: string, towards: Direction) => void;
  readonly onReady: (handle: CanvasHandle) => void;
}

/** The drawing. Only what is on screen exists, so its cost does not grow with the lineage. */
export function LineageCanvas(props: LineageCanvasProps) {
  const id = createUniqueId();
  const { size, observe } = createElementSize();
  const [view, setView] = createSignal<View>({ scale: 1, panX: 0, panY: 0 });
  const layout = () => props.drawing.layout;
  const idOf = (place: number, { graph }: Drawing = props.drawing): string => graph.nodes[place]?.container_id ?? '';
  const [focusedId, setFocusedId] = createSignal(idOf(startNode(props.drawing)?.place ?? 0));
  const focused = createMemo(() => props.drawing.graph.places.get(focusedId()) ?? 0);
  const setFocused = (place: number): void => void setFocusedId(idOf(place));
  /** A node that comes on screen as soon as it is drawn. */
  let wantedId: string | undefined;
  let element: SVGSVGElement | undefined;
  let hasFitted = false;

  const move = (next: View): void => void setView(keepInSight(next, layout(), size()));
  const zoom = (factor: number): void => move(zoomAt(view(), factor, size().width / 2, size().height / 2));
  const start = () => startNode(props.drawing) ?? { column: 0, row: 0 };
  const fit = (): void => void setView(fitView(layout(), start(), size()));
  const goTo = (containerId: string): void => {
    setFocusedId(containerId);
    const node = standsIn(props.drawing, containerId);
    wantedId = node === undefined ? containerId : undefined;
    if (node !== undefined) setView(revealNode(view(), node, size()));
  };
  // What is looked at stays where it is on screen, whatever is opened or comes around it.
  createEffect(
    on(
      () => props.drawing,
      (drawing, before) => {
        if (before === undefined) return;
        const wanted = wantedId === undefined ? undefined : standsIn(drawing, wantedId);
        // Where it has been closed again meanwhile, it is not waited for.
        wantedId = undefined;
        if (wanted !== undefined) {
          setView(revealNode(view(), wanted, size()));
          return;
        }
        const place = drawing.graph.places.get(focusedId()) ?? 0;
        if (!drawing.layout.byPlace.has(place)) {
          const shown = ancestorsOf(drawing.graph, place).find((each) => drawing.layout.byPlace.has(each));
          setFocused(shown ?? firstNode(drawing.layout)?.place ?? 0);
        }
        const seen = nodesInside(before.layout, view(), size()).map((node) => idOf(node.place, before));
        keepInPlace(before, drawing);
        if (drawing.graph !== before.graph) revealGrowth(before, drawing, seen);
      },
    ),
  );
  const keepInPlace = (before: Drawing, after: Drawing): void => {
    const { scale, panX, panY } = view();
    const seen = nodesInView(before.layout, view(), size());
    const own = seen.find((node) => idOf(node.place, before) === focusedId());
    const anchor = own ?? nearestNode(seen, (size().width / 2 - panX) / scale, (size().height / 2 - panY) / scale);
    const now = anchor === undefined ? undefined : standsIn(after, idOf(anchor.place, before));
    if (anchor === undefined || now === undefined) return move(view());
    const shiftX = (nodeX(anchor) - nodeX(now)) * scale;
    move({ scale, panX: panX + shiftX, panY: panY + (nodeY(anchor) - nodeY(now)) * scale });
  };

  /** What came beside the node that was asked for is to be seen, and so is what was, as far as there is room. */
  const revealGrowth = (before: Drawing, after: Drawing, seen: readonly string[]): void => {
    const place = after.graph.places.get(props.askedId ?? focusedId()) ?? -1;
    const beside = [...(after.graph.parents[place] ?? []), ...(after.graph.children[place] ?? [])];
    const found = beside
      .map(({ from, to }) => after.layout.byPlace.get(from === place ? to : from))
      .find((node) => node !== undefined && !before.graph.places.has(idOf(node.place, after)));
    if (found === undefined) return;
    const own = after.layout.byPlace.get(place);
    const all = [found, ...seen.flatMap((each) => standsIn(after, each) ?? [])];
    const pair = own === undefined ? [found] : [found, own];
    setView(showAll(view(), all, size()) ?? showAll(view(), pair, size()) ?? revealNode(view(), found, size()));
  };
  onMount(() =>
    props.onReady({ zoom: (steps) => zoom(STEP_ZOOM ** steps), fit, goTo, takeFocus: () => element?.focus() }),
  );
  createEffect(
    on(size, (now, before) => {
      if (now.width === 0 || now.height === 0) return;
      const own = layout().byPlace.get(focused());
      if (hasFitted && own !== undefined && before !== undefined) setView(keepNodeInSight(view(), own, before, now));
      if (hasFitted) return;
      hasFitted = true;
      setView(firstView(layout(), start(), now));
    }),
  );

  const wheel = (event: WheelEvent): void => {
    // Where the page scrolls, it must not be caught here; a pinch comes as a wheel with Ctrl.
    if (canPageScroll() && !event.ctrlKey && !event.metaKey && !event.shiftKey) return;
    event.preventDefault();
    const box = element?.getBoundingClientRect();
    if (box === undefined) return;
    if (event.shiftKey) move({ ...view(), panX: view().panX - (event.deltaX || event.deltaY), panY: view().panY });
    else move(zoomAt(view(), Math.exp(-event.deltaY * WHEEL_ZOOM), event.clientX - box.left, event.clientY - box.top));
  };
  onMount(() => element?.addEventListener('wheel', wheel, { passive: false }));

  const gestures = createCanvasGestures({
    view,
    move,
    pointOf({ clientX, clientY }) {
      const { left, top } = element?.getBoundingClientRect() ?? { left: 0, top: 0 };
      return { x: clientX - left, y: clientY - top };
    },
    isPageScrolled: () => hasWholeHeight(),
  });
  onMount(() => {
    element?.addEventListener('touchstart', claimFingers, { passive: false });
    element?.addEventListener('touchmove', claimFingers, { passive: false });
  });
  const act = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actionOfKey(event, focused(), props.drawing);
    if (action === undefined) return;
    event.preventDefault();
    if (action.type === 'focus') goTo(idOf(action.place));
    else if (action.type === 'select') props.onSelect(idOf(focused()));
    else if (action.type === 'toggle') toggleOrGrow(focused());
    else if (action.type === 'openBelow') props.onOpenBelow(idOf(focused()));
    else if (action.type === 'grow') grow(focused(), action.towards);
    else if (action.type === 'clear') props.onSelect(undefined);
    else if (action.type === 'fit') fit();
    else zoom(action.type === 'zoomIn' ? STEP_ZOOM : 1 / STEP_ZOOM);
  };
  const hasChildren = (place: number): boolean => (props.drawing.graph.children[place]?.length ?? 0) > 0;
  const grow = (place: number, towards: Direction): void => {
    if (props.canGrow(idOf(place), towards)) props.onGrow(idOf(place), towards);
  };
  const toggleOrGrow = (place: number): void => {
    if (hasChildren(place)) props.onToggle(idOf(place));
    else grow(place, 'forward');
  };
  const otherParents = ({ place, tree }: PlacedNode): readonly string[] => {
    const { nodes, parents } = props.drawing.graph;
    const others = new Set(parents[place]?.map(({ from }) => from).filter((from) => from !== tree.parent));
    return [...others].flatMap((from) => nodes[from] ?? []).map(nameOfNode);
  };
  const hasWholeHeight = createMemo(() => isHeightInView(view(), layout(), size()));
  const hiddenBehind = createMemo(() => hiddenCounter(props.drawing.graph, layout()));

  const nodes = createMemo(() => {
    const seen = nodesInView(layout(), view(), size());
    const own = layout().byPlace.get(focused());
    const shown = own === undefined || seen.includes(own) ? seen : [...seen, own];
    // Read out in the order of the tree, wherever each stands.
    return shown.toSorted((a, b) => a.tree.order - b.tree.order);
  });
  const rows = createMemo(
    () => rowsInView(view(), size()),
    { first: 0, last: 0 },
    { equals: (a, b) => a.first === b.first && a.last === b.last },
  );
  const paths = createMemo(() => linkPaths(layout(), linksInView(layout(), rows()), rows()));
  const lookOf = (containerId: string): 'plain' | 'selected' | 'inSelection' | 'outside' => {
    const { chosen } = props;
    if (chosen === undefined) return 'plain';
    if (chosen.containerId === containerId) return 'selected';
    return chosen.all.has(containerId) ? 'inSelection' : 'outside';
  };

  const beyond = createMemo(() => beyondView(layout(), view(), size()));
  const outside = createMemo(() =>
    size().width === 0 ? 0 : layout().nodes.length - nodesInside(layout(), view(), size()).length,
  );

  return (
    <>
      <svg
        ref={(node) => {
          element = node;
          observe(node);
        }}
        role="tree"
        tabindex="0"
        aria-label={t('lineage.tree')}
        aria-description={t('lineage.keys')}
        aria-activedescendant={`${id}-${focusedId()}`}
        class="group/tree absolute inset-0 size-full -outline-offset-2 [&:focus:not(:focus-visible)]:outline-none cursor-grab select-none active:cursor-grabbing"
        // One finger moves the page up and down where there is nothing to move so here.
        classList={{ 'touch-pan-y': hasWholeHeight(), 'touch-none': !hasWholeHeight() }}
        onPointerDown={(event) => gestures.down(event)}
        onPointerMove={(event) => gestures.moved(event)}
        onPointerUp={(event) => gestures.ended(event)}
        onPointerCancel={(event) => gestures.ended(event)}
        onKeyDown={act}
      >
        <g transform={`translate(${view().panX} ${view().panY}) scale(${view().scale})`}>
          <For each={EDGE_TYPES}>
            {(type) => (
              <path
                d={paths().get(type) ?? ''}
                fill="none"
                stroke-linecap={EDGE_CAPS[type]}
                stroke-dasharray={EDGE_LOOKS[type].dashes}
                class={EDGE_LOOKS[type].colour}
              />
            )}
          </For>
          <For each={nodes()}>
            {(placed) => {
              const { place } = placed;
              const node = props.drawing.graph.nodes[place];
              if (node === undefined) return undefined;
              const containerId = node.container_id;
              const isExpanded = () => props.drawing.expanded.has(place);
              return (
                <LineageNodeBox
                  id={`${id}-${containerId}`}
                  node={node}
                  placed={placed}
                  otherParents={otherParents(placed)}
                  canToggle={hasChildren(place)}
                  isExpanded={isExpanded()}
                  hidden={isExpanded() || !hasChildren(place) ? 0 : hiddenBehind()(place)}
                  canGrowForward={props.canGrow(containerId, 'forward')}
                  canGrowBackward={props.canGrow(containerId, 'backward')}
                  isGrowing={props.isGrowing}
                  isUnread={props.isUnread(containerId)}
                  hasLabel={view().scale >= LABEL_SCALE}
                  isFocused={focused() === place}
                  look={lookOf(containerId)}
                  isMatch={props.matches.has(containerId)}
                  onSelect={() => {
                    setFocusedId(containerId);
                    props.onSelect(props.chosen?.containerId === containerId ? undefined : containerId);
                  }}
                  onToggle={() => {
                    setFocusedId(containerId);
                    props.onToggle(containerId);
                  }}
                  onGrow={(towards) => {
                    setFocusedId(containerId);
                    props.onGrow(containerId, towards);
                  }}
                />
              );
            }}
          </For>
        </g>
      </svg>
      <MoreHints beyond={beyond()} outside={outside()} />
    </>
  );
}

/** Where a container stands in a drawing, if it is drawn. */
function standsIn({ graph, layout }: Drawing, containerId: string): PlacedNode | undefined {
  return layout.byPlace.get(graph.places.get(containerId) ?? -1);
}
