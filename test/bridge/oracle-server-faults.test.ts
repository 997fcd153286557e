import { describe, expect, it } from 'vitest';
import type { Answer } from '../helpers/oracle-server/answers.ts';
import { OraFailure } from '../helpers/oracle-server/answers.ts';
import {
  answerWith,
  connect,
  connection,
  countTo,
  errorOf,
  NUMBER,
  open,
  query,
  server,
  useOracleSession,
} from '../helpers/oracle-session.ts';

useOracleSession();

describe('Faults of the test server', () => {
  it('are errors at the execution', async () => {
    answerWith(() => ({ error: { code: 942 } }));
    await expect(connection.execute('select N from T')).rejects.toThrow(/^ORA-00942: table or view does not exist/);
    answerWith(() => {
      throw new OraFailure({ code: 1033, message: 'ORACLE initialization or shutdown in progress' });
    });
    expect(await errorOf(connection.execute('select N from T'))).toEqual({ code: 'ORA-01033', isRecoverable: true });
    answerWith(() => query([NUMBER], [['no number']]));
    await expect(connection.execute('select N from T')).rejects.toThrow(
      /ORA-20000: the test server failed: not a decimal/,
    );
    expect(server.sessions[0]?.cursorsHeld).toBe(0);
  });

  it.each([0, 7, 10, 25])('are errors at row %i, after the rows before it', async (row) => {
    answerWith(() => ({ columns: [NUMBER], rows: countTo(25), failAtRow: { row, code: 1555 } }));
    const rows = await open();
    for (let fetched = 0; fetched + 10 <= row; fetched += 10) expect(await rows.getRows(10)).toHaveLength(10);
    expect(await errorOf(rows.getRows(10))).toEqual({ code: 'ORA-01555', isRecoverable: false });
    await rows.close();
    await connection.ping();
    expect([server.cursorsOpen, server.sessions[0]?.cursorsHeld]).toEqual([0, 0]);
  });

  it('are a stall before a row', async () => {
    const gate = Promise.withResolvers<void>();
    answerWith(() => ({ columns: [NUMBER], rows: countTo(20), stallAtRow: { row: 15, until: gate.promise } }));
    const rows = await open();
    await rows.getRows(10);
    const next = rows.getRows(10);
    gate.resolve();
    expect(await next).toHaveLength(10);
  });

  it.each([0, 3])('are a cut at row %i, in the middle of an answer', async (row) => {
    answerWith(() => ({ columns: [NUMBER], rows: countTo(20), cutAtRow: row }));
    const rows = await open();
    expect(await errorOf(rows.getRows(10))).toEqual({ code: 'NJS-500', isRecoverable: true });
    expect(connection.isHealthy()).toBe(false);
    await connection.close();
    await expect.poll(() => [server.closed, server.sockets]).toEqual([1, 0]);
  });

  it('are a killed session, which the driver itself leaves', async () => {
    answerWith(() => ({ error: { code: 28 } }));
    expect(await errorOf(connection.execute('select N from T'))).toEqual({ code: 'NJS-500', isRecoverable: true });
    await expect.poll(() => server.sockets).toBe(0);
  });

  it('are a cut at the execution, of one session or of all', async () => {
    answerWith(() => ({ cut: true }));
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
    answerWith(() => hanging(13));
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
    answerWith(({ signal }) => {
      started.resolve();
      signal.addEventListener('abort', () => (isTold = true));
      return new Promise(() => undefined);
    });
    const result = errorOf(connection.execute('select N from T'));
    await started.promise;
    await connection.break();
    expect([await result, isTold]).toEqual([{ code: 'ORA-01013', isRecoverable: false }, true]);
    answerWith(() => query([NUMBER], [[1]]));
    expect((await connection.execute('select N from T')).rows).toEqual([[1]]);
    expect(server.sessions[0]?.cursorsHeld).toBe(1);
  });

  it('ends a call that it comes together with', async () => {
    answerWith(() => hanging(0));
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
    answerWith(() => ({ columns: [NUMBER], rows: countTo(Infinity) }));
    const rows = await open();
    const next = errorOf(rows.getRows(1e9));
    await connection.break();
    expect(await next).toMatchObject({ code: 'ORA-01013' });
  });

  it('is answered late when it has to be', async () => {
    const gate = Promise.withResolvers<void>();
    server.breakAnswer = { when: gate.promise };
    answerWith(() => hanging(0));
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
    answerWith(() => ({ columns: [NUMBER], rows: rows(), stallAtRow: { row: 5, until: stall.promise } }));
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
    answerWith(() => hanging(0));
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
    answerWith(() => hanging(0));
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
