import Maximize from 'lucide-solid/icons/maximize';
import ZoomIn from 'lucide-solid/icons/zoom-in';
import ZoomOut from 'lucide-solid/icons/zoom-out';
import { createEffect, createMemo, createSignal, For, Index, on, onMount, Show } from 'solid-js';
import { createElementSize } from '../../components/element-size.ts';
import { ToolButton } from '../../components/ToolButton.tsx';
import { figure } from '../../i18n/figure.ts';
import { t } from '../../i18n/language.ts';
import { createTimeDrag, meaningOfWheel } from './time-gestures.ts';
import type { TimeDrag } from './time-gestures.ts';
import type { Timeline } from './timeline.ts';
import {
  centreOn,
  extentOf,
  fitWindow,
  hasRoom,
  panBy,
  pxAt,
  rowsOf,
  tickText,
  ticksOf,
  zoomAt,
} from './timeline-view.ts';
import type { TimelineRow, TimeWindow } from './timeline-view.ts';
import { TrackMarks } from './TrackMarks.tsx';

/** `h-6` below: a constant style would become an inline one, which our content security policy forbids. */
const ROW_PX = 24;
const AXIS_PX = 32;
/** Room behind the last row, so that the tools need not lie on it. */
const TOOLS_PX = 44;
/** The usual names of a lot and a machine have room in it. A class below, as the height is. */
const LABEL_PX = 270;
/** The end of a lot's name, which stays whole: the number of the order, and what it was split into. */
const LOT_END_CHARS = 16;
const ZOOM_STEP = 1.4;
const PAN_STEP_PX = 80;

/** Tracks over time. Only what is in sight is drawn: rows by scrolling, bars by the window of time. */
export function TimelineChart(props: { readonly timeline: Timeline }) {
  const { size, observe } = createElementSize();
  const [element, setElement] = createSignal<HTMLDivElement>();
  const [topPx, setTopPx] = createSignal(0);
  const rows = createMemo(() => rowsOf(props.timeline.tracks));
  const widthPx = () => Math.max(1, size().width - LABEL_PX);
  const extent = createMemo(() => extentOf(props.timeline) ?? { fromMs: 0, toMs: 0 });
  const fitted = createMemo(() => fitWindow(extent(), widthPx()));
  const [chosen, setChosen] = createSignal<TimeWindow>();
  createEffect(
    on(
      () => props.timeline,
      () => setChosen(undefined),
      { defer: true },
    ),
  );
  const window = () => chosen() ?? fitted();
  const zoom = (factor: number, atPx = widthPx() / 2): void => void setChosen(zoomAt(window(), atPx, factor, fitted()));
  const pan = (byPx: number): void => void setChosen(panBy(window(), byPx, extent(), widthPx()));

  const first = () => Math.max(0, Math.floor(topPx() / ROW_PX));
  const inSight = createMemo(() => {
    const count = Math.ceil(Math.max(0, size().height - AXIS_PX) / ROW_PX) + 1;
    return rows().slice(first(), first() + count);
  });
  const ticks = createMemo(() => ticksOf(window(), widthPx()));
  const isDayTold = () => ticks().some((tick) => tick.isDay && hasRoom(tick, window(), widthPx()));
  const days = createMemo(() => new Set(ticks().map(({ ms }) => new Date(ms).toISOString().slice(0, 10))));

  const find = (ms: number): void => void setChosen(centreOn(window(), ms, widthPx()));
  /** Of the uppermost track that is wholly in sight. */
  const findFirst = (): void => {
    const row = rows()
      .slice(Math.ceil(topPx() / ROW_PX))
      .find(({ type }) => type === 'track');
    if (row?.type === 'track') find(row.track.bars[0]?.fromMs ?? 0);
  };
  const drag = createTimeDrag(pan);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => pan(-PAN_STEP_PX),
    ArrowRight: () => pan(PAN_STEP_PX),
    ArrowUp: () => element()?.scrollBy({ top: -ROW_PX }),
    ArrowDown: () => element()?.scrollBy({ top: ROW_PX }),
    PageUp: () => element()?.scrollBy({ top: AXIS_PX + ROW_PX - size().height }),
    PageDown: () => element()?.scrollBy({ top: size().height - AXIS_PX - ROW_PX }),
    Home: () => element()?.scrollTo({ top: 0 }),
    End: () => element()?.scrollTo({ top: rows().length * ROW_PX }),
    '+': () => zoom(ZOOM_STEP),
    '=': () => zoom(ZOOM_STEP),
    '-': () => zoom(1 / ZOOM_STEP),
    '0': () => setChosen(undefined),
    Enter: findFirst,
  };
  const wheel = (event: WheelEvent): void => {
    const meant = meaningOfWheel(event);
    if (meant === undefined) return;
    event.preventDefault();
    const left = element()?.getBoundingClientRect().left ?? 0;
    if (meant.type === 'pan') pan(meant.byPx);
    else zoom(meant.factor, event.clientX - left - LABEL_PX);
  };
  onMount(() => element()?.addEventListener('wheel', wheel, { passive: false }));

  return (
    <>
      <div
        ref={(node) => {
          setElement(node);
          observe(node);
        }}
        role="group"
        tabindex="0"
        aria-label={t('timeline.label', {
          tracks: figure(props.timeline.tracks.length),
          bars: figure(props.timeline.bars),
        })}
        aria-description={t('timeline.keys')}
        class="absolute inset-0 overflow-x-hidden overflow-y-auto overscroll-contain outline-offset-[-2px]"
        onScroll={(event) => setTopPx(event.currentTarget.scrollTop)}
        onKeyDown={(event) => {
          const work = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
          // A lot that was clicked has the focus, and Enter of its own.
          if (work === undefined || (event.key === 'Enter' && event.target !== event.currentTarget)) return;
          event.preventDefault();
          work();
        }}
      >
        <div class="relative" style={{ height: `${AXIS_PX + rows().length * ROW_PX + TOOLS_PX}px` }}>
          <div class="sticky top-0 z-10 flex h-8 border-b border-line-strong bg-raised text-2xs">
            <div class="flex w-[270px] shrink-0 items-center truncate border-r border-line px-2.5 text-xs font-semibold text-ink-2">
              <span class="truncate">{groupAbove(inSight()[0])}</span>
            </div>
            <div class="relative min-w-0 flex-1 overflow-hidden">
              <For each={ticks()}>
                {(tick) => (
                  <span
                    data-tick
                    class="figure absolute inset-y-0 flex items-center border-l border-line-strong pl-1 whitespace-nowrap"
                    classList={{ 'font-semibold text-ink': tick.isDay, 'text-ink-2': !tick.isDay }}
                    style={{ left: `${pxAt(window(), tick.ms)}px` }}
                  >
                    {hasRoom(tick, window(), widthPx()) && tickText(tick)}
                  </span>
                )}
              </For>
              <Show when={!isDayTold() && [...days()][0]}>
                {(day) => (
                  <span class="figure absolute inset-y-0 left-0 flex items-center bg-raised px-1 font-semibold">
                    {day()}
                  </span>
                )}
              </Show>
            </div>
          </div>
          <Index each={inSight()}>
            {(row, index) => (
              <ChartRow
                row={row()}
                topPx={AXIS_PX + (first() + index) * ROW_PX}
                widthPx={widthPx()}
                window={window()}
                days={ticks().flatMap((tick) => (tick.isDay ? [pxAt(window(), tick.ms)] : []))}
                drag={drag}
                onFind={find}
              />
            )}
          </Index>
        </div>
      </div>
      <div class="panel absolute right-4 bottom-2 z-10 flex shadow-sm">
        <ToolButton icon={ZoomOut} label={t('timeline.zoomOut')} onClick={() => zoom(1 / ZOOM_STEP)} />
        <ToolButton icon={ZoomIn} label={t('timeline.zoomIn')} onClick={() => zoom(ZOOM_STEP)} />
        <ToolButton icon={Maximize} label={t('timeline.fit')} onClick={() => setChosen(undefined)} />
      </div>
    </>
  );
}

/** The group of a row whose own group row lies above the view; what the column is where it does not. */
function groupAbove(row: TimelineRow | undefined): string {
  return row?.type === 'track' ? row.group || t('timeline.noGroup') : t('timeline.group');
}

interface ChartRowProps {
  readonly row: TimelineRow;
  readonly topPx: number;
  readonly widthPx: number;
  readonly window: TimeWindow;
  /** Where days begin. */
  readonly days: readonly number[];
  /** Brings a moment into sight. */
  readonly onFind: (ms: number) => void;
  readonly drag: TimeDrag;
}

function ChartRow(props: ChartRowProps) {
  const track = () => (props.row.type === 'track' ? props.row.track : undefined);
  const group = () => (props.row.type === 'group' ? props.row : undefined);
  return (
    <div
      class="absolute inset-x-0 flex h-6 border-b border-line"
      classList={{ 'bg-raised': group() !== undefined }}
      style={{ top: `${props.topPx}px` }}
    >
      <div data-track-label class="flex w-[270px] shrink-0 items-center gap-2 border-r border-line px-2.5 text-xs">
        <Show when={group()}>
          {(head) => (
            <span class="truncate font-semibold">
              {head().group || t('timeline.noGroup')}
              <span class="figure ml-2 font-normal text-ink-3">{figure(head().tracks)}</span>
            </span>
          )}
        </Show>
        <Show when={track()}>
          {(shown) => (
            <>
              <button
                type="button"
                tabindex={-1}
                class="flex min-w-0 flex-1 text-left hover:underline"
                title={t('timeline.find', { lot: shown().lot, machine: shown().machine })}
                onClick={() => props.onFind(shown().bars[0]?.fromMs ?? 0)}
              >
                <LotName name={shown().lot} />
              </button>
              <span class="max-w-1/2 min-w-0 shrink-0 truncate text-ink-2" title={shown().machine}>
                {shown().machine}
              </span>
            </>
          )}
        </Show>
      </div>
      <svg
        class="min-w-0 flex-1 cursor-grab touch-pan-y overflow-hidden active:cursor-grabbing"
        height={ROW_PX}
        aria-hidden="true"
        onPointerDown={(event) => props.drag.down(event)}
        onPointerMove={(event) => props.drag.moved(event)}
        onPointerUp={(event) => props.drag.ended(event)}
        onPointerCancel={(event) => props.drag.ended(event)}
      >
        <For each={props.days}>
          {(atPx) => <line x1={atPx} x2={atPx} y1="0" y2={ROW_PX} class="stroke-line-strong" />}
        </For>
        <Show when={track()}>
          {(shown) => <TrackMarks track={shown()} window={props.window} widthPx={props.widthPx} heightPx={ROW_PX} />}
        </Show>
      </svg>
    </div>
  );
}

/** Where there is no room for a name, its middle goes: names of lots differ in their ends. */
function LotName(props: { readonly name: string }) {
  const letters = () => Array.from(props.name);
  return (
    <>
      <span class="truncate whitespace-pre">{letters().slice(0, -LOT_END_CHARS).join('')}</span>
      <span data-lot-end class="shrink-0 whitespace-pre">
        {letters().slice(-LOT_END_CHARS).join('')}
      </span>
    </>
  );
}
