import { createMemo } from 'solid-js';
import { formatDuration } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';
import { createTick } from './tick.ts';

const TICK_MS = 500;

interface RetryButtonProps {
  /** When the refusal was heard, in milliseconds since the epoch … */
  readonly heardAtMs: number;
  /** … and how long it asked to wait. */
  readonly waitSeconds: number | undefined;
  readonly onRetry: () => void;
}

/** Asks again, as soon as whoever refused allows it. */
export function RetryButton(props: RetryButtonProps) {
  const nowMs = createTick(TICK_MS);
  const leftSeconds = createMemo(() =>
    Math.max(0, Math.ceil((props.heardAtMs + (props.waitSeconds ?? 0) * 1000 - nowMs()) / 1000)),
  );
  return (
    <button type="button" class="button -my-1" disabled={leftSeconds() > 0} onClick={() => props.onRetry()}>
      {leftSeconds() > 0 ? t('action.wait', { wait: formatDuration(leftSeconds(), language()) }) : t('action.retry')}
    </button>
  );
}
