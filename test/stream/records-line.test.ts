import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countRecords,
  dataSlice,
  isRecordsLineOf,
  recordsLineHead,
  sliceRecords,
} from '../../src/stream/records-line.ts';
import { makeLine } from '../helpers/make-chunk.ts';

const recordArbitrary = fc.dictionary(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.oneof(fc.string({ unit: 'binary' }), fc.double({ noNaN: true }), fc.constant(null), fc.constant('a,\t[{"]}\n')),
  { maxKeys: 5 },
);
const recordsArbitrary = fc.array(recordArbitrary, { minLength: 1, maxLength: 30 });
const line = (records: readonly unknown[]) => makeLine({ domain: 'history', batch: 7, count: records.length }, records);
const parseData = (bytes: Uint8Array): unknown => JSON.parse(`[${Buffer.from(bytes).toString()}]`);
const joined = (records: readonly unknown[]) => records.map((record) => JSON.stringify(record)).join(',\t');

describe('slices of a records line', () => {
  it('dataSlice is what stands between the brackets', () => {
    fc.assert(
      fc.property(recordsArbitrary, (records) => {
        expect(Buffer.from(dataSlice(line(records))).toString()).toBe(joined(records));
      }),
    );
  });

  it('sliceRecords gives the same records, joined as they were, as an array slice', () => {
    const place = fc.integer({ min: 0, max: 35 });
    fc.assert(
      fc.property(recordsArbitrary, place, place, (records, from, count) => {
        const slice = Buffer.from(sliceRecords(line(records), from, count)).toString();
        expect(slice).toBe(joined(records.slice(from, from + count)));
      }),
    );
  });

  it('neighbouring slices make up the whole', () => {
    fc.assert(
      fc.property(recordsArbitrary, fc.integer({ min: 1, max: 7 }), (records, step) => {
        const pages: unknown[] = [];
        for (let from = 0; from < records.length; from += step)
          pages.push(...(parseData(sliceRecords(line(records), from, step)) as unknown[]));
        expect(pages).toEqual(JSON.parse(JSON.stringify(records)));
      }),
    );
  });

  it('copies nothing', () => {
    const raw = line([{ A: 1 }, { A: 2 }]);
    expect(dataSlice(raw).buffer).toBe(raw.buffer);
    expect(sliceRecords(raw, 1, 1).buffer).toBe(raw.buffer);
  });

  it('is empty for a place behind the last record and for no records', () => {
    const raw = line([{ A: 1 }, { A: 2 }]);
    expect(sliceRecords(raw, 2, 10)).toHaveLength(0);
    expect(sliceRecords(raw, 0, 0)).toHaveLength(0);
  });
});

describe('what a records line claims', () => {
  it('countRecords finds every record', () => {
    fc.assert(
      fc.property(recordsArbitrary, (records) => {
        expect(countRecords(dataSlice(line(records)))).toBe(records.length);
      }),
    );
  });

  it.each(['', '{', '}', '[]', '{}\t{}', '{},\t', '{},\t[]', '1,\t{}', '{"A":"x\ty"}', '{},\t\t{}'])(
    'countRecords refuses %j',
    (text) => {
      expect(countRecords(Buffer.from(text))).toBeUndefined();
    },
  );

  it('isRecordsLineOf compares domain, batch, count and the end', () => {
    const raw = line([{ A: 1 }]);
    const head = { domain: 'history', batch: 7, count: 1 } as const;
    expect(isRecordsLineOf(raw, head)).toBe(true);
    expect(isRecordsLineOf(raw, { ...head, domain: 'holds' })).toBe(false);
    expect(isRecordsLineOf(raw, { ...head, batch: 8 })).toBe(false);
    expect(isRecordsLineOf(raw, { ...head, count: 2 })).toBe(false);
    expect(isRecordsLineOf(raw.subarray(0, -1), head)).toBe(false);
    expect(isRecordsLineOf(Buffer.from(recordsLineHead(head)), head)).toBe(false);
  });
});
