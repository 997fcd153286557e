import * as Popover from '@kobalte/core/popover';
import ArrowLeft from 'lucide-solid/icons/arrow-left';
import ArrowRight from 'lucide-solid/icons/arrow-right';
import Columns3 from 'lucide-solid/icons/columns-3';
import Pin from 'lucide-solid/icons/pin';
import { For, Show } from 'solid-js';
import type { Component } from 'solid-js';
import type { LucideProps } from 'lucide-solid';
import { Dynamic } from 'solid-js/web';
import { CheckboxField } from '../../components/CheckboxField.tsx';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { labelOf } from './column-label.ts';
import type { ColumnTable } from './column-table.ts';

/** Every column of the domain: whether it is shown, pinned, and where it stands. */
export function ColumnsMenu(props: { readonly table: ColumnTable }) {
  const hidden = () => props.table.all().length - props.table.shown().length;
  return (
    <Popover.Root gutter={4} placement="bottom-end">
      <Popover.Trigger class="button h-6 shrink-0 gap-1.5 px-2 text-xs">
        <Columns3 size={13} aria-hidden="true" />
        {hidden() === 0 ? t('grid.columns') : t('grid.columnsHidden', { count: formatCount(hidden(), language()) })}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content class="panel z-40 flex max-h-96 w-80 flex-col shadow-lg outline-none">
          <div class="flex shrink-0 items-center justify-between border-b border-line px-3 py-1.5">
            <Popover.Title class="panel-title">{t('grid.columns')}</Popover.Title>
            <button
              type="button"
              class="button h-6 px-2 text-xs"
              aria-disabled={!props.table.isChanged()}
              onClick={() => props.table.isChanged() && props.table.reset()}
            >
              {t('grid.reset')}
            </button>
          </div>
          <ul class="scroll-cue min-h-0 overflow-y-auto p-1.5">
            <For each={props.table.all()}>
              {(name, index) => (
                <li class="flex items-center rounded-sm pl-1.5 hover:bg-hover">
                  <CheckboxField
                    label={labelOf(name)}
                    class="min-w-0 flex-1 wrap-anywhere"
                    checked={props.table.isShown(name)}
                    onChange={() => props.table.toggleShown(name)}
                  />
                  <MenuButton
                    icon={ArrowLeft}
                    label={t('grid.moveColumnLeft', { column: labelOf(name) })}
                    isDisabled={index() === 0}
                    onClick={() => props.table.move(name, props.table.all()[index() - 1])}
                  />
                  <MenuButton
                    icon={ArrowRight}
                    label={t('grid.moveColumnRight', { column: labelOf(name) })}
                    isDisabled={index() === props.table.all().length - 1}
                    onClick={() => props.table.move(name, props.table.all()[index() + 2])}
                  />
                  <MenuButton
                    icon={Pin}
                    label={t('grid.pinColumn', { column: labelOf(name) })}
                    isPressed={props.table.isPinned(name)}
                    onClick={() => props.table.togglePinned(name)}
                  />
                </li>
              )}
            </For>
          </ul>
          <Show when={props.table.shown().length === 1}>
            <p class="shrink-0 border-t border-line px-3 py-1.5 text-2xs text-ink-3">{t('grid.lastColumn')}</p>
          </Show>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface MenuButtonProps {
  readonly icon: Component<LucideProps>;
  readonly label: string;
  readonly isPressed?: boolean;
  readonly isDisabled?: boolean;
  readonly onClick: () => void;
}

/** Keeps the focus: its row moves with the column, and what cannot be pressed can still be reached. */
function MenuButton(props: MenuButtonProps) {
  const press = (button: HTMLButtonElement): void => {
    if (props.isDisabled === true) return;
    props.onClick();
    button.focus();
  };
  return (
    <button
      type="button"
      class="button button-icon size-6 aria-pressed:bg-accent-soft aria-pressed:text-accent"
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.isPressed}
      aria-disabled={props.isDisabled}
      onClick={(event) => press(event.currentTarget)}
    >
      <Dynamic component={props.icon} size={13} aria-hidden="true" />
    </button>
  );
}
