import { For, Show } from 'solid-js';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { cellText, isNumeric } from './cell-text.ts';
import type { Row } from './row-blocks.ts';

interface GridRowProps {
  /** Id of the grid, for the ids of the cells. */
  readonly id: string;
  readonly row: number;
  readonly isThere: boolean;
  /** `undefined` until the row has been fetched. */
  readonly cells: Row | undefined;
  readonly offsetPx: number;
  readonly heightPx: number;
  readonly gutterPx: number;
  readonly shown: readonly number[];
  readonly edges: readonly number[];
  readonly activeColumn: number | undefined;
  readonly onChoose: (column: number) => void;
}

export function GridRow(props: GridRowProps) {
  return (
    <div
      role="row"
      aria-rowindex={props.row + 2}
      hidden={!props.isThere}
      class="absolute top-0 left-0 w-full border-b border-line hover:bg-hover"
      classList={{
        'bg-raised': props.row % 2 === 1,
        'group-focus/grid:bg-accent-soft': props.activeColumn !== undefined,
      }}
      style={{ transform: `translateY(${props.offsetPx}px)`, height: `${props.heightPx}px` }}
    >
      <div
        role="presentation"
        class="figure sticky left-0 z-10 flex h-full items-center justify-end border-r border-line bg-raised px-2 text-2xs text-ink-3"
        style={{ width: `${props.gutterPx}px` }}
      >
        {formatCount(props.row + 1, language())}
      </div>
      <For each={props.shown}>
        {(column) => <GridCell id={`${props.id}-${props.row}-${column}`} row={props} column={column} />}
      </For>
    </div>
  );
}

function GridCell(props: { readonly id: string; readonly row: GridRowProps; readonly column: number }) {
  const value = () => props.row.cells?.[props.column];
  const text = () => cellText(value());
  const leftPx = () => props.row.edges[props.column] ?? 0;
  return (
    <div
      role="gridcell"
      id={props.id}
      aria-colindex={props.column + 1}
      title={text()}
      class="absolute top-0 flex h-full items-center px-2.5"
      classList={{
        'justify-end figure': isNumeric(value()),
        'group-focus/grid:outline-2 -outline-offset-2 outline-accent': props.row.activeColumn === props.column,
      }}
      style={{
        left: `${props.row.gutterPx + leftPx()}px`,
        width: `${(props.row.edges[props.column + 1] ?? 0) - leftPx()}px`,
      }}
      onPointerDown={() => props.row.onChoose(props.column)}
    >
      <Show
        when={props.row.cells !== undefined}
        fallback={<span class="h-2 w-3/5 rounded-sm bg-hover" aria-label={t('events.loading')} />}
      >
        <span class="truncate">
          {typeof value() === 'boolean' ? t(value() === true ? 'events.boolTrue' : 'events.boolFalse') : text()}
        </span>
      </Show>
    </div>
  );
}
