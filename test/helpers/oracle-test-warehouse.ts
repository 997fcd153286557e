import type { PoolOptions } from '../../oracle-bridge/warehouse/oracle/pool.ts';
import { LoginDesk } from '../../oracle-bridge/warehouse/oracle/login-desk.ts';
import type { OracleWarehouse } from '../../oracle-bridge/warehouse/oracle/warehouse.ts';
import { openOracle } from '../../oracle-bridge/warehouse/oracle/warehouse.ts';
import type { Statement, WarehouseReader } from '../../oracle-bridge/warehouse/warehouse.ts';
import type { Answer, CellValue, QueryAnswer, RowFaults } from './oracle-server/answers.ts';
import type { Column } from './oracle-server/columns.ts';
import type { OracleServer } from './oracle-server/server.ts';
import { TEST_LOGIN } from './oracle-server/server.ts';
import { loadStatement } from '../../oracle-bridge/warehouse/sql/loader.ts';
import { id } from './tiny-warehouse.ts';
import { eventually } from './eventually.ts';

/** How the bridge reads the server of tests, unless told otherwise. */
export function oracleOptions(server: OracleServer, changes: Partial<PoolOptions> = {}): PoolOptions {
  return {
    connectString: server.connectString,
    user: TEST_LOGIN.user,
    password: { text: TEST_LOGIN.password },
    poolSize: 4,
    connectTimeoutMs: 2000,
    expireMinutes: 0,
    fetchRows: 1000,
    snapshot: 'domain',
    lists: 'bound',
    walk: 'connect-by',
    onWarning: () => undefined,
    logins: new LoginDesk(() => performance.now()),
    ...changes,
  };
}

/** The warehouse of the bridge over the real driver. */
export async function openOn(server: OracleServer, changes: Partial<PoolOptions> = {}): Promise<OracleWarehouse> {
  return await openOracle(oracleOptions(server, changes));
}

export function readerOf(warehouse: OracleWarehouse, moment?: string): WarehouseReader {
  return warehouse.readerFor({ jobId: 'ab'.repeat(32), kind: 'events', moment });
}

/** What every session says before its first statement, and what begins and ends what it reads. */
export function answerSetup(sql: string): Answer | undefined {
  return /^(alter session|set transaction|delete|insert)/i.test(sql) ? { rowCount: 0 } : undefined;
}

/** Resolves when nobody is connected any more. @throws Error if somebody stays. */
export async function untilEmpty(server: OracleServer): Promise<void> {
  await eventually(() => {
    const { sockets, sessions, cursorsOpen } = server;
    if (sockets + sessions.length + cursorsOpen > 0)
      throw new Error(`${sockets} sockets, ${sessions.length} sessions are left`);
  });
}

/** A statement of two columns of text that takes a list; what it answers is up to the server. */
export function serialNumbers(ids: readonly string[]): Statement {
  return { name: 'lineage/serial-numbers', binds: { ids } };
}

/** `count` rows of it. */
export function serialRows(count: number, faults: RowFaults = {}): QueryAnswer {
  const rows = Array.from({ length: count }, (_, index): CellValue[] => [id(index), `S${index}`]);
  return { columns: SERIAL_COLUMNS, rows, ...faults };
}

const SERIAL_COLUMNS: readonly Column[] = [
  { name: 'CONTAINERID', type: 'VARCHAR', size: 16 },
  { name: 'FINISHEDNAME', type: 'VARCHAR', size: 40 },
];

const NUMBER_TYPES: ReadonlySet<string> = new Set(['whole', 'decimal', 'double']);

/** `count` rows of any statement, every column text that says where it stands. */
export function rowsOfStatement(name: string, count: number, faults: RowFaults = {}): QueryAnswer {
  const { columns } = loadStatement('oracle', name);
  const rows = Array.from({ length: count }, (_, row): CellValue[] =>
    columns.map(({ type }, column) => (NUMBER_TYPES.has(type) ? String(row) : `${row} ${column}`)),
  );
  return { columns: columns.map((column) => ({ name: column.name, type: 'VARCHAR' })), rows, ...faults };
}
