import { For, Show } from 'solid-js';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { numberOf } from '../arrange/cell-number.ts';
import { isInRange } from './cell-selection.ts';
import type { CellRange } from './cell-selection.ts';
import { cellText } from '../cell-text.ts';
import type { ColumnLayout } from './column-layout.ts';
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
  /** Places of the scrolling columns on screen. */
  readonly shown: readonly number[];
  /** Where the cell of a column is found in a row. */
  readonly places: readonly number[];
  readonly layout: ColumnLayout;
  readonly activeColumn: number | undefined;
  readonly range: CellRange | undefined;
  readonly onChoose: (column: number, isExtended: boolean) => void;
}

export function GridRow(props: GridRowProps) {
  const cell = (column: number) => (
    <GridCell
      id={`${props.id}-${props.row}-${column}`}
      row={props}
      column={column}
      leftPx={props.gutterPx + (props.layout.edges[column] ?? 0)}
    />
  );
  return (
    <div
      role="row"
      aria-rowindex={props.row + 2}
      hidden={!props.isThere}
      class="group/row absolute top-0 left-0 w-full border-b border-line select-none hover:bg-hover"
      classList={{
        'bg-raised': props.row % 2 === 1,
        'group-focus/grid:bg-accent-soft': props.activeColumn !== undefined,
      }}
      style={{ transform: `translateY(${props.offsetPx}px)`, height: `${props.heightPx}px` }}
    >
      <div
        role="presentation"
        class="sticky left-0 z-10 h-full border-r border-line bg-raised group-hover/row:bg-hover"
        style={{ width: `${props.gutterPx + props.layout.stuckPx}px` }}
      >
        <div
          role="presentation"
          class="figure flex h-full items-center justify-end px-2 text-2xs text-ink-3"
          style={{ width: `${props.gutterPx}px` }}
        >
          {formatCount(props.row + 1, language())}
        </div>
        <For each={Array.from({ length: props.layout.stuck }, (_, index) => index)}>{cell}</For>
      </div>
      <For each={props.shown}>{cell}</For>
    </div>
  );
}

interface GridCellProps {
  readonly id: string;
  readonly row: GridRowProps;
  readonly column: number;
  readonly leftPx: number;
}

function GridCell(props: GridCellProps) {
  const value = () => props.row.cells?.[props.row.places[props.column] ?? -1];
  const text = () => cellText(value());
  const edges = () => props.row.layout.edges;
  const isSelected = () => isInRange(props.row.range, props.row.row, props.column);
  return (
    <div
      role="gridcell"
      id={props.id}
      aria-colindex={props.column + 1}
      aria-selected={isSelected()}
      title={text()}
      class="absolute top-0 flex h-full items-center px-2.5"
      classList={{
        'justify-end figure': numberOf(value()) !== undefined,
        'bg-accent-soft': isSelected(),
        'group-focus/grid:outline-2 -outline-offset-2 outline-accent': props.row.activeColumn === props.column,
      }}
      style={{
        left: `${props.leftPx}px`,
        width: `${(edges()[props.column + 1] ?? 0) - (edges()[props.column] ?? 0)}px`,
      }}
      onPointerDown={(event) => props.row.onChoose(props.column, event.shiftKey)}
      onPointerOver={(event) => {
        if (event.pointerType === 'mouse' && event.buttons === 1) props.row.onChoose(props.column, true);
      }}
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
