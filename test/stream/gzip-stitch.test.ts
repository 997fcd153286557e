import { crc32, gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGzipStitcher, MAX_STORED_BLOCK_BYTES, storeBlocks } from '../../src/stream/gzip-stitch.ts';
import { deflateSegment } from '../helpers/make-chunk.ts';

type Part = { readonly kind: 'text' | 'segment'; readonly bytes: Uint8Array };

const partArbitrary: fc.Arbitrary<Part> = fc.record({
  kind: fc.constantFrom('text', 'segment'),
  bytes: fc.uint8Array({ maxLength: 3000 }),
});

function stitch(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const stitcher = createGzipStitcher();
  const pieces = [stitcher.header()];
  for (const { kind, bytes } of parts) {
    if (kind === 'text') pieces.push(stitcher.text(bytes));
    else {
      stitcher.segment({ crc32: crc32(bytes), rawBytes: bytes.byteLength });
      pieces.push(deflateSegment(bytes));
    }
  }
  pieces.push(stitcher.end());
  return Uint8Array.from(Buffer.concat(pieces));
}

describe('the stitched gzip stream', () => {
  it('holds what went in, for every mix of text and segments', () => {
    fc.assert(
      fc.property(fc.array(partArbitrary, { maxLength: 12 }), (parts) => {
        const expected = Buffer.concat(parts.map((part) => part.bytes));
        expect(Buffer.compare(gunzipSync(stitch(parts)), expected)).toBe(0);
      }),
    );
  });

  it('is read by DecompressionStream, the decoder of browsers', async () => {
    const lines = ['{"type":"meta"}\n', '{"type":"records","data":["焊接 🔥"]}\n', '{"type":"complete"}\n'];
    const parts = lines.map((line, index) => ({
      kind: index === 1 ? ('segment' as const) : ('text' as const),
      bytes: new TextEncoder().encode(line),
    }));
    const decoded = new Blob([stitch(parts)]).stream().pipeThrough(new DecompressionStream('gzip'));
    expect(await new Response(decoded).text()).toBe(lines.join(''));
  });

  it('can be decoded up to every part that was written, before the end is there', async () => {
    const stitcher = createGzipStitcher();
    const decoder = new DecompressionStream('gzip');
    const writer = decoder.writable.getWriter();
    const reader = decoder.readable.pipeThrough(new TextDecoderStream()).getReader();
    const segmentLine = new TextEncoder().encode('{"type":"records"}\n');
    void writer.write(Buffer.from(stitcher.header()));
    void writer.write(Buffer.from(stitcher.text('{"type":"meta"}\n')));
    expect((await reader.read()).value).toBe('{"type":"meta"}\n');
    stitcher.segment({ crc32: crc32(segmentLine), rawBytes: segmentLine.byteLength });
    void writer.write(Buffer.from(deflateSegment(segmentLine)));
    expect((await reader.read()).value).toBe('{"type":"records"}\n');
    void writer.write(Buffer.from(stitcher.end()));
    const closed = writer.close();
    expect((await reader.read()).done).toBe(true);
    await closed;
  });

  it('takes text as a string in UTF-8', () => {
    const stitcher = createGzipStitcher();
    const all = Buffer.concat([stitcher.header(), stitcher.text('批次 🔥\n'), stitcher.end()]);
    expect(gunzipSync(all).toString()).toBe('批次 🔥\n');
  });

  it('fails the decoder when a segment is other than it was counted', () => {
    const stitcher = createGzipStitcher();
    const bytes = Buffer.from('abc');
    stitcher.segment({ crc32: crc32(bytes) ^ 1, rawBytes: 3 });
    const all = Buffer.concat([stitcher.header(), deflateSegment(bytes), stitcher.end()]);
    expect(() => gunzipSync(all)).toThrow('incorrect data check');
  });

  it('writes the length modulo 2^32', () => {
    const stitcher = createGzipStitcher();
    stitcher.segment({ crc32: 0, rawBytes: 2 ** 32 - 1 });
    stitcher.segment({ crc32: 0, rawBytes: 8 });
    expect(Buffer.from(stitcher.end()).readUInt32LE(6)).toBe(7);
  });
});

describe('stored blocks', () => {
  it('split at 65,535 bytes and leave nothing for no bytes', () => {
    const sizes = [0, 1, MAX_STORED_BLOCK_BYTES, MAX_STORED_BLOCK_BYTES + 1, 3 * MAX_STORED_BLOCK_BYTES];
    const blocks = [0, 1, 1, 2, 3];
    expect(sizes.map((size) => (storeBlocks(Buffer.alloc(size)).byteLength - size) / 5)).toEqual(blocks);
    const large = Buffer.alloc(200_000, 'lotstream');
    expect(gunzipSync(stitch([{ kind: 'text', bytes: large }])).equals(large)).toBe(true);
  });
});
