import { createGzipStitcher } from '../stream/gzip-stitch.ts';
import { inflateSegment } from '../stream/segment-check.ts';
import type { SealedChunk } from './log-rows.ts';

/** The bytes of one reader's stream, as that reader accepts them. */
export interface StreamEncoding {
  begin(): Uint8Array;
  text(line: string): Uint8Array;
  /** A chunk begins; its slices follow. */
  openChunk(chunk: SealedChunk): void;
  /** Encoded bytes of the chunk. */
  lengthOf(chunk: SealedChunk): number;
  /** The chunk's encoded bytes from `from` on, one slice at most; `undefined` when the segment is gone. */
  slice(chunk: SealedChunk, from: number): Uint8Array | undefined;
  end(): Uint8Array;
}

/** Reads bytes of a stored segment: all, or `count` from `from` on. `undefined` when it is gone. */
export interface SegmentSource {
  readonly whole: (segmentId: number) => Uint8Array | undefined;
  readonly part: (segmentId: number, from: number, count: number) => Uint8Array | undefined;
}

/** What one reader holds of a segment at a time; nearly every segment is smaller. */
const GZIP_SLICE_BYTES = 256 * 1024;
/** What one reader holds of an inflated chunk at a time. */
const IDENTITY_SLICE_BYTES = 1024 * 1024;
const NOTHING = new Uint8Array();

/** Segments as they are stored, stitched into one gzip stream. */
export function createGzipEncoding(segments: SegmentSource): StreamEncoding {
  const gzip = createGzipStitcher();
  return {
    begin: () => gzip.header(),
    text: (line) => gzip.text(line),
    openChunk: ({ crc32, rawBytes }) => gzip.segment({ crc32, rawBytes }),
    lengthOf: (chunk) => chunk.segmentBytes,
    slice: (chunk, from) => segments.part(chunk.segmentId, from, GZIP_SLICE_BYTES),
    end: () => gzip.end(),
  };
}

/**
 * The same lines inflated, for a reader without gzip. A chunk is inflated again for each of its slices: a reader that
 * stops holds one slice and not a chunk. (workerd's `DecompressionStream` takes everything it is given, whether anybody
 * reads or not: ten stalled readers grew it by 770 MB.)
 */
export function createIdentityEncoding(segments: SegmentSource): StreamEncoding {
  const encoder = new TextEncoder();
  return {
    begin: () => NOTHING,
    text: (line) => encoder.encode(line),
    openChunk: () => undefined,
    lengthOf: (chunk) => chunk.rawBytes,
    slice(chunk, from) {
      const segment = segments.whole(chunk.segmentId);
      return segment && inflateSegment(segment, chunk.rawBytes).slice(from, from + IDENTITY_SLICE_BYTES);
    },
    end: () => NOTHING,
  };
}
