import Search from 'lucide-solid/icons/search';
import { createEffect, createSignal, on, Show } from 'solid-js';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';

interface LineageSearchProps {
  readonly text: string;
  /** Places of the nodes that match. */
  readonly matches: readonly number[];
  readonly onInput: (text: string) => void;
  readonly onGoTo: (place: number) => void;
}

/** Finds nodes by name or id; Enter goes from one to the next. */
export function LineageSearch(props: LineageSearchProps) {
  const [at, setAt] = createSignal(0);
  createEffect(
    on(
      () => props.matches,
      () => setAt(0),
    ),
  );
  const next = (step: number): void => {
    const count = props.matches.length;
    if (count === 0) return;
    setAt((at() + step + count) % count);
    const place = props.matches[at()];
    if (place !== undefined) props.onGoTo(place);
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
      <Show when={props.text.trim() !== ''}>
        <span class="figure pointer-events-none absolute right-2 text-2xs text-ink-3">
          {props.matches.length === 0
            ? t('lineage.noMatch')
            : t('lineage.matches', {
                at: formatCount(at() + 1, language()),
                count: formatCount(props.matches.length, language()),
              })}
        </span>
      </Show>
    </div>
  );
}
