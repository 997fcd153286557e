import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobEvent } from '#protocol/job-event.ts';
import {
  decodeJobEvent,
  encodeJobEvent,
  isTerminalLine,
  jobEventSchema,
  MalformedLineError,
} from '#protocol/job-event.ts';

const golden = readFileSync(new URL('../fixtures/golden-stream.ndjson', import.meta.url), 'utf8');
const lines = golden.trimEnd().split('\n');

/** As on the wire: `records` lines in the bridge's own form, all others as the edge writes them. */
function encodeAnyEvent(event: JobEvent): string {
  if (event.type !== 'records') return encodeJobEvent(event);
  const records = event.data.map((record) => JSON.stringify(record)).join(',\t');
  return `${JSON.stringify({ ...event, data: [] }).slice(0, -2)}${records}]}\n`;
}

/** `undefined`: decoded. Anything but a MalformedLineError is thrown on. */
function malformed(line: string): MalformedLineError | undefined {
  try {
    decodeJobEvent(line);
  } catch (thrown) {
    if (thrown instanceof MalformedLineError) return thrown;
    throw thrown;
  }
  return undefined;
}

describe('the golden stream', () => {
  it('has one line of every type', () => {
    const types = jobEventSchema._zod.def.options.map((option) => [...option._zod.def.shape.type._zod.values][0]);
    const found = new Set<string>(lines.map((line) => decodeJobEvent(line).type));
    expect(found).toEqual(new Set(types));
  });

  it.each(lines.map((line) => [/"type":"(\w+)"/.exec(line)?.[1], line]))(
    'gives the same bytes when a %s line is decoded and encoded',
    (_type, line) => {
      expect(encodeAnyEvent(decodeJobEvent(line ?? ''))).toBe(`${line}\n`);
    },
  );

  it('ends with a terminal line, and no other line is one', () => {
    const terminal = lines.map((line) => decodeJobEvent(line)).filter(isTerminalLine);
    expect(terminal.map((event) => event.type)).toEqual(['complete', 'cancelled', 'error']);
  });
});

describe('the decoder', () => {
  it('throws nothing but MalformedLineError for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(malformed(text)).toBeInstanceOf(MalformedLineError);
      }),
    );
  });

  it('throws nothing but MalformedLineError for a line in which something was changed, cut out or put in', () => {
    const damage = fc.record({
      line: fc.constantFrom(...lines),
      at: fc.nat(),
      cut: fc.nat(6),
      insert: fc.string({ unit: 'binary', maxLength: 3 }),
    });
    fc.assert(
      fc.property(damage, ({ line, at, cut, insert }) => {
        const place = at % line.length;
        const error = malformed(line.slice(0, place) + insert + line.slice(place + cut));
        expect(error === undefined || error.cause !== undefined || error.message.includes('records')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('throws nothing but MalformedLineError for a line with any member replaced', () => {
    const replaced = fc.record({ line: fc.constantFrom(...lines), member: fc.nat(), value: fc.jsonValue() });
    fc.assert(
      fc.property(replaced, ({ line, member, value }) => {
        const event = JSON.parse(line) as Record<string, unknown>;
        const names = Object.keys(event);
        const name = names[member % names.length] ?? '';
        const error = malformed(JSON.stringify({ ...event, [name]: value }));
        expect(error === undefined || error instanceof MalformedLineError).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses a line of an unknown type, a missing member, and two values on a line', () => {
    const [meta = ''] = lines;
    expect(malformed('{"type":"telemetry"}')?.message).toBe('a line of the stream is not an event');
    expect(malformed(meta.replace('"generation":1,', ''))?.message).toBe('a line of the stream is not an event');
    expect(malformed(meta + meta)?.message).toBe('a line of the stream is not JSON');
    expect(malformed('')?.message).toBe('a line of the stream is not JSON');
  });

  it('refuses a records line that holds another number of records than it says', () => {
    const line = lines.find((each) => each.includes('"records","domain"')) ?? '';
    expect(malformed(line.replace('"count":2', '"count":3'))?.message).toContain('another number of records');
  });

  it('ignores members it does not know', () => {
    const event = decodeJobEvent('{"type":"reset","generation":2,"reason":"RESTARTED","later":true}');
    expect(event).toEqual({ type: 'reset', generation: 2, reason: 'RESTARTED' });
  });
});
