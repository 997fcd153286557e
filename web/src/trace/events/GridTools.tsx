import X from 'lucide-solid/icons/x';
import { For, Match, Show, Switch } from 'solid-js';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { isArranged, NO_ARRANGEMENT, withFilter } from '../arrange/arrange-spec.ts';
import type { ArrangeSpec } from '../arrange/arrange-spec.ts';
import type { ArrangedSnapshot } from '../arrange/arranged-snapshot.ts';
import { labelOf } from './column-label.ts';
import type { ColumnTable } from './column-table.ts';
import { ColumnsMenu } from './ColumnsMenu.tsx';

interface GridToolsProps {
  /** Id of the sentence that says what can be done. */
  readonly hintId: string;
  readonly spec: ArrangeSpec;
  readonly arranged: ArrangedSnapshot | undefined;
  /** Records of the domain by now, rows of them that are shown, and whether more are to come. */
  readonly records: number;
  readonly rows: number;
  readonly isOpen: boolean;
  readonly table: ColumnTable;
  /** What became of the last copy. */
  readonly copied: string;
  readonly onSpec: (spec: ArrangeSpec) => void;
  readonly onStop: (isStopped: boolean) => void;
}

/** How the records are sorted and filtered, how far that is, and the menu of columns. */
export function GridTools(props: GridToolsProps) {
  const hasSettled = () => props.arranged?.state === 'settled' && !props.isOpen;
  return (
    <div class="flex min-h-8 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-2 py-1 text-xs">
      <span id={props.hintId} class={isArranged(props.spec) ? 'sr-only' : 'text-ink-3 max-md:sr-only'}>
        {t('grid.hint')}
      </span>
      <span class="sr-only" role="status">
        {hasSettled() ? t('grid.settled', { count: formatCount(props.rows, language()) }) : ''}
      </span>
      <Show when={isArranged(props.spec)}>
        <Show when={props.spec.sort}>
          {(sort) => (
            <Chip
              text={t(sort().isDescending ? 'grid.sortedDown' : 'grid.sortedUp', { column: labelOf(sort().column) })}
              onClear={() => props.onSpec({ ...props.spec, sort: undefined })}
            />
          )}
        </Show>
        <For each={props.spec.filters}>
          {({ column, text }) => (
            <Chip
              text={t('grid.filtered', { column: labelOf(column), text })}
              onClear={() => props.onSpec(withFilter(props.spec, column, ''))}
            />
          )}
        </For>
        <ArrangedStatus
          arranged={props.arranged}
          records={props.records}
          isOpen={props.isOpen}
          onStop={props.onStop}
          onClear={() => props.onSpec(NO_ARRANGEMENT)}
        />
      </Show>
      <span class="ml-auto text-ink-2" role="status">
        {props.copied}
      </span>
      <ColumnsMenu table={props.table} />
    </div>
  );
}

function Chip(props: { readonly text: string; readonly onClear: () => void }) {
  return (
    <span class="flex max-w-64 items-center gap-0.5 rounded-full bg-accent-soft pl-2.5">
      <span class="truncate" title={props.text}>
        {props.text}
      </span>
      <button
        type="button"
        class="button button-icon size-5 rounded-full"
        aria-label={t('grid.clear', { what: props.text })}
        title={t('grid.clear', { what: props.text })}
        onClick={() => props.onClear()}
      >
        <X size={12} aria-hidden="true" />
      </button>
    </span>
  );
}

interface ArrangedStatusProps {
  readonly arranged: ArrangedSnapshot | undefined;
  readonly records: number;
  readonly isOpen: boolean;
  readonly onStop: (isStopped: boolean) => void;
  readonly onClear: () => void;
}

function ArrangedStatus(props: ArrangedStatusProps) {
  const state = () => props.arranged?.state ?? 'working';
  const figures = () => ({
    done: formatCount((state() === 'working' ? props.arranged?.scanned : props.arranged?.shownOf) ?? 0, language()),
    total: formatCount(props.records, language()),
  });
  return (
    <Switch>
      <Match when={state() === 'working'}>
        <progress
          class="h-1.5 w-24 accent-(--accent)"
          aria-label={t('grid.arranging')}
          max={Math.max(1, props.records)}
          value={props.arranged?.scanned ?? 0}
        />
        <span class="figure text-ink-2">{t('grid.soFar', figures())}</span>
        <button type="button" class="button h-6 px-2 text-xs" onClick={() => props.onStop(true)}>
          {t('grid.stop')}
        </button>
      </Match>
      <Match when={state() === 'stopped'}>
        <span class="figure text-warn">{t('grid.stopped', figures())}</span>
        <button type="button" class="button h-6 px-2 text-xs" onClick={() => props.onStop(false)}>
          {t('grid.goOn')}
        </button>
      </Match>
      <Match when={state() === 'too_large' || state() === 'failed'}>
        <span class="text-bad" role="alert">
          {t(state() === 'failed' ? 'grid.failed' : 'grid.tooLarge')}
        </span>
        <Show when={props.arranged?.rows !== undefined}>
          <span class="figure text-warn">{t('grid.stopped', figures())}</span>
        </Show>
        <button type="button" class="button h-6 px-2 text-xs" onClick={() => props.onClear()}>
          {t('grid.clearAll')}
        </button>
      </Match>
      <Match when={props.isOpen}>
        <span class="figure text-ink-2">{t('grid.soFarOpen', figures())}</span>
        <button type="button" class="button h-6 px-2 text-xs" onClick={() => props.onStop(true)}>
          {t('grid.stop')}
        </button>
      </Match>
    </Switch>
  );
}
