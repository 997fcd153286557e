import { For } from 'solid-js';
import type { JSX } from 'solid-js';
import { t } from '../../i18n/language.ts';
import { HOLD_PATH, MATERIAL_PATH } from './mark-shapes.ts';

const ENTRIES = [
  { key: 'load', shape: () => <rect x="1" y="3" width="18" height="8" rx="1.5" class="fill-accent" /> },
  {
    key: 'open',
    shape: () => (
      <rect x="1" y="3" width="18" height="8" rx="1.5" class="fill-accent-soft stroke-accent" stroke-dasharray="3 2" />
    ),
  },
  { key: 'hold', shape: () => <path d={HOLD_PATH} transform="translate(10 7)" class="fill-(--edge-rework)" /> },
  { key: 'material', shape: () => <path d={MATERIAL_PATH} transform="translate(10 7)" class="fill-(--edge-merge)" /> },
] as const satisfies readonly { readonly key: string; readonly shape: () => JSX.Element }[];

export function TimelineLegend() {
  return (
    <ul class="ml-auto flex flex-wrap items-center gap-x-3" aria-label={t('timeline.legend')}>
      <For each={ENTRIES}>
        {({ key, shape }) => (
          <li class="flex items-center gap-1 text-ink-2">
            <svg width="20" height="14" aria-hidden="true">
              {shape()}
            </svg>
            {t(`timeline.${key}`)}
          </li>
        )}
      </For>
    </ul>
  );
}
