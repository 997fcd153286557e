import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, LineTooLongError } from '../../web/src/stream/line-splitter.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

function cutAt(bytes: Uint8Array<ArrayBuffer>, cuts: readonly number[]): Uint8Array<ArrayBuffer>[] {
  const places = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.slice(places[index], end));
}

describe('the line splitter', () => {
  it('gives the same lines however the bytes are cut, also inside a character', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), (lines, cuts) => {
        const splitter = new LineSplitter();
        const bytes = encoder.encode(lines.map((text) => `${text}\n`).join(''));
        const got = cutAt(bytes, cuts).flatMap((chunk) => splitter.push(chunk));
        expect(got.map((bytes) => decoder.decode(bytes))).toEqual(lines.map((text) => `${text}\n`));
        expect(splitter.push(encoder.encode('\n')).map((bytes) => decoder.decode(bytes))).toEqual(['\n']);
      }),
    );
  });

  it('survives a cut between any two bytes of a Chinese name and an emoji', () => {
    const bytes = encoder.encode('批次🧪追蹤\n第二行\n');
    for (let cut = 0; cut <= bytes.length; cut++) {
      const splitter = new LineSplitter();
      const lines = [...splitter.push(bytes.slice(0, cut)), ...splitter.push(bytes.slice(cut))];
      expect(lines.map((line) => decoder.decode(line))).toEqual(['批次🧪追蹤\n', '第二行\n']);
    }
  });

  it('holds what has no newline yet', () => {
    const splitter = new LineSplitter();
    expect(splitter.push(encoder.encode('{"type"'))).toEqual([]);
    expect(splitter.push(encoder.encode('}\n')).map((bytes) => decoder.decode(bytes))).toEqual(['{"type"}\n']);
  });

  it('gives up on a line that is too long before it has arrived', () => {
    const splitter = new LineSplitter(10);
    splitter.push(encoder.encode('12345'));
    expect(() => splitter.push(encoder.encode('678901'))).toThrow(LineTooLongError);
    expect(() => new LineSplitter(10).push(encoder.encode('1234567890\n'))).toThrow(LineTooLongError);
    expect(new LineSplitter(10).push(encoder.encode('123456789\n'))).toHaveLength(1);
  });
});
