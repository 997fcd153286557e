import { afterEach, beforeEach } from 'vitest';
import type { ConnectOptions, OracleConnection, OracleDriverError, OracleResultSet } from './oracle-driver.ts';
import { oracledb } from './oracle-driver.ts';
import type { Answer, AnswerRequest, CellValue } from './oracle-server/answers.ts';
import type { Column } from './oracle-server/columns.ts';
import type { OracleServerOptions } from './oracle-server/server.ts';
import { OracleServer, TEST_LOGIN } from './oracle-server/server.ts';

export const TEXT: Column = { name: 'A', type: 'VARCHAR', size: 400 };
export const NUMBER: Column = { name: 'N', type: 'NUMBER' };
export const CLOB: Column = { name: 'C', type: 'CLOB' };
export const AS_TEXT = { fetchTypeHandler: () => ({ type: oracledb.STRING }) };
/** As the bridge reads: nothing with the execution, then so many rows a round trip. */
const BY_ROWS = { resultSet: true, prefetchRows: 0 } as const;

/** A test server for every test, a connection of the real driver to it, and what it was asked. */
export let server: OracleServer;
export let connection: OracleConnection;
export let requests: AnswerRequest[];
let answer: (request: AnswerRequest) => Answer | Promise<Answer>;

export function useOracleSession(): void {
  beforeEach(async () => {
    answer = () => ({ rowCount: 0 });
    requests = [];
    await start({});
  });
  afterEach(() => server.close());
}

/** Another server in place of the one there is, and a connection to it. */
export async function restart(options: Partial<OracleServerOptions>): Promise<void> {
  await server.close();
  await start(options);
}

async function start(options: Partial<OracleServerOptions>): Promise<void> {
  server = await OracleServer.start({
    ...TEST_LOGIN,
    ...options,
    answer(request) {
      requests.push(request);
      return answer(request);
    },
  });
  connection = await connect();
}

/** What the server answers from now on. */
export function answerWith(next: typeof answer): void {
  answer = next;
}

export function connect(changes: Partial<ConnectOptions> = {}): Promise<OracleConnection> {
  const { user, password } = TEST_LOGIN;
  return oracledb.getConnection({ user, password, connectString: server.connectString, ...changes });
}

export function query(columns: readonly Column[], rows: readonly (readonly CellValue[])[]): Answer {
  return { columns, rows };
}

export async function open(sql = 'select N from T', options: object = {}): Promise<OracleResultSet> {
  return (await connection.execute(sql, [], { ...BY_ROWS, ...options })).resultSet;
}

/** The error a promise is refused with: its code, and whether the driver takes it for one that may pass. */
export async function errorOf(
  promise: Promise<unknown>,
): Promise<{ code: string; isRecoverable: boolean } | undefined> {
  const error = await promise.then(
    () => undefined,
    (error: OracleDriverError) => error,
  );
  return error && { code: error.code, isRecoverable: error.isRecoverable ?? false };
}

export function* countTo(end: number): Generator<[number]> {
  for (let number = 0; number < end; number++) yield [number];
}
