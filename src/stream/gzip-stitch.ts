import { crc32 } from 'node:zlib';
import { combineCrc32 } from './crc32.ts';

/**
 * One gzip stream (RFC 1952) for one reader, out of text made now and of segments that were compressed long ago:
 *
 *     header      10 bytes
 *     text        stored deflate blocks: 00, length, ~length (16 bits each), up to 65,535 bytes as they are
 *     segment     raw deflate that ends in a full flush: whole blocks, byte aligned, no back reference to before it
 *     …           text and segments in any order
 *     03 00       an empty final block
 *     trailer     CRC-32 and length modulo 2^32 of everything that comes out
 *
 * A full flush ends on a byte, and a stored block begins and ends on one, so the parts can be joined by plain
 * concatenation. The trailer is combined from the CRC and the length that are stored beside each segment: nothing is
 * inflated. It has to be one member: Chromium drops every gzip member but the first.
 */
export interface GzipStitcher {
  /** The first bytes of the stream. */
  header(): Uint8Array;
  /** Control text as bytes of the stream. */
  text(text: string | Uint8Array): Uint8Array;
  /** Counts a segment whose bytes go into the stream at this place, whole or in slices, before any other part. */
  segment(segment: StitchedSegment): void;
  /** The last bytes of the stream. Nothing may follow. */
  end(): Uint8Array;
}

/** What the trailer has to know of a segment: CRC-32 and length of what it inflates to. */
export interface StitchedSegment {
  readonly crc32: number;
  readonly rawBytes: number;
}

/** A stored block has 16 bits for its length. */
export const MAX_STORED_BLOCK_BYTES = 65_535;
const STORED_HEAD_BYTES = 5;
/** Deflate, no flags, no time, unknown system: the same job gives every reader the same bytes. */
const GZIP_HEADER = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
const EMPTY_FINAL_BLOCK = [0x03, 0x00];
const TRAILER_BYTES = 8;

export function createGzipStitcher(): GzipStitcher {
  const encoder = new TextEncoder();
  let crc = 0;
  let lengthBytes = 0;
  const count = (partCrc: number, partBytes: number) => {
    crc = combineCrc32(crc, partCrc, partBytes);
    lengthBytes += partBytes;
  };
  return {
    header: () => Uint8Array.from(GZIP_HEADER),
    text(text) {
      const bytes = typeof text === 'string' ? encoder.encode(text) : text;
      count(crc32(bytes), bytes.byteLength);
      return storeBlocks(bytes);
    },
    segment: (segment) => count(segment.crc32, segment.rawBytes),
    end() {
      const bytes = new Uint8Array(EMPTY_FINAL_BLOCK.length + TRAILER_BYTES);
      bytes.set(EMPTY_FINAL_BLOCK);
      const view = new DataView(bytes.buffer, EMPTY_FINAL_BLOCK.length);
      view.setUint32(0, crc, true);
      view.setUint32(4, lengthBytes % 2 ** 32, true);
      return bytes;
    },
  };
}

/** Bytes as stored blocks, none of them final; no block for no bytes. */
export function storeBlocks(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const blockCount = Math.ceil(bytes.byteLength / MAX_STORED_BLOCK_BYTES);
  const stored = new Uint8Array(bytes.byteLength + blockCount * STORED_HEAD_BYTES);
  const view = new DataView(stored.buffer);
  let at = 0;
  for (let from = 0; from < bytes.byteLength; from += MAX_STORED_BLOCK_BYTES) {
    const block = bytes.subarray(from, from + MAX_STORED_BLOCK_BYTES);
    view.setUint16(at + 1, block.byteLength, true);
    view.setUint16(at + 3, block.byteLength ^ 0xffff, true);
    stored.set(block, at + STORED_HEAD_BYTES);
    at += STORED_HEAD_BYTES + block.byteLength;
  }
  return stored;
}
