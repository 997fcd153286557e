import { createEffect, createMemo, createSignal, createUniqueId, Index, on, onMount } from 'solid-js';
import type { Domain } from '#protocol/domain.ts';
import { createElementSize } from '../../components/element-size.ts';
import { formatCount } from '../../i18n/format.ts';
import { labelColumn } from '#protocol/column-labels.ts';
import { language, t } from '../../i18n/language.ts';
import type { RowsAnswer } from '../trace-snapshot.ts';
import { measureText } from '../../components/text-width.ts';
import { columnEdges, columnsInView, firstWidths, MIN_COLUMN_PX } from './column-widths.ts';
import { GridHeader } from './GridHeader.tsx';
import { GridRow } from './GridRow.tsx';
import { moveByKey } from './grid-keys.ts';
import type { GridPlace } from './grid-keys.ts';
import { createGridScroll } from './grid-scroll.ts';
import { BLOCK_ROWS, RowBlocks } from './row-blocks.ts';
import { isScaled, rowsAtTop, scrollHeightPx, topToReveal } from './scaled-scroll.ts';

const ROW_PX = 28;
/** `top-8` below: a constant style would become an inline one, which our content security policy forbids. */
const HEADER_PX = 32;
/** Rows whose texts decide the first widths. */
const SAMPLE_ROWS = 40;
const WIDTH_STEP_PX = 16;

interface RecordGridProps {
  readonly domain: Domain;
  readonly columns: readonly string[];
  /** Rows that there are by now. */
  readonly count: number;
  /** Another one voids every row that was fetched. */
  readonly version: string;
  readonly load: (from: number, count: number) => Promise<RowsAnswer>;
}

/** A grid over any number of records: only what is on screen exists. */
export function RecordGrid(props: RecordGridProps) {
  const id = createUniqueId();
  const [element, setElement] = createSignal<HTMLDivElement>();
  const { size, observe } = createElementSize();
  const [arrivals, setArrivals] = createSignal(0);
  const [active, setActive] = createSignal<GridPlace>({ row: 0, column: 0 });
  const [chosenWidths, setChosenWidths] = createSignal<Readonly<Record<string, number>>>({});
  const blocks = new RowBlocks(
    (from, count) => props.load(from, count),
    () => setArrivals((count) => count + 1),
  );

  const space = createMemo(() => ({
    rows: props.count,
    rowPx: ROW_PX,
    viewPx: Math.max(0, size().height - HEADER_PX),
  }));
  const scroll = createGridScroll(element, space);
  const visible = createMemo(() => rowsAtTop(space(), Math.min(scroll.topPx(), props.count * ROW_PX)));

  const gutterPx = createMemo(() => 22 + String(Math.max(1, props.count)).length * 8);
  const sampled = createMemo<readonly number[]>(() => {
    void arrivals();
    const labels = props.columns.map((column) => labelColumn(column, language()));
    const rows = Array.from({ length: Math.min(SAMPLE_ROWS, BLOCK_ROWS) }, (_, index) => blocks.row(index) ?? []);
    return firstWidths(labels, rows, measureText);
  });
  const widths = createMemo(
    () => props.columns.map((column, index) => chosenWidths()[column] ?? sampled()[index] ?? MIN_COLUMN_PX),
    [],
    { equals: (a, b) => a.length === b.length && a.every((width, index) => width === b[index]) },
  );
  const edges = createMemo(() => columnEdges(widths()));
  const totalPx = () => gutterPx() + (edges().at(-1) ?? 0);
  const columnRange = createMemo(
    () => columnsInView(edges(), scroll.leftPx(), Math.max(0, size().width - gutterPx())),
    { from: 0, to: 0 },
    { equals: (a, b) => a.from === b.from && a.to === b.to },
  );
  const shownColumns = createMemo(() => {
    const { from, to } = columnRange();
    return Array.from({ length: to - from }, (_, index) => from + index);
  });

  createEffect(
    on(
      () => props.version,
      () => blocks.clear(),
    ),
  );
  createEffect(
    on(
      () => `${props.version}/${props.domain}`,
      () => {
        setActive({ row: 0, column: 0 });
        scroll.moveTo(0);
      },
      { defer: true },
    ),
  );
  createEffect(() => {
    void props.version;
    blocks.want(visible().first, visible().count);
  });
  // While rows arrive the bar's range grows: its place is put where the rows stand.
  createEffect(
    on(
      () => props.count,
      () => isScaled(space()) && scroll.moveTo(scroll.topPx()),
    ),
  );

  const reveal = (place: GridPlace): void => {
    setActive(place);
    const top = topToReveal(space(), scroll.topPx(), place.row);
    if (top !== scroll.topPx()) scroll.moveTo(top);
    const left = edges()[place.column] ?? 0;
    const right = edges()[place.column + 1] ?? left;
    const viewPx = size().width - gutterPx();
    const target = element();
    if (target === undefined) return;
    if (left < target.scrollLeft) target.scrollLeft = left;
    else if (right > target.scrollLeft + viewPx) target.scrollLeft = Math.min(left, right - viewPx);
  };
  const resize = (column: number, widthPx: number | undefined): void => {
    const name = props.columns[column];
    if (name === undefined) return;
    const { [name]: _, ...others } = chosenWidths();
    setChosenWidths(
      widthPx === undefined ? others : { ...others, [name]: Math.max(MIN_COLUMN_PX, Math.round(widthPx)) },
    );
  };
  const press = (event: KeyboardEvent): void => {
    if (event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      const step = event.key === 'ArrowLeft' ? -WIDTH_STEP_PX : WIDTH_STEP_PX;
      resize(active().column, (widths()[active().column] ?? 0) + step);
      event.preventDefault();
      return;
    }
    const pageRows = Math.max(1, Math.floor(space().viewPx / ROW_PX) - 1);
    const next = moveByKey(event, active(), { rows: props.count, columns: props.columns.length, pageRows });
    if (next === undefined) return;
    event.preventDefault();
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

  return (
    <div
      ref={(node) => {
        setElement(node);
        observe(node);
      }}
      role="grid"
      tabindex="0"
      aria-label={t('events.grid', {
        domain: t(`domain.${props.domain}`),
        count: formatCount(props.count, language()),
      })}
      aria-rowcount={props.count + 1}
      aria-colcount={props.columns.length}
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
          columns={props.columns}
          shown={shownColumns()}
          edges={edges()}
          gutterPx={gutterPx()}
          heightPx={HEADER_PX}
          onResize={resize}
        />
        <div role="rowgroup" class="sticky top-8 overflow-clip" style={{ height: `${space().viewPx}px` }}>
          <Index each={slots()}>
            {(slot) => {
              const row = () => rowOf(slot());
              return (
                <GridRow
                  id={id}
                  row={row()}
                  isThere={row() < props.count}
                  cells={(void arrivals(), blocks.row(row()))}
                  offsetPx={row() * ROW_PX - scroll.topPx()}
                  heightPx={ROW_PX}
                  gutterPx={gutterPx()}
                  shown={shownColumns()}
                  edges={edges()}
                  activeColumn={active().row === row() ? active().column : undefined}
                  onChoose={(column) => setActive({ row: row(), column })}
                />
              );
            }}
          </Index>
        </div>
      </div>
    </div>
  );
}
