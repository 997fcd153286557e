import type { DuckDBConnection } from '@duckdb/node-api';
import { DOUBLE, DuckDBInstance, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doubleJson, exactNumberJson } from '../../oracle-bridge/encode/number-text.ts';
import type { FetchedRow } from '../../oracle-bridge/encode/row-encoder.ts';
import { readFetchedRow, RowEncoder } from '../../oracle-bridge/encode/row-encoder.ts';
import { recordJson, rowValue } from '../../oracle-bridge/warehouse/duckdb/record-json.ts';
import type { ColumnDeclaration } from '../../oracle-bridge/warehouse/sql/statement-file.ts';

const COLUMNS: readonly ColumnDeclaration[] = [
  { name: 'CONTAINERID', type: 'text' },
  { name: 'QTY', type: 'whole' },
  { name: 'FACTOR', type: 'decimal' },
  { name: 'CONSUMED', type: 'double' },
  { name: 'TXNDATE', type: 'time' },
];

/** What stands in the tables, before a dialect gives it its wire form. */
interface StoredRow {
  readonly text: string | null;
  readonly whole: string | null;
  /** With six decimals. */
  readonly decimal: string | null;
  readonly double: number | null;
  /** `YYYY-MM-DD HH:MM:SS`. */
  readonly time: string | null;
}

const storedRow: fc.Arbitrary<StoredRow> = fc.record({
  text: fc.option(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constantFrom('', '  ', ' a  ', 'a\t ', '"\\/', '\u0000\u001f\u007f\u2028', '𠮷 焊接', "'", '</script>'),
    ),
  ),
  whole: fc.option(fc.oneof(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })).map(String)),
  decimal: fc.option(
    fc
      .oneof(
        fc.bigInt({ min: -(10n ** 10n), max: 10n ** 10n }),
        fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
        fc
          .tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: 0, max: 23 }))
          .map(([n, e]) => BigInt(n) * 10n ** BigInt(e)),
      )
      .map(withSixDecimals),
  ),
  double: fc.option(
    fc.oneof(
      fc.double(),
      fc.integer(),
      fc.integer({ min: -1e9, max: 1e9 }).map((n) => n / 1000),
      fc.constantFrom(-0, 1e15, 999_999_999_999_999, 1e15 + 0.5, 1e21, 1e-6, 1e-7, 5e-324, Number.MAX_VALUE),
    ),
  ),
  time: fc.option(
    fc
      .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 19).replace('T', ' ')),
  ),
});

function withSixDecimals(millionths: bigint): string {
  const digits = String(millionths < 0n ? -millionths : millionths).padStart(7, '0');
  return `${millionths < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/** As the Oracle driver writes a NUMBER: no zero before the point, none at the end, no exponent. */
function driverText(decimal: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)0*(\d*?)(?:\.(\d*?)0*)?$/.exec(decimal) ?? [];
  if (whole + fraction === '') return '0';
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The double as decimal text, where Oracle has a NUMBER for it; else as it is, as BINARY_DOUBLE is fetched. */
function driverDouble(value: number): string | number {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || (size !== 0 && (size < 1e-100 || size > 1e100))) return value;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  const point = whole.length + Number(exponent);
  const digits = '0'.repeat(Math.max(0, -point)) + whole + fraction;
  const place = Math.max(0, point);
  return driverText(`${sign}${digits.slice(0, place).padEnd(place, '0')}.${digits.slice(place)}`);
}

/** What Oracle's driver gives for the row, once the statement has trimmed its text and written its time. */
function fetched({ text, whole, decimal, double, time }: StoredRow): FetchedRow {
  return [
    text?.replace(/ +$/, '') || null,
    whole === null ? null : driverText(whole),
    decimal === null ? null : driverText(decimal),
    double === null ? null : driverDouble(double),
    time?.replace(' ', 'T') ?? null,
  ];
}

describe('a fetched row', () => {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:');
    connection = await instance.connect();
  });
  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
  });

  /** What DuckDB makes of the same rows, by expressions over the columns. */
  async function askDuckDb(rows: readonly StoredRow[], expressions: readonly string[]): Promise<unknown[][]> {
    const lists = {
      texts: listValue(rows.map(({ text }) => text)),
      wholes: listValue(rows.map(({ whole }) => whole)),
      decimals: listValue(rows.map(({ decimal }) => decimal)),
      doubles: listValue(rows.map(({ double }) => double)),
      times: listValue(rows.map(({ time }) => time)),
    };
    const reader = await connection.runAndReadAll(
      `with stored as (
         select unnest($texts) as CONTAINERID, cast(unnest($wholes) as bigint) as QTY,
           cast(unnest($decimals) as decimal(38, 6)) as FACTOR, unnest($doubles) as CONSUMED,
           cast(unnest($times) as timestamp) as TXNDATE
       ) select ${expressions.join(', ')} from stored`,
      lists,
      {
        texts: LIST(VARCHAR),
        wholes: LIST(VARCHAR),
        decimals: LIST(VARCHAR),
        doubles: LIST(DOUBLE),
        times: LIST(VARCHAR),
      },
    );
    return reader.getRows();
  }

  it('becomes the same bytes as the same row in DuckDB', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(storedRow, { minLength: 1, maxLength: 60 }), async (rows) => {
        const wanted = (await askDuckDb(rows, [recordJson(COLUMNS)])).map(([json]) => json);
        const batch = new RowEncoder(COLUMNS).encodeBatch(rows.map(fetched));
        expect(Buffer.from(batch.json).toString().split(',\t')).toEqual(wanted);
        expect(batch.count).toBe(rows.length);
      }),
      { numRuns: 200 },
    );
  });

  it('becomes the same values as the same row in DuckDB for code that looks into it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(storedRow, { minLength: 1, maxLength: 60 }), async (rows) => {
        const answers = await askDuckDb(rows, COLUMNS.map(rowValue));
        const wanted = answers.map((values) =>
          COLUMNS.map(({ type }, index) => {
            const value = values[index];
            return type === 'text' || type === 'time' ? value : JSON.parse(String(value));
          }),
        );
        const got = rows.map((row) => Object.values(readFetchedRow(COLUMNS, fetched(row))));
        expect(got).toEqual(wanted);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the rows of a range', () => {
  it('count each container in the batch of its first record', () => {
    const encoder = new RowEncoder(COLUMNS);
    const rows = (ids: (string | null)[]): FetchedRow[] => ids.map((id) => [id, '1', '1', '1', null]);
    expect(encoder.encodeBatch(rows(['a', 'a', 'b'])).containersFound).toBe(2);
    expect(encoder.encodeBatch(rows(['b', 'c', null])).containersFound).toBe(1);
    expect(encoder.encodeBatch([])).toMatchObject({ count: 0, containersFound: 0 });
  });

  it('are refused with a value that is not of its type', () => {
    for (const row of [
      [null, 'x'],
      [null, null, '1,5'],
      [null, null, null, 'one'],
      [null, ''],
      [null, null, null, ''],
    ]) {
      expect(() => new RowEncoder(COLUMNS).encodeBatch([row])).toThrow('not a number');
    }
  });
});

describe('numbers', () => {
  it.each([
    ['.5', '0.5'],
    ['-.25', '-0.25'],
    ['0', '0'],
    ['-0.00', '0'],
    ['007.10', '7.1'],
    ['999999999999999', '999999999999999'],
    ['1000000000000000', '"1000000000000000"'],
    ['.000000000123456789012345', '0.000000000123456789012345'],
    ['.1234567890123456', '"0.1234567890123456"'],
    ['1.5E+3', '1500'],
    ['15e-4', '0.0015'],
    ['-1e126', `"-1${'0'.repeat(126)}"`],
  ])('%s is %s in JSON', (text, json) => {
    expect(exactNumberJson(text)).toBe(json);
  });

  it('of an exponent that Oracle does not have are refused, not written out', () => {
    expect(() => exactNumberJson('1e999999999')).toThrow('not a number');
  });

  it.each([
    [Number.NaN, 'null'],
    [Number.NEGATIVE_INFINITY, 'null'],
    [-0, '0'],
    [0.000125, '0.000125'],
    [1e21, '1e21'],
  ])('%s is %s in JSON as a double', (value, json) => {
    expect(doubleJson(value)).toBe(json);
  });

  it('that a double column has no JSON for are null as text, too', () => {
    const row = ['NaN', 'nan', 'Inf', '-Infinity'].map((text): FetchedRow => [null, null, null, text, null]);
    const { json } = new RowEncoder(COLUMNS).encodeBatch(row);
    expect(
      Buffer.from(json)
        .toString()
        .split(',\t')
        .map((record) => (JSON.parse(record) as { CONSUMED: unknown }).CONSUMED),
    ).toEqual([null, null, null, null]);
  });
});
