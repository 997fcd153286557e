import * as Popover from '@kobalte/core/popover';
import { createSignal, createUniqueId, Show } from 'solid-js';
import type { JSX } from 'solid-js';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { MAX_FILTER_CHARS, withFilter } from '../arrange/arrange-spec.ts';
import type { ArrangeSpec } from '../arrange/arrange-spec.ts';
import { readCondition } from '../arrange/condition.ts';
import { labelOf } from './column-label.ts';
import type { ColumnTable } from './column-table.ts';

interface ColumnPopoverProps {
  readonly column: string;
  readonly anchor: () => HTMLElement | undefined;
  readonly spec: ArrangeSpec;
  readonly table: ColumnTable;
  readonly onSpec: (spec: ArrangeSpec) => void;
  readonly onClose: () => void;
  /** The focus has to go somewhere. */
  readonly onLeave: () => void;
}

/** What can be done with one column: sort, filter, pin, move, hide. */
export function ColumnPopover(props: ColumnPopoverProps) {
  const hintId = createUniqueId();
  const [typed, setTyped] = createSignal(props.spec.filters.find(({ column }) => column === props.column)?.text ?? '');
  const isTooLong = () => typed().trim().length > MAX_FILTER_CHARS;
  const isWrong = () => isTooLong() || readCondition(typed()) === undefined;
  const help = () => {
    if (isTooLong()) return t('grid.filterTooLong', { most: formatCount(MAX_FILTER_CHARS, language()) });
    return t(isWrong() ? 'grid.filterWrong' : 'grid.filterHelp');
  };
  const label = () => labelOf(props.column);
  const sort = (isDescending: boolean): void =>
    props.onSpec({ ...props.spec, sort: { column: props.column, isDescending } });
  const isSorted = (isDescending: boolean) =>
    props.spec.sort?.column === props.column && props.spec.sort.isDescending === isDescending;
  const apply = (): void => {
    if (!isWrong()) props.onSpec(withFilter(props.spec, props.column, typed()));
  };
  const then = (work: () => void) => (): void => {
    work();
    props.onClose();
  };
  return (
    <Popover.Root
      open
      gutter={4}
      placement="bottom-start"
      anchorRef={props.anchor}
      onOpenChange={(isOpen) => !isOpen && props.onClose()}
    >
      <Popover.Portal>
        <Popover.Content
          class="panel z-40 w-72 p-3 shadow-lg outline-none"
          onCloseAutoFocus={(event) => {
            // Something outside has taken the focus: it stays there.
            if (!event.defaultPrevented) props.onLeave();
            event.preventDefault();
          }}
        >
          <Popover.Title class="panel-title truncate">{label()}</Popover.Title>
          <form
            class="mt-2"
            onSubmit={(event) => {
              event.preventDefault();
              if (!isWrong()) then(apply)();
            }}
          >
            <label class="mb-1 block text-xs font-medium text-ink-2" for={`${hintId}-field`}>
              {t('grid.filter')}
            </label>
            <div class="flex gap-1.5">
              <input
                id={`${hintId}-field`}
                class="field h-7.5 min-w-0 px-2"
                value={typed()}
                aria-describedby={hintId}
                aria-invalid={isWrong()}
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
              <button type="submit" class="button" disabled={isWrong()}>
                {t('grid.apply')}
              </button>
            </div>
            <p id={hintId} class="mt-1 text-2xs" classList={{ 'text-bad': isWrong(), 'text-ink-3': !isWrong() }}>
              {help()}
            </p>
          </form>
          <div class="mt-2 grid grid-cols-2 gap-1.5 border-t border-line pt-2">
            <Choice isPressed={isSorted(false)} onClick={then(() => sort(false))}>
              {t('grid.ascending')}
            </Choice>
            <Choice isPressed={isSorted(true)} onClick={then(() => sort(true))}>
              {t('grid.descending')}
            </Choice>
            <Choice onClick={() => props.table.shift(props.column, -1)}>{t('grid.moveLeft')}</Choice>
            <Choice onClick={() => props.table.shift(props.column, 1)}>{t('grid.moveRight')}</Choice>
            <Choice
              isPressed={props.table.isPinned(props.column)}
              onClick={then(() => props.table.togglePinned(props.column))}
            >
              {t('grid.pin')}
            </Choice>
            <Show when={props.table.shown().length > 1}>
              <Choice onClick={then(() => props.table.toggleShown(props.column))}>{t('grid.hide')}</Choice>
            </Show>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Choice(props: { readonly isPressed?: boolean; readonly onClick: () => void; readonly children: JSX.Element }) {
  return (
    <button
      type="button"
      class="button px-2 text-xs aria-pressed:border-accent aria-pressed:bg-accent-soft"
      aria-pressed={props.isPressed}
      onClick={() => props.onClick()}
    >
      {props.children}
    </button>
  );
}
