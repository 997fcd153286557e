import { createConnection } from 'node:net';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, AnswerRequest, CellValue } from '../helpers/oracle-server/answers.ts';
import { OraFailure } from '../helpers/oracle-server/answers.ts';
import type { Column } from '../helpers/oracle-server/columns.ts';
import type { OracleServerOptions } from '../helpers/oracle-server/server.ts';
import { OracleServer, TEST_LOGIN } from '../helpers/oracle-server/server.ts';
import type { ConnectOptions, OracleConnection, OracleDriverError, OracleResultSet } from '../helpers/oracle-driver.ts';
import { oracledb } from '../helpers/oracle-driver.ts';

const TEXT: Column = { name: 'A', type: 'VARCHAR', size: 400 };
const NUMBER: Column = { name: 'N', type: 'NUMBER' };
const CLOB: Column = { name: 'C', type: 'CLOB' };
const AS_TEXT = { fetchTypeHandler: () => ({ type: oracledb.STRING }) };
/** As the bridge reads: nothing with the execution, then so many rows a round trip. */
const BY_ROWS = { resultSet: true, prefetchRows: 0 } as const;

let server: OracleServer;
let connection: OracleConnection;
let answer: (request: AnswerRequest) => Answer | Promise<Answer>;
let requests: AnswerRequest[];

beforeEach(async () => {
  answer = () => ({ rowCount: 0 });
  requests = [];
  server = await startServer({});
  connection = await connect();
});

afterEach(async () => {
  await server.close();
});

function startServer(options: Partial<OracleServerOptions>): Promise<OracleServer> {
  return OracleServer.start({
    ...TEST_LOGIN,
    ...options,
    answer(request) {
      requests.push(request);
      return answer(request);
    },
  });
}

function connect(changes: Partial<ConnectOptions> = {}): Promise<OracleConnection> {
  const { user, password } = TEST_LOGIN;
  return oracledb.getConnection({ user, password, connectString: server.connectString, ...changes });
}

function query(columns: readonly Column[], rows: readonly (readonly CellValue[])[]): Answer {
  return { columns, rows };
}

async function open(sql = 'select N from T', options: object = {}): Promise<OracleResultSet> {
  return (await connection.execute(sql, [], { ...BY_ROWS, ...options })).resultSet;
}

/** The error a promise is refused with: its code, and whether the driver takes it for one that may pass. */
async function errorOf(promise: Promise<unknown>): Promise<{ code: string; isRecoverable: boolean } | undefined> {
  const error = await promise.then(
    () => undefined,
    (error: OracleDriverError) => error,
  );
  return error && { code: error.code, isRecoverable: error.isRecoverable ?? false };
}

function* countTo(end: number): Generator<[number]> {
  for (let number = 0; number < end; number++) yield [number];
}

describe('A login at the test server', () => {
  it('goes well, and the session ends with its connection', async () => {
    expect([server.opened, server.closed, server.sessions.length]).toEqual([1, 0, 1]);
    await connection.close();
    await expect.poll(() => [server.closed, server.sockets]).toEqual([1, 0]);
  });

  it('fails at a wrong password and at another user', async () => {
    expect(await errorOf(connect({ password: 'other' }))).toEqual({ code: 'ORA-01017', isRecoverable: false });
    expect(await errorOf(connect({ user: 'other' }))).toEqual({ code: 'ORA-01017', isRecoverable: false });
    expect(server.opened).toBe(1);
  });

  it('fails at an unknown service', async () => {
    const connectString = `127.0.0.1:${server.port}/OTHER`;
    expect(await errorOf(connect({ connectString }))).toMatchObject({ code: 'NJS-518' });
    await server.refuse({ listener: 12_514 });
    expect(await errorOf(connect())).toMatchObject({ code: 'NJS-518' });
  });

  it('is refused in every way that was asked for, until nobody is refused any more', async () => {
    await server.refuse({ listener: 12_516 });
    await expect(connect()).rejects.toThrow(/NJS-511.*ORA-12516/s);
    await server.refuse({ login: 28_000 });
    expect(await errorOf(connect())).toMatchObject({ code: 'ORA-28000' });
    await server.refuse('stopped');
    expect(await errorOf(connect())).toMatchObject({ code: 'NJS-503' });
    await connection.ping();
    await server.refuse(undefined);
    await (await connect()).ping();
    expect(server.opened).toBe(2);
  });

  it('waits at a listener that says nothing, until it is cut', async () => {
    await server.refuse('silent');
    const waiting = errorOf(connect());
    await expect.poll(() => server.sockets).toBe(2);
    server.cutAll();
    expect(await waiting).toMatchObject({ code: 'NJS-500' });
    await expect.poll(() => server.sockets).toBe(0);
    expect(server.opened).toBe(1);
  });

  it('leaves nothing behind when the other end goes before it has said anything', async () => {
    const socket = createConnection(server.port, '127.0.0.1');
    await expect.poll(() => server.sockets).toBe(2);
    socket.destroy();
    await expect.poll(() => server.sockets).toBe(1);
  });

  it('goes well with a warning when the password will expire', async () => {
    await server.close();
    server = await startServer({ warning: { code: 28_002 } });
    const warned = await connect();
    expect(warned.warning).toMatchObject({ code: 'ORA-28002' });
    await warned.ping();
  });

  it('takes connect data that need a packet of their own', async () => {
    const name = 'X'.repeat(300);
    const address = `(ADDRESS=(PROTOCOL=TCP)(HOST=127.0.0.1)(PORT=${server.port}))`;
    const data = `(CONNECT_DATA=(SERVICE_NAME=${TEST_LOGIN.service})(PROGRAM=${name}))`;
    await (await connect({ connectString: `(DESCRIPTION=${address}${data})` })).ping();
    expect(server.opened).toBe(2);
  });
});

describe('A statement at the test server', () => {
  it('has its binds by position, those of a name at each of its places', async () => {
    const time = new Date('2026-01-02T03:04:05.678Z');
    await connection.execute('update T set A = :1, B = :2, C = :3, D = :4, E = :5', ['站點', -0.25, time, null, '']);
    await connection.execute('update T set A = :b, B = :a, C = :b', { a: 7, b: 'x' });
    expect(requests.map(({ binds }) => binds)).toEqual([
      ['站點', -0.25, time, null, null],
      ['x', 7, 'x'],
    ]);
  });

  it('has the text and binds of a request of many packets', async () => {
    const places = Array.from({ length: 1100 }, (_, index) => `:p${index}`);
    const values = Object.fromEntries(places.map((place, index) => [place.slice(1), `${index}`.padStart(200, '站')]));
    const sql = `select N from T where A in (${places.join(', ')}) -- ${'é'.repeat(40_000)}`;
    answer = () => query([NUMBER], [[1]]);
    expect((await connection.execute(sql, values)).rows).toEqual([[1]]);
    expect(requests[0]?.sql).toBe(sql);
    expect(requests[0]?.binds).toEqual(Object.values(values));
  });

  it('has a bind longer than a column can be behind all others', async () => {
    const long = 'é'.repeat(40_000);
    await connection.execute('insert into T values (:1, :2, :3)', [long, 5, 'x']);
    expect(requests[0]?.binds).toEqual([long, 5, 'x']);
  });

  it('has the rows of executeMany, and again when it is run once more', async () => {
    answer = ({ batch }) => ({ rowCount: batch.length });
    const rows = Array.from({ length: 10_000 }, (_, index) => ({ id: index % 3 === 0 ? null : `id ${index}` }));
    const options = { bindDefs: { id: { type: oracledb.STRING, maxSize: 255 } } };
    for (const part of [rows, rows.slice(0, 7)]) {
      const result = await connection.executeMany('insert into LOTSTREAM_IDS (ID) values (:id)', part, options);
      expect(result.rowsAffected).toBe(part.length);
    }
    expect(requests.map(({ batch }) => batch)).toEqual(
      [rows, rows.slice(0, 7)].map((part) => part.map(({ id }) => [id])),
    );
  });

  it('is run again under its cursor, with other binds and with binds that got longer', async () => {
    answer = ({ binds }) => query([TEXT], [[`got ${String(binds[0])}`]]);
    for (const value of ['a', 'b', 'long '.repeat(50), null]) {
      const { rows } = await connection.execute('select A from T where B = :1', [value]);
      expect(rows).toEqual([[`got ${value}`]]);
    }
    expect(server.sessions[0]?.cursorsHeld).toBe(1);
  });

  it('is described without being run', async () => {
    answer = () =>
      query([TEXT, { ...NUMBER, precision: 5, scale: 2 }, CLOB, { name: 'D', type: 'DATE' }], [['x', 1, 'y', null]]);
    const info = await connection.getStatementInfo('select A, N, C, D from T where A = :a');
    expect(info.bindNames).toEqual(['A']);
    expect(info.metaData).toMatchObject([
      { name: 'A', dbTypeName: 'VARCHAR2', byteSize: 400 },
      { name: 'N', dbTypeName: 'NUMBER', precision: 5, scale: 2 },
      { name: 'C', dbTypeName: 'CLOB' },
      { name: 'D', dbTypeName: 'DATE' },
    ]);
    expect(requests[0]).toMatchObject({ parseOnly: true, binds: [] });
    expect(server.sessions[0]?.statements).toEqual([]);
    expect(server.cursorsOpen).toBe(0);
    answer = () => ({ error: { code: 942 } });
    expect(await errorOf(connection.getStatementInfo('select X from T'))).toMatchObject({ code: 'ORA-00942' });
  });

  it('knows its session', async () => {
    Object.assign(connection, { module: 'lotstream', action: 'history', clientId: 'job 1' });
    await connection.ping();
    expect(server.sessions[0]).toMatchObject({ module: 'lotstream', action: 'history', clientId: 'job 1' });
    Object.assign(connection, { action: '' });
    await connection.execute('alter session set X = 1');
    expect(requests[0]?.session).toMatchObject({ id: 1, module: 'lotstream', action: '', clientId: 'job 1' });
    expect(server.sessions[0]?.statements).toEqual(['alter session set X = 1']);
  });
});

describe('Rows of the test server', () => {
  it('come in the numbers that were asked for, to their end', async () => {
    answer = () => ({ columns: [NUMBER], rows: countTo(2500) });
    const rows = await open();
    const counts = [];
    for (let got = await rows.getRows(1000); got.length > 0; got = await rows.getRows(1000)) counts.push(got.length);
    await rows.close();
    expect(counts).toEqual([1000, 1000, 500]);
  });

  it('come with the execution when they are prefetched', async () => {
    answer = () => ({ columns: [NUMBER], rows: countTo(5) });
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
    answer = () => query([TEXT, char], rows);
    expect((await connection.execute('select A, K from T')).rows).toEqual(rows);
  });

  it('hold dates of the zone of the process, and doubles', async () => {
    const rows = [
      [new Date(2026, 0, 2, 3, 4, 5), 0.1],
      [new Date(1999, 11, 31), -1e300],
      [null, 0],
    ];
    answer = () =>
      query(
        [
          { name: 'D', type: 'DATE' },
          { name: 'X', type: 'BINARY_DOUBLE' },
        ],
        rows,
      );
    expect((await connection.execute('select D, X from T')).rows).toEqual(rows);
  });

  it('hold every decimal number of 38 digits, both ways', async () => {
    const decimal = fc
      .tuple(fc.boolean(), fc.bigInt({ min: 1n, max: 10n ** 38n - 1n }), fc.integer({ min: -60, max: 40 }))
      .map(([isNegative, digits, exponent]) => `${isNegative ? '-' : ''}${digits}e${exponent}`);
    await fc.assert(
      fc.asyncProperty(fc.array(decimal, { minLength: 1, maxLength: 30 }), async (numbers) => {
        answer = () =>
          query(
            [NUMBER],
            [...numbers, '0', '0.00', '-0.10', '100'].map((number) => [number]),
          );
        const { rows = [] } = await connection.execute('select N from T', [], AS_TEXT);
        const plain = [...numbers.map(toPlain), '0', '0', '-.1', '100'];
        expect(rows).toEqual(plain.map((number) => [number]));
      }),
      { numRuns: 50 },
    );
    answer = () => ({ rowCount: 1 });
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
    answer = () =>
      query(
        [NUMBER, CLOB],
        [
          [1, long],
          [2, null],
          [3, 'short'],
        ],
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
    await server.close();
    server = await startServer({ sessionDataUnitBytes: 512 });
    connection = await connect();
    const rows = Array.from({ length: 60 }, (_, index) => [`${index}é`.repeat(index), String(index / 8)]);
    answer = () => query([TEXT, NUMBER], [...rows, [null, null]]);
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
    answer = () => ({ columns: [NUMBER], rows: rows() });
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

describe('Faults of the test server', () => {
  it('are errors at the execution', async () => {
    answer = () => ({ error: { code: 942 } });
    await expect(connection.execute('select N from T')).rejects.toThrow(/^ORA-00942: table or view does not exist/);
    answer = () => {
      throw new OraFailure({ code: 1033, message: 'ORACLE initialization or shutdown in progress' });
    };
    expect(await errorOf(connection.execute('select N from T'))).toEqual({ code: 'ORA-01033', isRecoverable: true });
    answer = () => query([NUMBER], [['no number']]);
    await expect(connection.execute('select N from T')).rejects.toThrow(
      /ORA-20000: the test server failed: not a decimal/,
    );
    expect(server.sessions[0]?.cursorsHeld).toBe(0);
  });

  it.each([0, 7, 10, 25])('are errors at row %i, after the rows before it', async (row) => {
    answer = () => ({ columns: [NUMBER], rows: countTo(25), failAtRow: { row, code: 1555 } });
    const rows = await open();
    for (let fetched = 0; fetched + 10 <= row; fetched += 10) expect(await rows.getRows(10)).toHaveLength(10);
    expect(await errorOf(rows.getRows(10))).toEqual({ code: 'ORA-01555', isRecoverable: false });
    await rows.close();
    await connection.ping();
    expect([server.cursorsOpen, server.sessions[0]?.cursorsHeld]).toEqual([0, 0]);
  });

  it('are a stall before a row', async () => {
    const gate = Promise.withResolvers<void>();
    answer = () => ({ columns: [NUMBER], rows: countTo(20), stallAtRow: { row: 15, until: gate.promise } });
    const rows = await open();
    await rows.getRows(10);
    const next = rows.getRows(10);
    gate.resolve();
    expect(await next).toHaveLength(10);
  });

  it.each([0, 3])('are a cut at row %i, in the middle of an answer', async (row) => {
    answer = () => ({ columns: [NUMBER], rows: countTo(20), cutAtRow: row });
    const rows = await open();
    expect(await errorOf(rows.getRows(10))).toEqual({ code: 'NJS-500', isRecoverable: true });
    expect(connection.isHealthy()).toBe(false);
    await connection.close();
    await expect.poll(() => [server.closed, server.sockets]).toEqual([1, 0]);
  });

  it('are a killed session, which the driver itself leaves', async () => {
    answer = () => ({ error: { code: 28 } });
    expect(await errorOf(connection.execute('select N from T'))).toEqual({ code: 'NJS-500', isRecoverable: true });
    await expect.poll(() => server.sockets).toBe(0);
  });

  it('are a cut at the execution, of one session or of all', async () => {
    answer = () => ({ cut: true });
    expect(await errorOf(connection.execute('select N from T'))).toMatchObject({ code: 'NJS-500' });
    const first = await connect();
    const second = await connect();
    server.cut({ id: 2 });
    expect(await errorOf(first.ping())).toMatchObject({ code: 'NJS-500' });
    await second.ping();
    expect(server.sessions.map(({ id }) => id)).toEqual([3]);
    server.cutAll();
    await expect.poll(() => server.sessions.length).toBe(0);
    expect(await errorOf(second.ping())).toMatchObject({ code: 'NJS-500' });
  });
});

describe('A break at the test server', () => {
  const hanging = (row: number): Answer => ({ columns: [NUMBER], rows: countTo(20), hangAtRow: row });

  it('ends a fetch that hangs, and the session goes on', async () => {
    answer = () => hanging(13);
    const rows = await open();
    await rows.getRows(10);
    const next = errorOf(rows.getRows(10));
    await connection.break();
    expect(await next).toEqual({ code: 'ORA-01013', isRecoverable: false });
    await rows.close();
    await connection.ping();
    expect([server.breaks, server.sessions[0]?.breaks, server.cursorsOpen]).toEqual([1, 1, 0]);
  });

  it('ends an execution that hangs, and tells whoever makes the answer', async () => {
    let isTold = false;
    const started = Promise.withResolvers<void>();
    answer = ({ signal }) => {
      started.resolve();
      signal.addEventListener('abort', () => (isTold = true));
      return new Promise(() => undefined);
    };
    const result = errorOf(connection.execute('select N from T'));
    await started.promise;
    await connection.break();
    expect([await result, isTold]).toEqual([{ code: 'ORA-01013', isRecoverable: false }, true]);
    answer = () => query([NUMBER], [[1]]);
    expect((await connection.execute('select N from T')).rows).toEqual([[1]]);
    expect(server.sessions[0]?.cursorsHeld).toBe(1);
  });

  it('ends a call that it comes together with', async () => {
    answer = () => hanging(0);
    for (let time = 0; time < 20; time++) {
      const rows = await open();
      const next = errorOf(rows.getRows(10));
      void connection.break();
      expect(await next).toMatchObject({ code: 'ORA-01013' });
      await rows.close();
    }
    expect(server.breaks).toBe(20);
  });

  it('ends rows that are being made without a pause', async () => {
    answer = () => ({ columns: [NUMBER], rows: countTo(Infinity) });
    const rows = await open();
    const next = errorOf(rows.getRows(1e9));
    await connection.break();
    expect(await next).toMatchObject({ code: 'ORA-01013' });
  });

  it('is answered late when it has to be', async () => {
    const gate = Promise.withResolvers<void>();
    server.breakAnswer = { when: gate.promise };
    answer = () => hanging(0);
    const rows = await open();
    let isEnded = false;
    const next = errorOf(rows.getRows(10)).finally(() => (isEnded = true));
    await connection.break();
    await expect.poll(() => server.breaks).toBe(1);
    expect(isEnded).toBe(false);
    gate.resolve();
    expect(await next).toMatchObject({ code: 'ORA-01013' });
    await connection.ping();
  });

  it('ends a call whose rows come before its answer', async () => {
    const stall = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    server.breakAnswer = { when: gate.promise };
    const isRead = Promise.withResolvers<void>();
    const rows = function* (): Generator<[number]> {
      yield* countTo(10);
      isRead.resolve();
    };
    answer = () => ({ columns: [NUMBER], rows: rows(), stallAtRow: { row: 5, until: stall.promise } });
    const result = await open();
    const got = errorOf(result.getRows(100));
    await connection.break();
    await expect.poll(() => server.breaks).toBe(1);
    stall.resolve();
    await isRead.promise;
    gate.resolve();
    expect(await got).toMatchObject({ code: 'ORA-01013' });
    await connection.ping();
  });

  it('is never answered when it must not be, and a cut still ends the call', async () => {
    server.breakAnswer = 'never';
    answer = () => hanging(0);
    const rows = await open();
    let isEnded = false;
    const next = errorOf(rows.getRows(10)).finally(() => (isEnded = true));
    await connection.break();
    await expect.poll(() => server.breaks).toBe(1);
    await (await connect()).ping();
    expect(isEnded).toBe(false);
    server.cutAll();
    expect(await next).toMatchObject({ code: 'NJS-500' });
  });

  it('comes by itself at the call timeout', async () => {
    answer = () => hanging(0);
    connection.callTimeout = 30;
    const rows = await open();
    expect(await errorOf(rows.getRows(10))).toMatchObject({ code: 'NJS-123' });
    await rows.close();
    connection.callTimeout = 0;
    await connection.ping();
    expect([server.breaks, server.cursorsOpen]).toEqual([1, 0]);
  });

  it('meets the call after it when nothing was under way', async () => {
    await connection.break();
    expect(await errorOf(connection.ping())).toMatchObject({ code: 'ORA-01013' });
    await connection.ping();
  });
});

describe('A transaction at the test server', () => {
  const snapshot = 'set transaction read only';
  const change = 'insert into LOTSTREAM_IDS (ID) values (:1)';

  it('is read-only until commit or rollback', async () => {
    await connection.execute('alter session set X = 1');
    await connection.execute(snapshot);
    expect(server.sessions[0]?.transaction).toBe('read only');
    expect(await errorOf(connection.execute(snapshot))).toMatchObject({ code: 'ORA-01453' });
    expect(await errorOf(connection.execute(change, ['x']))).toMatchObject({ code: 'ORA-01456' });
    await connection.commit();
    await connection.execute(snapshot);
    await connection.rollback();
    expect(server.sessions[0]).toMatchObject({ transaction: 'none', commits: 1, rollbacks: 1 });
  });

  it('is read-write after a change, until it ends or commits by itself', async () => {
    await connection.execute('delete from LOTSTREAM_IDS');
    expect(server.sessions[0]?.transaction).toBe('read write');
    expect(await errorOf(connection.execute(snapshot))).toMatchObject({ code: 'ORA-01453' });
    await connection.execute('commit');
    expect(server.sessions[0]?.transaction).toBe('none');
    for (const id of ['a', 'b']) await connection.execute(change, [id], { autoCommit: true });
    expect(server.sessions[0]).toMatchObject({ transaction: 'none', commits: 3 });
  });

  it('is rolled back by the driver when its connection goes back, but not a read-only one', async () => {
    const { user, password } = TEST_LOGIN;
    const pool = await oracledb.createPool({
      user,
      password,
      connectString: server.connectString,
      poolMin: 1,
      poolMax: 1,
    });
    for (const statement of ['delete from LOTSTREAM_IDS', snapshot]) {
      const pooled = await pool.getConnection();
      await pooled.execute(statement);
      await pooled.close();
    }
    expect(server.sessions[1]).toMatchObject({ rollbacks: 1, transaction: 'read only' });
    await pool.close(0);
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
