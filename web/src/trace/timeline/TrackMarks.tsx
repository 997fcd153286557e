import { createMemo, For, Show } from 'solid-js';
import { t } from '../../i18n/language.ts';
import { HOLD_PATH, MATERIAL_PATH } from './mark-shapes.ts';
import type { TimelineTrack } from './timeline.ts';
import { barsInView, loadsBeside, marksInView, timeText } from './timeline-view.ts';
import type { TimeWindow } from './timeline-view.ts';

interface TrackMarksProps {
  readonly track: TimelineTrack;
  readonly window: TimeWindow;
  readonly widthPx: number;
  readonly heightPx: number;
}

const BAR_INSET_PX = 5;

/** The loads of one track as bars, its holds as diamonds, its materials as triangles. */
export function TrackMarks(props: TrackMarksProps) {
  const barTitle = (bar: TimelineTrack['bars'][number]) =>
    t(bar.isOpen ? 'timeline.openTitle' : 'timeline.loadTitle', {
      lot: props.track.lot,
      machine: props.track.machine,
      spec: bar.spec,
      from: timeText(bar.fromMs),
      to: timeText(bar.toMs),
    });
  const beside = createMemo(() => loadsBeside(props.track, props.window, props.widthPx));
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
      <For each={barsInView(props.track, props.window, props.widthPx)}>
        {({ bar, leftPx, widthPx }) => (
          <rect
            x={leftPx}
            y={BAR_INSET_PX}
            width={widthPx}
            height={props.heightPx - 2 * BAR_INSET_PX}
            rx="1.5"
            data-bar={bar.isOpen ? 'open' : 'load'}
            class={bar.isOpen ? 'fill-accent-soft stroke-accent' : 'fill-accent'}
            stroke-dasharray={bar.isOpen ? '3 2' : undefined}
          >
            <title>{barTitle(bar)}</title>
          </rect>
        )}
      </For>
      <For each={marksInView(props.track.materials, props.window, props.widthPx)}>
        {({ mark, atPx }) => (
          <path
            d={MATERIAL_PATH}
            transform={`translate(${atPx} ${props.heightPx / 2})`}
            data-mark="material"
            class="fill-(--edge-merge) stroke-surface"
          >
            <title>
              {t('timeline.materialTitle', { part: mark.part, lot: mark.materialLot, at: timeText(mark.atMs) })}
            </title>
          </path>
        )}
      </For>
      <For each={marksInView(props.track.holds, props.window, props.widthPx)}>
        {({ mark, atPx }) => (
          <path
            d={HOLD_PATH}
            transform={`translate(${atPx} ${props.heightPx / 2})`}
            data-mark="hold"
            class="fill-(--edge-rework) stroke-surface"
          >
            <title>
              {t(mark.releasedAtMs === undefined ? 'timeline.heldTitle' : 'timeline.holdTitle', {
                reason: mark.reason,
                at: timeText(mark.atMs),
                released: mark.releasedAtMs === undefined ? '' : timeText(mark.releasedAtMs),
              })}
            </title>
          </path>
        )}
      </For>
    </>
  );
}
