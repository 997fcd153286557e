import { For, Show } from 'solid-js';
import { figure } from '../../i18n/figure.ts';
import { t } from '../../i18n/language.ts';
import type { Timeline } from './timeline.ts';
import { timeText } from './timeline-view.ts';

const HEADS = ['mark', 'lot', 'at', 'where', 'what'] as const;

/** Holds and materials that stand nowhere in the chart. */
export function UnplacedTable(props: { readonly timeline: Timeline }) {
  const all = () => props.timeline.holds.unmatched + props.timeline.materials.unmatched;
  return (
    <div class="absolute inset-0 overflow-auto" tabindex="0" role="region" aria-label={t('timeline.unplaced')}>
      <Show when={all() > props.timeline.unplaced.length}>
        <p class="border-b border-warn/40 bg-warn-soft px-3 py-1 text-xs">
          {t('timeline.unplacedCut', {
            count: figure(props.timeline.unplaced.length),
            all: figure(all()),
          })}
        </p>
      </Show>
      <table class="w-full border-collapse text-left whitespace-nowrap">
        <thead class="sticky top-0 bg-raised text-xs text-ink-2">
          <tr>
            <For each={HEADS}>
              {(head) => <th class="h-8 border-b border-line-strong px-2.5 font-semibold">{t(`timeline.${head}`)}</th>}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={props.timeline.unplaced}>
            {(mark) => (
              <tr class="border-b border-line hover:bg-hover">
                <td class="h-7 px-2.5">{t(`timeline.${mark.kind}`)}</td>
                <td class="px-2.5">{mark.lot}</td>
                <td class="figure px-2.5">{mark.atMs === undefined ? t('timeline.noTime') : timeText(mark.atMs)}</td>
                <td class="px-2.5">{mark.where}</td>
                <td class="px-2.5">{mark.what}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}
