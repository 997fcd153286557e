import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOMAINS } from '#protocol/domain.ts';
import { MAX_FILTER_CHARS, withFilter } from '../../web/src/trace/arrange/arrange-spec.ts';
import type { ArrangeSpec, SortSpec } from '../../web/src/trace/arrange/arrange-spec.ts';
import { readCondition } from '../../web/src/trace/arrange/condition.ts';
import type { ShownColumns, ViewState } from '../../web/src/trace/address/view-state.ts';
import {
  FIRST_VIEW,
  LINEAGE_FACES,
  readView,
  TIMELINE_FACES,
  withDomainView,
  writeView,
} from '../../web/src/trace/address/view-state.ts';

const column = fc.constantFrom('LOT', 'TRACKINTIME', 'QTY_2', 'x');
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
/** What the field of a column takes: texts with every sign that means something in an address or in a filter. */
const typed = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(':', ',', '&', '=', '%', '+', ' ', '>', '.', '批'), maxLength: 8 }),
    fc.integer({ min: 1, max: MAX_FILTER_CHARS }).map((length) => 'a'.repeat(length)),
  )
  .filter((text) => text.trim().length <= MAX_FILTER_CHARS && readCondition(text) !== undefined);
const filters = fc.array(fc.tuple(column, typed), { maxLength: 4 });
const sort: fc.Arbitrary<SortSpec | undefined> = optional(fc.record({ column, isDescending: fc.boolean() }));
const spec: fc.Arbitrary<ArrangeSpec> = fc
  .tuple(sort, filters)
  .map(([sort, texts]) =>
    texts.reduce<ArrangeSpec>((before, [column, text]) => withFilter(before, column, text), { sort, filters: [] }),
  );
const names = fc.uniqueArray(column);
const columns: fc.Arbitrary<ShownColumns> = fc.record({ hidden: names, pinned: names, order: names });
const view: fc.Arbitrary<ViewState> = fc
  .tuple(
    fc.record({
      tab: optional(fc.constantFrom('timeline', ...DOMAINS)),
      node: optional(fc.constantFrom('4880123456789abc', '0')),
      lineageFace: fc.constantFrom(...LINEAGE_FACES),
      timelineFace: fc.constantFrom(...TIMELINE_FACES),
    }),
    fc.array(fc.tuple(fc.constantFrom(...DOMAINS), spec, optional(columns)), { maxLength: 4 }),
  )
  .map(([faces, domains]) =>
    domains.reduce<ViewState>((before, [domain, spec, columns]) => withDomainView(before, domain, { spec, columns }), {
      ...faces,
      domains: FIRST_VIEW.domains,
    }),
  );

describe('a view in an address', () => {
  it('is read as it was written, whatever the page can make of it', () => {
    fc.assert(
      fc.property(view, (shown) => {
        const params = new URLSearchParams();
        writeView(shown, params);
        expect(readView(new URLSearchParams(params.toString()))).toEqual(shown);
      }),
    );
  });

  it('of somebody else is believed only a filter that could be typed', () => {
    const read = (text: string) => readView(new URLSearchParams({ where: `history:LOT:${text}` })).domains.size;
    expect(read('a'.repeat(MAX_FILTER_CHARS))).toBe(1);
    expect(read('a'.repeat(MAX_FILTER_CHARS + 1))).toBe(0);
    expect(read('>abc')).toBe(0);
  });
});
