import { crc32, inflateSync } from 'node:zlib';

const SIGNATURE = '89504e470d0a1a0a';
const UP = 2;

/** A PNG without transparency, checked as a strict reader would: signature, checksums, sizes. Lines are RGB. */
export function readPng(bytes: Buffer): { readonly width: number; readonly height: number; readonly pixels: Buffer } {
  if (bytes.subarray(0, 8).toString('hex') !== SIGNATURE) throw new Error('it is no PNG');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== bytes.readUInt32BE(at + 8 + length))
      throw new Error('a chunk of the PNG is damaged');
    chunks.set(bytes.subarray(at + 4, at + 8).toString('latin1'), data);
    at += 12 + length;
  }
  const [header, packed] = [chunks.get('IHDR'), chunks.get('IDAT')];
  if (header === undefined || packed === undefined || !chunks.has('IEND')) throw new Error('the PNG has gaps');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const lines = inflateSync(packed);
  const lineBytes = 1 + width * 3;
  if (lines.length !== lineBytes * height) throw new Error('the PNG has lines too many or too few');
  const pixels = Buffer.alloc(width * 3 * height);
  for (let line = 0; line < height; line++) {
    if (lines[line * lineBytes] !== UP) throw new Error('a line of the PNG has another filter');
    const start = line * width * 3;
    for (let at = 0; at < width * 3; at++) {
      const above = line === 0 ? 0 : (pixels[start - width * 3 + at] ?? 0);
      pixels[start + at] = (lines[line * lineBytes + 1 + at] ?? 0) + above;
    }
  }
  return { width, height, pixels };
}
