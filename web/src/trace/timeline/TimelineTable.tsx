import { createEffect, createMemo, createSignal, For, on } from 'solid-js';
import { figure } from '../../i18n/figure.ts';
import { t } from '../../i18n/language.ts';
import type { Timeline } from './timeline.ts';
import { holdText, materialText } from './timeline-texts.ts';
import { timeText } from './timeline-view.ts';

const PAGE_TRACKS = 50;
const HEADS = ['group', 'lot', 'machine', 'spec', 'in', 'out', 'hold', 'material'] as const;

/** The same as the chart in words: one row a load, with the holds and materials of its track on the first one. */
export function TimelineTable(props: { readonly timeline: Timeline }) {
  const [page, setPage] = createSignal(0);
  createEffect(
    on(
      () => props.timeline,
      () => setPage(0),
      { defer: true },
    ),
  );
  const pages = () => Math.ceil(props.timeline.tracks.length / PAGE_TRACKS);
  const rows = createMemo(() =>
    props.timeline.tracks
      .slice(page() * PAGE_TRACKS, (page() + 1) * PAGE_TRACKS)
      .flatMap((track) => track.bars.map((bar, index) => ({ track, bar, isFirst: index === 0 }))),
  );
  return (
    <div class="absolute inset-0 flex flex-col">
      <div class="min-h-0 flex-1 overflow-auto" tabindex="0" role="region" aria-label={t('timeline.table')}>
        <table class="w-full border-collapse text-left whitespace-nowrap">
          <thead class="sticky top-0 bg-raised text-xs text-ink-2">
            <tr>
              <For each={HEADS}>
                {(head) => (
                  <th class="h-8 border-b border-line-strong px-2.5 font-semibold">{t(`timeline.${head}`)}</th>
                )}
              </For>
            </tr>
          </thead>
          <tbody>
            <For each={rows()}>
              {({ track, bar, isFirst }) => (
                <tr class="border-b border-line hover:bg-hover">
                  <td class="h-7 px-2.5">{track.group || t('timeline.noGroup')}</td>
                  <td class="px-2.5">{track.lot}</td>
                  <td class="px-2.5">{track.machine}</td>
                  <td class="px-2.5">{bar.spec}</td>
                  <td class="figure px-2.5">{timeText(bar.fromMs)}</td>
                  <td class="figure px-2.5">{bar.isOpen ? t('timeline.open') : timeText(bar.toMs)}</td>
                  <td class="px-2.5">{isFirst ? track.holds.map(holdText).join('; ') : ''}</td>
                  <td class="px-2.5">{isFirst ? track.materials.map(materialText).join('; ') : ''}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
      <div class="flex shrink-0 items-center gap-2 border-t border-line px-3 py-1 text-xs">
        <button
          type="button"
          class="button h-6 px-2 text-xs"
          disabled={page() === 0}
          onClick={() => setPage(page() - 1)}
        >
          {t('timeline.previousPage')}
        </button>
        <span class="figure" role="status">
          {t('timeline.page', { page: figure(page() + 1), pages: figure(pages()) })}
        </span>
        <button
          type="button"
          class="button h-6 px-2 text-xs"
          disabled={page() + 1 >= pages()}
          onClick={() => setPage(page() + 1)}
        >
          {t('timeline.nextPage')}
        </button>
      </div>
    </div>
  );
}
