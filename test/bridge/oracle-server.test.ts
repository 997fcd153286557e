import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, AnswerRequest, CellValue } from '../helpers/oracle-server/answers.ts';
import type { Column } from '../helpers/oracle-server/columns.ts';
import { OracleServer, TEST_LOGIN } from '../helpers/oracle-server/server.ts';
import type { OracleConnection } from '../helpers/oracle-driver.ts';
import { oracledb } from '../helpers/oracle-driver.ts';

const TEXT: Column = { name: 'A', type: 'VARCHAR', size: 400 };
const NUMBER: Column = { name: 'N', type: 'NUMBER' };

let server: OracleServer;
let connection: OracleConnection;
let answer: (request: AnswerRequest) => Answer | Promise<Answer>;
let last: AnswerRequest | undefined;

beforeEach(async () => {
  answer = () => ({ rowCount: 0 });
  last = undefined;
  server = await OracleServer.start({
    ...TEST_LOGIN,
    answer(request) {
      last = request;
      return answer(request);
    },
  });
  connection = await connect();
});

afterEach(async () => {
  await server.close();
});

function connect(changes: Partial<typeof TEST_LOGIN> = {}): Promise<OracleConnection> {
  const { user, password } = { ...TEST_LOGIN, ...changes };
  return oracledb.getConnection({ user, password, connectString: server.connectString });
}

function query(columns: readonly Column[], rows: readonly (readonly CellValue[])[]): Answer {
  return { columns, rows };
}

/** The error a promise is refused with: its code and whether the driver calls it recoverable. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof Error)) return undefined;
  return { code: Reflect.get(error, 'code'), isRecoverable: Reflect.get(error, 'isRecoverable') ?? false };
}

describe('The test server and the driver', () => {
  it('agree on a login, and part', async () => {
    expect([server.opened, server.closed, server.sessions.length]).toEqual([1, 0, 1]);
    await connection.close();
    await expect.poll(() => [server.closed, server.sockets]).toEqual([1, 0]);
  });

  it('fail at a wrong password', async () => {
    expect(await errorOf(connect({ password: 'other' as never }))).toEqual({ code: 'ORA-01017', isRecoverable: false });
  });

  it('run a query of several types', async () => {
    answer = () =>
      query(
        [TEXT, NUMBER],
        [
          ['站點', '12345678901234567890123456789012345678'],
          [null, -0.5],
        ],
      );
    const result = await connection.execute('select 1 from dual where :a = :b', ['x', 3], {
      fetchTypeHandler: () => ({ type: oracledb.STRING }),
    });
    expect(result.rows).toEqual([
      ['站點', '12345678901234567890123456789012345678'],
      [null, '-.5'],
    ]);
    expect(last?.binds).toEqual(['x', 3]);
  });

  it('stop at a break', async () => {
    answer = () => ({ columns: [NUMBER], rows: [[1]], hangAtRow: 0 });
    const result = await connection.execute('select 1 from dual', [], { resultSet: true, prefetchRows: 0 });
    const rows = errorOf(result.resultSet.getRows(10));
    await connection.break();
    expect(await rows).toEqual({ code: 'ORA-01013', isRecoverable: false });
    await result.resultSet.close();
    await connection.ping();
    expect([server.cursorsOpen, server.breaks]).toEqual([0, 1]);
  });
});
