import * as Popover from '@kobalte/core/popover';
import { For, Show } from 'solid-js';
import { formatClock } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';
import { isFirstLook, useHealth } from './health-query.ts';

/** Whether the factory is connected: a dot and a word, and the bridges behind it. */
export function HealthDot() {
  const query = useHealth();
  const health = () => (query.isError || query.isPending ? undefined : query.data?.health);
  const state = () => {
    if (isFirstLook(query)) return { text: t('health.checking'), dot: 'bg-ink-3', hint: '' };
    const known = health();
    if (known === undefined) return { text: t('health.unreachable'), dot: 'bg-bad', hint: t('health.unreachableHint') };
    if (known.status === 'ok') return { text: t('health.ok'), dot: 'bg-ok', hint: '' };
    return { text: t('health.noBridge'), dot: 'bg-warn', hint: t('health.noneHint') };
  };
  return (
    <Popover.Root gutter={6} placement="bottom-end">
      <Popover.Trigger class="flex h-7 items-center gap-2 rounded px-2 text-ink-2 hover:bg-hover">
        <span class={`size-2 rounded-full ${state().dot}`} aria-hidden="true" />
        <span class="max-sm:sr-only">{state().text}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content class="panel z-40 w-72 p-3 shadow-lg outline-none">
          <Popover.Title class="panel-title">{t('health.label')}</Popover.Title>
          <p class="mt-1 text-ink-2">{state().hint === '' ? state().text : state().hint}</p>
          <Show when={health()}>
            {(data) => (
              <>
                <ul class="mt-2 divide-y divide-line border-t border-line">
                  <For each={data().bridges}>
                    {(bridge) => (
                      <li class="py-2">
                        <div class="flex justify-between gap-2">
                          <span class="truncate font-mono text-xs">{bridge.bridge_id}</span>
                          <span class="text-ink-3">
                            {bridge.site} · {bridge.warehouse}
                          </span>
                        </div>
                        <div class="text-ink-3">{t('health.slots', bridge.free)}</div>
                        <div class="text-ink-3">
                          {t('health.seen', { time: formatClock(bridge.last_seen_at, language()) })}
                        </div>
                      </li>
                    )}
                  </For>
                </ul>
                <p class="text-ink-3">{t('health.queue', data().queue)}</p>
              </>
            )}
          </Show>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
