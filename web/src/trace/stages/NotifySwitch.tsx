import Bell from 'lucide-solid/icons/bell';
import BellOff from 'lucide-solid/icons/bell-off';
import { createEffect, createSignal, on, Show } from 'solid-js';
import { t } from '../../i18n/language.ts';
import type { TraceSession } from '../trace-session.ts';
import { canNotify, isNotifying, notifyOfEnd, setNotifying } from './notification.ts';

/** Whether the end of a long trace is told while the page is not looked at. Permission is asked for by the click alone. */
export function NotifySwitch(props: { readonly session: TraceSession }) {
  const [isDenied, setDenied] = createSignal(canNotify && Notification.permission === 'denied');

  const toggle = async (): Promise<void> => {
    const permission = isNotifying() ? undefined : await Notification.requestPermission();
    setDenied(permission === 'denied');
    setNotifying(permission === 'granted');
  };

  createEffect(
    on(
      () => props.session.ended(),
      (ended) => {
        if (ended === undefined) return;
        const stream = props.session.snapshot()?.stream;
        notifyOfEnd({ end: ended.end, jobId: stream?.jobId, records: stream?.records ?? 0 });
      },
      { defer: true },
    ),
  );

  return (
    <Show when={canNotify}>
      <button
        type="button"
        class="button button-icon aria-pressed:text-accent"
        aria-pressed={isNotifying()}
        aria-label={t('notify.label')}
        title={t(isDenied() ? 'notify.denied' : isNotifying() ? 'notify.on' : 'notify.off')}
        disabled={isDenied()}
        onClick={() => void toggle()}
      >
        <Show when={isNotifying()} fallback={<BellOff size={15} aria-hidden="true" />}>
          <Bell size={15} aria-hidden="true" />
        </Show>
      </button>
    </Show>
  );
}
