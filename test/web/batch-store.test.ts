import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchEntry } from '../../web/src/stream/batch-store.ts';
import { BatchStore, findBatch, MAX_OPEN_BATCHES } from '../../web/src/stream/batch-store.ts';
import { BlobStore } from '../../web/src/stream/raw-store.ts';
import { findRecordBounds, parseRecord, parseRecordsHead, sliceRecord } from '../../web/src/stream/records-line.ts';
import { RecordsFilter } from '../../web/src/stream/records-filter.ts';
import { makeBatch } from '../helpers/web-append-batch.ts';
import { encodeRecordsLine } from '../helpers/web-recorded-stream.ts';

const encoder = new TextEncoder();

function appendBatch(store: BatchStore, batch: number, records: readonly Record<string, unknown>[]): BatchEntry {
  return store.append(makeBatch('history', batch, records));
}

describe('the index of batches', () => {
  it('finds the batch of every record, whatever the sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }), (counts) => {
        const entries: BatchEntry[] = [];
        let offset = 0;
        for (const [index, count] of counts.entries()) {
          entries.push({
            domain: 'history',
            batch: index + 1,
            offset,
            count,
            dataOffset: 0,
            byteOffset: 0,
            byteLength: 0,
          });
          offset += count;
        }
        for (let record = 0; record < offset; record++) {
          const entry = entries[findBatch(entries, record)];
          expect(entry !== undefined && record >= entry.offset && record < entry.offset + entry.count).toBe(true);
        }
        expect(findBatch(entries, offset)).toBe(-1);
        expect(findBatch(entries, -1)).toBe(-1);
      }),
    );
  });

  it('refuses a batch that is not the next of its domain', () => {
    const store = new BatchStore(new BlobStore());
    appendBatch(store, 1, [{ a: 1 }]);
    expect(() => appendBatch(store, 3, [{ a: 2 }])).toThrow(RangeError);
    expect(store.records('history')).toBe(1);
  });
});

describe('the batch store', () => {
  it('walks records in any order, piece by piece, until everything is dropped', async () => {
    const store = new BatchStore(new BlobStore());
    for (let batch = 1; batch <= 4; batch++) {
      appendBatch(
        store,
        batch,
        [1, 2, 3].map((number) => ({ N: batch * 10 + number })),
      );
    }
    const read = async (places: readonly number[]): Promise<unknown[]> => {
      const records: unknown[] = [];
      for await (const piece of store.walkAnywhere(store.entries('history'), Uint32Array.from(places))) {
        for (const bytes of piece) records.push(parseRecord(bytes)['N']);
      }
      return records;
    };
    expect(await read([11, 0, 5, 4, 0])).toEqual([43, 11, 23, 22, 11]);
    expect(await read([])).toEqual([]);
    const many = Uint32Array.from({ length: 1200 }, (_, index) => (index * 7) % 12);
    const walk = store.walkAnywhere(store.entries('history'), many);
    expect((await walk.next()).value).toHaveLength(500);
    store.clear();
    await expect(walk.next()).rejects.toMatchObject({ problem: { code: 'GENERATION_CHANGED' } });
  });

  const json = fc.jsonValue({ maxDepth: 1 });
  const record = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 8 }), json, { maxKeys: 5 });

  it('gives back every record as it came, whatever is written in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(record, { minLength: 1, maxLength: 6 }), { maxLength: 12 }),
        async (batches) => {
          const store = new BatchStore(new BlobStore());
          for (const [index, records] of batches.entries()) appendBatch(store, index + 1, records);
          const all = batches.flat();
          const read = await store.read('history', all.keys());
          expect(read.map((value) => JSON.stringify(value))).toEqual(
            all.map((value) => JSON.stringify({ ...JSON.parse(JSON.stringify(value)) })),
          );
        },
      ),
    );
  });

  it('cuts records at the separator only: a TAB in a text is escaped, a comma is not one', () => {
    const records = [{ a: 'x\ty', b: ',\t' }, { a: '],}' }, { a: '批次🧪' }];
    const line = encoder.encode(encodeRecordsLine('holds', 7, records));
    const head = parseRecordsHead(line);
    const bounds = findRecordBounds(line, head);
    expect(head).toMatchObject({ domain: 'holds', batch: 7, count: 3 });
    expect(records.map((_, index) => parseRecord(sliceRecord(line, bounds, index)))).toEqual(records);
  });

  it('refuses a line that holds another number of records than it says', () => {
    const line = encoder.encode('{"type":"records","domain":"holds","batch":1,"count":3,"data":[{},\t{}]}\n');
    expect(() => findRecordBounds(line, parseRecordsHead(line))).toThrow('another number');
  });

  it('leaves out places past the end', async () => {
    const store = new BatchStore(new BlobStore());
    appendBatch(store, 1, [{ a: 1 }, { a: 2 }]);
    expect(await store.read('history', [1, 2, 99])).toEqual([{ a: 2 }]);
    expect(await store.read('holds', [0])).toEqual([]);
  });

  it('still reads old batches when more were opened than it keeps', async () => {
    const store = new BatchStore(new BlobStore());
    const count = MAX_OPEN_BATCHES * 3;
    for (let batch = 1; batch <= count; batch++) appendBatch(store, batch, [{ batch }]);
    for (const place of [...Array(count).keys(), 0, 5]) {
      expect(await store.read('history', [place])).toEqual([{ batch: place + 1 }]);
    }
  });

  it('is empty after it was cleared, and takes batch 1 again', async () => {
    const store = new BatchStore(new BlobStore());
    appendBatch(store, 1, [{ a: 1 }]);
    store.clear();
    expect(store.records('history')).toBe(0);
    appendBatch(store, 1, [{ a: 9 }]);
    expect(await store.read('history', [0])).toEqual([{ a: 9 }]);
  });
});

describe('the filter by containers', () => {
  it('finds exactly the records of the containers, and is not fooled by texts that look like the member', async () => {
    const ids = fc.constantFrom('00000000000000aa', '00000000000000bb', '00000000000000cc');
    const lure = fc.constantFrom(
      'plain',
      '"CONTAINERID":"00000000000000aa"',
      '\\"CONTAINERID\\":\\"00000000000000aa\\"',
    );
    const rows = fc.array(fc.array(fc.record({ NOTE: lure, CONTAINERID: ids }), { minLength: 1, maxLength: 5 }));
    await fc.assert(
      fc.asyncProperty(rows, async (batches) => {
        const store = new BatchStore(new BlobStore());
        const filter = new RecordsFilter(['00000000000000aa', '00000000000000cc']);
        for (const [index, records] of batches.entries()) {
          appendBatch(store, index + 1, records);
          while (await filter.scanNext(store, 'history'));
        }
        const wanted = batches.flat().flatMap((row, place) => (row.CONTAINERID.endsWith('bb') ? [] : [place]));
        expect([...filter.places('history', 0, 1000)]).toEqual(wanted);
        expect(filter.matches('history')).toBe(wanted.length);
        expect(filter.isCurrent(store, 'history')).toBe(true);
      }),
    );
  });

  it('leaves what it found to be read record by record, not line by line', async () => {
    const raw = new BlobStore();
    let lines = 0;
    const read = raw.read.bind(raw);
    raw.read = (byteOffset, byteLength) => {
      lines++;
      return read(byteOffset, byteLength);
    };
    const store = new BatchStore(raw);
    const filter = new RecordsFilter(['00000000000000aa']);
    const batches = MAX_OPEN_BATCHES * 2;
    for (let batch = 1; batch <= batches; batch++) {
      const others = Array.from({ length: 30 }, () => ({ CONTAINERID: '00000000000000bb', batch }));
      appendBatch(store, batch, [...others, { CONTAINERID: '00000000000000aa', batch }]);
    }
    while (await filter.scanNext(store, 'history'));
    const before = lines;
    const rows = await store.pick('history', filter.places('history', 0, 100));
    expect(rows.map(({ batch }) => batch)).toEqual(Array.from({ length: batches }, (_, index) => index + 1));
    expect(lines - before).toBe(0);
    // Many of one batch are cut out of its line, which is then at hand for the rows beside them.
    await store.pick(
      'history',
      Uint32Array.from({ length: 20 }, (_, at) => 31 * 3 + at),
    );
    await store.pick(
      'history',
      Uint32Array.from({ length: 20 }, (_, at) => 31 * 3 + 10 + at),
    );
    expect(lines - before).toBe(1);
  });
});
