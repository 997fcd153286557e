import CircleAlert from 'lucide-solid/icons/circle-alert';
import TriangleAlert from 'lucide-solid/icons/triangle-alert';
import Wrench from 'lucide-solid/icons/wrench';
import X from 'lucide-solid/icons/x';
import { createEffect, createMemo, createSignal, For, Match, on, Show, Switch } from 'solid-js';
import { returnLostFocus } from '../components/focus-return.ts';
import { ProgressBar } from '../components/ProgressBar.tsx';
import { createTick } from '../components/tick.ts';
import { count } from '../i18n/count.ts';
import { formatDuration, formatPercent } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';
import type { BannerLine } from './banner.ts';
import { bannerLines, dismissFailure, keyedLines, learnMaintenance, NOTHING_KNOWN } from './banner.ts';
import { sessionTexts } from '../storage/page-storage.ts';
import { readDismissed, writeDismissed } from './dismissed-failures.ts';
import { useHealth } from './health-query.ts';
import { percentOfRows } from './maintenance-reading.ts';
import { rowsText } from './rows-text.ts';

const TICK_MS = 1000;

/** On every page while warm-up or maintenance runs, one line a task, and for a while when one has failed. */
export function MaintenanceBanner() {
  const health = useHealth();
  const nowMs = createTick(TICK_MS);
  const [state, setState] = createSignal({ ...NOTHING_KNOWN, dismissed: readDismissed(sessionTexts) });
  createEffect(
    on(
      () => state().dismissed,
      (keys) => writeDismissed(keys, sessionTexts),
      { defer: true },
    ),
  );
  createEffect(
    on([() => health.dataUpdatedAt, () => health.errorUpdatedAt], ([readAtMs, failedAtMs]) => {
      if (readAtMs === 0 && failedAtMs === 0) return;
      const reading = health.isError ? undefined : health.data?.maintenance;
      setState((known) => learnMaintenance(known, reading ?? { type: 'unreadable' }, Math.max(readAtMs, failedAtMs)));
    }),
  );
  const lines = createMemo(() => bannerLines(state(), nowMs()));
  /** By what it is of, so that each stays the same element, with its button, while its figures change. */
  const shown = createMemo(() => keyedLines(lines()));
  const spoken = createMemo(() => lines().map(headline).join(' '));
  return (
    <>
      <p role="status" class="sr-only">
        {spoken()}
      </p>
      <Show when={lines().length > 0}>
        <section aria-label={t('maintenance.label')} class="shrink-0 border-b border-warn/40 bg-warn-soft">
          <ul>
            <For each={Array.from(shown().keys())}>
              {(key) => (
                <Show when={shown().get(key)}>
                  {(line) => (
                    <li class="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5">
                      <LineIcon type={line().type} />
                      <span class="font-medium wrap-anywhere">{headline(line())}</span>
                      <LineFigures line={line()} />
                      <Show when={failureOf(line())}>
                        {(failure) => (
                          <button
                            type="button"
                            class="button button-icon -my-1 ml-auto"
                            aria-label={t('maintenance.dismiss', { name: failure().name })}
                            title={t('action.dismiss')}
                            onClick={() => {
                              setState((known) => dismissFailure(known, failure().key));
                              returnLostFocus();
                            }}
                          >
                            <X size={14} aria-hidden="true" />
                          </button>
                        )}
                      </Show>
                    </li>
                  )}
                </Show>
              )}
            </For>
          </ul>
        </section>
      </Show>
    </>
  );
}

/** What a line says without its figures, which change all the time. */
function headline(line: BannerLine): string {
  if (line.type === 'unknown') return t('maintenance.unknown');
  if (line.type === 'failed') return t('maintenance.failed', { name: line.name });
  return line.name === undefined ? t('maintenance.runningUnnamed') : t('maintenance.running', { name: line.name });
}

function failureOf(line: BannerLine): Extract<BannerLine, { type: 'failed' }> | undefined {
  return line.type === 'failed' ? line : undefined;
}

function LineIcon(props: { readonly type: BannerLine['type'] }) {
  return (
    <span class={props.type === 'failed' ? 'text-bad' : 'text-warn'}>
      <Switch fallback={<Wrench size={15} aria-hidden="true" />}>
        <Match when={props.type === 'failed'}>
          <CircleAlert size={15} aria-hidden="true" />
        </Match>
        <Match when={props.type === 'unknown'}>
          <TriangleAlert size={15} aria-hidden="true" />
        </Match>
      </Switch>
    </span>
  );
}

function LineFigures(props: { readonly line: BannerLine }) {
  const running = () => (props.line.type === 'running' ? props.line : undefined);
  /** Of others: shown as text. */
  const detail = () =>
    props.line.type === 'failed' ? props.line.error : props.line.type === 'unknown' ? props.line.detail : undefined;
  return (
    <>
      <Show when={running()}>{(line) => <RunningFigures line={line()} />}</Show>
      <Show when={detail()}>{(text) => <span class="min-w-0 text-ink-2 wrap-anywhere">{text()}</span>}</Show>
    </>
  );
}

function RunningFigures(props: { readonly line: Extract<BannerLine, { type: 'running' }> }) {
  const percent = () => percentOfRows(props.line);
  return (
    <span class="figure flex flex-wrap items-center gap-x-3 text-ink-2">
      <Show when={percent() !== undefined}>
        <ProgressBar label={headline(props.line)} percent={percent()} fill="bg-warn" class="h-1.5 w-28 bg-surface" />
        <span>{formatPercent(percent() ?? 0, language())}</span>
      </Show>
      <Show when={rowsText(props.line)}>{(rows) => <span>{rows()}</span>}</Show>
      <Show when={props.line.rowsPerSecond !== undefined}>
        <span>{t('maintenance.rate', { rate: count(props.line.rowsPerSecond ?? 0) })}</span>
      </Show>
      <Show when={props.line.etaSeconds !== undefined}>
        <span>{t('maintenance.eta', { eta: formatDuration(props.line.etaSeconds ?? 0, language()) })}</span>
      </Show>
    </span>
  );
}
