import Bell from 'lucide-solid/icons/bell';
import BellOff from 'lucide-solid/icons/bell-off';
import { createEffect, createSignal, on, Show } from 'solid-js';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import type { TraceSession } from '../trace-session.ts';
import type { TraceEnd } from './notify-rule.ts';

const STORAGE_KEY = 'lotstream.notify';

/** Older Safari, and pages that were not loaded securely, have none. */
const canNotify = 'Notification' in window;

/** Whether the end of a long trace is told while the page is not looked at. Permission is asked for by the click alone. */
export function NotifySwitch(props: { readonly session: TraceSession }) {
  const [isOn, setOn] = createSignal(
    canNotify && Notification.permission === 'granted' && localStorage.getItem(STORAGE_KEY) === 'on',
  );
  const [isDenied, setDenied] = createSignal(canNotify && Notification.permission === 'denied');

  const toggle = async (): Promise<void> => {
    const permission = isOn() ? undefined : await Notification.requestPermission();
    setDenied(permission === 'denied');
    setOn(permission === 'granted');
    localStorage.setItem(STORAGE_KEY, isOn() ? 'on' : 'off');
  };

  const notify = (end: TraceEnd): void => {
    const records = formatCount(props.session.snapshot()?.stream?.records ?? 0, language());
    try {
      const told = new Notification(t(`notify.${end}`), {
        body: t('notify.body', { records }),
        tag: 'lotstream.trace',
      });
      told.addEventListener('click', () => {
        window.focus();
        told.close();
      });
    } catch {
      // Browsers of phones let only service workers notify: the page itself still shows the end.
    }
  };

  createEffect(
    on(
      () => props.session.ended(),
      (ended) => {
        if (ended !== undefined && isOn() && document.hidden) notify(ended.end);
      },
      { defer: true },
    ),
  );

  return (
    <Show when={canNotify}>
      <button
        type="button"
        class="button button-icon aria-pressed:text-accent"
        aria-pressed={isOn()}
        aria-label={t('notify.label')}
        title={t(isDenied() ? 'notify.denied' : isOn() ? 'notify.on' : 'notify.off')}
        disabled={isDenied()}
        onClick={() => void toggle()}
      >
        <Show when={isOn()} fallback={<BellOff size={15} aria-hidden="true" />}>
          <Bell size={15} aria-hidden="true" />
        </Show>
      </button>
    </Show>
  );
}
