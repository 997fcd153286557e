import { Show } from 'solid-js';
import { t } from '../i18n/language.ts';

interface ServerDetailProps {
  readonly detail: string | undefined;
  readonly requestId?: string | undefined;
}

/** What the server itself said, for whoever is asked for help. It speaks English, whatever the language of the page. */
export function ServerDetail(props: ServerDetailProps) {
  return (
    <Show when={props.detail ?? props.requestId}>
      <p class="text-xs text-ink-2">
        <Show when={props.detail}>
          {(detail) => (
            <>
              {t('action.detail')} <span lang="en">{detail()}</span>{' '}
            </>
          )}
        </Show>
        <Show when={props.requestId}>
          {(id) => <span class="inline-block font-mono">{t('action.details', { id: id() })}</span>}
        </Show>
      </p>
    </Show>
  );
}
