import CircleAlert from 'lucide-solid/icons/circle-alert';
import Info from 'lucide-solid/icons/info';
import TriangleAlert from 'lucide-solid/icons/triangle-alert';
import X from 'lucide-solid/icons/x';
import { Show } from 'solid-js';
import type { JSX } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { t } from '../i18n/language.ts';
import { returnLostFocus } from './focus-return.ts';

export type NoticeTone = 'info' | 'warn' | 'bad';

interface NoticeProps {
  readonly tone: NoticeTone;
  readonly children: JSX.Element;
  readonly actions?: JSX.Element;
  readonly onDismiss?: () => void;
}

const ICONS = { info: Info, warn: TriangleAlert, bad: CircleAlert } as const;
const LOOKS = {
  info: 'border-line bg-raised text-ink',
  warn: 'border-warn/40 bg-warn-soft text-ink',
  bad: 'border-bad/40 bg-bad-soft text-ink',
} as const;
const ICON_LOOKS = { info: 'text-accent', warn: 'text-warn', bad: 'text-bad' } as const;

/** One thing the person should know, with what to do about it. */
export function Notice(props: NoticeProps) {
  return (
    <div
      role={props.tone === 'bad' ? 'alert' : undefined}
      class={`fade-in flex items-start gap-2 rounded border px-3 py-2 ${LOOKS[props.tone]}`}
    >
      <span class={`mt-0.5 shrink-0 ${ICON_LOOKS[props.tone]}`}>
        <Dynamic component={ICONS[props.tone]} size={16} aria-hidden="true" />
      </span>
      <div class="min-w-0 flex-1 wrap-break-word">{props.children}</div>
      {props.actions}
      <Show when={props.onDismiss}>
        {(dismiss) => (
          <button
            type="button"
            class="button button-icon -my-1"
            aria-label={t('action.dismiss')}
            onClick={() => {
              dismiss()();
              returnLostFocus();
            }}
          >
            <X size={14} aria-hidden="true" />
          </button>
        )}
      </Show>
    </div>
  );
}
