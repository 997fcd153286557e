import { Show } from 'solid-js';
import type { BridgeHealth } from '#protocol/health.ts';
import { Fact } from '../components/Fact.tsx';
import { formatAgo, formatBytes, formatCount } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';

/** A bridge says something at least every 30 s; one that has not for longer may be gone. */
const QUIET_SECONDS = 45;

/** One bridge: whether it is there, what it reads, how much it still can take. */
export function BridgeCard(props: { readonly bridge: BridgeHealth; readonly nowMs: number }) {
  const ageSeconds = () => Math.max(0, (props.nowMs - Date.parse(props.bridge.last_seen_at)) / 1000);
  const isQuiet = () => ageSeconds() > QUIET_SECONDS;
  const lane = (name: 'interactive' | 'batch') =>
    t('status.freeOf', {
      free: formatCount(props.bridge.free[name], language()),
      slots: formatCount(props.bridge.slots[name], language()),
    });
  return (
    <li class="panel p-4">
      <div class="flex flex-wrap items-center gap-2">
        <span class={`size-2 shrink-0 rounded-full ${isQuiet() ? 'bg-warn' : 'bg-ok'}`} aria-hidden="true" />
        <h3 class="min-w-0 font-mono font-semibold wrap-anywhere">{props.bridge.bridge_id}</h3>
        <Show when={props.bridge.draining}>
          <span class="rounded-full bg-warn-soft px-2 text-xs leading-5 font-medium text-warn">
            {t('status.draining')}
          </span>
        </Show>
        <span class="ml-auto text-ink-2" classList={{ 'font-medium text-warn!': isQuiet() }}>
          {t('status.seen', { when: formatAgo(-ageSeconds(), language()) })}
        </span>
      </div>
      <dl class="mt-3 grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-3">
        <Fact label={t('status.site')} value={props.bridge.site} />
        <Fact label={t('status.warehouse')} value={props.bridge.warehouse} />
        <Fact label={t('status.version')} value={props.bridge.version} />
        <Fact label={t('status.interactive')} value={lane('interactive')} />
        <Fact label={t('status.batch')} value={lane('batch')} />
        <Fact label={t('status.inFlight')} value={formatCount(props.bridge.in_flight, language())} />
        <Fact label={t('status.memory')} value={formatBytes(props.bridge.rss_bytes, language())} />
      </dl>
    </li>
  );
}
