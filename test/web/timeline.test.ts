import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../web/src/stream/clock.ts';
import { BatchStore } from '../../web/src/stream/batch-store.ts';
import { BlobStore } from '../../web/src/stream/raw-store.ts';
import { MAX_MARKS, MAX_UNPLACED, OPEN_END_MS } from '../../web/src/trace/timeline/timeline.ts';
import type { TimelineTrack } from '../../web/src/trace/timeline/timeline.ts';
import { TimelineLayout } from '../../web/src/trace/timeline/timeline-layout.ts';
import { createTimeDrag, meaningOfWheel } from '../../web/src/trace/timeline/time-gestures.ts';
import { chooseLots, readTimeline } from '../../web/src/trace/timeline/timeline-reader.ts';
import type { LoadRecord } from '../../web/src/trace/timeline/timeline-records.ts';
import {
  barsInView,
  centreOn,
  extentOf,
  fitWindow,
  hasRoom,
  loadsBeside,
  marksInView,
  panBy,
  pxAt,
  rowsOf,
  tickText,
  ticksOf,
  timeText,
  zoomAt,
} from '../../web/src/trace/timeline/timeline-view.ts';
import { appendBatch } from '../helpers/web-append-batch.ts';

const HOUR_MS = 3_600_000;

function load(over: Partial<LoadRecord>): LoadRecord {
  return {
    containerId: 'a',
    lot: 'LOT-A',
    group: 'DB',
    workCenter: 'DB-1',
    machine: 'M1',
    spec: 'S',
    inMs: 0,
    outMs: 100,
    ...over,
  };
}

function layout(loads: readonly LoadRecord[], isShown: (id: string) => boolean = () => true): TimelineLayout {
  const made = new TimelineLayout(isShown);
  for (const each of loads) made.addLoad(each);
  return made;
}

const hold = (containerId: string, workCenter: string, atMs: number | undefined) => ({
  containerId,
  lot: `LOT-${containerId}`,
  workCenter,
  atMs,
  releasedAtMs: undefined,
  reason: 'R',
});
const material = (containerId: string, spec: string, atMs: number | undefined) => ({
  containerId,
  lot: `LOT-${containerId}`,
  spec,
  atMs,
  part: 'P',
  materialLot: 'L',
});

/** Each track in one line: `group lot machine: from-to…`. */
function lines(tracks: readonly TimelineTrack[]): string[] {
  return tracks.map(
    ({ group, lot, machine, bars }) =>
      `${group} ${lot} ${machine}: ${bars.map((bar) => `${bar.fromMs}-${bar.toMs}`).join(' ')}`,
  );
}

describe('the tracks of a timeline', () => {
  it('are one for each group, lot and machine, groups in the order in which they were reached', () => {
    const made = layout([
      load({ group: 'WB', inMs: 500, outMs: 600 }),
      load({ machine: 'M2', inMs: 50, outMs: 60 }),
      load({ inMs: 200, outMs: 300 }),
      load({ inMs: 10, outMs: 40 }),
      load({ containerId: 'b', lot: 'LOT-B', inMs: 400, outMs: 450 }),
    ]);
    expect(lines(made.tracks())).toEqual([
      'DB LOT-A M1: 10-40 200-300',
      'DB LOT-A M2: 50-60',
      'DB LOT-B M1: 400-450',
      'WB LOT-A M1: 500-600',
    ]);
    expect(rowsOf(made.tracks()).map((row) => (row.type === 'group' ? row.tracks : row.track.machine))).toEqual([
      3,
      'M1',
      'M2',
      'M1',
      1,
      'M1',
    ]);
  });

  it('keep two lots of one name apart', () => {
    expect(layout([load({}), load({ containerId: 'b' })]).tracks().length).toBe(2);
  });

  it('draw a load that is still in for half an hour and mark it, and never one that ends before it begins', () => {
    const [track] = layout([load({ inMs: 1000, outMs: undefined }), load({ inMs: 500, outMs: 400 })]).tracks();
    expect(track?.bars).toEqual([
      { spec: 'S', fromMs: 500, toMs: 500, isOpen: false },
      { spec: 'S', fromMs: 1000, toMs: 1000 + OPEN_END_MS, isOpen: true },
    ]);
    expect(OPEN_END_MS).toBe(1_800_000);
  });

  it('count loads without a time of track-in', () => {
    const made = layout([load({}), load({ inMs: undefined })]);
    expect([made.bars, made.undated]).toEqual([1, 1]);
  });
});

describe('marks on the tracks', () => {
  const loads = [
    load({ machine: 'M1', inMs: 0, outMs: 100 }),
    load({ machine: 'M2', inMs: 300, outMs: 400 }),
    load({ machine: 'M3', spec: 'OTHER', inMs: 500, outMs: 600 }),
  ];
  /** The machine on whose track a mark came to stand. */
  const placeOf = (made: TimelineLayout, kind: 'holds' | 'materials') =>
    made.tracks().find((track) => track[kind].length > 0)?.machine;

  it.each<[number, string]>([
    [50, 'M1'],
    [100, 'M1'],
    [199, 'M1'],
    [200, 'M1'],
    [201, 'M2'],
    [350, 'M2'],
    [9999, 'M2'],
  ])('a material at %d stands at the nearest load of its lot and spec, %s', (atMs, machine) => {
    const made = layout(loads);
    made.addMaterial(material('a', 'S', atMs));
    expect(placeOf(made, 'materials')).toBe(machine);
    expect(made.materials).toEqual({ matched: 1, unmatched: 0, outside: 0, undrawn: 0 });
  });

  it('materials of another lot, of another spec, or without a time have no place, and are counted and listed', () => {
    const made = layout(loads);
    made.addMaterial(material('b', 'S', 50));
    made.addMaterial(material('a', 'NONE', 50));
    made.addMaterial(material('a', 'S', undefined));
    made.addMaterial(material('a', 'OTHER', 50));
    expect(made.materials).toEqual({ matched: 1, unmatched: 3, outside: 0, undrawn: 0 });
    expect(placeOf(made, 'materials')).toBe('M3');
    made.addHold(hold('b', 'DB-1', 70));
    expect(made.unplaced).toEqual([
      { kind: 'material', lot: 'LOT-b', atMs: 50, where: 'S', what: 'P' },
      { kind: 'material', lot: 'LOT-a', atMs: 50, where: 'NONE', what: 'P' },
      { kind: 'material', lot: 'LOT-a', atMs: undefined, where: 'S', what: 'P' },
      { kind: 'hold', lot: 'LOT-b', atMs: 70, where: 'DB-1', what: 'R' },
    ]);
  });

  it('without a place are listed up to a number, and all counted', () => {
    const made = layout([]);
    for (let index = 0; index < MAX_UNPLACED + 5; index++) made.addHold(hold('a', 'DB', 50));
    expect([made.unplaced.length, made.holds.unmatched]).toEqual([MAX_UNPLACED, MAX_UNPLACED + 5]);
  });

  it('a hold stands at the nearest load of its work center, else of its lot', () => {
    const at = (workCenter: string) => {
      const made = layout([
        load({ machine: 'M1' }),
        load({ machine: 'M2', workCenter: 'WB-1', inMs: 900, outMs: 950 }),
      ]);
      made.addHold(hold('a', workCenter, 50));
      return placeOf(made, 'holds');
    };
    expect([at('WB-1'), at('DB-1'), at('NONE')]).toEqual(['M2', 'M1', 'M1']);
  });

  it('of lots in other parts are outside, and those beyond the limit are counted as not drawn', () => {
    const made = layout(loads, (id) => id === 'a');
    made.addHold(hold('z', 'DB', 50));
    for (let index = 0; index < MAX_MARKS + 3; index++) made.addHold(hold('a', 'DB', 50));
    expect(made.holds).toEqual({ matched: MAX_MARKS + 3, unmatched: 0, outside: 1, undrawn: 3 });
    expect(made.tracks().reduce((sum, track) => sum + track.holds.length, 0)).toBe(MAX_MARKS);
  });

  it('are where a search over everything would put them', () => {
    const times = fc.integer({ min: 0, max: 50 });
    const bars = fc.array(fc.record({ spec: fc.constantFrom('S', 'T'), inMs: times, length: fc.nat(9) }), {
      maxLength: 9,
    });
    fc.assert(
      fc.property(bars, times, (list, atMs) => {
        const made = layout(
          list.map(({ spec, inMs, length }, index) => load({ spec, machine: `M${index}`, inMs, outMs: inMs + length })),
        );
        made.addMaterial(material('a', 'S', atMs));
        const away = list.map(({ spec, inMs, length }) =>
          spec === 'S' ? Math.max(0, inMs - atMs, atMs - inMs - length) : Infinity,
        );
        const least = Math.min(Infinity, ...away);
        expect(made.materials.matched).toBe(Number(least < Infinity));
        const machine = placeOf(made, 'materials');
        const chosen = machine === undefined ? Infinity : away[Number(machine.slice(1))];
        expect(chosen).toBe(least);
      }),
    );
  });
});

describe('a part of the lots', () => {
  const counts = new Map([
    ['a', 4],
    ['b', 4],
    ['c', 3],
    ['d', 20],
    ['e', 1],
  ]);

  it('holds whole lots up to a number of loads, and at least one lot', () => {
    expect([...chooseLots(counts, 0, 10)]).toEqual(['a', 'b']);
    expect([...chooseLots(counts, 2, 10)]).toEqual(['c']);
    expect([...chooseLots(counts, 3, 10)]).toEqual(['d']);
    expect([...chooseLots(counts, 4, 10)]).toEqual(['e']);
    expect([...chooseLots(counts, 0, 100)]).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('together with the others is everything, each lot once', () => {
    const lots = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(lots, fc.integer({ min: 1, max: 50 }), (sizes, most) => {
        const all = new Map(sizes.map((size, index) => [String(index), size]));
        const seen: string[] = [];
        while (seen.length < all.size) seen.push(...chooseLots(all, seen.length, most));
        expect(seen).toEqual([...all.keys()]);
      }),
    );
  });
});

describe('the timeline of a store', () => {
  const open = () => {
    const store = new BatchStore(new BlobStore());
    const append = (domain: 'history' | 'holds' | 'materials', records: Record<string, unknown>[]): void => {
      appendBatch(store, domain, records);
    };
    append('history', [
      {
        CONTAINERID: 'a',
        CONTAINERNAME: '參考編號：LOT-A',
        WORKCENTERNAME: '焊接_DB',
        EQUIPMENTNAME: 'M1',
        SPECNAME: 'S',
        TRACKINTIMESTAMP: '2026-01-05T08:00:00',
        TRACKOUTTIMESTAMP: '2026-01-05T09:00:00',
      },
    ]);
    append('history', [
      {
        CONTAINERID: 'b',
        CONTAINERNAME: null,
        WORKCENTERNAME: null,
        EQUIPMENTNAME: 'M2',
        SPECNAME: 'S',
        TRACKINTIMESTAMP: '2026-01-05T10:00:00',
        TRACKOUTTIMESTAMP: null,
      },
    ]);
    append('holds', [{ CONTAINERID: 'a', HOLDTXNDATE: '2026-01-05T08:30:00', HOLDREASONNAME: 'R' }]);
    append('materials', [{ CONTAINERID: 'b', SPECNAME: 'S', TXNDATE: '2026-01-05T10:05:00', MATERIALPARTNAME: 'P' }]);
    return store;
  };
  const read = (containers: ReadonlySet<string> | undefined, signal = new AbortController().signal) =>
    readTimeline({ store: open(), clock: systemClock, loads: 'history', containers, lotsFrom: 0 }, signal);

  it('has every load, hold and material of all lots', async () => {
    const timeline = await read(undefined);
    expect(timeline).toMatchObject({ bars: 2, allBars: 2, lotsFrom: 0, lotsTo: 2, allLots: 2, madeOf: 4 });
    expect(
      timeline.tracks.map(({ group, lot, holds, materials }) => [group, lot, holds.length, materials.length]),
    ).toEqual([
      ['焊接_DB', 'LOT-A', 1, 0],
      ['', 'b', 0, 1],
    ]);
    expect(timeText(timeline.tracks[0]?.bars[0]?.fromMs ?? 0)).toBe('2026-01-05 08:00');
  });

  it('has only those of the chosen containers', async () => {
    const timeline = await read(new Set(['b']));
    expect(timeline).toMatchObject({ bars: 1, allBars: 1, allLots: 1 });
    expect([timeline.holds.matched, timeline.holds.unmatched, timeline.materials.matched]).toEqual([0, 0, 1]);
  });

  it('is of one moment, whatever arrives while it is made', async () => {
    const store = open();
    const more = { CONTAINERID: 'c', EQUIPMENTNAME: 'M3', SPECNAME: 'S', TRACKINTIMESTAMP: '2026-01-05T12:00:00' };
    const late = { CONTAINERID: 'a', HOLDREASONNAME: 'LATE' };
    // It is told the time between two batches.
    let looks = 0;
    const nowMs = (): number => {
      looks++;
      if (looks === 2) appendBatch(store, 'history', [more]);
      if (looks === 4) appendBatch(store, 'holds', [late]);
      return 0;
    };
    const source = {
      store,
      clock: { ...systemClock, nowMs },
      loads: 'history',
      containers: undefined,
      lotsFrom: 0,
    } as const;
    const timeline = await readTimeline(source, new AbortController().signal);
    expect([store.records('history'), store.records('holds')]).toEqual([3, 2]);
    expect(timeline).toMatchObject({ bars: 2, allBars: 2, allLots: 2, madeOf: 4 });
    expect(timeline.holds).toMatchObject({ matched: 1, unmatched: 0 });
  });

  it('without any load has the marks that have no place', async () => {
    const store = new BatchStore(new BlobStore());
    appendBatch(store, 'holds', [{ CONTAINERID: 'a', HOLDREASONNAME: 'R' }]);
    const source = { store, clock: systemClock, loads: 'history', containers: undefined, lotsFrom: 0 } as const;
    const timeline = await readTimeline(source, new AbortController().signal);
    expect(timeline).toMatchObject({ tracks: [], allLots: 0, lotsTo: 0, madeOf: 1, holds: { unmatched: 1 } });
    expect(timeline.unplaced).toHaveLength(1);
  });

  it('is given up when nobody waits for it any more', async () => {
    await expect(read(undefined, AbortSignal.abort(new Error('asked again')))).rejects.toThrow('asked again');
  });
});

describe('the window of time', () => {
  const extent = { fromMs: 0, toMs: 100 * HOUR_MS };
  const fit = fitWindow(extent, 1000);

  it('shows everything when it is fitted', () => {
    expect(pxAt(fit, extent.fromMs)).toBeGreaterThanOrEqual(0);
    expect(pxAt(fit, extent.toMs)).toBeLessThanOrEqual(1000);
    const tracks = layout([load({ inMs: 5, outMs: 9 }), load({ machine: 'M2', inMs: 7, outMs: 20 })]).tracks();
    expect(extentOf({ tracks })).toEqual({ fromMs: 5, toMs: 20 });
    expect(extentOf({ tracks: [] })).toBeUndefined();
  });

  it('keeps the moment under the pointer while it zooms, within limits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (atPx, factor) => {
          const zoomed = zoomAt(fit, atPx, factor, fit);
          const moment = fit.fromMs + atPx * fit.msPerPx;
          expect(pxAt(zoomed, moment)).toBeCloseTo(atPx, 3);
          expect(zoomed.msPerPx).toBeGreaterThanOrEqual(1500);
          expect(zoomed.msPerPx).toBeLessThanOrEqual(fit.msPerPx * 4);
        },
      ),
    );
  });

  it('is never moved to where nothing is', () => {
    for (const byPx of [-1e9, 1e9]) {
      const moved = panBy(fit, byPx, extent, 1000);
      expect(pxAt(moved, extent.fromMs) < 1000 && pxAt(moved, extent.toMs) > 0).toBe(true);
    }
    expect(pxAt(centreOn(fit, 7 * HOUR_MS, 1000), 7 * HOUR_MS)).toBe(500);
  });

  it('has its ticks on whole hours and days, never too close', () => {
    const hours = ticksOf({ fromMs: HOUR_MS / 2, msPerPx: HOUR_MS / 100 }, 400);
    expect(hours.map(tickText)).toEqual(['01:00', '02:00', '03:00', '04:00']);
    const days = ticksOf({ fromMs: -HOUR_MS, msPerPx: (24 * HOUR_MS) / 100 }, 250);
    expect(days.map(tickText)).toEqual(['1970-01-01', '1970-01-02', '1970-01-03']);
    fc.assert(
      fc.property(fc.double({ min: 1500, max: 1e11, noNaN: true }), (msPerPx) => {
        const ticks = ticksOf({ fromMs: 0, msPerPx }, 1200);
        expect(ticks.length).toBeGreaterThan(0);
        for (const [index, tick] of ticks.entries())
          expect(index === 0 || (tick.ms - (ticks[index - 1]?.ms ?? 0)) / msPerPx >= 84).toBe(true);
      }),
    );
  });

  it('tells no day or hour that the right edge would cut', () => {
    const window = { fromMs: 0, msPerPx: (24 * HOUR_MS) / 100 };
    const told = (widthPx: number) =>
      ticksOf(window, widthPx)
        .filter((tick) => hasRoom(tick, window, widthPx))
        .map(tickText);
    expect(told(299)).toEqual(['1970-01-01', '1970-01-02', '1970-01-03']);
    expect(told(250)).toEqual(['1970-01-01', '1970-01-02']);
    const hours = { fromMs: HOUR_MS / 2, msPerPx: HOUR_MS / 100 };
    const isTold = (widthPx: number) => ticksOf(hours, widthPx).map((tick) => hasRoom(tick, hours, widthPx));
    expect(isTold(300)).toEqual([true, true, true]);
    expect(isTold(280)).toEqual([true, true, false]);
  });

  it('draws what is in it, and points at what is beside it', () => {
    const [track] = layout([
      load({ inMs: 0, outMs: 10 }),
      load({ inMs: 100, outMs: 150 }),
      load({ inMs: 151, outMs: 152 }),
      load({ inMs: 900, outMs: 950 }),
    ]).tracks();
    if (track === undefined) throw new Error('there is no track');
    const window = { fromMs: 50, msPerPx: 1 };
    expect(barsInView(track, window, 400).map(({ leftPx, widthPx }) => [leftPx, widthPx])).toEqual([
      [50, 50],
      [101, 3],
    ]);
    expect(loadsBeside(track, window, 400)).toEqual({ isBefore: true, isBehind: true });
    expect(loadsBeside(track, { fromMs: -5, msPerPx: 1 }, 2000)).toEqual({ isBefore: false, isBehind: false });
  });

  it('loses no load that lies on the pixels of another: what is drawn has all of them', () => {
    // One load in four parts, which begin together; a short one within; then two that stand apart.
    const [track] = layout([
      load({ inMs: 0, outMs: 100 }),
      load({ inMs: 0, outMs: 180 }),
      load({ inMs: 0, outMs: 300 }),
      load({ inMs: 0, outMs: 300 }),
      load({ inMs: 50, outMs: 51 }),
      load({ inMs: 400, outMs: 450 }),
      load({ inMs: 430, outMs: 500 }),
    ]).tracks();
    if (track === undefined) throw new Error('there is no track');
    const drawn = barsInView(track, { fromMs: 0, msPerPx: 1 }, 1000);
    expect(drawn.map(({ leftPx, widthPx, bars }) => [leftPx, widthPx, bars.length])).toEqual([
      [0, 300, 5],
      [400, 50, 1],
      [430, 70, 1],
    ]);
    const times = fc.array(fc.tuple(fc.nat(500), fc.nat(80), fc.boolean()), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 40 }), (list, msPerPx) => {
        const [made] = layout(
          list.map(([inMs, length, isOpen]) => load({ inMs, outMs: isOpen ? undefined : inMs + length })),
        ).tracks();
        if (made === undefined) throw new Error('there is no track');
        const all = barsInView(made, { fromMs: -10, msPerPx }, 1000);
        expect(new Set(all.flatMap(({ bars }) => bars))).toEqual(new Set(made.bars));
        expect(all.reduce((sum, { bars }) => sum + bars.length, 0)).toBe(list.length);
        for (const { bars, leftPx, widthPx } of all)
          for (const bar of bars) {
            expect((bar.fromMs + 10) / msPerPx).toBeGreaterThanOrEqual(leftPx);
            expect((bar.toMs + 10) / msPerPx).toBeLessThanOrEqual(leftPx + widthPx + 1);
          }
      }),
    );
  });

  it('loses no hold and no material that falls together with another, and draws none over the other', () => {
    const marks = fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 60 });
    fc.assert(
      fc.property(marks, fc.integer({ min: 1, max: 50 }), (times, msPerPx) => {
        const sorted = times.toSorted((a, b) => a - b).map((atMs, number) => ({ atMs, number }));
        const drawn = marksInView(sorted, { fromMs: 0, msPerPx }, 2000);
        expect(drawn.flatMap((each) => each.marks)).toEqual(sorted);
        for (const [at, { atPx }] of drawn.entries())
          expect(at === 0 || atPx - (drawn[at - 1]?.atPx ?? 0) >= 9).toBe(true);
      }),
    );
    // Materials of one load have one time, at any zoom.
    const same = [{ atMs: 7 }, { atMs: 7 }, { atMs: 7 }];
    expect(marksInView(same, { fromMs: 0, msPerPx: 0.001 }, 10_000)).toEqual([{ marks: same, atPx: 7000 }]);
  });

  it('draws few bars of very many on few pixels', () => {
    const many = layout(Array.from({ length: 5000 }, (_, index) => load({ inMs: index, outMs: index + 1 }))).tracks();
    const [track] = many;
    if (track === undefined) throw new Error('there is no track');
    expect(barsInView(track, { fromMs: 0, msPerPx: 50 }, 100).length).toBeLessThan(101);
  });
});

describe('moving in time', () => {
  const pointer = (over: object) =>
    ({
      pointerId: 1,
      isPrimary: true,
      button: 0,
      buttons: 1,
      clientX: 0,
      currentTarget: { setPointerCapture: () => undefined },
      ...over,
    }) as unknown as PointerEvent & { currentTarget: Element };
  const dragged = () => {
    const moves: number[] = [];
    return { moves, drag: createTimeDrag((byPx) => void moves.push(byPx)) };
  };

  it('follows one finger, whatever a second one does', () => {
    const { moves, drag } = dragged();
    drag.down(pointer({ clientX: 100 }));
    drag.down(pointer({ pointerId: 2, isPrimary: false, clientX: 500 }));
    drag.moved(pointer({ pointerId: 2, clientX: 510 }));
    drag.moved(pointer({ clientX: 90 }));
    drag.ended(pointer({ pointerId: 2 }));
    drag.moved(pointer({ clientX: 70 }));
    drag.ended(pointer({}));
    drag.moved(pointer({ clientX: 0 }));
    expect(moves).toEqual([10, 20]);
  });

  it('begins with the first button of the mouse alone, and ends where that was let go unheard', () => {
    const { moves, drag } = dragged();
    drag.down(pointer({ button: 2, buttons: 2 }));
    drag.moved(pointer({ buttons: 2, clientX: 50 }));
    expect(moves).toEqual([]);
    drag.down(pointer({}));
    drag.moved(pointer({ buttons: 0, clientX: 50 }));
    drag.moved(pointer({ buttons: 1, clientX: 80 }));
    expect(moves).toEqual([]);
  });

  it('is what a wheel means that turns sideways or with Shift; else the tracks are scrolled', () => {
    const turn = (over: object) =>
      meaningOfWheel({ deltaX: 0, deltaY: 0, shiftKey: false, ctrlKey: false, metaKey: false, ...over });
    expect(turn({ deltaY: 100 })).toBeUndefined();
    expect(turn({ deltaY: 100, deltaX: 8 })).toBeUndefined();
    expect(turn({ deltaY: 8, deltaX: 100 })).toEqual({ type: 'pan', byPx: 100 });
    expect(turn({ deltaY: 100, shiftKey: true })).toEqual({ type: 'pan', byPx: 100 });
    expect(turn({ deltaX: 100, shiftKey: true })).toEqual({ type: 'pan', byPx: 100 });
    expect(turn({ deltaY: 400, ctrlKey: true })).toEqual({ type: 'zoom', factor: Math.exp(-1) });
  });
});
