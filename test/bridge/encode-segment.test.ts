import { createHash } from 'node:crypto';
import { constants, crc32, inflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CHUNK_RAW_BYTES } from '../../src/protocol/limits.ts';
import { halveRecords } from '../../oracle-bridge/encode/halve-batch.ts';
import { encodeRecord, encodeRecords, RECORD_SEPARATOR } from '../../oracle-bridge/encode/record-encoder.ts';
import type { EncodedChunk } from '../../oracle-bridge/encode/segment.ts';
import { countChunks, encodeBatch } from '../../oracle-bridge/encode/segment.ts';

const FLUSH_END = Buffer.from([0, 0, 0xff, 0xff]);

/** The line of a chunk, and proof that the segment has no final block: it inflates only as an unfinished stream. */
function inflate({ segment }: EncodedChunk): Buffer {
  expect(() => inflateRawSync(segment)).toThrow('unexpected end of file');
  expect(Buffer.from(segment.subarray(-4))).toEqual(FLUSH_END);
  return inflateRawSync(segment, { finishFlush: constants.Z_SYNC_FLUSH });
}

function joined(records: readonly object[]) {
  return { count: records.length, json: Buffer.from(records.map(encodeRecord).join(RECORD_SEPARATOR)) };
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => ({ N: n, T: `文字 ${n}\t` }));

describe('a chunk', () => {
  it('is one line that says what it is, with the digests of that line', async () => {
    const [chunk] = await encodeBatch({ domain: 'holds', batch: 3, ...joined([{ A: 1 }, { A: null }]) });
    const line = inflate(chunk as EncodedChunk);
    expect(line.toString()).toBe(
      '{"type":"records","domain":"holds","batch":3,"count":2,"data":[{"A":1},\t{"A":null}]}\n',
    );
    expect(chunk?.head).toEqual({
      domain: 'holds',
      batch: 3,
      count: 2,
      raw_bytes: line.byteLength,
      crc32: crc32(line),
      sha256: createHash('sha256').update(line).digest('hex'),
    });
  });

  it('becomes several consecutive ones, cut between records, where it would be too large', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 100, max: 700 }), async (count, rawBytes) => {
        const records = numbered(count);
        const limits = { rawBytes, segmentBytes: 600 };
        const chunks = await encodeBatch({ domain: 'jobs', batch: 7, ...joined(records) }, limits);
        const lines = chunks.map((chunk) => JSON.parse(inflate(chunk).toString()) as { data: object[]; batch: number });
        expect(lines.flatMap((line) => line.data)).toEqual(records);
        expect(lines.map((line) => line.batch)).toEqual(chunks.map((_, index) => 7 + index));
        for (const [index, { head, segment }] of chunks.entries()) {
          expect(head.count).toBe(lines[index]?.data.length);
          expect(head.raw_bytes).toBeLessThanOrEqual(rawBytes);
          expect(segment.byteLength).toBeLessThanOrEqual(limits.segmentBytes);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is cut as well where only its segment is too large', async () => {
    const random = numbered(40).map(({ N }) => ({ N, T: createHash('sha256').update(String(N)).digest('base64') }));
    const chunks = await encodeBatch(
      { domain: 'jobs', batch: 1, ...joined(random) },
      { rawBytes: 1_000_000, segmentBytes: 700 },
    );
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks.reduce((sum, chunk) => sum + chunk.head.count, 0)).toBe(40);
  });

  it('cannot hold a record that is too large by itself', async () => {
    const batch = joined([{ A: 1 }, { A: 'x'.repeat(MAX_CHUNK_RAW_BYTES) }]);
    await expect(encodeBatch({ domain: 'jobs', batch: 1, ...batch })).rejects.toMatchObject({
      code: 'RESULT_TOO_LARGE',
    });
  });

  it('is counted beforehand', () => {
    const limits = { rawBytes: 100, segmentBytes: 100 };
    expect(countChunks({ count: 10, json: new Uint8Array(100) }, limits)).toBe(1);
    expect(countChunks({ count: 10, json: new Uint8Array(101) }, limits)).toBe(2);
    expect(countChunks({ count: 10, json: new Uint8Array(390) }, limits)).toBe(4);
    expect(countChunks({ count: 1, json: new Uint8Array(390) }, limits)).toBe(1);
  });
});

describe('records', () => {
  it('are encoded in batches of the size asked for', () => {
    const batches = [...encodeRecords(numbered(7), 3)];
    expect(batches.map((batch) => batch.count)).toEqual([3, 3, 1]);
    const all = batches.flatMap((batch) => JSON.parse(`[${Buffer.from(batch.json).toString()}]`) as object[]);
    expect(all).toEqual(numbered(7));
    expect([...encodeRecords([], 3)]).toEqual([]);
  });

  it('never hold a TAB, and come back as they were', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string({ unit: 'binary' }), fc.integer())), (record) => {
        const text = encodeRecord(record);
        expect(text).not.toContain('\t');
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(record)));
      }),
    );
  });

  it('are halved at the middle record, down to one', () => {
    const [first, second] = halveRecords(joined(numbered(5)));
    expect([first.count, second.count]).toEqual([2, 3]);
    expect(JSON.parse(`[${Buffer.from(first.json).toString()}]`)).toEqual(numbered(5).slice(0, 2));
    expect(JSON.parse(`[${Buffer.from(second.json).toString()}]`)).toEqual(numbered(5).slice(2));
    expect(() => halveRecords(joined(numbered(1)))).toThrow('one record');
  });
});
