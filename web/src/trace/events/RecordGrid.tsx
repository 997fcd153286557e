import { createEffect, createMemo, createSignal, createUniqueId, Index, on, onMount, Show } from 'solid-js';
import type { Domain } from '#protocol/domain.ts';
import { createElementSize } from '../../components/element-size.ts';
import { Notice } from '../../components/Notice.tsx';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { NO_ARRANGEMENT, nextSort } from '../arrange/arrange-spec.ts';
import type { ArrangeSpec } from '../arrange/arrange-spec.ts';
import type { CopiedRows, CopyRequest } from '../arrange/tab-separated.ts';
import type { DomainSnapshot, RowsAnswer } from '../trace-snapshot.ts';
import type { ShownColumns } from '../address/view-state.ts';
import { leftToReveal } from './column-layout.ts';
import { createColumnTable } from './column-table.ts';
import { ColumnPopover } from './ColumnPopover.tsx';
import { createGridColumns } from './grid-columns.ts';
import { createGridCopy } from './grid-copy.ts';
import { createGridCursor } from './grid-cursor.ts';
import { HEADER_ROW, moveByKey } from './grid-keys.ts';
import type { GridPlace } from './grid-keys.ts';
import { createGridScroll } from './grid-scroll.ts';
import { shortcutHandler } from './grid-shortcuts.ts';
import { isOnScreen, rowInSlot, slotCount } from './grid-slots.ts';
import { GridHeader } from './GridHeader.tsx';
import { GridRow } from './GridRow.tsx';
import { GridSkeleton } from './GridSkeleton.tsx';
import { GridTools } from './GridTools.tsx';
import { RowBlocks } from './row-blocks.ts';
import { rowsAtTop, scrollHeightPx, topToReveal } from './scaled-scroll.ts';

const ROW_PX = 28;
/** `top-8` below: a constant style would become an inline one, which our content security policy forbids. */
const HEADER_PX = 32;
const WIDTH_STEP_PX = 16;

interface RecordGridProps {
  readonly domain: DomainSnapshot;
  readonly spec: ArrangeSpec;
  /** Whether more records are to come. */
  readonly isOpen: boolean;
  /** Another one voids every row that was fetched. */
  readonly version: string;
  readonly load: (from: number, count: number) => Promise<RowsAnswer>;
  readonly copy: (request: CopyRequest) => Promise<CopiedRows>;
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
  const { active, ...cursor } = createGridCursor(count, () => table.shown().length);
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
  const { places, widths, layout, inView, sample } = createGridColumns({
    domain: name,
    columns,
    table,
    viewPx,
    leftPx: scroll.leftPx,
  });
  const totalPx = () => gutterPx() + (layout().edges.at(-1) ?? 0);
  const shownColumns = createMemo(() => {
    const { from, to } = inView();
    return Array.from({ length: to - from }, (_, index) => from + index);
  });

  let ownVersion: string | undefined;
  /** Rows of this version alone. Effects run in no order of ours: whichever comes first forgets those of before. */
  const ownBlocks = (): RowBlocks => {
    if (ownVersion !== props.version) {
      ownVersion = props.version;
      blocks.clear();
    }
    return blocks;
  };
  createEffect(
    on(
      () => props.domain.arranged?.revision,
      () => ownBlocks().refresh(),
      { defer: true },
    ),
  );
  createEffect(() => {
    void arrivals();
    const own = ownBlocks();
    sample((index) => own.row(index));
  });
  const goToFirst = (): void => {
    cursor.goToFirst();
    scroll.moveTo(0);
  };
  createEffect(on(() => props.version, goToFirst, { defer: true }));
  const goHome = (): void => {
    cursor.goHome();
    element()?.scrollTo({ left: 0 });
  };
  createEffect(on(name, goHome, { defer: true }));
  createEffect(() => {
    ownBlocks().want(visible().first, visible().count);
  });

  const reveal = (place: GridPlace, isExtended: boolean): void => {
    cursor.moveTo(place, isExtended);
    copying.forget();
    if (place.row !== HEADER_ROW) {
      const top = topToReveal(space(), scroll.topPx(), place.row);
      if (top !== scroll.topPx()) scroll.moveTo(top);
    }
    const target = element();
    if (target === undefined) return;
    target.scrollLeft = leftToReveal(layout(), target.scrollLeft, place.column, viewPx());
    // Not a frame later: until then there would be no active cell.
    scroll.scrolled();
  };
  const choose = (place: GridPlace, isExtended: boolean): void => {
    cursor.moveTo(place, isExtended);
    copying.forget();
  };
  const withActive = (work: (column: string) => void) => (): void => {
    const column = table.shown()[active().column];
    if (column !== undefined) work(column);
  };
  const sort = (column: string): void => props.onSpec({ ...props.spec, sort: nextSort(props.spec.sort, column) });
  const shift = (column: string, step: -1 | 1): void => {
    table.shift(column, step);
    reveal({ row: active().row, column: Math.max(0, table.shown().indexOf(column)) }, false);
  };
  const pressShortcut = shortcutHandler({
    copy() {
      const { left, right } = cursor.range();
      if (cursor.isOnHeaders()) void copying.copyHeaders(table.shown().slice(left, right + 1));
      else if (count() > 0) void copying.copy(cursor.range(), table.shown());
    },
    selectAll() {
      cursor.selectAll();
      copying.forget();
    },
    clearSelection: () => cursor.clear(),
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
    reveal(next, event.shiftKey);
  };
  onMount(() => element()?.addEventListener('wheel', (event) => scroll.wheeled(event), { passive: false }));

  const slots = createMemo(() => Array.from({ length: slotCount(space()) }, (_, slot) => slot));
  const isActiveThere = (): boolean => {
    const { first } = visible();
    const rows = { from: first, to: Math.min(count(), first + slots().length) };
    return isOnScreen(active(), rows, { ...inView(), stuck: layout().stuck });
  };
  /** Why there are no rows: none passes, or none has been found yet. */
  const noneKey = () => (props.domain.arranged?.state === 'working' ? 'events.filtering' : 'grid.noneLeft');
  /** What was asked for could not be done: the rows stand as they came. */
  const isUnarranged = (): boolean => {
    const arranged = props.domain.arranged;
    return arranged?.rows === undefined && (arranged?.state === 'failed' || arranged?.state === 'too_large');
  };
  const headerOf = (column: string): HTMLElement | undefined =>
    element()?.querySelector<HTMLElement>(`[data-column="${CSS.escape(column)}"]`) ?? element();

  const retryRows = (): void => {
    blocks.retry();
    // The button goes with its notice.
    element()?.focus();
  };
  return (
    <div class="flex h-full flex-col">
      <GridTools
        hintId={`${id}-hint`}
        spec={props.spec}
        arranged={props.domain.arranged}
        records={props.domain.records}
        rows={count()}
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
          aria-describedby={`${id}-hint`}
          aria-activedescendant={isActiveThere() ? `${id}-${active().row}-${active().column}` : undefined}
          class="group/grid absolute inset-0 overflow-auto overscroll-contain outline-offset-[-2px]"
          onScroll={() => scroll.scrolled()}
          onPointerDown={(event) => scroll.pressed(event)}
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
              spec={isUnarranged() ? NO_ARRANGEMENT : props.spec}
              activeColumn={active().row === HEADER_ROW ? active().column : undefined}
              onSort={sort}
              onMenu={setMenuColumn}
              onStretch={(column, widthPx) => table.stretch(column, widthPx)}
              onResize={(column, widthPx) => table.resize(column, widthPx)}
              onMove={(column, before) => table.move(column, before)}
            />
            <div role="rowgroup" class="sticky top-8 overflow-clip" style={{ height: `${space().viewPx}px` }}>
              <Index each={slots()}>
                {(slot) => {
                  const row = () => rowInSlot(slot(), visible().first, slots().length);
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
                      range={cursor.selected()}
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
          <p class="pointer-events-none absolute inset-x-0 top-16 text-center text-ink-3">{t(noneKey())}</p>
        </Show>
        <Show when={(void arrivals(), blocks.hasFailed)}>
          <div class="absolute inset-x-4 top-10 z-20">
            <Notice
              tone="bad"
              actions={
                <button type="button" class="button -my-1" onClick={retryRows}>
                  {t('action.retry')}
                </button>
              }
            >
              {t('grid.readFailed')}
            </Notice>
          </div>
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
