import Check from 'lucide-solid/icons/check';
import type { LucideProps } from 'lucide-solid';
import { createSignal, onCleanup, Show } from 'solid-js';
import type { Component } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { t } from '../i18n/language.ts';
import { writeClipboard } from './clipboard.ts';

/** How long the button says what became of the copy. */
const TOLD_MS = 4000;

interface CopyButtonProps {
  readonly icon: Component<LucideProps>;
  readonly label: string;
  /** What is copied, asked for by the click. */
  readonly text: () => string;
  readonly class?: string;
}

/** Copies a text, and says whether the browser let it. */
export function CopyButton(props: CopyButtonProps) {
  const [outcome, setOutcome] = createSignal<'copied' | 'failed'>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const tell = (told: 'copied' | 'failed'): void => {
    setOutcome(told);
    clearTimeout(timer);
    timer = setTimeout(() => setOutcome(undefined), TOLD_MS);
  };
  const copy = async (): Promise<void> => {
    try {
      await writeClipboard(Promise.resolve(props.text()));
      tell('copied');
    } catch {
      tell('failed');
    }
  };
  const label = () => (outcome() === 'copied' ? t('found.copied') : props.label);
  return (
    <>
      <button
        type="button"
        class={`button button-icon ${props.class ?? ''}`}
        aria-label={label()}
        title={label()}
        onClick={() => void copy()}
      >
        <Dynamic component={outcome() === 'copied' ? Check : props.icon} size={14} aria-hidden="true" />
      </button>
      <span role="status" class={outcome() === 'failed' ? 'max-w-56 text-xs text-bad' : 'sr-only'}>
        <Show when={outcome()}>{(told) => t(told() === 'failed' ? 'action.copyFailed' : 'found.copied')}</Show>
      </span>
    </>
  );
}
