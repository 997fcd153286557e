import Search from 'lucide-solid/icons/search';
import { createEffect, createMemo, createSignal, on, Show } from 'solid-js';
import { figure } from '../../i18n/figure.ts';
import { t } from '../../i18n/language.ts';

interface LineageSearchProps {
  readonly text: string;
  /** Container ids of the nodes that match. */
  readonly matches: readonly string[];
  readonly onInput: (text: string) => void;
  readonly onGoTo: (containerId: string) => void;
}

/** Finds nodes by name or id: what is typed goes to the first, Enter from one to the next. */
export function LineageSearch(props: LineageSearchProps) {
  const [shownId, setShownId] = createSignal<string>();
  const at = createMemo(() => Math.max(0, props.matches.indexOf(shownId() ?? '')));
  const goTo = (containerId: string | undefined): void => {
    setShownId(containerId);
    if (containerId !== undefined) props.onGoTo(containerId);
  };
  // Matches that come with a larger lineage take nobody away from the one that is looked at.
  createEffect(
    on(
      () => props.text,
      () => goTo(props.matches[0]),
      { defer: true },
    ),
  );
  const next = (step: number): void => {
    const count = props.matches.length;
    if (count > 0) goTo(props.matches[(at() + step + count) % count]);
  };
  return (
    <div class="relative mr-1 flex items-center">
      <Search size={13} class="pointer-events-none absolute left-2 text-ink-3" aria-hidden="true" />
      <input
        type="search"
        class="field h-7 w-52 pr-20 placeholder-shown:pr-2 max-sm:w-44 pl-7 text-xs"
        placeholder={t('lineage.search')}
        aria-label={t('lineage.search')}
        value={props.text}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') next(event.shiftKey ? -1 : 1);
          else if (event.key === 'Escape') props.onInput('');
        }}
      />
      <span role="status" class="figure pointer-events-none absolute right-2 text-2xs text-ink-3">
        <Show when={props.text.trim() !== ''}>
          {props.matches.length === 0
            ? t('lineage.noMatch')
            : t('lineage.matches', { at: figure(at() + 1), count: figure(props.matches.length) })}
        </Show>
      </span>
    </div>
  );
}
