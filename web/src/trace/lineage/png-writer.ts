import type { Bytes } from '../../stream/bytes.ts';

/**
 * A PNG (ISO/IEC 15948) written strip by strip, so that a picture may be higher than any canvas: 8 bits a channel, no
 * transparency, each line as the difference from the one above it, one zlib stream.
 */
export interface PngWriter {
  /** Whole lines of RGBA, from the top down. Transparency is dropped. */
  readonly write: (pixels: Uint8ClampedArray) => Promise<void>;
  readonly close: () => Promise<Blob>;
  readonly abort: () => Promise<void>;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const BIT_DEPTH = 8;
const TRUE_COLOUR = 2;
const FILTER_UP = 2;
const CHANNELS = 3;

export function openPng(width: number, height: number): PngWriter {
  const deflate = new CompressionStream('deflate');
  const writer = deflate.writable.getWriter();
  // Read at once: what is written waits until somebody takes it.
  const packed = new Response(deflate.readable).arrayBuffer();
  // Whoever closes hears of a failure; one who aborts knows of it.
  packed.catch(() => undefined);
  let above: Uint8ClampedArray = new Uint8ClampedArray(width * 4);
  return {
    async write(pixels) {
      const lines = pixels.length / (width * 4);
      const out = new Uint8Array(lines * (1 + width * CHANNELS));
      let at = 0;
      for (let line = 0; line < lines; line++) {
        const own = pixels.subarray(line * width * 4, (line + 1) * width * 4);
        out[at++] = FILTER_UP;
        for (let from = 0; from < own.length; from += 4) {
          for (let channel = from; channel < from + CHANNELS; channel++)
            out[at++] = (own[channel] ?? 0) - (above[channel] ?? 0);
        }
        above = own;
      }
      await writer.write(out);
    },
    async close() {
      await writer.close();
      const header = new DataView(new ArrayBuffer(13));
      header.setUint32(0, width);
      header.setUint32(4, height);
      header.setUint8(8, BIT_DEPTH);
      header.setUint8(9, TRUE_COLOUR);
      const parts = [
        ...chunk('IHDR', new Uint8Array(header.buffer)),
        ...chunk('IDAT', new Uint8Array(await packed)),
        ...chunk('IEND', new Uint8Array()),
      ];
      return new Blob([SIGNATURE, ...parts], { type: 'image/png' });
    },
    abort: () => writer.abort().catch(() => undefined),
  };
}

/** Length, type and data, checksum of the last two. */
function chunk(type: string, data: Bytes): Bytes[] {
  const name = new TextEncoder().encode(type);
  return [bigEndian(data.length), name, data, bigEndian(crc32([name, data]))];
}

function bigEndian(value: number): Bytes {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value);
  return new Uint8Array(view.buffer);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(parts: readonly Bytes[]): number {
  let value = 0xffffffff;
  for (const part of parts) for (const byte of part) value = (CRC_TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
