import Cable from 'lucide-solid/icons/cable';
import Wrench from 'lucide-solid/icons/wrench';
import { For, Match, Show, Switch } from 'solid-js';
import type { JSX } from 'solid-js';
import type { BridgeHealth, Health } from '#protocol/health.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { Notice } from '../components/Notice.tsx';
import { createTick } from '../components/tick.ts';
import { useHealth } from '../health/health-query.ts';
import type { MaintenanceTask } from '../health/maintenance-reading.ts';
import { formatAgo, formatBytes, formatCount, formatPercent } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';

const TICK_MS = 1000;
/** A bridge says something at least every 30 s; one that has not for longer may be gone. */
const QUIET_SECONDS = 45;

/** How the factory is connected, and what is being maintained. */
export function StatusPage() {
  const query = useHealth();
  const nowMs = createTick(TICK_MS);
  const answer = () => (query.isPending || query.isError ? undefined : query.data);
  const health = () => answer()?.health;
  const isUnreachable = () => !query.isPending && health() === undefined;
  const reading = () => answer()?.maintenance;
  const tasks = () => {
    const known = reading();
    return known?.type === 'known' ? known.tasks : undefined;
  };
  return (
    <main
      id="results"
      tabindex="-1"
      class="mx-auto grid w-full max-w-5xl content-start gap-5 overflow-y-auto p-4 outline-none"
    >
      <h1 class="text-[0.9375rem] font-semibold">{t('status.title')}</h1>
      <Show when={isUnreachable()}>
        <Notice tone="bad">{t('health.unreachableHint')}</Notice>
      </Show>
      <Section title={t('status.bridges')}>
        <Show when={health()} fallback={<Unknown isPending={query.isPending} />}>
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
                  <For each={known().bridges.map((bridge) => bridge.bridge_id)}>
                    {(id) => (
                      <Show when={known().bridges.find((bridge) => bridge.bridge_id === id)}>
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
        <Show when={tasks()} fallback={<Unknown isPending={query.isPending} />}>
          {(known) => (
            <Show
              when={known().length > 0}
              fallback={
                <div class="panel">
                  <EmptyState icon={Wrench} text={t('status.noTasks')} />
                </div>
              }
            >
              <ul class="panel divide-y divide-line">
                <For each={known()}>{(task) => <TaskLine task={task} nowMs={nowMs()} />}</For>
              </ul>
            </Show>
          )}
        </Show>
      </Section>
    </main>
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

function BridgeCard(props: { readonly bridge: BridgeHealth; readonly nowMs: number }) {
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

function Fact(props: { readonly label: string; readonly value: string }) {
  return (
    <div class="min-w-0">
      <dt class="text-2xs text-ink-3">{props.label}</dt>
      <dd class="figure wrap-anywhere">{props.value}</dd>
    </div>
  );
}

function EdgeLine(props: { readonly health: Health }) {
  return (
    <p class="text-xs text-ink-2">
      {t('health.queue', props.health.queue)} · {t('status.sites', { sites: props.health.sites.join(', ') })} ·{' '}
      {t('status.protocol', { version: props.health.protocol })}
    </p>
  );
}

const TASK_LOOKS = {
  running: 'bg-accent-soft text-accent',
  done: 'bg-ok-soft text-ok',
  failed: 'bg-bad-soft text-bad',
};

function TaskLine(props: { readonly task: MaintenanceTask; readonly nowMs: number }) {
  const count = (value: number) => formatCount(value, language());
  const percent = () => {
    const { rowsDone, rowsTotal } = props.task;
    return rowsDone === undefined || !rowsTotal ? undefined : Math.min(100, (100 * rowsDone) / rowsTotal);
  };
  const endedAgo = () => {
    const endedAtMs = Date.parse(props.task.endedAt ?? '');
    return Number.isNaN(endedAtMs) ? undefined : formatAgo((endedAtMs - props.nowMs) / 1000, language());
  };
  return (
    <li class="grid gap-1 px-4 py-2.5">
      <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span class={`rounded-full px-2 text-xs leading-5 font-medium ${TASK_LOOKS[props.task.status]}`}>
          {t(`status.task.${props.task.status}`)}
        </span>
        <span class="font-mono wrap-anywhere">{props.task.name}</span>
        <span class="figure ml-auto text-ink-2">
          <Switch>
            <Match when={props.task.rowsDone !== undefined && props.task.rowsTotal !== undefined}>
              {t('maintenance.rowsOf', {
                done: count(props.task.rowsDone ?? 0),
                total: count(props.task.rowsTotal ?? 0),
              })}
            </Match>
            <Match when={props.task.rowsDone !== undefined}>
              {t('maintenance.rows', { done: count(props.task.rowsDone ?? 0) })}
            </Match>
          </Switch>
        </span>
        <Show when={endedAgo()}>{(when) => <span class="text-ink-2">{t('status.ended', { when: when() })}</span>}</Show>
      </div>
      <Show when={props.task.status === 'running' && percent() !== undefined}>
        <div
          role="progressbar"
          aria-label={props.task.name}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.floor(percent() ?? 0)}
          aria-valuetext={formatPercent(percent() ?? 0, language())}
          class="relative h-1 overflow-hidden rounded bg-hover"
        >
          <div
            class="absolute inset-y-0 left-0 w-full origin-left bg-accent"
            style={{ transform: `scaleX(${(percent() ?? 0) / 100})` }}
          />
        </div>
      </Show>
      <Show when={props.task.error}>{(error) => <p class="text-xs text-bad wrap-anywhere">{error()}</p>}</Show>
    </li>
  );
}
