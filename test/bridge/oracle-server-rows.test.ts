import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column } from '../helpers/oracle-server/columns.ts';
import {
  answerWith,
  AS_TEXT,
  CLOB,
  connection,
  countTo,
  errorOf,
  NUMBER,
  open,
  query,
  requests,
  restart,
  server,
  TEXT,
  useOracleSession,
} from '../helpers/oracle-session.ts';

useOracleSession();

describe('Rows of the test server', () => {
  it('come in the numbers that were asked for, to their end', async () => {
    answerWith(() => ({ columns: [NUMBER], rows: countTo(2500) }));
    const rows = await open();
    const counts = [];
    for (let got = await rows.getRows(1000); got.length > 0; got = await rows.getRows(1000)) counts.push(got.length);
    await rows.close();
    expect(counts).toEqual([1000, 1000, 500]);
  });

  it('come with the execution when they are prefetched', async () => {
    answerWith(() => ({ columns: [NUMBER], rows: countTo(5) }));
    const { rows } = await connection.execute('select N from T', [], { prefetchRows: 2, fetchArraySize: 2 });
    expect(rows).toEqual([[0], [1], [2], [3], [4]]);
  });

  it('hold NULL, null bytes, padded text and text of several bytes a character', async () => {
    const char: Column = { name: 'K', type: 'CHAR', size: 5 };
    const rows = [
      ['a\0b', 'ab   '],
      ['站點 é 😀', null],
      [null, 'x    '],
      ['x'.repeat(400), '     '],
    ];
    answerWith(() => query([TEXT, char], rows));
    expect((await connection.execute('select A, K from T')).rows).toEqual(rows);
  });

  it('hold dates of the zone of the process, and doubles', async () => {
    const rows = [
      [new Date(2026, 0, 2, 3, 4, 5), 0.1],
      [new Date(1999, 11, 31), -1e300],
      [null, 0],
    ];
    answerWith(() =>
      query(
        [
          { name: 'D', type: 'DATE' },
          { name: 'X', type: 'BINARY_DOUBLE' },
        ],
        rows,
      ),
    );
    expect((await connection.execute('select D, X from T')).rows).toEqual(rows);
  });

  it('hold every decimal number of 38 digits, both ways', async () => {
    const decimal = fc
      .tuple(fc.boolean(), fc.bigInt({ min: 1n, max: 10n ** 38n - 1n }), fc.integer({ min: -60, max: 40 }))
      .map(([isNegative, digits, exponent]) => `${isNegative ? '-' : ''}${digits}e${exponent}`);
    await fc.assert(
      fc.asyncProperty(fc.array(decimal, { minLength: 1, maxLength: 30 }), async (numbers) => {
        answerWith(() =>
          query(
            [NUMBER],
            [...numbers, '0', '0.00', '-0.10', '100'].map((number) => [number]),
          ),
        );
        const { rows = [] } = await connection.execute('select N from T', [], AS_TEXT);
        const plain = [...numbers.map(toPlain), '0', '0', '-.1', '100'];
        expect(rows).toEqual(plain.map((number) => [number]));
      }),
      { numRuns: 50 },
    );
    answerWith(() => ({ rowCount: 1 }));
    const numbers = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }),
      fc.integer(),
    );
    await fc.assert(
      fc.asyncProperty(
        numbers.filter((number) => number === 0 || Math.abs(number) > 1e-100),
        async (number) => {
          await connection.execute('update T set A = :1', [number]);
          expect(Number(requests.at(-1)?.binds[0])).toBe(number === 0 ? 0 : number);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('hold long text that is fetched as text, up to megabytes', async () => {
    const long = '站x'.repeat(2_400_000);
    answerWith(() =>
      query(
        [NUMBER, CLOB],
        [
          [1, long],
          [2, null],
          [3, 'short'],
        ],
      ),
    );
    for (const options of [{ prefetchRows: 2 }, { prefetchRows: 0 }]) {
      const rows = await open('select N, C from T', { ...options, ...AS_TEXT });
      const got = [...(await rows.getRows(1)), ...(await rows.getRows(10))];
      await rows.close();
      expect(got.map((row) => row[0])).toEqual(['1', '2', '3']);
      expect(got.map((row) => row[1] === long)).toEqual([true, false, false]);
      expect(got.slice(1).map((row) => row[1])).toEqual([null, 'short']);
    }
    expect(Buffer.byteLength(long)).toBeGreaterThan(9_000_000);
    const asLob = await open('select C from T');
    expect(await errorOf(asLob.getRows(1))).toMatchObject({ code: 'ORA-03115' });
  });

  it('are whole when every packet is as small as can be', async () => {
    await restart({ sessionDataUnitBytes: 512 });
    const rows = Array.from({ length: 60 }, (_, index) => [`${index}é`.repeat(index), String(index / 8)]);
    answerWith(() => query([TEXT, NUMBER], [...rows, [null, null]]));
    const sql = `select A, N from T where A = :1 -- ${'x'.repeat(3000)}`;
    const result = await connection.execute(sql, ['站'.repeat(900)], { resultSet: true, prefetchRows: 7 });
    const got = [...(await result.resultSet.getRows(20)), ...(await result.resultSet.getRows(100))];
    expect(got).toEqual([...rows.map(([text, number]) => [text || null, Number(number)]), [null, null]]);
    expect(requests.at(-1)).toMatchObject({ sql, binds: ['站'.repeat(900)] });
  });

  it('are let go when they are not read to their end', async () => {
    let isLetGo = false;
    const rows = async function* (): AsyncGenerator<[number]> {
      try {
        yield* countTo(100);
      } finally {
        isLetGo = true;
      }
    };
    answerWith(() => ({ columns: [NUMBER], rows: rows() }));
    const result = await open();
    await result.getRows(10);
    expect([server.cursorsOpen, isLetGo]).toEqual([1, false]);
    await result.close();
    expect(server.cursorsOpen).toBe(1);
    await connection.ping();
    expect([server.cursorsOpen, isLetGo]).toEqual([0, true]);
    expect(server.sessions[0]?.cursorsHeld).toBe(1);
    const uncached = await open('select 2 from T', { keepInStmtCache: false });
    await uncached.close();
    await connection.ping();
    expect(server.sessions[0]?.cursorsHeld).toBe(1);
  });
});

/** Decimal text as the driver writes it: no exponent, no zero before the point. */
function toPlain(number: string): string {
  const [, sign = '', digits = '', exponent = '0'] = /^(-?)(\d+)e(-?\d+)$/.exec(number) ?? [];
  const point = digits.length + Number(exponent);
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '';
  const fraction = point > 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  const end = fraction.replace(/0+$/, '');
  return `${sign}${whole}${end === '' ? '' : `.${end}`}`;
}
