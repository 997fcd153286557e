import { For } from 'solid-js';
import { t } from '../../i18n/language.ts';

/** Where rows will be. */
export function GridSkeleton() {
  return (
    <div class="flex h-full flex-col overflow-hidden" aria-label={t('events.waiting')} role="img">
      <div class="h-8 shrink-0 border-b border-line bg-raised" />
      <For each={Array.from({ length: 24 }, (_, row) => row)}>
        {(row) => (
          <div class="flex h-7 shrink-0 items-center gap-6 border-b border-line px-4">
            <div class="skeleton h-2.5 w-36" />
            <div class="skeleton h-2.5 w-24" />
            <div class="skeleton h-2.5 w-48" classList={{ 'w-64': row % 3 === 0 }} />
            <div class="skeleton h-2.5 w-20" />
            <div class="skeleton h-2.5 w-32" />
          </div>
        )}
      </For>
    </div>
  );
}
