import { Show } from 'solid-js';
import { ProgressBar } from '../components/ProgressBar.tsx';
import { formatAgo } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';
import type { MaintenanceTask } from './maintenance-reading.ts';
import { percentOfRows } from './maintenance-reading.ts';
import { rowsText } from './rows-text.ts';

const TASK_LOOKS = {
  running: 'bg-accent-soft text-accent',
  done: 'bg-ok-soft text-ok',
  failed: 'bg-bad-soft text-bad',
};

/** One task of warm-up or maintenance, as the edge told it. */
export function TaskLine(props: { readonly task: MaintenanceTask; readonly nowMs: number }) {
  const percent = () => percentOfRows(props.task);
  const endedAgo = () => {
    const endedAtMs = Date.parse(props.task.endedAt ?? '');
    // A clock that is behind the edge's must not see an end that is still to come.
    return Number.isNaN(endedAtMs) ? undefined : formatAgo(Math.min(0, endedAtMs - props.nowMs) / 1000, language());
  };
  return (
    <li class="grid gap-1 px-4 py-2.5">
      <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span class={`rounded-full px-2 text-xs leading-5 font-medium ${TASK_LOOKS[props.task.status]}`}>
          {t(`status.task.${props.task.status}`)}
        </span>
        <span class="font-mono wrap-anywhere">{props.task.name}</span>
        <span class="figure ml-auto text-ink-2">{rowsText(props.task)}</span>
        <Show when={endedAgo()}>{(when) => <span class="text-ink-2">{t('status.ended', { when: when() })}</span>}</Show>
      </div>
      <Show when={props.task.status === 'running' && percent() !== undefined}>
        <ProgressBar label={props.task.name} percent={percent()} fill="bg-accent" class="h-1 bg-hover" />
      </Show>
      <Show when={props.task.error}>{(error) => <p class="text-xs text-bad wrap-anywhere">{error()}</p>}</Show>
    </li>
  );
}
