import { For, Show } from 'solid-js';
import { figure } from '../../i18n/figure.ts';
import { t } from '../../i18n/language.ts';
import type { Beyond } from './lineage-view.ts';

const SIDES = {
  left: 'inset-y-0 left-0 w-7 bg-linear-to-r',
  right: 'inset-y-0 right-0 w-7 bg-linear-to-l',
  top: 'inset-x-0 top-0 h-5 bg-linear-to-b',
  bottom: 'inset-x-0 bottom-0 h-5 bg-linear-to-t',
} as const;
const SIDE_NAMES = ['left', 'right', 'top', 'bottom'] as const;

interface MoreHintsProps {
  readonly beyond: Beyond;
  /** Nodes that are not, or not wholly, on screen. */
  readonly outside: number;
}

/** Shades the sides on which there is more, so that what is cut there is not taken for the end; says how much. */
export function MoreHints(props: MoreHintsProps) {
  return (
    <>
      <For each={SIDE_NAMES}>
        {(side) => (
          <Show when={props.beyond[side]}>
            <div
              data-more={side}
              aria-hidden="true"
              class={`pointer-events-none absolute from-(--line-strong) to-transparent opacity-60 ${SIDES[side]}`}
            />
          </Show>
        )}
      </For>
      <Show when={props.outside > 0}>
        <p class="figure pointer-events-none absolute bottom-1 left-2 rounded-sm border border-line bg-surface px-1.5 text-2xs text-ink-2">
          {t('lineage.outside', { count: figure(props.outside) })}
        </p>
      </Show>
    </>
  );
}
