import { createEffect, createMemo, createSignal, createUniqueId, Index, on, onMount, Show } from 'solid-js';
import type { Domain } from '#protocol/domain.ts';
import { createElementSize } from '../../components/element-size.ts';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { nextSort } from '../arrange/arrange-spec.ts';
import type { ArrangeSpec } from '../arrange/arrange-spec.ts';
import type { CopyRequest } from '../arrange/tab-separated.ts';
import type { DomainSnapshot, RowsAnswer } from '../trace-snapshot.ts';
import type { ShownColumns } from '../view-state.ts';
import { textMeasure } from '../../components/text-width.ts';
import { cellsOf, rangeBetween } from './cell-selection.ts';
import type { CellRange } from './cell-selection.ts';
import { labelOf } from './column-label.ts';
import { columnsInView, layOutColumns, leftToReveal } from './column-layout.ts';
import { createColumnTable } from './column-table.ts';
import { firstWidths, MIN_COLUMN_PX } from './column-widths.ts';
import { ColumnPopover } from './ColumnPopover.tsx';
import { createGridCopy } from './grid-copy.ts';
import { HEADER_ROW, moveByKey } from './grid-keys.ts';
import type { GridPlace } from './grid-keys.ts';
import { createGridScroll } from './grid-scroll.ts';
import { shortcutHandler } from './grid-shortcuts.ts';
import { GridHeader } from './GridHeader.tsx';
import { GridRow } from './GridRow.tsx';
import { GridSkeleton } from './GridSkeleton.tsx';
import { GridTools } from './GridTools.tsx';
import { BLOCK_ROWS, RowBlocks } from './row-blocks.ts';
import { isScaled, rowsAtTop, scrollHeightPx, topToReveal } from './scaled-scroll.ts';

const ROW_PX = 28;
/** `top-8` below: a constant style would become an inline one, which our content security policy forbids. */
const HEADER_PX = 32;
/** Rows whose texts decide the first widths. */
const SAMPLE_ROWS = 40;
const WIDTH_STEP_PX = 16;

interface RecordGridProps {
  readonly domain: DomainSnapshot;
  readonly spec: ArrangeSpec;
  /** Whether more records are to come. */
  readonly isOpen: boolean;
  /** Another one voids every row that was fetched. */
  readonly version: string;
  readonly load: (from: number, count: number) => Promise<RowsAnswer>;
  readonly copy: (request: CopyRequest) => Promise<string>;
  /** `undefined`: as they were left the last time. */
  readonly shownColumns: ShownColumns | undefined;
  readonly onSpec: (spec: ArrangeSpec) => void;
  readonly onColumns: (columns: ShownColumns | undefined) => void;
  readonly onStop: (isStopped: boolean) => void;
}

/** A grid over any number of records: only what is on screen exists. */
export function RecordGrid(props: RecordGridProps) {
  const id = createUniqueId();
  const [element, setElement] = createSignal<HTMLDivElement>();
  const { size, observe } = createElementSize();
  const [arrivals, setArrivals] = createSignal(0);
  const [active, setActive] = createSignal<GridPlace>({ row: 0, column: 0 });
  const [anchor, setAnchor] = createSignal<GridPlace>({ row: 0, column: 0 });
  const [menuColumn, setMenuColumn] = createSignal<string>();
  const name: () => Domain = () => props.domain.domain;
  const columns = createMemo(() => props.domain.columns);
  const hasRows = () => props.domain.shown > 0 && columns().length > 0;
  const count = () => (hasRows() ? (props.domain.arranged?.rows ?? props.domain.shown) : 0);
  const table = createColumnTable({
    domain: name,
    columns,
    shown: () => props.shownColumns,
    onShown: (next) => props.onColumns(next),
  });
  const copying = createGridCopy((request) => props.copy(request));
  const blocks = new RowBlocks(
    (from, count) => props.load(from, count),
    () => setArrivals((count) => count + 1),
  );

  const space = createMemo(() => ({
    rows: count(),
    rowPx: ROW_PX,
    viewPx: Math.max(0, size().height - HEADER_PX),
  }));
  const scroll = createGridScroll(element, space);
  const visible = createMemo(() => rowsAtTop(space(), Math.min(scroll.topPx(), count() * ROW_PX)));

  const gutterPx = createMemo(() => 22 + String(Math.max(1, count())).length * 8);
  const viewPx = () => Math.max(0, size().width - gutterPx());
  const sampled = createMemo<readonly number[]>(() => {
    void arrivals();
    const labels = columns().map(labelOf);
    const rows = Array.from({ length: Math.min(SAMPLE_ROWS, BLOCK_ROWS) }, (_, index) => blocks.row(index) ?? []);
    return firstWidths(labels, rows, textMeasure());
  });
  /** Where the cell of each column on screen is found in a row. */
  const places = createMemo(() => table.shown().map((column) => columns().indexOf(column)));
  const widths = createMemo(
    () => table.shown().map((column, at) => table.widthPx(column) ?? sampled()[places()[at] ?? -1] ?? MIN_COLUMN_PX),
    [],
    { equals: (a, b) => a.length === b.length && a.every((width, index) => width === b[index]) },
  );
  const layout = createMemo(() => layOutColumns(widths(), table.pinned(), viewPx()));
  const totalPx = () => gutterPx() + (layout().edges.at(-1) ?? 0);
  const columnRange = createMemo(
    () => columnsInView(layout(), scroll.leftPx(), viewPx()),
    { from: 0, to: 0 },
    { equals: (a, b) => a.from === b.from && a.to === b.to },
  );
  const shownColumns = createMemo(() => {
    const { from, to } = columnRange();
    return Array.from({ length: to - from }, (_, index) => from + index);
  });
  const range = createMemo(() => rangeBetween(anchor(), active()));
  const selected = createMemo<CellRange | undefined>(() => (cellsOf(range()) > 1 ? range() : undefined));

  const goToFirst = (): void => {
    setActive({ row: 0, column: 0 });
    setAnchor({ row: 0, column: 0 });
    scroll.moveTo(0);
  };
  createEffect(
    on(
      () => props.version,
      () => blocks.clear(),
    ),
  );
  createEffect(
    on(
      () => props.domain.arranged?.revision,
      () => blocks.refresh(),
      { defer: true },
    ),
  );
  createEffect(on(() => `${props.version}/${name()}`, goToFirst, { defer: true }));
  createEffect(() => {
    void props.version;
    blocks.want(visible().first, visible().count);
  });
  // While rows arrive the bar's range grows: its place is put where the rows stand.
  createEffect(on(count, () => isScaled(space()) && scroll.moveTo(scroll.topPx())));

  const reveal = (place: GridPlace): void => {
    setActive(place);
    copying.forget();
    if (place.row !== HEADER_ROW) {
      const top = topToReveal(space(), scroll.topPx(), place.row);
      if (top !== scroll.topPx()) scroll.moveTo(top);
    }
    const target = element();
    if (target !== undefined) target.scrollLeft = leftToReveal(layout(), target.scrollLeft, place.column, viewPx());
  };
  const choose = (place: GridPlace, isExtended: boolean): void => {
    setActive(place);
    if (!isExtended) setAnchor(place);
    copying.forget();
  };
  const withActive = (work: (column: string) => void) => (): void => {
    const column = table.shown()[active().column];
    if (column !== undefined) work(column);
  };
  const sort = (column: string): void => props.onSpec({ ...props.spec, sort: nextSort(props.spec.sort, column) });
  const shift = (column: string, step: -1 | 1): void => {
    table.shift(column, step);
    const moved = { row: active().row, column: Math.max(0, table.shown().indexOf(column)) };
    setAnchor(moved);
    reveal(moved);
  };
  const pressShortcut = shortcutHandler({
    copy: () => count() > 0 && void copying.copy(range(), table.shown()),
    selectAll() {
      setAnchor({ row: 0, column: 0 });
      setActive({ row: Math.max(0, count() - 1), column: table.shown().length - 1 });
      copying.forget();
    },
    clearSelection: () => setAnchor(active()),
    sort: withActive((column) => active().row === HEADER_ROW && sort(column)),
    openMenu: withActive(setMenuColumn),
    resize: (step) =>
      withActive((column) => table.resize(column, (widths()[active().column] ?? 0) + step * WIDTH_STEP_PX))(),
    shift: (step) => withActive((column) => shift(column, step))(),
  });
  const press = (event: KeyboardEvent): void => {
    if (event.target !== element()) return;
    pressShortcut(event);
    if (event.defaultPrevented) return;
    const pageRows = Math.max(1, Math.floor(space().viewPx / ROW_PX) - 1);
    const next = moveByKey(event, active(), { rows: count(), columns: table.shown().length, pageRows });
    if (next === undefined) return;
    event.preventDefault();
    if (!event.shiftKey) setAnchor(next);
    reveal(next);
  };
  onMount(() => element()?.addEventListener('wheel', (event) => scroll.wheeled(event), { passive: false }));

  const slots = createMemo(() => Array.from({ length: Math.ceil(space().viewPx / ROW_PX) + 1 }, (_, slot) => slot));
  /** The row that a slot shows: as the view moves by one row, one slot changes and the others only move. */
  const rowOf = (slot: number): number => {
    const first = visible().first;
    const count = slots().length;
    return first + ((((slot - first) % count) + count) % count);
  };
  const headerOf = (column: string): HTMLElement | undefined =>
    element()?.querySelector<HTMLElement>(`[data-column="${CSS.escape(column)}"]`) ?? element();

  return (
    <div class="flex h-full flex-col">
      <GridTools
        spec={props.spec}
        arranged={props.domain.arranged}
        records={props.domain.records}
        isOpen={props.isOpen}
        table={table}
        copied={copying.told()}
        onSpec={props.onSpec}
        onStop={props.onStop}
      />
      <div class="relative min-h-0 flex-1">
        <div
          ref={(node) => {
            setElement(node);
            observe(node);
          }}
          role="grid"
          tabindex="0"
          aria-label={t('events.grid', {
            domain: t(`domain.${name()}`),
            count: formatCount(count(), language()),
          })}
          aria-rowcount={count() + 1}
          aria-colcount={table.shown().length}
          aria-multiselectable="true"
          aria-busy={!hasRows()}
          aria-activedescendant={`${id}-${active().row}-${active().column}`}
          class="group/grid absolute inset-0 overflow-auto overscroll-contain outline-offset-[-2px]"
          onScroll={() => scroll.scrolled()}
          onKeyDown={press}
        >
          <div
            style={{ width: `${totalPx()}px`, height: `${HEADER_PX + scrollHeightPx(space())}px` }}
            class="relative min-w-full"
          >
            <GridHeader
              id={id}
              columns={table.shown()}
              shown={shownColumns()}
              layout={layout()}
              leftPx={scroll.leftPx()}
              gutterPx={gutterPx()}
              heightPx={HEADER_PX}
              spec={props.spec}
              activeColumn={active().row === HEADER_ROW ? active().column : undefined}
              onSort={sort}
              onMenu={setMenuColumn}
              onResize={(column, widthPx) => table.resize(column, widthPx)}
              onMove={(column, before) => table.move(column, before)}
            />
            <div role="rowgroup" class="sticky top-8 overflow-clip" style={{ height: `${space().viewPx}px` }}>
              <Index each={slots()}>
                {(slot) => {
                  const row = () => rowOf(slot());
                  return (
                    <GridRow
                      id={id}
                      row={row()}
                      isThere={row() < count()}
                      cells={(void arrivals(), blocks.row(row()))}
                      offsetPx={row() * ROW_PX - scroll.topPx()}
                      heightPx={ROW_PX}
                      gutterPx={gutterPx()}
                      shown={shownColumns()}
                      places={places()}
                      layout={layout()}
                      activeColumn={active().row === row() ? active().column : undefined}
                      range={selected()}
                      onChoose={(column, isExtended) => choose({ row: row(), column }, isExtended)}
                    />
                  );
                }}
              </Index>
            </div>
          </div>
        </div>
        <Show when={!hasRows()}>
          <div class="absolute inset-0 bg-surface">
            <GridSkeleton />
          </div>
        </Show>
        <Show when={hasRows() && count() === 0}>
          <p class="pointer-events-none absolute inset-x-0 top-16 text-center text-ink-3">{t('grid.noneLeft')}</p>
        </Show>
      </div>
      <Show when={menuColumn()} keyed>
        {(column) => (
          <ColumnPopover
            column={column}
            anchor={() => headerOf(column)}
            spec={props.spec}
            table={table}
            onSpec={props.onSpec}
            onClose={() => setMenuColumn(undefined)}
            onLeave={() => element()?.focus()}
          />
        )}
      </Show>
    </div>
  );
}
