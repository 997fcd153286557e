import { constants, crc32, deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChunkHead } from '#protocol/bridge-message.ts';
import { MAX_CHUNK_RAW_BYTES, MAX_SEGMENT_BYTES } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import { checkSegment } from '../../src/stream/segment-check.ts';
import { deflateSegment, describeRaw, makeChunk, makeLine } from '../helpers/make-chunk.ts';

const FULL_FLUSH_MARK = Buffer.from([0, 0, 0xff, 0xff]);
const good = makeChunk([{ CONTAINERID: '48810001', STEP: '焊接 🔥', QTY: 3 }, { CONTAINERID: '48810002' }]);

/** The sentence with which a chunk is refused. */
function refusal(segment: Uint8Array, head: ChunkHead): string {
  try {
    checkSegment(segment, head);
  } catch (thrown) {
    if (thrown instanceof ProblemError && thrown.code === 'CHUNK_CORRUPT') return thrown.detail;
    throw thrown;
  }
  return 'accepted';
}

/** Refusal of a raw line that is compressed and described as it should be. */
function refusalOfLine(raw: Uint8Array, name: Pick<ChunkHead, 'domain' | 'batch' | 'count'> = good.head): string {
  const { domain, batch, count } = name;
  return refusal(deflateSegment(raw), { domain, batch, count, ...describeRaw(raw) });
}

describe('checkSegment accepts', () => {
  it('every chunk that is what it says, and gives its raw line', () => {
    const record = fc.dictionary(fc.string({ maxLength: 5 }), fc.oneof(fc.string({ unit: 'binary' }), fc.integer()));
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), (records) => {
        const { segment, head, raw } = makeChunk(records);
        expect(Buffer.compare(checkSegment(segment, head), raw)).toBe(0);
      }),
    );
  });

  it('a segment of several blocks, flushed in between', () => {
    const half = deflateRawSync(good.raw.subarray(0, 50), { finishFlush: constants.Z_SYNC_FLUSH });
    const rest = deflateSegment(good.raw.subarray(50));
    expect(refusal(Buffer.concat([half, rest]), good.head)).toBe('accepted');
  });

  it('the largest chunk there may be', () => {
    const name = { domain: 'history', batch: 1, count: 1 } as const;
    const emptyBytes = makeLine(name, [{ A: '' }]).byteLength;
    const raw = makeLine(name, [{ A: 'x'.repeat(MAX_CHUNK_RAW_BYTES - emptyBytes) }]);
    expect(raw.byteLength).toBe(MAX_CHUNK_RAW_BYTES);
    expect(refusalOfLine(raw, name)).toBe('accepted');
    const larger = makeLine(name, [{ A: 'x'.repeat(MAX_CHUNK_RAW_BYTES - emptyBytes + 1) }]);
    expect(refusalOfLine(larger, name)).toContain('raw bytes; at most');
  });
});

describe('checkSegment refuses a segment', () => {
  it('that is empty or shorter than a flush mark', () => {
    expect(refusal(new Uint8Array(0), good.head)).toBe('The segment does not end in a full flush.');
    expect(refusal(new Uint8Array(3), good.head)).toBe('The segment does not end in a full flush.');
  });

  it('that is larger than a row may be', () => {
    const large = Buffer.alloc(MAX_SEGMENT_BYTES + 1);
    expect(refusal(large, good.head)).toContain('can be stored');
  });

  it('that is a finished deflate stream', () => {
    expect(refusal(deflateRawSync(good.raw), good.head)).toBe('The segment does not end in a full flush.');
  });

  it('with a final block hidden inside', () => {
    const hidden = Buffer.concat([deflateRawSync(good.raw), Buffer.from([0]), FULL_FLUSH_MARK]);
    expect(refusal(hidden, good.head)).toBe('The segment ends the deflate stream before its own end.');
  });

  it('with a final block behind the flush', () => {
    const hidden = Buffer.concat([good.segment, Buffer.from([3, 0, 0]), FULL_FLUSH_MARK]);
    expect(refusal(hidden, good.head)).toBe('The segment ends the deflate stream before its own end.');
  });

  it('with trailing bytes that look like a flush', () => {
    expect(refusal(Buffer.concat([good.segment, Buffer.from('garbage'), FULL_FLUSH_MARK]), good.head)).not.toBe(
      'accepted',
    );
  });

  it('that stops in the middle of a stored block', () => {
    // The block says it has more bytes than the segment holds: the next part would be swallowed as content.
    const content = Buffer.concat([good.raw, FULL_FLUSH_MARK]);
    const stored = Buffer.alloc(5);
    stored.writeUInt16LE(content.byteLength + 9, 1);
    stored.writeUInt16LE((content.byteLength + 9) ^ 0xffff, 3);
    const raw_bytes = good.head.raw_bytes + FULL_FLUSH_MARK.byteLength;
    expect(refusal(Buffer.concat([stored, content]), { ...good.head, raw_bytes })).not.toBe('accepted');
  });

  it('that is no deflate data', () => {
    expect(refusal(Buffer.concat([Buffer.from([0xff, 0xff]), FULL_FLUSH_MARK]), good.head)).toBe(
      'The segment is not valid deflate data.',
    );
  });

  it('that refers back to bytes before its own beginning', () => {
    const whole = deflateRawSync(Buffer.concat([good.raw, good.raw]), { finishFlush: constants.Z_SYNC_FLUSH });
    const first = deflateRawSync(good.raw, { finishFlush: constants.Z_SYNC_FLUSH });
    expect(refusal(whole.subarray(first.byteLength - 5), good.head)).not.toBe('accepted');
  });

  it('that is a bomb, without inflating it', () => {
    const bomb = deflateSegment(Buffer.alloc(100_000_000));
    expect(bomb.byteLength).toBeLessThan(MAX_SEGMENT_BYTES);
    expect(refusal(bomb, good.head)).toBe('The segment inflates to more bytes than it says.');
  });

  it('whose length, CRC-32 or SHA-256 is another', () => {
    const { head, segment } = good;
    expect(refusal(segment, { ...head, raw_bytes: head.raw_bytes - 1 })).toContain('more bytes than it says');
    expect(refusal(segment, { ...head, raw_bytes: head.raw_bytes + 1 })).toContain('instead of');
    expect(refusal(segment, { ...head, crc32: head.crc32 ^ 1 })).toContain('CRC-32');
    expect(refusal(segment, { ...head, sha256: '0'.repeat(64) })).toContain('SHA-256');
  });

  it('with any one bit turned', () => {
    fc.assert(
      fc.property(fc.nat(good.segment.byteLength * 8 - 1), (bit) => {
        const turned = Uint8Array.from(good.segment);
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        // Padding bits of the flush are nobody's: what comes out is then the same line.
        expect(
          refusal(turned, good.head) !== 'accepted' || Buffer.compare(checkSegment(turned, good.head), good.raw) === 0,
        ).toBe(true);
      }),
    );
  });
});

describe('checkSegment refuses a line', () => {
  it('that is two lines, none, or goes on behind its newline', () => {
    const { raw } = good;
    expect(refusalOfLine(Buffer.concat([raw, raw]))).toContain('exactly one line');
    expect(refusalOfLine(raw.subarray(0, -1))).toContain('exactly one line');
    expect(refusalOfLine(Buffer.concat([raw, Buffer.from(' ')]))).toContain('exactly one line');
  });

  it('that is not UTF-8', () => {
    const broken = Buffer.from(good.raw);
    broken[broken.indexOf(0xf0)] = 0xff;
    expect(refusalOfLine(broken)).toBe('The chunk is not valid UTF-8.');
  });

  it('of another domain, batch or count, or of another type', () => {
    const sentence = 'The chunk is not the records line of the domain, batch and count it was sent with.';
    expect(refusalOfLine(good.raw, { ...good.head, domain: 'holds' })).toBe(sentence);
    expect(refusalOfLine(good.raw, { ...good.head, batch: 2 })).toBe(sentence);
    expect(refusalOfLine(good.raw, { ...good.head, count: 3 })).toBe(sentence);
    expect(refusalOfLine(Buffer.from('{"type":"complete"}\n'))).toBe(sentence);
    expect(refusalOfLine(Buffer.from(`${good.raw.toString().trimEnd()} \n`))).toBe(sentence);
  });

  it('that holds another number of records than it says', () => {
    const name = { domain: 'materials', batch: 1, count: 3 } as const;
    expect(refusalOfLine(makeLine(name, [{ A: 1 }, { A: 2 }]), name)).toBe('The chunk holds 2 records instead of 3.');
  });

  it('whose records are not objects joined by a comma and a TAB', () => {
    const name = { domain: 'materials', batch: 1, count: 1 } as const;
    const sentence = 'The records of the chunk are not objects joined by a comma and a TAB.';
    expect(refusalOfLine(makeLine(name, []), name)).toBe(sentence);
    expect(refusalOfLine(makeLine(name, [1]), name)).toBe(sentence);
    const loose = Buffer.from(
      makeLine(name, [{ A: 1 }, { A: 2 }])
        .toString()
        .replace(',\t', '\t'),
    );
    expect(refusalOfLine(loose, name)).toBe(sentence);
  });
});

it('the CRC-32 of a chunk is the one gzip uses', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
});
