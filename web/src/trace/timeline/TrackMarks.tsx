import { createMemo, Index, Show } from 'solid-js';
import { figure } from '../../i18n/figure.ts';
import { t } from '../../i18n/language.ts';
import { HOLD_PATH, MATERIAL_PATH } from './mark-shapes.ts';
import type { TimelineTrack } from './timeline.ts';
import { holdText, listTexts, loadText, materialText } from './timeline-texts.ts';
import { barsInView, loadsBeside, marksInView } from './timeline-view.ts';
import type { DrawnMark, TimeWindow } from './timeline-view.ts';

interface TrackMarksProps {
  readonly track: TimelineTrack;
  readonly window: TimeWindow;
  readonly widthPx: number;
  readonly heightPx: number;
}

const BAR_INSET_PX = 5;
/** Right of a mark. */
const COUNT_X_PX = 5;
/** From the right edge, where what lies beside the window is pointed at. */
const COVERED_INSET_PX = 12;

/** The loads of one track as bars, its holds as diamonds, its materials as triangles; how many there are where it is several. */
export function TrackMarks(props: TrackMarksProps) {
  const beside = createMemo(() => loadsBeside(props.track, props.window, props.widthPx));
  const bars = createMemo(() => barsInView(props.track, props.window, props.widthPx));
  const covered = () => bars().reduce((sum, drawn) => sum + drawn.bars.length - 1, 0);
  return (
    <>
      <Show when={beside().isBefore}>
        <path d="M8 8 L4 12 L8 16" class="fill-none stroke-ink-3" data-beside="before" />
      </Show>
      <Show when={beside().isBehind}>
        <path
          d="M-8 8 L-4 12 L-8 16"
          transform={`translate(${props.widthPx} 0)`}
          class="fill-none stroke-ink-3"
          data-beside="behind"
        />
      </Show>
      <Index each={bars()}>
        {(drawn) => {
          const isOpen = () => drawn().bars[0]?.isOpen === true;
          return (
            <rect
              x={drawn().leftPx}
              y={BAR_INSET_PX}
              width={drawn().widthPx}
              height={props.heightPx - 2 * BAR_INSET_PX}
              rx="1.5"
              data-bar={isOpen() ? 'open' : 'load'}
              class={isOpen() ? 'fill-accent-soft stroke-accent' : 'fill-accent'}
              stroke-dasharray={isOpen() ? '3 2' : undefined}
            >
              <title>{listTexts(drawn().bars, (bar) => loadText(props.track, bar))}</title>
            </rect>
          );
        }}
      </Index>
      <Index each={marksInView(props.track.materials, props.window, props.widthPx)}>
        {(drawn) => (
          <Mark
            kind="material"
            drawn={drawn()}
            middlePx={props.heightPx / 2}
            title={listTexts(drawn().marks, materialText)}
          />
        )}
      </Index>
      <Index each={marksInView(props.track.holds, props.window, props.widthPx)}>
        {(drawn) => (
          <Mark kind="hold" drawn={drawn()} middlePx={props.heightPx / 2} title={listTexts(drawn().marks, holdText)} />
        )}
      </Index>
      <Show when={covered() > 0}>
        <text
          x={props.widthPx - COVERED_INSET_PX}
          y={props.heightPx / 2 + 3}
          text-anchor="end"
          data-covered
          class={COUNT_LOOK}
        >
          {`+${figure(covered())}`}
          <title>{t('timeline.covered', { count: figure(covered()) })}</title>
        </text>
      </Show>
    </>
  );
}

/** To be read on whatever it stands. */
const COUNT_LOOK = 'figure fill-ink stroke-surface stroke-2 text-[9px] font-semibold [paint-order:stroke]';
/** Two counts at one moment do not meet: that of holds stands above, that of materials below. */
const MARK_LOOKS = {
  hold: { path: HOLD_PATH, look: 'fill-(--edge-rework) stroke-surface', countY: -3 },
  material: { path: MATERIAL_PATH, look: 'fill-(--edge-merge) stroke-surface', countY: 10 },
} as const;

interface MarkProps {
  readonly kind: keyof typeof MARK_LOOKS;
  readonly drawn: DrawnMark<unknown>;
  /** Of the track. */
  readonly middlePx: number;
  readonly title: string;
}

function Mark(props: MarkProps) {
  const count = () => props.drawn.marks.length;
  return (
    <g transform={`translate(${props.drawn.atPx} ${props.middlePx})`} data-mark={props.kind}>
      <title>{props.title}</title>
      <path d={MARK_LOOKS[props.kind].path} class={MARK_LOOKS[props.kind].look} />
      <Show when={count() > 1}>
        <text x={COUNT_X_PX} y={MARK_LOOKS[props.kind].countY} class={COUNT_LOOK}>
          {`×${figure(count())}`}
        </text>
      </Show>
    </g>
  );
}
