import { createConnection } from 'node:net';
import { describe, expect, it } from 'vitest';
import { TEST_LOGIN } from '../helpers/oracle-server/server.ts';
import { oracledb } from '../helpers/oracle-driver.ts';
import {
  answerWith,
  CLOB,
  connect,
  connection,
  errorOf,
  NUMBER,
  query,
  requests,
  restart,
  server,
  TEXT,
  useOracleSession,
} from '../helpers/oracle-session.ts';

useOracleSession();

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
    await restart({ warning: { code: 28_002 } });
    expect(connection.warning).toMatchObject({ code: 'ORA-28002' });
    await connection.ping();
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
    answerWith(() => query([NUMBER], [[1]]));
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
    answerWith(({ batch }) => ({ rowCount: batch.length }));
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
    answerWith(({ binds }) => query([TEXT], [[`got ${String(binds[0])}`]]));
    for (const value of ['a', 'b', 'long '.repeat(50), null]) {
      const { rows } = await connection.execute('select A from T where B = :1', [value]);
      expect(rows).toEqual([[`got ${value}`]]);
    }
    expect(server.sessions[0]?.cursorsHeld).toBe(1);
  });

  it('is described without being run', async () => {
    answerWith(() =>
      query([TEXT, { ...NUMBER, precision: 5, scale: 2 }, CLOB, { name: 'D', type: 'DATE' }], [['x', 1, 'y', null]]),
    );
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
    answerWith(() => ({ error: { code: 942 } }));
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
