import { DuckDBInstance } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_SEED_VALUES } from '../../src/protocol/limits.ts';
import type { Seed, SeedSummary } from '../../src/protocol/trace.ts';
import { seedSchema, seedSummarySchema } from '../../src/protocol/trace.ts';
import type { ResolvedSeeds, SeedRow } from '../../oracle-bridge/trace/resolve-seeds.ts';
import { SeedCollector } from '../../oracle-bridge/trace/resolve-seeds.ts';
import { runSeedResolve } from '../../oracle-bridge/trace/run-seed-resolve.ts';
import type { SeedLimits } from '../../oracle-bridge/trace/seed-limits.ts';
import { DEFAULT_SEED_LIMITS } from '../../oracle-bridge/trace/seed-limits.ts';
import type { PatternToken, SeedToken } from '../../oracle-bridge/trace/seed-tokens.ts';
import { findTooShort, foldCase, keepCase, matchesPattern, tokenise } from '../../oracle-bridge/trace/seed-tokens.ts';
import type { JobWarehouse } from '../helpers/both-warehouses.ts';
import { describeOnBothWarehouses } from '../helpers/both-warehouses.ts';
import { makeRecordedJob } from '../helpers/recorded-job.ts';
import { id } from '../helpers/tiny-warehouse.ts';

function pattern(input: string): PatternToken {
  const [token] = tokenise([input], keepCase);
  if (token?.kind !== 'pattern') throw new Error(`${input} is no pattern`);
  return token;
}

function tooShort(values: readonly string[], least = 2): string[] {
  return findTooShort(tokenise(values, keepCase), least).map(({ input }) => input);
}

function row(number: number, lotId: string | null, more: Partial<SeedRow> = {}): SeedRow {
  return { containerId: id(number), lotId, matched: lotId, priority: 0, specName: null, qty: 1, ...more };
}

function collect(
  answers: readonly (readonly [SeedToken, readonly SeedRow[]])[],
  limits: Partial<SeedLimits> = {},
): ResolvedSeeds {
  const collector = new SeedCollector('lot_id', { ...DEFAULT_SEED_LIMITS, ...limits });
  for (const [token, rows] of answers) collector.add(token, rows);
  return collector.finish();
}

describe('seed values', () => {
  it('are trimmed, and empty ones and duplicates dropped', () => {
    expect(tokenise([' A ', '', '  ', 'B', 'A', 'a'], keepCase).map(({ input }) => input)).toEqual(['A', 'B', 'a']);
    expect(tokenise(['ga1', 'GA1', 'Ga1*', 'gA1*'], foldCase).map(({ input }) => input)).toEqual(['ga1', 'Ga1*']);
  });

  it('are patterns with * or % for any characters and _ for one, unless escaped', () => {
    expect(pattern('GA*').like).toBe('GA%');
    expect(pattern('GA%1').like).toBe('GA%1');
    expect(pattern('G_1').like).toBe('G_1');
    expect(pattern(String.raw`A\_B*`).like).toBe(String.raw`A\_B%`);
    expect(tokenise([String.raw`A\_B`], keepCase)).toMatchObject([{ input: String.raw`A\_B`, name: 'A_B' }]);
    expect(tokenise([String.raw`A\*`, 'A\\'], keepCase)).toMatchObject([
      { name: 'A*' },
      { kind: 'exact', name: 'A\\' },
    ]);
    expect(pattern(String.raw`100\%*`).like).toBe(String.raw`100\%%`);
  });

  it('have neighbouring wildcards sorted, which means the same and matches faster', () => {
    expect(pattern('AB%_%_**').like).toBe('AB__%');
  });

  it('need literal characters if they are patterns', () => {
    const values = ['*', 'A*', '_A_', 'AB*', 'A*B', 'A', String.raw`\%*`];
    expect(tooShort(values)).toEqual(['*', 'A*', '_A_', String.raw`\%*`]);
    expect(tooShort(['AB*', 'ABCD*', 'ABC'], 4)).toEqual(['AB*']);
  });

  it('lose their case one character for one', () => {
    expect(foldCase('ga26-Ａ焊接😀')).toBe(foldCase('GA26-ａ焊接😀'));
    expect(foldCase('ß')).toBe(foldCase('ẞ'));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Array.from(foldCase(text))).toHaveLength(Array.from(text).length);
        expect(foldCase(foldCase(text))).toBe(foldCase(text));
      }),
    );
  });

  it('that DuckDB takes for the same by upper case are the same when folded', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(
      'select chr(n::integer), upper(chr(n::integer)) from range(1, 130000) t(n) where n not between 55296 and 57343',
    );
    const different = reader.getRows().filter(([text, upper]) => foldCase(String(text)) !== foldCase(String(upper)));
    expect(different).toEqual([]);
    connection.closeSync();
    instance.closeSync();
  });

  it('match like a plain reading of the pattern would', () => {
    const piece = fc.constantFrom('a', 'b', '*', '_', '%', String.raw`\*`);
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), text, (pieces, value) => {
        const [token] = tokenise([pieces.join('')], keepCase);
        if (token?.kind !== 'pattern') return;
        const source = pieces.map((part) => ({ '*': '.*', '%': '.*', _: '.' })[part] ?? part).join('');
        expect(matchesPattern(token.parts, value)).toBe(new RegExp(`^${source}$`, 's').test(value));
      }),
      { numRuns: 2000 },
    );
  });

  it('match hostile patterns in no time', () => {
    const startedAtMs = performance.now();
    expect(matchesPattern(pattern(`${'%a'.repeat(49)}%b`).parts, 'a'.repeat(5000))).toBe(false);
    expect(performance.now() - startedAtMs).toBeLessThan(1000);
  });
});

describe('resolved seeds', () => {
  it('are matched again, come once a token, and are ordered by lot id', () => {
    const rows = [row(1, 'B2x'), row(2, 'B1'), row(2, 'B1'), row(3, 'b1'), row(4, null), row(5, 'B1x')];
    const tokens = tokenise(['B1', 'B*x', 'C'], keepCase);
    const { seeds, summary, truncated } = collect(tokens.map((token) => [token, rows]));
    expect(seeds.map((seed) => [seed.lot_id, seed.input_value])).toEqual([
      ['B1', 'B1'],
      ['B1x', 'B*x'],
      ['B2x', 'B*x'],
    ]);
    expect(summary).toEqual({
      total: 3,
      input_count: 3,
      not_found: ['C'],
      expansion_info: { 'B*x': 2 },
      warnings: [],
    });
    expect(truncated).toBe(false);
  });

  it('stand by their source first, and each container comes from its best one', () => {
    const rows = [
      row(1, 'A', { matched: 'S1', priority: 2 }),
      row(1, 'A', { matched: 'S1', priority: 1 }),
      row(2, 'Z', { matched: 'S1', priority: 0 }),
      row(3, 'M', { matched: 'S1', priority: 1 }),
    ];
    const collector = new SeedCollector('serial_number', DEFAULT_SEED_LIMITS);
    for (const token of tokenise(['S1'], keepCase)) collector.add(token, rows);
    expect(collector.finish().seeds.map((seed) => [seed.lot_id, seed.match_source])).toEqual([
      ['Z', 'finished_name'],
      ['A', 'container_name'],
      ['M', 'container_name'],
    ]);
  });

  it('of one pattern are cut at its limit, which is said', () => {
    const rows = Array.from({ length: 2001 }, (_, n) => row(n, `AB${String(n).padStart(5, '0')}`));
    const atLimit = collect([[pattern('AB*'), rows.slice(1)]]);
    expect([atLimit.seeds.length, atLimit.truncated, atLimit.summary.warnings]).toEqual([2000, false, []]);
    const above = collect([[pattern('AB*'), rows.toReversed()]]);
    expect([above.seeds.length, above.truncated]).toEqual([2000, true]);
    expect(above.seeds.at(-1)?.lot_id).toBe('AB01999');
    expect(above.summary.warnings).toEqual([{ code: 'PATTERN_CUT', value: 'AB*', given: 2000 }]);
    expect(above.summary.guardrail).toBeUndefined();
  });

  it('of one call are cut at their limit: a warning and a guardrail say so', () => {
    const answers = ['AA*', 'AB*', 'AC*'].map((input) => {
      const rows = Array.from({ length: 4 }, (_, n) => row(n, `${input.slice(0, 2)}${4 - n}`));
      return [pattern(input), rows] as const;
    });
    const atLimit = collect(answers, { maxSeeds: 12 });
    expect([atLimit.summary.total, atLimit.truncated, atLimit.summary.guardrail]).toEqual([12, false, undefined]);
    const { seeds, summary, truncated } = collect(answers, { maxSeeds: 5 });
    expect(seeds.map((seed) => seed.lot_id)).toEqual(['AA1', 'AA2', 'AA3', 'AA4', 'AB1']);
    expect(summary).toMatchObject({ total: 5, input_count: 3, guardrail: { limit: 5, matched: 12 } });
    expect(summary.warnings).toEqual([{ code: 'LOTS_CUT', matched: 12, given: 5 }]);
    expect(truncated).toBe(true);
  });

  it('are the first by order whatever the order of the answers and wherever they are cut', () => {
    const lots = fc.array(fc.array(fc.nat(30), { maxLength: 8 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(lots, fc.integer({ min: 1, max: 10 }), (answers, maxSeeds) => {
        const tokens = tokenise(
          answers.map((_, index) => `L${index}*`),
          keepCase,
        );
        const given = tokens.map(
          (token, index) =>
            [token, (answers[index] ?? []).map((n) => row(n, `L${index}-${String(n).padStart(2, '0')}`))] as const,
        );
        const all = collect(given).seeds.map((seed) => seed.lot_id);
        const cut = collect(given, { maxSeeds });
        expect(cut.seeds.map((seed) => seed.lot_id)).toEqual(all.slice(0, maxSeeds));
        expect(cut.summary.guardrail?.matched ?? cut.summary.total).toBe(all.length);
      }),
    );
  });
});

describeOnBothWarehouses('a seed-resolve job', (make) => {
  let tiny: JobWarehouse;
  const odd = `a'b"%_\\;--`;
  beforeAll(async () => {
    const lots = [
      'GA26010001-A00-001   ',
      'GA26010001-A00-002',
      'GA26010001-A00-010',
      'ga26010001-A00-001',
      odd,
      'X_1',
      'XY1',
    ];
    tiny = await make(
      {
        CONTAINER: [
          ...lots.map((name, index) => ({
            CONTAINERID: id(index + 1),
            CONTAINERNAME: name,
            SPECNAME: 'S ',
            QTY: index,
          })),
          { CONTAINERID: null, CONTAINERNAME: 'GA26010001-A00-003' },
        ],
      },
      [
        `insert into DWH.DW_MES_CONTAINER by name
         select printf('%016x', 1000 + n) as CONTAINERID, printf('MANY%05d', 2500 - n) as CONTAINERNAME from range(2500) t(n)`,
      ],
    );
  });
  afterAll(() => tiny.close());

  const resolve = (...values: string[]) => resolveWithin({}, ...values);

  async function resolveWithin(limits: Partial<SeedLimits>, ...values: string[]) {
    const params = { kind: 'seed_resolve' as const, input_type: 'lot_id' as const, values };
    const { job, output } = makeRecordedJob({ warehouse: tiny.warehouse, params, domains: ['seeds'] });
    await runSeedResolve(job, { ...DEFAULT_SEED_LIMITS, ...limits });
    const seeds: Seed[] = output.records('seeds').map((record) => seedSchema.parse(record));
    const summary: SeedSummary = seedSummarySchema.parse(output.aggregation);
    return { seeds, summary, end: output.domain('seeds').end };
  }

  it('finds exact lots, with or without padding on either side, case-sensitive', async () => {
    const { seeds, summary, end } = await resolve('  GA26010001-A00-001', 'nowhere', 'GA26010001-A00-003');
    expect(seeds).toEqual([
      { container_id: id(1), lot_id: 'GA26010001-A00-001', input_value: 'GA26010001-A00-001', spec_name: 'S', qty: 0 },
    ]);
    expect(summary.not_found).toEqual(['nowhere', 'GA26010001-A00-003']);
    expect(end).toEqual({ status: 'complete' });
  });

  it('finds patterns, padding or not, and says how many they are', async () => {
    const { seeds, summary } = await resolve('GA26010001-A00-00*', '*-002', 'X_1', String.raw`X\_1`);
    expect(seeds.map((seed) => `${seed.lot_id} by ${seed.input_value}`)).toEqual([
      'GA26010001-A00-001 by GA26010001-A00-00*',
      'GA26010001-A00-002 by GA26010001-A00-00*',
      'GA26010001-A00-002 by *-002',
      'XY1 by X_1',
      'X_1 by X_1',
      String.raw`X_1 by X\_1`,
    ]);
    expect(summary.expansion_info).toEqual({ 'GA26010001-A00-00*': 2, '*-002': 1, X_1: 2 });
  });

  it('takes hostile text as text', async () => {
    const escaped = String.raw`a'b"\%\_\\;--`;
    const { seeds, summary } = await resolve(escaped, "' or 1=1 --", `${escaped}*`, '"; drop table x');
    expect(seeds.map((seed) => seed.lot_id)).toEqual([odd, odd]);
    expect(summary.not_found).toEqual(["' or 1=1 --", '"; drop table x']);
  });

  it('is refused with a pattern that is too short', async () => {
    await expect(resolve('GA26010001-A00-001', 'A*')).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      detail: expect.stringContaining('A*') as unknown,
    });
  });

  it('gives the first 2000 of a pattern that matches more, and says so', async () => {
    const { seeds, summary, end } = await resolve('MANY*');
    expect(seeds).toHaveLength(2000);
    expect(seeds[0]?.lot_id).toBe('MANY00001');
    expect(seeds.at(-1)?.lot_id).toBe('MANY02000');
    expect(summary.warnings).toEqual([{ code: 'PATTERN_CUT', value: 'MANY*', given: 2000 }]);
    expect(end).toMatchObject({ status: 'truncated', code: 'RESULT_TOO_LARGE' });
  });

  it('takes limits of its bridge: values, literals of a pattern, matches of a pattern, seeds', async () => {
    const lots = ['GA26010001-A00-001', 'GA26010001-A00-002', 'GA26010001-A00-010'];
    await expect(resolveWithin({ maxValues: 2 }, ...lots)).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      detail: 'One call may have at most 2 values, not 3.',
    });
    expect((await resolveWithin({ maxValues: 2 }, 'X_1', 'X_1 ', 'XY1')).seeds).toHaveLength(3);
    await expect(resolveWithin({ minPatternLiterals: 3 }, 'X_1')).rejects.toMatchObject({ code: 'INVALID_PARAMS' });
    const capped = await resolveWithin({ maxMatchesPerPattern: 2 }, 'GA26*');
    expect(capped.seeds.map((seed) => seed.lot_id)).toEqual(lots.slice(0, 2));
    const { seeds, summary, end } = await resolveWithin({ maxSeeds: 2 }, ...lots, 'nowhere', 'XY*');
    expect(seeds.map((seed) => seed.lot_id)).toEqual(lots.slice(0, 2));
    expect(summary).toMatchObject({ total: 2, input_count: 5, guardrail: { limit: 2, matched: 4 } });
    expect(summary.not_found).toEqual(['nowhere']);
    expect(summary.warnings).toEqual([{ code: 'LOTS_CUT', matched: 4, given: 2 }]);
    expect(end).toMatchObject({ status: 'truncated', code: 'RESULT_TOO_LARGE' });
  });

  it('takes as many exact values as one call may have', async () => {
    const values = Array.from({ length: MAX_SEED_VALUES - 1 }, (_, n) => `MANY${String(n + 1).padStart(5, '0')}`);
    const { seeds, summary } = await resolve(...values, 'nowhere');
    expect(seeds.map((seed) => seed.lot_id)).toEqual(values);
    expect(summary).toMatchObject({ total: 999, input_count: 1000, not_found: ['nowhere'] });
  });

  it('that finds nothing ends complete and empty', async () => {
    const { seeds, summary, end } = await resolve('nowhere', ' ');
    expect(seeds).toEqual([]);
    expect(summary.not_found).toEqual(['nowhere']);
    expect(end).toEqual({ status: 'complete' });
  });
});
