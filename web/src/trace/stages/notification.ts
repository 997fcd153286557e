import { createRoot, createSignal } from 'solid-js';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { localTexts } from '../../storage/page-storage.ts';
import type { TraceEnd } from './notify-rule.ts';

const STORAGE_KEY = 'lotstream.notify';

/** Older Safari, and pages that were not loaded securely, have none. */
export const canNotify = 'Notification' in window;

const [isNotifying, setSignal] = createRoot(() =>
  createSignal(canNotify && Notification.permission === 'granted' && localTexts.getItem(STORAGE_KEY) === 'on'),
);

/** Whether the end of a long trace is told while this page is not looked at. */
export { isNotifying };

export function setNotifying(isOn: boolean): void {
  localTexts.setItem(STORAGE_KEY, isOn ? 'on' : 'off');
  setSignal(isOn);
}

interface EndedTrace {
  readonly end: TraceEnd;
  readonly jobId: string | undefined;
  readonly records: number;
}

/** Tells the end of a long trace, if that is wanted and nobody looks here. Several pages that tell the same one tell it once. */
export function notifyOfEnd({ end, jobId, records }: EndedTrace): void {
  const isLookedAt = !document.hidden && document.hasFocus();
  if (!isNotifying() || isLookedAt) return;
  try {
    const told = new Notification(t(`notify.${end}`), {
      body: t('notify.body', { records: formatCount(records, language()) }),
      tag: `lotstream.trace.${jobId ?? ''}`,
    });
    told.addEventListener('click', () => {
      window.focus();
      told.close();
    });
  } catch {
    // Browsers of phones let only service workers notify: the page itself still shows the end.
  }
}
