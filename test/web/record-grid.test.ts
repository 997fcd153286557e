import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tabSeparated } from '../../web/src/trace/arrange/tab-separated.ts';
import {
  cellsOf,
  isInRange,
  MAX_COPIED_CELLS,
  mostCopiedRows,
  rangeBetween,
} from '../../web/src/trace/events/cell-selection.ts';
import { columnsInView, dropPlace, layOutColumns, leftToReveal } from '../../web/src/trace/events/column-layout.ts';
import {
  FIRST_COLUMN_STATE,
  MAX_COLUMN_PX,
  moveColumn,
  orderedColumns,
  readColumnState,
  resizeColumn,
  shiftColumn,
} from '../../web/src/trace/events/column-state.ts';
import type { ColumnState } from '../../web/src/trace/events/column-state.ts';
import { MIN_COLUMN_PX } from '../../web/src/trace/events/column-widths.ts';
import { HEADER_ROW, moveByKey } from '../../web/src/trace/events/grid-keys.ts';
import type { RowsAnswer } from '../../web/src/trace/trace-snapshot.ts';
import { RowBlocks } from '../../web/src/trace/events/row-blocks.ts';

const COLUMNS = ['LOT', 'SPEC', 'MACHINE', 'IN', 'OUT'];

/** Reads tab-separated text as a spreadsheet does. */
function readTabSeparated(text: string): string[] {
  const cells: string[] = [];
  for (let at = 0; at <= text.length; at++) {
    let cell = '';
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        cell += text[at];
        if (text[at] === '"') at++;
      }
      at++;
    } else for (; at < text.length && text[at] !== '\t'; at++) cell += text[at];
    cells.push(cell);
  }
  return cells;
}

describe('a copied line', () => {
  it('has the cells that went in, with tabs, line ends and quotes in them', () => {
    const cell = fc.oneof(fc.constantFrom('', '"', '\t', '\r\n', 'a\tb', '"x"\n', '批次'), fc.string());
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 8 }), (cells) => {
        expect(readTabSeparated(tabSeparated(cells))).toEqual(cells);
      }),
    );
  });

  it('leaves ordinary cells alone', () => {
    expect(tabSeparated(['GA26011704-A00', '', "it's, 5"])).toBe("GA26011704-A00\t\tit's, 5");
    expect(tabSeparated(['a\nb', 'say "hi"'])).toBe('"a\nb"\t"say ""hi"""');
  });
});

describe('a range of cells', () => {
  const place = fc.record({ row: fc.integer({ min: HEADER_ROW, max: 30 }), column: fc.nat(9) });

  it('is the same from either corner, holds both, and never the headers', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const range = rangeBetween(a, b);
        expect(range).toEqual(rangeBetween(b, a));
        expect(isInRange(range, Math.max(0, a.row), a.column)).toBe(true);
        expect(range.top).toBeGreaterThanOrEqual(0);
        let inside = 0;
        for (let row = HEADER_ROW; row < 31; row++)
          for (let column = 0; column < 10; column++) inside += Number(isInRange(range, row, column));
        expect(inside).toBe(cellsOf(range));
      }),
    );
  });

  it('is copied up to a number of cells', () => {
    expect(mostCopiedRows(16) * 16).toBeLessThanOrEqual(MAX_COPIED_CELLS);
    expect((mostCopiedRows(16) + 1) * 16).toBeGreaterThan(MAX_COPIED_CELLS);
  });
});

describe('the state of columns', () => {
  const name = fc.constantFrom(...COLUMNS);
  const step = fc.constantFrom<-1 | 1>(-1, 1);
  const change = fc.oneof(
    fc
      .record({ name, before: fc.option(name, { nil: undefined }) })
      .map((move) => (state: ColumnState) => moveColumn(state, COLUMNS, move)),
    fc.record({ name, step }).map((shift) => (state: ColumnState) => shiftColumn(state, COLUMNS, shift)),
    fc.tuple(name, fc.option(fc.integer({ min: -9, max: 9000 }), { nil: undefined })).map(
      ([column, widthPx]) =>
        (state: ColumnState) =>
          resizeColumn(state, column, widthPx),
    ),
    name.map((column) => (state: ColumnState) => {
      const others = state.columnPinning.start.filter((each) => each !== column);
      const isPinned = others.length < state.columnPinning.start.length;
      return { ...state, columnPinning: { start: isPinned ? others : [...others, column], end: [] } };
    }),
    name.map((column) => (state: ColumnState) => ({
      ...state,
      columnVisibility: { ...state.columnVisibility, [column]: state.columnVisibility[column] === false },
    })),
  );

  it('keeps every column exactly once, whatever is done, and comes back from storage as it went', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const state = changes.reduce((at, apply) => apply(at), FIRST_COLUMN_STATE);
        const ordered = orderedColumns(state, COLUMNS);
        expect(ordered.toSorted()).toEqual(COLUMNS.toSorted());
        expect(ordered.slice(0, state.columnPinning.start.length).toSorted()).toEqual(
          state.columnPinning.start.toSorted(),
        );
        for (const width of Object.values(state.columnSizing)) {
          expect(width).toBeGreaterThanOrEqual(MIN_COLUMN_PX);
          expect(width).toBeLessThanOrEqual(MAX_COLUMN_PX);
        }
        expect(readColumnState(JSON.stringify(state))).toEqual(state);
      }),
    );
  });

  it('puts a column where it is dropped', () => {
    const moved = moveColumn(FIRST_COLUMN_STATE, COLUMNS, { name: 'OUT', before: 'SPEC' });
    expect(orderedColumns(moved, COLUMNS)).toEqual(['LOT', 'OUT', 'SPEC', 'MACHINE', 'IN']);
    const last = moveColumn(moved, COLUMNS, { name: 'LOT', before: undefined });
    expect(orderedColumns(last, COLUMNS)).toEqual(['OUT', 'SPEC', 'MACHINE', 'IN', 'LOT']);
  });

  it('pins what is dropped among pinned columns and frees what is taken out of them', () => {
    const pinned = { ...FIRST_COLUMN_STATE, columnPinning: { start: ['IN', 'OUT'], end: [] } };
    expect(orderedColumns(pinned, COLUMNS)).toEqual(['IN', 'OUT', 'LOT', 'SPEC', 'MACHINE']);
    const more = moveColumn(pinned, COLUMNS, { name: 'SPEC', before: 'OUT' });
    expect(more.columnPinning.start).toEqual(['IN', 'SPEC', 'OUT']);
    const fewer = moveColumn(more, COLUMNS, { name: 'IN', before: 'MACHINE' });
    expect(fewer.columnPinning.start).toEqual(['SPEC', 'OUT']);
    expect(orderedColumns(fewer, COLUMNS)).toEqual(['SPEC', 'OUT', 'LOT', 'IN', 'MACHINE']);
  });

  it('moves a column over the next one in sight, not over hidden ones', () => {
    const hidden = { ...FIRST_COLUMN_STATE, columnVisibility: { SPEC: false } };
    const shifted = shiftColumn(hidden, COLUMNS, { name: 'MACHINE', step: -1 });
    expect(orderedColumns(shifted, COLUMNS)).toEqual(['MACHINE', 'LOT', 'SPEC', 'IN', 'OUT']);
    expect(shiftColumn(hidden, COLUMNS, { name: 'LOT', step: -1 })).toBe(hidden);
  });

  it('is as at first when what was stored cannot be read, and ignores columns that are gone', () => {
    for (const text of [null, '', '{', '[]', '{"columnOrder":1}'])
      expect(readColumnState(text)).toBe(FIRST_COLUMN_STATE);
    const old = { ...FIRST_COLUMN_STATE, columnOrder: ['GONE', 'OUT'], columnPinning: { start: ['GONE'], end: [] } };
    expect(orderedColumns(old, COLUMNS)).toEqual(['OUT', 'LOT', 'SPEC', 'MACHINE', 'IN']);
  });
});

describe('the place of columns', () => {
  const widths = fc.array(fc.integer({ min: 56, max: 400 }), { minLength: 1, maxLength: 20 });
  const view = fc.integer({ min: 120, max: 1600 });

  it('lets every column be reached, however many are pinned', () => {
    fc.assert(
      fc.property(widths, fc.nat(20), view, fc.nat(19), (list, pins, viewPx, wish) => {
        const layout = layOutColumns(list, Math.min(pins, list.length), viewPx);
        const column = Math.min(wish, list.length - 1);
        const leftPx = leftToReveal(layout, 0, column, viewPx);
        const { from, to } = columnsInView(layout, leftPx, viewPx);
        expect(column < layout.stuck || (column >= from && column < to)).toBe(true);
        expect(layout.stuckPx).toBeLessThanOrEqual(viewPx * 0.6);
        const isBesidePinned = column < layout.stuck || (layout.edges[column] ?? 0) - leftPx >= layout.stuckPx;
        expect(isBesidePinned).toBe(true);
      }),
    );
  });

  it('drops before the column whose left half is under the pointer', () => {
    const layout = layOutColumns([100, 100, 100], 1, 1000);
    expect([10, 60, 140, 160, 290].map((xPx) => dropPlace(layout, 0, xPx))).toEqual([0, 1, 1, 2, 3]);
    expect(dropPlace(layout, 100, 140)).toBe(2);
    expect(dropPlace(layout, 100, 40)).toBe(0);
  });
});

describe('the keys of the grid', () => {
  const extent = { rows: 100, columns: 5, pageRows: 10 };
  const press = (key: string, row: number, ctrlKey = false) =>
    moveByKey({ key, ctrlKey, metaKey: false, altKey: false }, { row, column: 2 }, extent);

  it('reach the headers from the first row, and come back', () => {
    expect(press('ArrowUp', 0)).toEqual({ row: HEADER_ROW, column: 2 });
    expect(press('ArrowUp', HEADER_ROW)).toEqual({ row: HEADER_ROW, column: 2 });
    expect(press('ArrowLeft', HEADER_ROW)).toEqual({ row: HEADER_ROW, column: 1 });
    expect(press('ArrowDown', HEADER_ROW)).toEqual({ row: 0, column: 2 });
    expect(press('PageUp', 5)).toEqual({ row: 0, column: 2 });
    expect(press('Home', 50, true)).toEqual({ row: 0, column: 0 });
    expect(press('End', 50, true)).toEqual({ row: 99, column: 4 });
    expect(press('ArrowUp', 50, true)).toEqual({ row: 0, column: 2 });
  });
});

describe('rows that are shown in another order', () => {
  it('stay until the new ones are there', async () => {
    let value = 'before';
    let release: (() => void) | undefined;
    const load = async (from: number, count: number): Promise<RowsAnswer> => {
      const rows = Array.from({ length: count }, () => [value]);
      await new Promise<void>((resolve) => (release = resolve));
      return { from, rows };
    };
    let arrived: (() => void) | undefined;
    const arrival = () => new Promise<void>((resolve) => (arrived = resolve));
    const blocks = new RowBlocks(load, () => arrived?.());
    blocks.want(0, 10);
    const first = arrival();
    release?.();
    await first;
    expect(blocks.row(3)).toEqual(['before']);
    value = 'after';
    blocks.refresh();
    // The loop that fetched the first rows ends in a task of its own.
    await new Promise((resolve) => setImmediate(resolve));
    blocks.want(0, 10);
    expect(blocks.row(3)).toEqual(['before']);
    const second = arrival();
    release?.();
    await second;
    expect(blocks.row(3)).toEqual(['after']);
  });
});
