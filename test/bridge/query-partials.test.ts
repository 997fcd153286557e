import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeRecords } from '../../oracle-bridge/encode/halve-batch.ts';
import { groupSerials } from '../../oracle-bridge/query-tool/group-serials.ts';
import { dropLastLoad, mergePartials } from '../../oracle-bridge/query-tool/merge-partials.ts';
import { placeNeighbours } from '../../oracle-bridge/query-tool/place-neighbours.ts';
import { addHours, addSeconds, monthsBefore, startOfNextDay } from '../../oracle-bridge/query-tool/plant-calendar.ts';
import type { Row } from '../../oracle-bridge/warehouse/warehouse.ts';

const load = (more: Row = {}): Row => ({
  CONTAINERID: 'c1',
  SPECNAME: '成型',
  EQUIPMENTID: 'M1',
  FINISHEDRUNCARD: 'card',
  TRACKINTIMESTAMP: '2026-01-01T08:00:00',
  TRACKINQTY: 100,
  TRACKOUTTIMESTAMP: '2026-01-01T09:00:00',
  TRACKOUTQTY: 100,
  ...more,
});
const part = (left: Row[string], out: Row[string], end: Row[string]): Row =>
  load({ TRACKINQTY: left, TRACKOUTQTY: out, TRACKOUTTIMESTAMP: end });
const quantities = (rows: readonly Row[]) =>
  rows.map((row) => [row['TRACKINQTY'], row['TRACKOUTQTY'], row['TRACKOUTTIMESTAMP'], row['partial_count']]);

/** In an order of their own. */
const sorted = (rows: readonly Row[]) => quantities(rows).map(String).sort();

describe('partial track-outs', () => {
  it('of one load become one row: the greatest load, the sum of the output, the latest end', () => {
    const parts = [
      part(43_200, 2520, '2026-01-19T08:05:10'),
      part(3600, 3600, '2026-01-20T01:30:45'),
      part(19_440, 15_120, '2026-01-19T19:55:30'),
      part(40_680, 21_240, '2026-01-19T13:40:00'),
      part(4320, 720, '2026-01-20T00:12:00'),
    ];
    expect(mergePartials(parts)).toEqual([{ ...part(43_200, 43_200, '2026-01-20T01:30:45'), partial_count: 5 }]);
  });

  it.each(['CONTAINERID', 'EQUIPMENTID', 'SPECNAME', 'TRACKINTIMESTAMP'])(
    'of another %s are another load',
    (column) => {
      const rows = mergePartials([load(), load({ [column]: '2026-02-01T00:00:00' })]);
      expect(rows.map((row) => row['partial_count'])).toEqual([1, 1]);
    },
  );

  it('that differ in anything else stay as they are, all of the load', () => {
    const parts = [
      part(100, 40, '2026-01-01T09:00:00'),
      part(60, 30, '2026-01-01T10:00:00'),
      { ...part(30, 30, '2026-01-01T11:00:00'), FINISHEDRUNCARD: 'card#R' },
    ];
    expect(mergePartials(parts)).toEqual(parts.map((row) => ({ ...row, partial_count: 1 })));
  });

  it('without quantity or end add nothing, and a load without any has none', () => {
    expect(quantities(mergePartials([part(100, 40, '2026-01-01T09:00:00'), part(60, null, null)]))).toEqual([
      [100, 40, '2026-01-01T09:00:00', 2],
    ]);
    expect(quantities(mergePartials([part(null, null, null), part(null, null, null)]))).toEqual([
      [null, null, null, 2],
    ]);
  });

  it('are added exactly, whatever their size', () => {
    const merged = mergePartials([part('9007199254740993', 1, null), part(1, '9007199254740993', null)]);
    expect(quantities(merged)).toEqual([['9007199254740993', '9007199254740994', null, 2]]);
  });

  it('may have fractions and be negative: they are compared and added exactly', () => {
    const merged = (left: readonly Row[string][], out: readonly Row[string][]) =>
      quantities(mergePartials(left.map((value, index) => part(value, out[index] ?? null, null))))[0]?.slice(0, 2);
    expect(merged([12.5, 3], [12.5, 3])).toEqual([12.5, 15.5]);
    expect(merged([2, 10.25], [0.1, 0.2])).toEqual([10.25, 0.3]);
    expect(merged([0.000125, 0.0000001], [0.000125, 0.0000001])).toEqual([0.000125, 0.0001251]);
    expect(merged([-2.5, -3], [-2.5, 2.5])).toEqual([-2.5, 0]);
    expect(merged([-0.5, null], [-0.25, -0.25])).toEqual([-0.5, -0.5]);
    const long = '9007199254740993.25';
    expect(merged([long, 9.5], [long, 0.75])).toEqual([long, '9007199254740994']);
    expect(merged([long, '-9007199254740993.5'], [long, '-9007199254740993'])).toEqual([long, 0.25]);
  });

  it('that are the only one of their load stay as they are', () => {
    const row = part('12.50', 1e-7, '2026-01-01T09:00:00');
    expect(mergePartials([row])).toEqual([{ ...row, partial_count: 1 }]);
  });

  it('lose and double nothing, in any order', () => {
    const row = fc.record({ CONTAINERID: fc.constantFrom('a', 'b'), FINISHEDRUNCARD: fc.constantFrom('x', 'y') });
    const quantity = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(row, quantity)), (given) => {
        const rows = given.map(([more, out]) => load({ ...more, TRACKOUTQTY: out }));
        const merged = mergePartials(rows);
        const total = (list: readonly Row[], column: string) =>
          list.reduce((sum, item) => sum + Number(item[column]), 0);
        expect(total(merged, 'TRACKOUTQTY')).toBe(total(rows, 'TRACKOUTQTY'));
        expect(total(merged, 'partial_count')).toBe(rows.length);
        expect(sorted(mergePartials(rows.toReversed()))).toEqual(sorted(merged));
      }),
    );
  });

  it('of the load in which reading stopped are left out, all of them', () => {
    const first = load({ CONTAINERID: 'c0' });
    expect(dropLastLoad([first, load(), load({ TRACKINQTY: 5 })])).toEqual([first]);
    expect(dropLastLoad([load(), load()])).toEqual([]);
    expect(dropLastLoad([])).toEqual([]);
  });
});

/** Loads an hour apart, of the given types. */
function machineOf(types: string): Row[] {
  return types.split('').map((type, index) =>
    load({
      CONTAINERID: `c${index}`,
      PJ_TYPE: type === '-' ? null : type,
      TRACKINTIMESTAMP: addHours('2026-01-01T00:00:00', index),
    }),
  );
}
const around = (types: string, hour: number, minutes = 0) =>
  placeNeighbours(machineOf(types), addSeconds(addHours('2026-01-01T00:00:00', hour), minutes * 60))
    .map((row) => `${row['RELATIVE_POSITION']}${row['PJ_TYPE'] ?? '-'}`)
    .join(' ');

describe('the neighbours of a load', () => {
  it('are at least three on each side', () => {
    expect(around('BABABABABAB', 5)).toBe('-3B -2A -1B 0A 1B 2A 3B');
    expect(around('BBBBBABBBBB', 5)).toBe('-3B -2B -1B 0A 1B 2B 3B');
  });

  it('reach to the first of another type, that one included', () => {
    expect(around('BBAAAAAAAAAB', 6)).toBe('-5B -4A -3A -2A -1A 0A 1A 2A 3A 4A 5B');
    expect(around('AAAAAAAAAA', 4)).toBe('-4A -3A -2A -1A 0A 1A 2A 3A 4A 5A');
  });

  it('are those there are', () => {
    expect(around('AB', 0)).toBe('0A 1B');
    expect(around('A', 0)).toBe('0A');
    expect(placeNeighbours([], '2026-01-01T00:00:00')).toEqual([]);
  });

  it('count from the load that was tracked in last, or from the first one', () => {
    expect(around('ABC', 1, 59)).toBe('-1A 0B 1C');
    expect(around('ABC', -1)).toBe('0A 1B 2C');
    expect(around('ABC', 99)).toBe('-2A -1B 0C');
  });

  it('of unknown type are of another one', () => {
    expect(around('AAAAA-AAAA', 1)).toBe('-1A 0A 1A 2A 3A 4-');
    expect(around('-----', 4)).toBe('-4- -3- -2- -1- 0-');
  });

  it('that are one load in several rows have one position', () => {
    const rows = machineOf('ABC');
    const [first, second, third] = rows as [Row, Row, Row];
    const parts = [first, second, { ...second, FINISHEDRUNCARD: 'other' }, third];
    expect(placeNeighbours(parts, '2026-01-01T01:00:00').map((row) => row['RELATIVE_POSITION'])).toEqual([-1, 0, 0, 1]);
  });
});

describe('plant times', () => {
  it('go back by months, to the last day where there is no such day', () => {
    expect(monthsBefore('2026-08-31T10:00:00', 6)).toBe('2026-02-28T10:00:00');
    expect(monthsBefore('2024-08-31T10:00:00', 6)).toBe('2024-02-29T10:00:00');
    expect(monthsBefore('2026-03-15T23:59:59', 6)).toBe('2025-09-15T23:59:59');
  });

  it('go over the end of a day, a month and a year', () => {
    expect(startOfNextDay('2026-12-31')).toBe('2027-01-01T00:00:00');
    expect(startOfNextDay('2024-02-28')).toBe('2024-02-29T00:00:00');
    expect(addHours('2026-01-01T00:30:00', -1)).toBe('2025-12-31T23:30:00');
  });
});

it('serial numbers have their lots together, in order', () => {
  const row = (FINISHEDNAME: string, CONTAINERNAME: string, PJ_COMBINEDRATIO: number): Row => ({
    FINISHEDNAME,
    CONTAINERNAME,
    PJ_COMBINEDRATIO,
  });
  const serials = groupSerials([row('S1', 'a', 0.25), row('S2', 'c', 1), row('S1', 'b', 0.75)]);
  expect(
    serials.map(({ serial_number, lots }) => [serial_number, lots.map((lot) => [lot.container_name, lot.ratio])]),
  ).toEqual([
    [
      'S1',
      [
        ['a', 0.25],
        ['b', 0.75],
      ],
    ],
    ['S2', [['c', 1]]],
  ]);
});

it('the first records of a batch are whole records', () => {
  const records = (texts: readonly string[]) => ({ count: texts.length, json: Buffer.from(texts.join(',\t')) });
  const list = ['{"a":1}', '{"b":",\\t"}', '{"c":3}'];
  for (let count = 0; count <= 4; count++) {
    const taken = takeRecords(records(list), count);
    expect([taken.count, Buffer.from(taken.json).toString()]).toEqual([
      Math.min(count, 3),
      list.slice(0, count).join(',\t'),
    ]);
  }
  expect(() => takeRecords({ count: 3, json: Buffer.from('{}') }, 2)).toThrow('fewer records');
});
