import ChartGantt from 'lucide-solid/icons/chart-gantt';
import { batch, createEffect, createMemo, createSignal, Match, on, onCleanup, Show, Switch, untrack } from 'solid-js';
import type { Domain } from '#protocol/domain.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Segments } from '../../components/Segments.tsx';
import { figure } from '../../i18n/figure.ts';
import { t } from '../../i18n/language.ts';
import type { ResultView } from '../events/result-view.ts';
import type { TraceSession } from '../trace-session.ts';
import { TIMELINE_FACES } from '../address/view-state.ts';
import type { TimelineFace } from '../address/view-state.ts';
import { TIMELINE_DOMAINS } from './timeline.ts';
import type { MarkCounts, Timeline } from './timeline.ts';
import { TimelineChart } from './TimelineChart.tsx';
import { TimelineLegend } from './TimelineLegend.tsx';
import { TimelineTable } from './TimelineTable.tsx';
import { UnplacedTable } from './UnplacedTable.tsx';

/** When which lot was on which machine, with its holds and materials: as a chart and as a table. */
export function TimelinePanel(props: { readonly session: TraceSession; readonly view: ResultView }) {
  const stream = () => props.session.snapshot()?.stream;
  const [timeline, setTimeline] = createSignal<Timeline>();
  const [state, setState] = createSignal<'reading' | 'ready' | 'failed'>('reading');
  const face = () => props.view.state().timelineFace;
  /** What is shown, or is to be. */
  let wanted: TimelinePart = FIRST_PART;
  /** First lots of the parts before the one that is shown. */
  const [before, setBefore] = createSignal<readonly number[]>([]);
  /** Loads that were there when it was read. */
  let loadsRead = 0;
  let asked = 0;
  onCleanup(() => asked++);

  const recordsOf = (name: Domain): number => stream()?.domains.find(({ domain }) => domain === name)?.records ?? 0;
  const loads = createMemo(() =>
    recordsOf(TIMELINE_DOMAINS.find((name) => recordsOf(name) > 0) ?? TIMELINE_DOMAINS[0]),
  );
  const arrived = () => loads() + recordsOf('holds') + recordsOf('materials');

  const read = async (part: TimelinePart): Promise<void> => {
    const question = ++asked;
    wanted = part;
    loadsRead = untrack(loads);
    setState('reading');
    try {
      const answer = await props.session.timeline(part.lotsFrom);
      if (question !== asked) return;
      batch(() => {
        setTimeline(answer);
        setBefore(part.before);
        setState('ready');
      });
    } catch {
      if (question === asked) setState('failed');
    }
  };
  const readAgain = (): void => void read(wanted);
  const selected = createMemo(() => {
    const selection = props.session.selection();
    if (selection === undefined) return '';
    return `${props.session.graph()?.nodes[selection.place]?.container_id}+${selection.places.size}`;
  });
  // While records arrive it is read anew on request only: it would move under the eyes of the reader.
  createEffect(
    on(
      () =>
        `${props.session.snapshot()?.run}/${stream()?.jobId}/${stream()?.generation}/${selected()}/${stream()?.outcome?.type}`,
      () => void read(FIRST_PART),
    ),
  );
  const isEmpty = () => (timeline()?.tracks.length ?? 0) === 0;
  // Where nothing is drawn nothing moves. Each time there have to be twice as many loads: they may all be without a time.
  createEffect(() => {
    if (state() === 'ready' && isEmpty() && loads() > 0 && loads() >= 2 * loadsRead) readAgain();
  });
  const isStale = () => state() === 'ready' && arrived() > (timeline()?.madeOf ?? 0);
  const faceOf = (shown: Timeline): TimelineFace => (facesOf(shown).includes(face()) ? face() : 'chart');
  const goOn = (shown: Timeline): void => void read({ lotsFrom: shown.lotsTo, before: [...before(), shown.lotsFrom] });
  const goBack = (): void => void read({ lotsFrom: before().at(-1) ?? 0, before: before().slice(0, -1) });
  return (
    <div class="flex h-full flex-col">
      <Show when={timeline()} fallback={<NoTimeline state={state()} onRetry={readAgain} />}>
        {(shown) => (
          <>
            <div class="flex min-h-8 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-2 py-1 text-xs">
              <Segments
                label={t('timeline.face')}
                value={faceOf(shown())}
                options={facesOf(shown()).map((value) => ({
                  value,
                  label: t(`timeline.${value}`),
                  face: () => t(`timeline.${value}`),
                }))}
                onChange={(next) => props.view.setTimelineFace(next)}
              />
              <span class="text-ink-2" role="status">
                {t('timeline.counts', { tracks: figure(shown().tracks.length), bars: figure(shown().bars) })}
              </span>
              <MarkFigures name="holds" counts={shown().holds} />
              <MarkFigures name="materials" counts={shown().materials} />
              <Show when={isStale()}>
                <button type="button" class="button h-6 px-2 text-xs" onClick={readAgain}>
                  {t('timeline.refresh')}
                </button>
              </Show>
              <Show when={state() === 'reading'}>
                <span class="text-ink-3">{t('timeline.reading')}</span>
              </Show>
              <TimelineLegend />
            </div>
            <Show when={state() === 'failed'}>
              <Notice tone="bad" actions={<RetryButton onRetry={readAgain} />}>
                {t('timeline.failed')}
              </Notice>
            </Show>
            <PartNotice timeline={shown()} onNext={() => goOn(shown())} onBack={goBack} />
            <div class="relative min-h-0 flex-1">
              <Switch fallback={<TimelineChart timeline={shown()} />}>
                <Match when={faceOf(shown()) === 'unplaced'}>
                  <UnplacedTable timeline={shown()} />
                </Match>
                <Match when={isEmpty()}>
                  <EmptyState
                    icon={ChartGantt}
                    text={t(shown().undated > 0 ? 'timeline.allUndated' : 'timeline.empty')}
                  />
                </Match>
                <Match when={faceOf(shown()) === 'table'}>
                  <TimelineTable timeline={shown()} />
                </Match>
              </Switch>
            </div>
          </>
        )}
      </Show>
    </div>
  );
}

interface TimelinePart {
  readonly lotsFrom: number;
  /** First lots of the parts before it. */
  readonly before: readonly number[];
}
const FIRST_PART: TimelinePart = { lotsFrom: 0, before: [] };

function RetryButton(props: { readonly onRetry: () => void }) {
  return (
    <button type="button" class="button -my-1" onClick={() => props.onRetry()}>
      {t('action.tryAgain')}
    </button>
  );
}

/** While it is read for the first time, or could not be. */
function NoTimeline(props: { readonly state: 'reading' | 'ready' | 'failed'; readonly onRetry: () => void }) {
  const text = () => (props.state === 'ready' ? 'timeline.empty' : (`timeline.${props.state}` as const));
  return (
    <EmptyState
      icon={ChartGantt}
      text={t(text())}
      action={
        <Show when={props.state === 'failed'}>
          <RetryButton onRetry={props.onRetry} />
        </Show>
      }
    />
  );
}

/** Nobody needs to choose what is empty. */
function facesOf({ unplaced }: Timeline): readonly TimelineFace[] {
  return TIMELINE_FACES.filter((each) => each !== 'unplaced' || unplaced.length > 0);
}

/** How many marks found their place: what did not is said, not left out. */
function MarkFigures(props: { readonly name: 'holds' | 'materials'; readonly counts: MarkCounts }) {
  const text = () =>
    t(`timeline.${props.name}`, { matched: figure(props.counts.matched), unmatched: figure(props.counts.unmatched) });
  return (
    <span class="figure text-ink-2" title={t(`timeline.${props.name}Hint`)}>
      {text()}
      <Show when={props.counts.undrawn > 0}>
        {' '}
        <span class="text-warn">{t('timeline.undrawn', { count: figure(props.counts.undrawn) })}</span>
      </Show>
    </span>
  );
}

interface PartNoticeProps {
  readonly timeline: Timeline;
  readonly onNext: () => void;
  readonly onBack: () => void;
}

/** Says what is not in sight, and how to see it. */
function PartNotice(props: PartNoticeProps) {
  const isPart = () => props.timeline.lotsFrom > 0 || props.timeline.lotsTo < props.timeline.allLots;
  return (
    <>
      <Show when={isPart()}>
        <div class="flex shrink-0 flex-wrap items-center gap-2 border-b border-warn/40 bg-warn-soft px-3 py-1 text-xs">
          <span>
            {t('timeline.part', {
              from: figure(props.timeline.lotsFrom + 1),
              to: figure(props.timeline.lotsTo),
              lots: figure(props.timeline.allLots),
              bars: figure(props.timeline.bars),
              all: figure(props.timeline.allBars),
            })}
          </span>
          <button
            type="button"
            class="button h-6 px-2 text-xs"
            disabled={props.timeline.lotsFrom === 0}
            onClick={() => props.onBack()}
          >
            {t('timeline.previous')}
          </button>
          <button
            type="button"
            class="button h-6 px-2 text-xs"
            disabled={props.timeline.lotsTo >= props.timeline.allLots}
            onClick={() => props.onNext()}
          >
            {t('timeline.next')}
          </button>
        </div>
      </Show>
      <Show when={props.timeline.undated > 0}>
        <p class="shrink-0 border-b border-warn/40 bg-warn-soft px-3 py-1 text-xs">
          {t('timeline.undated', { count: figure(props.timeline.undated) })}
        </p>
      </Show>
    </>
  );
}
