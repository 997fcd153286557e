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
import {
  columnsInView,
  dropMarkPx,
  dropPlace,
  layOutColumns,
  leftToReveal,
} from '../../web/src/trace/events/column-layout.ts';
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
import { firstWidths, MIN_COLUMN_PX, SampledTexts } from '../../web/src/trace/events/column-widths.ts';
import { HEADER_ROW, moveByKey } from '../../web/src/trace/events/grid-keys.ts';
import { isOnScreen, rowInSlot, slotCount } from '../../web/src/trace/events/grid-slots.ts';
import type { RowsAnswer } from '../../web/src/trace/trace-snapshot.ts';
import { BLOCK_ROWS, RowBlocks } from '../../web/src/trace/events/row-blocks.ts';
import { rowsAtTop } from '../../web/src/trace/events/scaled-scroll.ts';

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

  it('shows where something is dropped in sight, also before the first column and among pinned ones', () => {
    const layout = layOutColumns([100, 100, 100, 100], 2, 1000);
    expect([0, 1, 2, 3, 4].map((place) => dropMarkPx(layout, 0, place))).toEqual([0, 100, 200, 300, 400]);
    expect([0, 1, 2, 3, 4].map((place) => dropMarkPx(layout, 150, place))).toEqual([150, 250, 350, 350, 400]);
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

/** Rows as a worker gives them: each answer waits until it is given. */
function newRows() {
  const asked: {
    readonly from: number;
    readonly count: number;
    readonly answer: (value: string) => void;
    readonly fail: () => void;
  }[] = [];
  let changes = 0;
  const blocks = new RowBlocks(
    (from, count) =>
      new Promise<RowsAnswer>((resolve, reject) => {
        const answer = (value: string): void =>
          resolve({ from, rows: Array.from({ length: count }, (_, at) => [`${value}${from + at}`]) });
        asked.push({ from, count, answer, fail: () => reject(new Error('the disk is gone')) });
      }),
    () => changes++,
  );
  /** Until everything that follows from an answer has happened. */
  const rest = () => new Promise((resolve) => setImmediate(resolve));
  return { asked, blocks, rest, changes: () => changes };
}

describe('the slots of rows', () => {
  const first = fc.nat(1_000_000);
  const rowsOf = (top: number, slots: number): number[] =>
    Array.from({ length: slots }, (_, slot) => rowInSlot(slot, top, slots));

  it('show every row in view once, and one of them changes when the view moves by a row', () => {
    fc.assert(
      fc.property(first, fc.integer({ min: 1, max: 60 }), (top, slots) => {
        const rows = rowsOf(top, slots);
        expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: slots }, (_, row) => top + row));
        const moved = rowsOf(top + 1, slots);
        expect(rows.filter((row, slot) => row !== moved[slot])).toEqual([top]);
      }),
    );
  });

  it('are enough wherever the view stands', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 0, max: 100_000 }), (viewPx, topPx) => {
        const space = { rows: 100_000, rowPx: 28, viewPx };
        expect(rowsAtTop(space, topPx).count).toBeLessThanOrEqual(slotCount(space));
      }),
    );
  });

  it('and columns on screen are all that exists, besides headers and pinned columns', () => {
    const there = (row: number, column: number) =>
      isOnScreen({ row, column }, { from: 10, to: 12 }, { stuck: 1, from: 4, to: 6 });
    expect([9, 10, 11, 12].map((row) => there(row, 4))).toEqual([false, true, true, false]);
    expect([0, 1, 3, 4, 5, 6].map((column) => there(10, column))).toEqual([true, false, false, true, true, false]);
    expect([there(HEADER_ROW, 4), there(HEADER_ROW, 0), there(HEADER_ROW, 2), there(9, 0)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('rows around what is on screen', () => {
  it('are kept up to a number of blocks, the oldest going first, and come back when they are wanted', async () => {
    const { asked, blocks, rest } = newRows();
    for (let block = 0; block <= 24; block++) {
      blocks.want(block * BLOCK_ROWS, 10);
      asked.at(-1)?.answer('row');
      await rest();
    }
    expect(asked).toHaveLength(25);
    expect([blocks.row(0), blocks.row(BLOCK_ROWS)]).toEqual([undefined, [`row${BLOCK_ROWS}`]]);
    blocks.want(0, 10);
    asked.at(-1)?.answer('again');
    await rest();
    expect([asked.length, blocks.row(0)]).toEqual([26, ['again0']]);
  });

  it('that cannot be read are told, and asked for again when somebody wants that, or when they are others', async () => {
    const { asked, blocks, rest, changes } = newRows();
    blocks.want(0, 10);
    asked[0]?.fail();
    await rest();
    expect([blocks.hasFailed, changes()]).toEqual([true, 1]);
    blocks.want(5, 10);
    expect(asked).toHaveLength(1);
    blocks.retry();
    expect(blocks.hasFailed).toBe(false);
    asked[1]?.answer('row');
    await rest();
    expect(blocks.row(7)).toEqual(['row7']);
    blocks.want(BLOCK_ROWS, 10);
    asked[2]?.fail();
    await rest();
    blocks.clear();
    expect(blocks.hasFailed).toBe(false);
    blocks.want(0, 10);
    asked[3]?.answer('other');
    await rest();
    expect(blocks.row(7)).toEqual(['other7']);
  });

  it('of a result that is left while they are on their way are never shown, whether they come or fail', async () => {
    for (const outcome of ['answer', 'fail'] as const) {
      const { asked, blocks, rest } = newRows();
      blocks.want(0, 10);
      blocks.clear();
      asked[0]?.[outcome]('before');
      await rest();
      expect([blocks.row(0), blocks.hasFailed]).toEqual([undefined, false]);
      asked[1]?.answer('after');
      await rest();
      expect([asked.length, blocks.row(0)]).toEqual([2, ['after0']]);
    }
  });
});

describe('the widths of columns', () => {
  const textPx = () => (text: string) => text.length * 10;
  const rowsOf = (text: string, count: number) => (index: number) => (index < count ? [text, 'x'] : undefined);

  it('stay when the first rows are not held any more, are others, or are in another order', () => {
    const texts = new SampledTexts();
    const first = texts.measure('history', ['A', 'B'], rowsOf('ten chars.', 40), textPx);
    expect(first).toEqual([100, 10]);
    for (const rows of [rowsOf('', 0), rowsOf('a much longer text', 100), rowsOf('x', 40)])
      expect(texts.measure('history', ['A', 'B'], rows, textPx)).toBe(first);
  });

  it('grow with the first rows until there are enough of them, and begin anew with other columns', () => {
    const texts = new SampledTexts();
    expect(texts.measure('history', ['A', 'B'], rowsOf('', 0), textPx)).toEqual([0, 0]);
    expect(texts.measure('history', ['A', 'B'], rowsOf('wide text', 3), textPx)).toEqual([90, 10]);
    expect(texts.measure('history', ['A', 'B'], rowsOf('small', 40), textPx)).toEqual([90, 10]);
    expect(texts.measure('holds', ['A', 'B'], rowsOf('small', 2), textPx)).toEqual([50, 10]);
    expect(texts.measure('history', ['A', 'B'], rowsOf('', 0), textPx)).toEqual([90, 10]);
  });

  it('show headers and texts whole, within reason', () => {
    expect(firstWidths(['four', 'x', 'y'], [0, 900, 10], textPx())).toEqual([96, 340, 66]);
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
