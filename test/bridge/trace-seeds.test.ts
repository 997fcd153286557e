import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Seed, SeedSummary } from '../../src/protocol/trace.ts';
import { seedSchema, seedSummarySchema } from '../../src/protocol/trace.ts';
import { MAX_MATCHES_PER_PATTERN, resolveSeeds } from '../../oracle-bridge/trace/resolve-seeds.ts';
import { runSeedResolve } from '../../oracle-bridge/trace/run-seed-resolve.ts';
import type { PatternToken } from '../../oracle-bridge/trace/seed-tokens.ts';
import { findTooShort, matchesPattern, tokenise } from '../../oracle-bridge/trace/seed-tokens.ts';
import { makeRecordedJob } from '../helpers/recorded-job.ts';
import type { TinyWarehouse } from '../helpers/tiny-warehouse.ts';
import { id, makeTinyWarehouse } from '../helpers/tiny-warehouse.ts';

function pattern(input: string): PatternToken {
  const [token] = tokenise([input]);
  if (token?.kind !== 'pattern') throw new Error(`${input} is no pattern`);
  return token;
}

function tooShort(values: readonly string[]): string[] {
  return findTooShort(tokenise(values)).map(({ input }) => input);
}

function row(number: number, lotId: string | null) {
  return { containerId: id(number), lotId, specName: null, qty: 1 };
}

describe('seed values', () => {
  it('are trimmed, and empty ones and duplicates dropped', () => {
    expect(tokenise([' A ', '', '  ', 'B', 'A'])).toEqual([
      { kind: 'exact', input: 'A', name: 'A' },
      { kind: 'exact', input: 'B', name: 'B' },
    ]);
  });

  it('are patterns with * or % for any characters and _ for one, unless escaped', () => {
    expect(pattern('GA*').like).toBe('GA%');
    expect(pattern('GA%1').like).toBe('GA%1');
    expect(pattern('G_1').like).toBe('G_1');
    expect(pattern(String.raw`A\_B*`).like).toBe(String.raw`A\_B%`);
    expect(tokenise([String.raw`A\_B`])).toEqual([{ kind: 'exact', input: String.raw`A\_B`, name: 'A_B' }]);
    expect(tokenise([String.raw`A\*`, 'A\\'])).toMatchObject([{ name: 'A*' }, { kind: 'exact', name: 'A\\' }]);
    expect(pattern(String.raw`100\%*`).like).toBe(String.raw`100\%%`);
  });

  it('have neighbouring wildcards sorted, which means the same and matches faster', () => {
    expect(pattern('AB%_%_**').like).toBe('AB__%');
  });

  it('need two literal characters if they are patterns', () => {
    expect(tooShort(['*', 'A*', '_A_', 'AB*', 'A*B', 'A', String.raw`\%*`])).toEqual([
      '*',
      'A*',
      '_A_',
      String.raw`\%*`,
    ]);
  });

  it('match like a plain reading of the pattern would', () => {
    const piece = fc.constantFrom('a', 'b', '*', '_', '%', String.raw`\*`);
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), text, (pieces, value) => {
        const [token] = tokenise([pieces.join('')]);
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
    const [exact, like, missing] = tokenise(['B1', 'B*x', 'C']);
    const rows = [row(1, 'B2x'), row(2, 'B1'), row(2, 'B1'), row(3, 'b1'), row(4, null), row(5, 'B1x')];
    const { seeds, summary, truncated } = resolveSeeds(
      [exact, like, missing].flatMap((token) => (token ? [{ token, rows }] : [])),
    );
    expect(seeds.map((seed) => [seed.lot_id, seed.input_value])).toEqual([
      ['B1', 'B1'],
      ['B1x', 'B*x'],
      ['B2x', 'B*x'],
    ]);
    expect(summary).toEqual({ not_found: ['C'], expansion_info: { 'B*x': 2 }, warnings: [] });
    expect(truncated).toBe(false);
  });

  it('of one pattern are cut at its limit, which is said', () => {
    const rows = Array.from({ length: MAX_MATCHES_PER_PATTERN + 1 }, (_, n) =>
      row(n, `AB${String(n).padStart(5, '0')}`),
    );
    const atLimit = resolveSeeds([{ token: pattern('AB*'), rows: rows.slice(1) }]);
    expect([atLimit.seeds.length, atLimit.truncated, atLimit.summary.warnings]).toEqual([2000, false, []]);
    const above = resolveSeeds([{ token: pattern('AB*'), rows: rows.toReversed() }]);
    expect([above.seeds.length, above.truncated]).toEqual([2000, true]);
    expect(above.seeds.at(-1)?.lot_id).toBe('AB01999');
    expect(above.summary.warnings).toEqual(['AB* matches more than 2000 lots; only the first 2000 by name are given.']);
  });
});

describe('a seed-resolve job', () => {
  let tiny: TinyWarehouse;
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
    tiny = await makeTinyWarehouse(
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

  async function resolve(...values: string[]) {
    const params = { kind: 'seed_resolve', input_type: 'lot_id', values } as const;
    const { job, output } = makeRecordedJob({ warehouse: tiny.warehouse, params, domains: ['seeds'] });
    await runSeedResolve(job);
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
    expect(summary.warnings).toHaveLength(1);
    expect(end).toMatchObject({ status: 'truncated', code: 'RESULT_TOO_LARGE' });
  });

  it('that finds nothing ends complete and empty', async () => {
    const { seeds, summary, end } = await resolve('nowhere', ' ');
    expect(seeds).toEqual([]);
    expect(summary.not_found).toEqual(['nowhere']);
    expect(end).toEqual({ status: 'complete' });
  });
});
