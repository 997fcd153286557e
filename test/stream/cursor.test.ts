import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '#protocol/problem.ts';
import { decodeCursor, encodeCursor } from '../../src/stream/cursor.ts';

const jobIdArbitrary = fc.stringMatching(/^[0-9a-f]{64}$/);
const placeArbitrary = fc.record({
  generation: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  position: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof ProblemError) return thrown.code;
    throw thrown;
  }
  return 'no error';
}

describe('a cursor', () => {
  it('brings its place back', () => {
    fc.assert(
      fc.property(jobIdArbitrary, placeArbitrary, (jobId, place) => {
        const text = encodeCursor({ jobId, ...place });
        expect(text).toMatch(/^[A-Za-z0-9_-]{20}$/);
        expect(decodeCursor(text, jobId)).toEqual(place);
      }),
    );
  });

  it('of another job is refused', () => {
    fc.assert(
      fc.property(jobIdArbitrary, jobIdArbitrary, placeArbitrary, (jobId, other, place) => {
        fc.pre(jobId !== other);
        expect(codeOf(() => decodeCursor(encodeCursor({ jobId, ...place }), other))).toBe('INVALID_CURSOR');
      }),
    );
  });

  it('is refused when any one character is another', () => {
    const jobId = 'ab'.repeat(32);
    fc.assert(
      fc.property(
        placeArbitrary,
        fc.nat(19),
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }),
        (place, at, char) => {
          const text = encodeCursor({ jobId, ...place });
          fc.pre(text[at] !== char);
          const changed = text.slice(0, at) + char + text.slice(at + 1);
          expect(codeOf(() => decodeCursor(changed, jobId))).toBe('INVALID_CURSOR');
        },
      ),
    );
  });

  it('is refused, and nothing else is thrown, for text that is none', () => {
    const fuzz = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[A-Za-z0-9_-]{20}$/), fc.constant(''));
    fc.assert(
      fc.property(fuzz, (text) => {
        expect(codeOf(() => decodeCursor(text, 'cd'.repeat(32)))).toBe('INVALID_CURSOR');
      }),
    );
  });

  it('is not made for a place that no log has', () => {
    const jobId = 'ab'.repeat(32);
    const make = (generation: number, position: number) => () => encodeCursor({ jobId, generation, position });
    expect(make(0, 0)).toThrow(RangeError);
    expect(make(1, -1)).toThrow(RangeError);
    expect(make(1, 2 ** 48)).toThrow(RangeError);
    expect(make(1.5, 0)).toThrow(RangeError);
  });
});
