import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineCrc32 } from '../../src/stream/crc32.ts';

describe('combineCrc32', () => {
  it('gives the CRC-32 of the concatenation', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.uint8Array({ maxLength: 5000 }), (a, b) => {
        expect(combineCrc32(crc32(a), crc32(b), b.byteLength)).toBe(crc32(Buffer.concat([a, b])));
      }),
    );
  });

  it('leaves a CRC as it is when nothing is put behind or before it', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (a) => {
        expect(combineCrc32(crc32(a), 0, 0)).toBe(crc32(a));
        expect(combineCrc32(0, crc32(a), a.byteLength)).toBe(crc32(a));
      }),
    );
  });

  it('is associative, whatever the lengths', () => {
    const crc = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const length = fc.integer({ min: 0, max: 2 ** 51 });
    fc.assert(
      fc.property(fc.tuple(crc, crc, crc), length, length, ([a, b, c], lengthB, lengthC) => {
        const left = combineCrc32(combineCrc32(a, b, lengthB), c, lengthC);
        const right = combineCrc32(a, combineCrc32(b, c, lengthC), lengthB + lengthC);
        expect(left).toBe(right);
      }),
    );
  });

  it('counts lengths beyond 32 bits in full', () => {
    const block = Buffer.alloc(2 ** 24);
    const start = crc32(Buffer.from('lotstream'));
    let zeros = 0;
    let whole = start;
    for (let done = 0; done < 2 ** 32; done += block.byteLength) {
      zeros = combineCrc32(zeros, crc32(block), block.byteLength);
      whole = crc32(block, whole);
    }
    expect(combineCrc32(start, zeros, 2 ** 32)).toBe(whole);
  });
});
