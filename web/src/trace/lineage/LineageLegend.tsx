import { For } from 'solid-js';
import { EDGE_TYPES, NODE_TYPES } from '#protocol/trace.ts';
import { t } from '../../i18n/language.ts';
import { EdgeSample } from './EdgeSample.tsx';
import { SEED_MARK } from './lineage-looks.ts';
import { BOX_HEIGHT_PX } from './lineage-view.ts';
import { NodeShape } from './NodeShape.tsx';

export function LineageLegend() {
  return (
    <ul
      aria-label={t('lineage.legend')}
      class="flex flex-wrap items-center gap-x-3.5 gap-y-0.5 max-lg:gap-x-1.5 border-t border-line px-3 py-1 text-2xs text-ink-2"
    >
      <For each={NODE_TYPES}>
        {(type) => (
          <li class="flex items-center gap-1.5">
            <svg width="14" height="14" viewBox="-8 -8 16 16" aria-hidden="true">
              <NodeShape type={type} />
            </svg>
            {t(`nodeType.${type}`)}
          </li>
        )}
      </For>
      <li class="flex items-center gap-1.5">
        <svg width="16" height="14" viewBox="-1 -12 27 24" aria-hidden="true">
          <rect
            y={-BOX_HEIGHT_PX / 2}
            width="25"
            height={BOX_HEIGHT_PX}
            rx="4"
            class="fill-none stroke-(--line-strong)"
          />
          <path d={SEED_MARK} class="fill-(--accent)" />
        </svg>
        {t('lineage.seedMark')}
      </li>
      <li aria-hidden="true" class="h-3 w-px bg-line-strong" />
      <For each={EDGE_TYPES}>
        {(type) => (
          <li class="flex items-center gap-1.5">
            <EdgeSample type={type} />
            {t(`edgeType.${type}`)}
          </li>
        )}
      </For>
    </ul>
  );
}
