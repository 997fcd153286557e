import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../web/src/stream/clock.ts';
import { BatchStore } from '../../web/src/stream/batch-store.ts';
import { BlobStore } from '../../web/src/stream/raw-store.ts';
import { NO_ARRANGEMENT, nextSort, withFilter } from '../../web/src/trace/arrange/arrange-spec.ts';
import type { ArrangeSpec } from '../../web/src/trace/arrange/arrange-spec.ts';
import { Arrangement } from '../../web/src/trace/arrange/arrangement.ts';
import { Arranger } from '../../web/src/trace/arrange/arranger.ts';
import { meets, readCondition } from '../../web/src/trace/arrange/condition.ts';
import { readPlantTime, readTypedTime } from '../../web/src/trace/arrange/plant-time.ts';
import { SortKeys, TooManyTextsError } from '../../web/src/trace/arrange/sort-keys.ts';
import { SortedRuns } from '../../web/src/trace/arrange/sorted-runs.ts';
import type { Cell } from '../../web/src/trace/trace-snapshot.ts';
import { appendBatch } from '../helpers/web-append-batch.ts';

function finish<Value>(work: Generator<void, Value, undefined>): Value {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** As they come: numbers with more digits than a JSON number holds. */
const LONG_NUMBERS = ['-12345678901234567', '0.00012345678901234567', '3.1415926535897932384', '10.0000000000000005'];
/** Ids, and texts that only look like such numbers. */
const NO_NUMBERS = ['4880123456789012', '00012345678901234567', '1234567890123456.', '1.2.3456789012345678'];

const cells: fc.Arbitrary<Cell> = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -20, max: 20 }),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constantFrom('', 'GWBK-0001', 'gwbk-0001', '10', '9', '焊接_DB', '🧪', 'a\tb'),
  fc.string({ maxLength: 3 }),
  fc.constantFrom(...LONG_NUMBERS, ...NO_NUMBERS),
  fc.constantFrom('2026-01-05T08:00:00', '2026-01-05T08:00:01', '2025-12-31T23:59:59', '2026-02-30T00:00:00'),
);

/** What kind of value a cell is, in the order of kinds. */
function rankOf(cell: Cell): number {
  if (cell === null || cell === '') return 3;
  if (typeof cell !== 'string' || LONG_NUMBERS.includes(cell)) return 0;
  return readPlantTime(cell) === undefined ? 2 : 1;
}

/** The order in plain words: numbers, times, texts, each rising or falling; then what is empty; equals as they came. */
function sortSimply(values: readonly Cell[], isDescending: boolean): number[] {
  const sign = isDescending ? -1 : 1;
  return [...values.keys()].sort((a, b) => {
    const [x, y] = [values[a] ?? null, values[b] ?? null];
    const [rankX, rankY] = [rankOf(x), rankOf(y)];
    if (rankX === 3 || rankY === 3) return rankX - rankY || a - b;
    if (rankX !== rankY) return (rankX - rankY) * sign;
    const [p, q] = rankX === 0 ? [Number(x), Number(y)] : [String(x), String(y)];
    return p < q ? -sign : p > q ? sign : a - b;
  });
}

describe('sorted runs', () => {
  it('hold every record once and in order, however they are cut', () => {
    const runs = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 1e6 }), { maxLength: 30 }), { maxLength: 40 });
    fc.assert(
      fc.property(runs, (lists) => {
        const seen = new Set<number>();
        const own = lists.map((list) => list.filter((value) => !seen.has(value) && seen.add(value)));
        const sorted = new SortedRuns((a, b) => a - b);
        for (const list of own) finish(sorted.add(Uint32Array.from(list).sort()));
        expect([...finish(sorted.settle())]).toEqual([...seen].sort((a, b) => a - b));
      }),
    );
  });

  it('let others have their turn while much is merged', () => {
    const sorted = new SortedRuns((a, b) => a - b);
    const even = Uint32Array.from({ length: 100_000 }, (_, index) => index * 2);
    finish(sorted.add(even));
    const odd = even.map((value) => value + 1);
    const steps = [...sorted.add(odd)].length;
    expect(steps).toBeGreaterThan(20);
    expect(finish(sorted.settle()).every((value, index) => value === index)).toBe(true);
  });
});

describe('an arrangement', () => {
  const batches = fc.array(fc.array(cells, { maxLength: 12 }), { maxLength: 12 });

  it('sorts numbers as numbers and times as times, empty cells last, equals in the order of the stream', () => {
    fc.assert(
      fc.property(batches, fc.boolean(), (lists, isDescending) => {
        const spec: ArrangeSpec = { sort: { column: 'V', isDescending }, filters: [] };
        const arrangement = new Arrangement('history', spec, undefined);
        const values: Cell[] = [];
        for (const list of lists) {
          values.push(...list);
          finish(arrangement.take(list.map((value) => ({ V: value }))));
          expect([...finish(arrangement.settle())]).toEqual(sortSimply(values, isDescending));
        }
        expect(arrangement.scanned).toBe(values.length);
      }),
    );
  });

  it('leaves only records that meet every filter and belong to the containers', () => {
    const row = fc.record({
      CONTAINERID: fc.constantFrom('a', 'b', 'c'),
      Q: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 9 })),
      NAME: fc.constantFrom('GA26', 'ga27', null),
    });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const spec = withFilter(withFilter(NO_ARRANGEMENT, 'Q', '>=5'), 'NAME', 'GA');
        const arrangement = new Arrangement('history', spec, new Set(['a', 'c']));
        finish(arrangement.take(rows));
        const wanted = [...rows.entries()].filter(
          ([, { CONTAINERID, Q, NAME }]) => CONTAINERID !== 'b' && Q !== null && Q >= 5 && NAME !== null,
        );
        expect([...finish(arrangement.settle())]).toEqual(wanted.map(([index]) => index));
      }),
    );
  });

  it('refuses to keep more text than its limit', () => {
    const keys = new SortKeys(false, 10);
    keys.set(0, '12345');
    keys.set(1, '12345');
    keys.set(2, '6789');
    expect(() => keys.set(3, 'ab')).toThrow(TooManyTextsError);
  });
});

describe('a name with the prefix that is no part of it', () => {
  const names = ['參考編號：GA26-A00-005', 'GA26-A00-004', 'GC26', '參考編號：GA26-A00-001', null];
  const arranged = (text: string, column = 'CONTAINERNAME', sort?: ArrangeSpec['sort']): number[] => {
    const work = new Arrangement('history', { sort, filters: text === '' ? [] : [{ column, text }] }, undefined);
    finish(work.take(names.map((name) => ({ CONTAINERNAME: name, REMARK: name }))));
    return [...finish(work.settle())];
  };

  it('is found in both of its forms, and left out in both', () => {
    expect(arranged('=GA26-A00-005')).toEqual([0]);
    expect(arranged('=參考編號：GA26-A00-005')).toEqual([0]);
    expect(arranged('參考')).toEqual([0, 3]);
    expect(arranged('!=GA26-A00-005')).toEqual([1, 2, 3, 4]);
    expect(arranged('!參考')).toEqual([1, 2, 4]);
    expect(arranged('=GA26-A00-005', 'REMARK')).toEqual([]);
  });

  it('stands where it belongs as it is shown', () => {
    expect(arranged('', '', { column: 'CONTAINERNAME', isDescending: false })).toEqual([3, 1, 0, 2, 4]);
  });
});

describe('a filter as it is typed', () => {
  const passes = (typed: string, cell: Cell): boolean | undefined => {
    const condition = readCondition(typed);
    return condition === undefined ? undefined : meets(condition, cell);
  };

  it.each<[string, Cell[], Cell[]]>([
    ['ga26', ['GA26011704', 'xGA26'], ['GA25', null, 26]],
    ['GA*003', ['GA26-A00-003', 'xga003y'], ['003GA', 'GA26-A00-004']],
    ['!GA', ['GC26', null], ['GA26', 'ga']],
    ['=10', [10, '10'], [100, '010', null]],
    ['!=10', [100, null], [10, '10']],
    ['=', [null, ''], [0, 'x', false]],
    ['!=', [0, 'x'], [null, '']],
    ['>10', [10.5, 11], [10, '11', null]],
    ['>=10', [10, 11], [9.9]],
    ['<0', [-1], [0, null]],
    ['<=0', [0, -1], [0.1]],
    ['1..3', [1, 2, 3], [0.9, 3.1, null]],
    ['..3', [-9, 3], [4]],
    ['3..', [3, 9], [2]],
    ['2026-01-05', ['2026-01-05T08:00:00'], ['2026-01-06T08:00:00']],
    ['>2026-01-05', ['2026-01-06T00:00:00'], ['2026-01-05T23:59:59']],
    ['<=2026/1/5', ['2026-01-05T23:59:59'], ['2026-01-06T00:00:00']],
    ['>=2026-01-05 08:00', ['2026-01-05T08:00:00'], ['2026-01-05T07:59:59', 5]],
    ['<2026-01-05 08:00', ['2026-01-05T07:59:59'], ['2026-01-05T08:00:00']],
    ['2026-01-05..2026-01-06', ['2026-01-05T00:00:00', '2026-01-06T23:59:59'], ['2026-01-07T00:00:00']],
    ['a..b', ['xa..by'], ['a', 'ab']],
    ['>3', ['3.1415926535897932384', '12345678901234567'], ['0.00012345678901234567', '4880123456789012']],
    ['<=0', ['-12345678901234567'], ['10.0000000000000005']],
    ['=3.1415926535897932384', ['3.1415926535897932384'], ['3.1415926535897932385', 3.14]],
  ])('%s', (typed, inside, outside) => {
    for (const cell of inside) expect([cell, passes(typed, cell)]).toEqual([cell, true]);
    for (const cell of outside) expect([cell, passes(typed, cell)]).toEqual([cell, false]);
  });

  it('is refused when it compares with what is neither a number nor a time', () => {
    for (const typed of ['>abc', '<', '>=2026-02-30', '< 25:00']) expect(readCondition(typed)).toBeUndefined();
  });

  it('knows the days that exist', () => {
    expect(readTypedTime('2024-02-29')).toEqual({ fromMs: Date.UTC(2024, 1, 29), toMs: Date.UTC(2024, 2, 1) });
    expect(readTypedTime('2025-02-29')).toBeUndefined();
    expect(readPlantTime('2026-13-01T00:00:00')).toBeUndefined();
    // What an unknown time is written as in some systems.
    expect(readPlantTime('0001-01-01T00:00:00')).toBe(-62_135_596_800_000);
  });

  it('is taken away by an empty text, and a sort goes up, down, and away', () => {
    const spec = withFilter(NO_ARRANGEMENT, 'Q', ' >5 ');
    expect(spec.filters).toEqual([{ column: 'Q', text: '>5' }]);
    expect(withFilter(spec, 'Q', '  ').filters).toEqual([]);
    const up = nextSort(undefined, 'Q');
    const down = nextSort(up, 'Q');
    expect([up, down, nextSort(down, 'Q')]).toEqual([
      { column: 'Q', isDescending: false },
      { column: 'Q', isDescending: true },
      undefined,
    ]);
    expect(nextSort(down, 'N')).toEqual({ column: 'N', isDescending: false });
  });
});

/** Time that stands still but for what waits: each wait is over as soon as nothing else is to do. */
function newClock(): Clock & { readonly waits: number[] } {
  let nowMs = 0;
  const waits: number[] = [];
  return {
    waits,
    nowMs: () => nowMs,
    after(delayMs, task) {
      let isOff = false;
      waits.push(delayMs);
      setImmediate(() => {
        nowMs += delayMs;
        if (!isOff) task();
      });
      return () => (isOff = true);
    },
  };
}

describe('the arranger', () => {
  const sortByQuantity: ArrangeSpec = { sort: { column: 'Q', isDescending: false }, filters: [] };

  function newPlace() {
    const store = new BatchStore(new BlobStore());
    const clock = newClock();
    let settle: (() => void) | undefined;
    const arranger = new Arranger({
      store,
      clock,
      changed: () => {
        const state = arranger.snapshot('history')?.state;
        if (state !== 'working') settle?.();
      },
    });
    const append = (quantities: readonly number[]): void => {
      appendBatch(
        store,
        'history',
        quantities.map((Q) => ({ CONTAINERID: Q % 2 === 0 ? 'even' : 'odd', Q })),
      );
      arranger.wake();
    };
    const settled = async (): Promise<void> => {
      if (arranger.snapshot('history')?.state !== 'working') return;
      const { promise, resolve } = Promise.withResolvers<void>();
      settle = resolve;
      await promise;
    };
    const shown = async (): Promise<unknown[]> => {
      const places = arranger.places('history', 0, 100);
      return places === undefined ? [] : (await store.pick('history', places)).map(({ Q }) => Q);
    };
    return { store, clock, arranger, append, settled, shown };
  }

  it('takes in what arrives later, and says when everything is in', async () => {
    const { arranger, append, settled, shown } = newPlace();
    append([5, 1, 3]);
    arranger.arrange('history', sortByQuantity);
    await settled();
    expect(await shown()).toEqual([1, 3, 5]);
    append([4, 0]);
    expect(arranger.snapshot('history')).toMatchObject({ state: 'working', shownOf: 3, rows: 3 });
    await settled();
    expect(await shown()).toEqual([0, 1, 3, 4, 5]);
    expect(arranger.snapshot('history')).toMatchObject({ state: 'settled', shownOf: 5, rows: 5, scanned: 5 });
  });

  it('leaves things as they are when it is stopped, and goes on when it is told to', async () => {
    const { arranger, append, settled, shown } = newPlace();
    append([5, 1]);
    arranger.arrange('history', sortByQuantity);
    await settled();
    arranger.setStopped('history', true);
    append([0]);
    expect(arranger.snapshot('history')).toMatchObject({ state: 'stopped', shownOf: 2 });
    expect(await shown()).toEqual([1, 5]);
    arranger.setStopped('history', false);
    await settled();
    expect(await shown()).toEqual([0, 1, 5]);
  });

  it('shows what it has when it is stopped before it showed anything, not what was asked before', async () => {
    const { arranger, append, settled, shown } = newPlace();
    append([5, 1]);
    arranger.arrange('history', sortByQuantity);
    await settled();
    arranger.arrange('history', { sort: undefined, filters: [{ column: 'Q', text: '=5' }] });
    arranger.setStopped('history', true);
    // Whether the batch was already being read decides how much that is; the two rows before are gone either way.
    await expect.poll(async () => (await shown()).length).toBeLessThan(2);
    const { shownOf, state } = arranger.snapshot('history') ?? {};
    expect(state).toBe('stopped');
    expect(await shown()).toEqual(shownOf === 2 ? [5] : []);
  });

  it('keeps the rows before on screen until it has others, and shows all again when nothing is wanted', async () => {
    const { arranger, append, settled, shown } = newPlace();
    append([5, 1, 3]);
    arranger.arrange('history', sortByQuantity);
    await settled();
    arranger.arrange('history', { sort: { column: 'Q', isDescending: true }, filters: [{ column: 'Q', text: '>1' }] });
    expect(await shown()).toEqual([1, 3, 5]);
    await settled();
    expect(await shown()).toEqual([5, 3]);
    arranger.arrange('history', NO_ARRANGEMENT);
    expect(arranger.places('history', 0, 9)).toBeUndefined();
    expect(arranger.snapshot('history')).toBeUndefined();
  });

  it('begins again with other containers, and when everything was dropped', async () => {
    const { store, arranger, append, settled, shown } = newPlace();
    append([5, 2, 3]);
    arranger.arrange('history', sortByQuantity);
    await settled();
    arranger.setContainers(['odd']);
    await settled();
    expect(await shown()).toEqual([3, 5]);
    store.clear();
    arranger.restart();
    expect(await shown()).toEqual([]);
    append([7, 6, 1]);
    await settled();
    expect(await shown()).toEqual([1, 7]);
  });

  it('says so when the records cannot be read', async () => {
    const { store, arranger, append, settled } = newPlace();
    append([5]);
    store.parse = () => Promise.reject(new Error('the disk is gone'));
    arranger.arrange('history', sortByQuantity);
    await settled();
    expect(arranger.snapshot('history')?.state).toBe('failed');
  });

  it('shows no rows of what was asked before under what could not be read', async () => {
    const { store, arranger, append, settled, shown } = newPlace();
    append([5, 2]);
    arranger.arrange('history', { sort: undefined, filters: [{ column: 'Q', text: '=5' }] });
    await settled();
    expect(await shown()).toEqual([5]);
    const before = arranger.snapshot('history')?.revision ?? 0;
    store.parse = () => Promise.reject(new Error('the disk is gone'));
    arranger.arrange('history', sortByQuantity);
    await settled();
    expect(arranger.snapshot('history')).toMatchObject({ state: 'failed', rows: undefined });
    expect(arranger.snapshot('history')?.revision).toBeGreaterThan(before);
    expect(arranger.places('history', 0, 9)).toBeUndefined();
  });

  it('keeps what it had shown when the rest could not be read, and of how many records that is', async () => {
    const { store, arranger, append, settled, shown } = newPlace();
    append([5, 2]);
    arranger.arrange('history', sortByQuantity);
    await settled();
    store.parse = () => Promise.reject(new Error('the disk is gone'));
    append([1]);
    await settled();
    expect(arranger.snapshot('history')).toMatchObject({ state: 'failed', rows: 2, shownOf: 2 });
    expect(await shown()).toEqual([2, 5]);
  });
});

describe('records picked from anywhere', () => {
  it('are the same as those read one after the other, in the order asked for', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.boolean(), fc.infiniteStream(fc.nat()), async (counts, isParsed, choices) => {
        const store = new BatchStore(new BlobStore());
        let next = 0;
        const parsed: unknown[] = [];
        for (const count of counts) {
          const records = Array.from({ length: count }, () => ({ N: next++, T: '批次🧪\t' }));
          const entry = appendBatch(store, 'holds', records);
          if (isParsed) parsed.push(...(await store.parse(entry)));
        }
        expect(parsed).toEqual(isParsed ? Array.from({ length: next }, (_, N) => ({ N, T: '批次🧪\t' })) : []);
        const places = Uint32Array.from(choices.take(60), (choice) => choice % next);
        const picked = await store.pick('holds', places);
        expect(picked).toEqual([...places].map((place) => ({ N: place, T: '批次🧪\t' })));
        expect(await store.pick('holds', Uint32Array.of(next))).toEqual([]);
      }),
    );
  });
});
