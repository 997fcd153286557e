import { useQuery } from '@tanstack/solid-query';
import Check from 'lucide-solid/icons/check';
import { createEffect, createMemo, createSignal, createUniqueId, Index, Match, on, Show, Switch } from 'solid-js';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import type { Machine } from '../run/machines.ts';
import { chosenMachines, searchMachines, toggleMachine } from './machine-choice.ts';

/** Options that a page key goes over. */
const PAGE_OPTIONS = 8;

interface MachinePickerProps {
  /** The machines that are named, and patterns: what is chosen here goes there. */
  readonly text: string;
  readonly onInput: (text: string) => void;
  /** @throws ClientProblemError */
  readonly readMachines: (signal: AbortSignal) => Promise<readonly Machine[]>;
}

/**
 * A combobox over all machines; it is read when somebody first comes to it. Not the one of Kobalte, which forgets chosen
 * options that the search does not list.
 */
export function MachinePicker(props: MachinePickerProps) {
  const id = createUniqueId();
  let field: HTMLInputElement | undefined;
  const [isWanted, setWanted] = createSignal(false);
  const [isOpen, setOpen] = createSignal(false);
  const [search, setSearch] = createSignal('');
  /** Place of the option that Enter takes; -1: none. */
  const [active, setActive] = createSignal(-1);
  const known = useQuery(() => ({
    queryKey: ['machines'],
    queryFn: ({ signal }) => props.readMachines(signal),
    enabled: isWanted(),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    retry: false,
  }));
  const machines = () => (known.isSuccess ? known.data : undefined);
  const listed = createMemo(() => searchMachines(machines() ?? [], search()));
  const isChosen = createMemo(() => chosenMachines(props.text));
  const optionId = (place: number) => `${id}-option-${place}`;

  const open = (): void => {
    setWanted(true);
    setOpen(true);
  };
  const close = (): void => {
    setOpen(false);
    setActive(-1);
  };
  const toggle = (place: number): void => {
    const machine = listed().shown[place];
    if (machine === undefined) return;
    setActive(place);
    props.onInput(toggleMachine(props.text, machine));
  };
  const retry = (): void => {
    // The button goes, and the focus would go with it.
    field?.focus();
    void known.refetch();
  };
  const move = (by: number): void => {
    const last = listed().shown.length - 1;
    if (isOpen()) setActive(Math.max(Math.min(0, last), Math.min(last, active() + by)));
    open();
  };
  createEffect(
    on(active, (place) => document.getElementById(optionId(place))?.scrollIntoView({ block: 'nearest' }), {
      defer: true,
    }),
  );

  /** @returns whether the key was for the list. */
  const press = (event: KeyboardEvent): boolean => {
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'PageDown') move(PAGE_OPTIONS);
    else if (event.key === 'PageUp') move(-PAGE_OPTIONS);
    else if (event.key === 'Escape' && isOpen()) close();
    else if (event.key === 'Enter' && isOpen() && !event.ctrlKey && !event.metaKey) toggle(active());
    else return false;
    return true;
  };

  return (
    <div
      onFocusOut={({ currentTarget, relatedTarget }) => {
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) close();
      }}
    >
      <label for={id} class="mb-1 block text-xs font-medium text-ink-2">
        {t('query.machineList.label')}
      </label>
      <input
        ref={(element) => (field = element)}
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        class="field h-8 px-2 text-[0.8125rem]"
        placeholder={t('query.machineList.placeholder')}
        value={search()}
        aria-autocomplete="list"
        aria-expanded={isOpen()}
        aria-controls={`${id}-list`}
        aria-activedescendant={isOpen() && active() >= 0 ? optionId(active()) : undefined}
        onFocus={() => setWanted(true)}
        onClick={open}
        onInput={(event) => {
          setSearch(event.currentTarget.value);
          setActive(listed().shown.length > 0 ? 0 : -1);
          open();
        }}
        onKeyDown={(event) => {
          // An Enter that ends a composition chooses characters, no machine.
          if (!event.isComposing && press(event)) event.preventDefault();
        }}
      />
      <div class="panel mt-1 p-1" hidden={!isOpen()}>
        <Show when={known.isError && !known.isFetching}>
          <p role="alert" class="px-1.5 py-1 text-xs text-bad">
            {t('query.machineList.failed')}
          </p>
          <button type="button" class="button mx-1.5 mb-1" onClick={retry}>
            {t('progress.retryNow')}
          </button>
        </Show>
        <ul
          id={`${id}-list`}
          role="listbox"
          aria-label={t('query.machineList.options')}
          aria-multiselectable="true"
          aria-busy={known.isFetching}
          class="max-h-56 overflow-y-auto"
          // The focus stays in the field.
          onMouseDown={(event) => event.preventDefault()}
        >
          <Index each={listed().shown}>
            {(machine, place) => (
              <li
                id={optionId(place)}
                role="option"
                aria-selected={isChosen()(machine())}
                class="flex cursor-pointer items-center gap-2 rounded-sm px-1.5 py-1 hover:bg-hover"
                classList={{ 'bg-hover outline-2 -outline-offset-2 outline-accent': active() === place }}
                onClick={() => toggle(place)}
              >
                <span class="flex size-3.5 shrink-0 items-center">
                  <Show when={isChosen()(machine())}>
                    <Check size={14} class="text-accent" aria-hidden="true" />
                  </Show>
                </span>
                <span class="min-w-0">
                  <span class="block truncate font-mono text-xs leading-4">{machine().name}</span>
                  <span class="block truncate text-2xs leading-4 text-ink-2">
                    {[machine().model, machine().workCenter].filter((text) => text !== '').join(' · ')}
                  </span>
                </span>
              </li>
            )}
          </Index>
        </ul>
        <p role="status" class="px-1.5 py-1 text-xs text-ink-2 empty:hidden">
          <Switch>
            <Match when={known.isFetching}>{t('query.machineList.loading')}</Match>
            <Match when={machines()?.length === 0}>{t('query.machineList.empty')}</Match>
            <Match when={machines() !== undefined && listed().shown.length === 0}>{t('query.machineList.none')}</Match>
            <Match when={listed().more > 0}>
              {t('query.machineList.more', { count: formatCount(listed().more, language()) })}
            </Match>
            <Match when={listed().shown.length > 0}>
              {t('query.machineList.found', { count: formatCount(listed().shown.length, language()) })}
            </Match>
          </Switch>
        </p>
      </div>
    </div>
  );
}
