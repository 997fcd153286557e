import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InputType, Seed } from '../../src/protocol/trace.ts';
import { INPUT_TYPES, seedSchema, seedSummarySchema } from '../../src/protocol/trace.ts';
import { runSeedResolve } from '../../oracle-bridge/trace/run-seed-resolve.ts';
import type { SeedLimits } from '../../oracle-bridge/trace/seed-limits.ts';
import { DEFAULT_SEED_LIMITS } from '../../oracle-bridge/trace/seed-limits.ts';
import type { JobWarehouse } from '../helpers/both-warehouses.ts';
import { describeOnBothWarehouses } from '../helpers/both-warehouses.ts';
import { makeRecordedJob } from '../helpers/recorded-job.ts';
import type { TinyRow } from '../helpers/tiny-warehouse.ts';
import { id } from '../helpers/tiny-warehouse.ts';

const ODD = `o'"%_\\焊😀`;
const ODD_ESCAPED = ODD.replaceAll(/[%_\\]/g, (character) => `\\${character}`);

const container = (number: number, name: string | null, more: TinyRow = {}): TinyRow => ({
  CONTAINERID: id(number),
  CONTAINERNAME: name,
  OBJECTTYPE: 'LOT',
  ...more,
});
const merge = (source: number | null, serial: string | null, more: TinyRow = {}): TinyRow => ({
  CONTAINERID: source === null ? null : id(source),
  FINISHEDNAME: serial,
  ...more,
});

const lotsOf = (seeds: readonly Seed[]) => seeds.map((seed) => seed.lot_id);

describeOnBothWarehouses('the types of seed values', (make) => {
  let tiny: JobWarehouse;
  beforeAll(async () => {
    tiny = await make({
      CONTAINER: [
        // Two lots of one wafer lot, one of them padded; a material of it; a lot without an id; another spelling.
        container(1, 'GA26010001-A00-001', { FIRSTNAME: 'GMSN-1#A', MFGORDERNAME: 'GA26010001' }),
        container(2, 'GA26010001-A00-002  ', {
          FIRSTNAME: 'GMSN-1#A    ',
          MFGORDERNAME: 'GA26010001   ',
          OBJECTTYPE: 'LOT  ',
          SPECNAME: '成型 ',
          QTY: 7,
        }),
        container(3, 'GA26010001-M', { FIRSTNAME: 'GMSN-1#A', MFGORDERNAME: 'GA26010001', OBJECTTYPE: 'MATERIAL' }),
        { ...container(0, 'lost', { FIRSTNAME: 'GMSN-1#A', MFGORDERNAME: 'GA26010001' }), CONTAINERID: null },
        container(4, 'gc-lot', { FIRSTNAME: 'gmsn-1#a', MFGORDERNAME: 'gc26010002' }),
        // Orders and names that begin with GD, or only one of them does.
        container(5, 'GD26010003-A01', { MFGORDERNAME: 'GD26010003 ' }),
        container(6, 'gd26010004-A01', { MFGORDERNAME: 'GA26010009' }),
        container(7, 'REWORK-1', { MFGORDERNAME: 'gd26010003' }),
        container(8, 'REWORK-2', { MFGORDERNAME: 'XX26010001' }),
        container(9, null, { MFGORDERNAME: 'GC26010005' }),
        // Serial numbers: S1 is the serial of 10, the name of 11 and the wafer lot of 12; 13 is no lot.
        container(10, 'Z-source', { SPECNAME: 'TMTT', QTY: 5 }),
        container(11, 'S1', { FIRSTNAME: 'S1' }),
        container(12, 'A-of-wafer', { FIRSTNAME: 'S1 ' }),
        container(13, 'S1-box', { FIRSTNAME: 'S1', OBJECTTYPE: 'BOX' }),
        container(14, 'Unknown'),
        container(15, 'S2', { FIRSTNAME: 'S2x' }),
        container(20, ODD, { FIRSTNAME: ODD, MFGORDERNAME: `GA${ODD}` }),
        container(21, `GD${ODD}`, { MFGORDERNAME: `gd${ODD}` }),
        // Names with the prefix, and one without it that is otherwise the same.
        container(30, '參考編號：P-1', { FIRSTNAME: '參考編號：PW-1' }),
        container(31, 'P-1  '),
        container(32, '參考編號：GD26P-B7 ', { MFGORDERNAME: 'GD26P' }),
        container(33, '參考編號：gd26P-B8'),
        container(22, 'sharp', { MFGORDERNAME: 'GAß' }),
      ],
      PJ_COMBINEDASSYLOTS: [
        merge(10, 'S1   ', { CONTAINERNAME: 'name in the merge' }),
        merge(10, 'S1', { LOTID: id(99) }),
        merge(11, 'S1'),
        merge(15, 'S2'),
        merge(77, 'S2', { CONTAINERNAME: 'no row of its own ' }),
        merge(null, 'S1'),
        merge(1, 'Unknown'),
        merge(2, 'unknown '),
        merge(3, null),
        merge(20, ODD),
        merge(20, '參考編號：PS-1'),
      ],
    });
  });
  afterAll(() => tiny.close());

  async function resolve(type: InputType, values: readonly string[], limits: Partial<SeedLimits> = {}) {
    const params = { kind: 'seed_resolve' as const, input_type: type, values: [...values] };
    const { job, output } = makeRecordedJob({ warehouse: tiny.warehouse, params, domains: ['seeds'] });
    await runSeedResolve(job, { ...DEFAULT_SEED_LIMITS, ...limits });
    const seeds: Seed[] = output.records('seeds').map((record) => seedSchema.parse(record));
    return { seeds, summary: seedSummarySchema.parse(output.aggregation) };
  }

  it('lot_id: the name of any container, in its own case, and never the wafer lot or the order', async () => {
    const { seeds, summary } = await resolve('lot_id', ['GA26010001-M', 'GC-LOT', 'GMSN-1#A', 'GA26010001', 'S1-*']);
    expect(lotsOf(seeds)).toEqual(['GA26010001-M', 'S1-box']);
    expect(summary.not_found).toEqual(['GC-LOT', 'GMSN-1#A', 'GA26010001']);
  });

  it.each([
    ['lot_id', 'P-1', [id(31), id(30)]],
    ['lot_id', 'p-1', []],
    ['gd_lot_id', 'gd26p-b7', [id(32)]],
    ['gd_lot_id', 'GD26P-B8', [id(33)]],
    ['serial_number', 'P-1', [id(31), id(30)]],
    ['serial_number', 'PS-1', [id(20)]],
    ['wafer_lot', 'PW-1', []],
  ] as const)('%s %s: the prefix of a name of a lot is no part of it, typed or not', async (type, name, found) => {
    for (const value of [name, `參考編號：${name}`].filter((_, index) => type !== 'wafer_lot' || index === 0)) {
      const { seeds, summary } = await resolve(type, [value]);
      expect(seeds.map((seed) => [seed.container_id, seed.input_value])).toEqual(found.map((each) => [each, value]));
      expect(summary.not_found).toEqual(found.length === 0 ? [value] : []);
    }
  });

  it('lot_id: a name that is asked for in both forms is found by each', async () => {
    const { seeds, summary } = await resolve('lot_id', ['P-1', '參考編號：P-1', '參考編號：nobody'], { maxSeeds: 3 });
    expect(seeds).toHaveLength(3);
    expect(summary).toMatchObject({ input_count: 3, not_found: ['參考編號：nobody'], guardrail: { matched: 4 } });
  });

  it('wafer_lot: lots of that wafer lot, in its own case; what is no lot or has no id is none', async () => {
    for (const value of ['GMSN-1#A', 'GMSN-1*', 'GMS_-1#_']) {
      const { seeds } = await resolve('wafer_lot', [value]);
      expect(seeds).toMatchObject([
        { container_id: id(1), lot_id: 'GA26010001-A00-001', input_value: value, spec_name: null, qty: null },
        { container_id: id(2), lot_id: 'GA26010001-A00-002', input_value: value, spec_name: '成型', qty: 7 },
      ]);
    }
    expect((await resolve('wafer_lot', ['GA26010001-A00-001', 'GMSN-1'])).seeds).toEqual([]);
    expect(lotsOf((await resolve('wafer_lot', ['gmsn-1#a'])).seeds)).toEqual(['gc-lot']);
  });

  it('work_order: containers of GA and GC orders only, in any case, whatever kind they are', async () => {
    const lots = ['GA26010001-A00-001', 'GA26010001-A00-002', 'GA26010001-M'];
    for (const value of ['GA26010001', ' ga26010001 ', 'Ga2601*1', 'gA26010_01'])
      expect(lotsOf((await resolve('work_order', [value])).seeds)).toEqual(lots);
    expect(lotsOf((await resolve('work_order', ['GC26010002'])).seeds)).toEqual(['gc-lot']);
    const wide = await resolve('work_order', ['*2601*', 'GD26010003', 'XX26010001']);
    expect(lotsOf(wide.seeds)).toEqual([...lots, 'gc-lot', 'gd26010004-A01', null]);
    expect(wide.summary).toMatchObject({
      total: 6,
      input_count: 3,
      not_found: ['GD26010003', 'XX26010001'],
      expansion_info: { '*2601*': 6 },
    });
  });

  it('work_order: two spellings of one order are one value', async () => {
    const { seeds, summary } = await resolve('work_order', ['gc26010002', 'GC26010002']);
    expect(seeds.map((seed) => seed.input_value)).toEqual(['gc26010002']);
    expect(summary.input_count).toBe(1);
  });

  it('gd_work_order: containers of GD orders only, in any case', async () => {
    for (const value of ['GD26010003', 'gd26010003', 'GD*3', 'gd2601000_'])
      expect(lotsOf((await resolve('gd_work_order', [value])).seeds)).toEqual(['GD26010003-A01', 'REWORK-1']);
    expect((await resolve('gd_work_order', ['GD26010004-A01', 'GA26010009'])).seeds).toEqual([]);
  });

  it('gd_lot_id: by name in any case, where the name or the order begins with GD', async () => {
    const { seeds, summary } = await resolve('gd_lot_id', [
      'gd26010003-a01',
      'GD26010004-A01',
      'rework-1',
      'REWORK-2',
      'GA26010001-A00-001',
    ]);
    expect(lotsOf(seeds)).toEqual(['GD26010003-A01', 'REWORK-1', 'gd26010004-A01']);
    expect(summary.not_found).toEqual(['REWORK-2', 'GA26010001-A00-001']);
    expect(lotsOf((await resolve('gd_lot_id', ['*01*'])).seeds)).toEqual(['GD26010003-A01', 'gd26010004-A01']);
  });

  it('serial_number: FINISHEDNAME before the name of a lot before its wafer lot, each container once', async () => {
    for (const value of ['S1', 'S1*']) {
      const { seeds } = await resolve('serial_number', [value]);
      expect(seeds.map((seed) => [seed.lot_id, seed.match_source])).toEqual([
        ['S1', 'finished_name'],
        ['Z-source', 'finished_name'],
        ['A-of-wafer', 'first_name'],
      ]);
      expect(seeds[1]).toMatchObject({ container_id: id(10), spec_name: 'TMTT', qty: 5 });
    }
  });

  it('serial_number: a source that has no row of its own is named by the merge; case matters', async () => {
    const { seeds, summary } = await resolve('serial_number', ['S2', 's1', 'S2*']);
    expect(seeds.map((seed) => [seed.input_value, seed.lot_id, seed.match_source])).toEqual([
      ['S2', 'S2', 'finished_name'],
      ['S2*', 'S2', 'finished_name'],
      ['S2', 'no row of its own', 'finished_name'],
      ['S2*', 'no row of its own', 'finished_name'],
    ]);
    expect(summary.not_found).toEqual(['s1']);
  });

  it('serial_number: a FINISHEDNAME Unknown means nothing; a lot may still bear that name', async () => {
    for (const value of ['Unknown', 'Unk*', '*nown']) {
      const { seeds } = await resolve('serial_number', [value]);
      expect(seeds.map((seed) => [seed.lot_id, seed.match_source])).toEqual([['Unknown', 'container_name']]);
    }
    expect((await resolve('serial_number', ['unknown'])).seeds).toEqual([]);
  });

  it('leaves no value without a container when one of the others has too many', async () => {
    const { seeds, summary } = await resolve('work_order', ['GA26010001', 'GC26010002'], { maxSeeds: 3 });
    expect(seeds.map((seed) => seed.input_value).toSorted()).toEqual(['GA26010001', 'GA26010001', 'GC26010002']);
    expect(summary).toMatchObject({ total: 3, not_found: [], guardrail: { limit: 3, matched: 4 } });
  });

  it('finds text that upper case would change, and its other case', async () => {
    for (const value of ['GAß', 'gaß', 'GAẞ', 'gaß*', 'g_ẞ*'])
      expect([value, ...lotsOf((await resolve('work_order', [value])).seeds)]).toEqual([value, 'sharp']);
  });

  it.each([
    ['lot_id', '', [ODD]],
    ['wafer_lot', '', [ODD]],
    ['work_order', 'GA', [ODD]],
    ['serial_number', '', [ODD]],
    ['gd_work_order', 'gd', [`GD${ODD}`]],
    ['gd_lot_id', 'gd', [`GD${ODD}`]],
  ] as const)(
    '%s: takes quotes, wildcards, backslashes, Chinese and emoji as text when escaped',
    async (type, head, lots) => {
      for (const value of [`${head}${ODD_ESCAPED}`, `${head}${ODD_ESCAPED}*`])
        expect(lotsOf((await resolve(type, [value])).seeds)).toEqual(lots);
    },
  );

  it.each(INPUT_TYPES)('%s: no text is an error or finds what it does not say', async (type) => {
    const piece = fc.constantFrom(
      "'",
      '"',
      '%',
      '_',
      '\\',
      '*',
      '\0',
      '😀',
      '焊',
      '\ud800',
      ';--',
      '{{',
      '$names',
      'ab',
      ' ',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (texts) => {
        // With characters that no name has, so that even a wildcard finds nothing.
        const values = texts.map((value) => `~~${value}`);
        const { seeds, summary } = await resolve(type, values);
        expect(seeds).toEqual([]);
        expect(summary.not_found).toHaveLength(summary.input_count);
      }),
      { numRuns: 60 },
    );
  });
});
