import ArrowDown from 'lucide-solid/icons/arrow-down';
import ArrowUp from 'lucide-solid/icons/arrow-up';
import ListFilter from 'lucide-solid/icons/list-filter';
import { createSignal, For, Show } from 'solid-js';
import { t } from '../../i18n/language.ts';
import type { ArrangeSpec } from '../arrange/arrange-spec.ts';
import { labelOf } from './column-label.ts';
import { dropMarkPx, dropPlace } from './column-layout.ts';
import type { ColumnLayout } from './column-layout.ts';
import { HEADER_ROW } from './grid-keys.ts';

interface GridHeaderProps {
  /** Id of the grid, for the ids of the headers. */
  readonly id: string;
  readonly columns: readonly string[];
  /** Places of the scrolling columns on screen. */
  readonly shown: readonly number[];
  readonly layout: ColumnLayout;
  readonly leftPx: number;
  readonly gutterPx: number;
  readonly heightPx: number;
  readonly spec: ArrangeSpec;
  readonly activeColumn: number | undefined;
  readonly onSort: (column: string) => void;
  readonly onMenu: (column: string) => void;
  /** While a width is being drawn. */
  readonly onStretch: (column: string, widthPx: number) => void;
  /** `undefined`: back to the first width. */
  readonly onResize: (column: string, widthPx: number | undefined) => void;
  readonly onMove: (column: string, before: string | undefined) => void;
}

/** A header that is moved so far is dragged, not clicked. */
const DRAG_PX = 6;

export function GridHeader(props: GridHeaderProps) {
  const [drop, setDrop] = createSignal<number>();
  let element: HTMLDivElement | undefined;
  let from: { readonly x: number; readonly column: string } | undefined;

  const startDrag = (event: PointerEvent & { currentTarget: HTMLElement }, column: string): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    from = { x: event.clientX, column };
  };
  const drag = (event: PointerEvent): void => {
    if (from === undefined || element === undefined) return;
    if (drop() === undefined && Math.abs(event.clientX - from.x) < DRAG_PX) return;
    const left = element.parentElement?.parentElement?.getBoundingClientRect().left ?? 0;
    setDrop(dropPlace(props.layout, props.leftPx, event.clientX - left - props.gutterPx));
  };
  const endDrag = (isDropped: boolean): void => {
    const place = drop();
    if (from !== undefined && isDropped) {
      if (place === undefined) props.onSort(from.column);
      else props.onMove(from.column, props.columns[place]);
    }
    from = undefined;
    setDrop(undefined);
  };

  const cell = (column: number) => (
    <HeaderCell
      header={props}
      column={column}
      leftPx={props.gutterPx + (props.layout.edges[column] ?? 0)}
      onPointerDown={startDrag}
      onPointerMove={drag}
      onPointerEnd={endDrag}
    />
  );
  return (
    <div
      ref={(node) => (element = node)}
      role="row"
      aria-rowindex={1}
      class="sticky top-0 z-20 border-b border-line-strong bg-raised"
      style={{ height: `${props.heightPx}px` }}
    >
      <div
        class="sticky left-0 z-10 h-full border-r border-line bg-raised"
        style={{ width: `${props.gutterPx + props.layout.stuckPx}px` }}
      >
        <For each={Array.from({ length: props.layout.stuck }, (_, index) => index)}>{cell}</For>
      </div>
      <For each={props.shown}>{cell}</For>
      <Show when={drop() !== undefined}>
        <div
          class="pointer-events-none absolute inset-y-0 z-20 w-0.5 bg-accent"
          style={{ left: `${props.gutterPx + dropMarkPx(props.layout, props.leftPx, drop() ?? 0)}px` }}
        />
      </Show>
    </div>
  );
}

interface HeaderCellProps {
  readonly header: GridHeaderProps;
  readonly column: number;
  readonly leftPx: number;
  readonly onPointerDown: (event: PointerEvent & { currentTarget: HTMLElement }, column: string) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerEnd: (isDropped: boolean) => void;
}

function HeaderCell(props: HeaderCellProps) {
  const name = () => props.header.columns[props.column] ?? '';
  const label = () => labelOf(name());
  const edges = () => props.header.layout.edges;
  const widthPx = () => (edges()[props.column + 1] ?? 0) - (edges()[props.column] ?? 0);
  const sorted = () => {
    const { sort } = props.header.spec;
    if (sort?.column !== name()) return undefined;
    return sort.isDescending ? 'descending' : 'ascending';
  };
  const filter = () => props.header.spec.filters.find(({ column }) => column === name());
  return (
    <div
      role="columnheader"
      id={`${props.header.id}-${HEADER_ROW}-${props.column}`}
      data-column={name()}
      aria-colindex={props.column + 1}
      aria-sort={sorted() ?? 'none'}
      title={label() === name() ? name() : `${label()} · ${name()}`}
      class="group/header absolute top-0 flex h-full items-center gap-1 pr-1 pl-2.5 text-xs font-semibold text-ink-2 select-none hover:bg-hover"
      classList={{
        'group-focus/grid:outline-2 -outline-offset-2 outline-accent': props.header.activeColumn === props.column,
      }}
      style={{ left: `${props.leftPx}px`, width: `${widthPx()}px` }}
    >
      <span
        class="flex h-full min-w-0 flex-1 cursor-pointer touch-none items-center gap-1"
        onPointerDown={(event) => props.onPointerDown(event, name())}
        onPointerMove={(event) => props.onPointerMove(event)}
        onPointerUp={() => props.onPointerEnd(true)}
        onPointerCancel={() => props.onPointerEnd(false)}
      >
        <span class="truncate">{label()}</span>
        <Show when={sorted()}>
          {(direction) => (
            <span class="shrink-0 text-accent">
              {direction() === 'ascending' ? (
                <ArrowUp size={13} aria-hidden="true" />
              ) : (
                <ArrowDown size={13} aria-hidden="true" />
              )}
            </span>
          )}
        </Show>
      </span>
      <button
        type="button"
        tabindex={-1}
        class="flex size-5 shrink-0 items-center justify-center rounded-sm text-ink-3 hover:text-ink"
        classList={{
          'text-accent!': filter() !== undefined,
          'opacity-0 group-hover/header:opacity-100 [@media(hover:none)]:opacity-100': filter() === undefined,
        }}
        aria-label={t('grid.menu', { column: label() })}
        title={t('grid.menu', { column: label() })}
        onClick={() => props.header.onMenu(name())}
      >
        <ListFilter size={13} aria-hidden="true" />
      </button>
      <ResizeHandle
        title={t('events.resize', { column: label() })}
        widthPx={widthPx()}
        onStretch={(width) => props.header.onStretch(name(), width)}
        onResize={(width) => props.header.onResize(name(), width)}
      />
    </div>
  );
}

interface ResizeHandleProps {
  readonly title: string;
  readonly widthPx: number;
  readonly onStretch: (widthPx: number) => void;
  readonly onResize: (widthPx: number | undefined) => void;
}

function ResizeHandle(props: ResizeHandleProps) {
  let from: { readonly x: number; readonly widthPx: number; isMoved: boolean } | undefined;
  const end = (): void => {
    if (from?.isMoved === true) props.onResize(props.widthPx);
    from = undefined;
  };
  return (
    <div
      title={props.title}
      class="group absolute inset-y-0 -right-1 z-10 flex w-2.5 cursor-col-resize touch-none items-center justify-center"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from = { x: event.clientX, widthPx: props.widthPx, isMoved: false };
      }}
      onPointerMove={(event) => {
        if (from === undefined) return;
        from.isMoved = true;
        props.onStretch(from.widthPx + event.clientX - from.x);
      }}
      onPointerUp={end}
      onPointerCancel={end}
      onDblClick={() => props.onResize(undefined)}
    >
      <span class="h-4 w-px bg-line-strong group-hover:h-full group-hover:w-0.5 group-hover:bg-accent" />
    </div>
  );
}
