import Cable from 'lucide-solid/icons/cable';
import Wrench from 'lucide-solid/icons/wrench';
import { For, Show } from 'solid-js';
import type { JSX } from 'solid-js';
import type { BridgeHealth, Health } from '#protocol/health.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { Notice } from '../components/Notice.tsx';
import { ServerDetail } from '../components/ServerDetail.tsx';
import { createTick } from '../components/tick.ts';
import { BridgeCard } from '../health/BridgeCard.tsx';
import { isFirstLook, useHealth } from '../health/health-query.ts';
import { LimitsCard } from '../health/LimitsCard.tsx';
import { saysNothing } from '../health/maintenance-reading.ts';
import type { KnownMaintenance } from '../health/maintenance-reading.ts';
import { VitalsCard } from '../health/VitalsCard.tsx';
import { TaskLine } from '../health/TaskLine.tsx';
import { t } from '../i18n/language.ts';
import { listText } from '../i18n/list-text.ts';

const TICK_MS = 1000;

/** How the factory is connected, and what is being maintained. */
export function StatusPage() {
  const query = useHealth();
  const nowMs = createTick(TICK_MS);
  const answer = () => (query.isPending || query.isError ? undefined : query.data);
  const health = () => answer()?.health;
  const isUnreachable = () => !isFirstLook(query) && health() === undefined;
  const reading = () => answer()?.maintenance;
  const maintenance = () => {
    const known = reading();
    return known?.type === 'known' ? known : undefined;
  };
  return (
    <main
      id="results"
      // Nothing in it takes the focus, and it has to be scrolled by keys as well.
      tabindex="0"
      class="mx-auto grid w-full max-w-5xl content-start gap-5 overflow-y-auto p-4 outline-offset-[-2px]"
    >
      <h1 class="text-[0.9375rem] font-semibold">{t('status.title')}</h1>
      <Show when={isUnreachable()}>
        <Notice tone="bad">{t('health.unreachableHint')}</Notice>
      </Show>
      <Section title={t('status.bridges')}>
        <Show when={health()} fallback={<Unknown isPending={isFirstLook(query)} />}>
          {(known) => (
            <>
              <Show
                when={known().bridges.length > 0}
                fallback={
                  <div class="panel">
                    <EmptyState icon={Cable} text={t('health.noneHint')} />
                  </div>
                }
              >
                <ul class="grid gap-3 md:grid-cols-2">
                  <For each={known().bridges.map(bridgeKey)}>
                    {(key) => (
                      <Show when={known().bridges.find((bridge) => bridgeKey(bridge) === key)}>
                        {(bridge) => <BridgeCard bridge={bridge()} nowMs={nowMs()} />}
                      </Show>
                    )}
                  </For>
                </ul>
              </Show>
              <EdgeLine health={known()} />
            </>
          )}
        </Show>
      </Section>
      <Section title={t('maintenance.label')}>
        <Show when={maintenance()} fallback={<Unknown isPending={isFirstLook(query)} />}>
          {(known) => <Maintenance reading={known()} nowMs={nowMs()} />}
        </Show>
      </Section>
      <Section title={t('status.limits')}>
        <LimitsCard limits={health()?.limits} />
      </Section>
      <Section title={t('status.vitals')}>
        <VitalsCard />
      </Section>
    </main>
  );
}

/** Two sites may call a bridge the same. */
function bridgeKey({ site, bridge_id }: Pick<BridgeHealth, 'site' | 'bridge_id'>): string {
  return `${site}/${bridge_id}`;
}

/** What is told of maintenance. That nothing runs is said only where nothing leaves it in doubt. */
function Maintenance(props: { readonly reading: KnownMaintenance; readonly nowMs: number }) {
  const isUnnamed = () => props.reading.isRunning && !props.reading.tasks.some(({ status }) => status === 'running');
  return (
    <>
      <Show when={props.reading.error !== undefined}>
        <Notice tone="warn">
          <p>{t('maintenance.unknown')}</p>
          <ServerDetail detail={props.reading.error} />
        </Notice>
      </Show>
      <Show when={isUnnamed()}>
        <p class="panel px-4 py-2.5">{t('maintenance.runningUnnamed')}</p>
      </Show>
      <Show when={props.reading.tasks.length > 0}>
        <ul class="panel divide-y divide-line">
          <For each={props.reading.tasks}>{(task) => <TaskLine task={task} nowMs={props.nowMs} />}</For>
        </ul>
      </Show>
      <Show when={saysNothing(props.reading)}>
        <div class="panel">
          <EmptyState icon={Wrench} text={t('status.noTasks')} />
        </div>
      </Show>
    </>
  );
}

function Section(props: { readonly title: string; readonly children: JSX.Element }) {
  return (
    <section aria-label={props.title} class="grid gap-2">
      <h2 class="font-semibold">{props.title}</h2>
      {props.children}
    </section>
  );
}

function Unknown(props: { readonly isPending: boolean }) {
  return (
    <Show when={props.isPending} fallback={<p class="text-ink-2">{t('status.unknown')}</p>}>
      <div role="img" aria-label={t('health.checking')} class="skeleton h-28" />
    </Show>
  );
}

function EdgeLine(props: { readonly health: Health }) {
  return (
    <p class="text-xs text-ink-2">
      {t('health.queue', props.health.queue)} · {t('status.sites', { sites: listText(props.health.sites) })} ·{' '}
      {t('status.protocol', { version: props.health.protocol })}
    </p>
  );
}
