import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONTAINER_ID_BYTES,
  containerIdSchema,
  InvalidContainerIdError,
  jobIdSchema,
  mergePackedIds,
  packContainerIds,
  sha256Schema,
  siteIdSchema,
  unpackContainerIds,
} from '#protocol/ids.ts';

const idArbitrary = fc.stringMatching(/^[0-9a-f]{16}$/);
/** Ids that are often equal or neighbours, around the borders of signed and 32-bit numbers. */
const closeIdArbitrary = fc.constantFrom(
  '0000000000000000',
  '0000000000000001',
  '00000000ffffffff',
  '0000000100000000',
  '7fffffffffffffff',
  '8000000000000000',
  'ffffffffffffffff',
);
const idsArbitrary = fc.array(fc.oneof(idArbitrary, closeIdArbitrary), { maxLength: 200 });

describe('packed container ids', () => {
  it('are the ids in the order of their strings, each once, 8 bytes each', () => {
    fc.assert(
      fc.property(idsArbitrary, (ids) => {
        const packed = packContainerIds(ids);
        const expected = [...new Set(ids)].sort();
        expect(unpackContainerIds(packed)).toEqual(expected);
        expect(packed.byteLength).toBe(expected.length * CONTAINER_ID_BYTES);
        expect(Buffer.from(packed).toString('hex')).toBe(expected.join(''));
      }),
    );
  });

  it('do not depend on the order or the repetition of the ids', () => {
    fc.assert(
      fc.property(idsArbitrary, (ids) => {
        expect(packContainerIds([...ids.toReversed(), ...ids])).toEqual(packContainerIds(ids));
      }),
    );
  });

  it('merge into the union, whatever the lists hold and in whatever order they were', () => {
    fc.assert(
      fc.property(fc.array(idsArbitrary, { maxLength: 5 }), (lists) => {
        const packed = lists.map((ids) => Buffer.from(ids.join(''), 'hex'));
        expect(mergePackedIds(packed)).toEqual(packContainerIds(lists.flat()));
      }),
    );
  });

  it('merge when a list lies somewhere inside a larger buffer', () => {
    const all = packContainerIds(['0000000000000001', '0000000000000002', '0000000000000003']);
    expect(unpackContainerIds(mergePackedIds([all.subarray(8), all.subarray(8, 16)]))).toEqual([
      '0000000000000002',
      '0000000000000003',
    ]);
  });

  it('are refused with the index of the first value that is no id', () => {
    const wrong = fc.oneof(
      fc.constantFrom(
        '48810000000000A1',
        '48810000000000g1',
        '',
        ' 48810000000000a',
        '４881000000000001',
        16,
        null,
        {},
      ),
      fc.string({ maxLength: 20 }).filter((text) => !/^[0-9a-f]{16}$/.test(text)),
    );
    fc.assert(
      fc.property(fc.array(idArbitrary, { maxLength: 20 }), wrong, idsArbitrary, (before, value, after) => {
        const error = new InvalidContainerIdError(before.length);
        expect(() => packContainerIds([...before, value, ...after])).toThrow(error);
      }),
    );
  });

  it('agree with the schema of one id', () => {
    fc.assert(
      fc.property(fc.oneof(idArbitrary, fc.string({ unit: 'binary', maxLength: 18 })), (text) => {
        const packs = (() => {
          try {
            return packContainerIds([text]).byteLength === CONTAINER_ID_BYTES;
          } catch {
            return false;
          }
        })();
        expect(containerIdSchema.safeParse(text).success).toBe(packs);
      }),
    );
  });
});

describe('other ids', () => {
  it('are exactly of their form', () => {
    const hex = 'ab'.repeat(32);
    expect([hex, hex.toUpperCase(), `${hex}0`, `${hex}\n`].map((id) => jobIdSchema.safeParse(id).success)).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([hex, hex.slice(1)].map((id) => sha256Schema.safeParse(id).success)).toEqual([true, false]);
    expect(
      ['fab1', 'fab-1', '-fab', 'Fab', '', 'a'.repeat(33)].map((id) => siteIdSchema.safeParse(id).success),
    ).toEqual([true, true, false, false, false, false]);
  });
});
