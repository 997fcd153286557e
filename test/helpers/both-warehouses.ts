import { describe } from 'vitest';
import type { PoolOptions } from '../../oracle-bridge/warehouse/oracle/pool.ts';
import type { WarehouseReader } from '../../oracle-bridge/warehouse/warehouse.ts';
import { DuckDbAnswers } from './oracle-server/duckdb-answers.ts';
import { OracleServer, TEST_LOGIN } from './oracle-server/server.ts';
import { openOn, readerOf } from './oracle-test-warehouse.ts';
import type { TinyRows } from './tiny-warehouse.ts';
import { makeTinyWarehouse } from './tiny-warehouse.ts';
import { eventually } from './eventually.ts';

/** A warehouse of a few hand-made rows, as a job reads it; `close` fails if something of it is still in use. */
export interface JobWarehouse {
  readonly warehouse: WarehouseReader;
  /** Connections that run a statement, or sessions that are lent. */
  inUse(): number;
  close(): Promise<void>;
}

/** `statements` run after the rows are in, on DuckDB. */
export type MakeJobWarehouse = (rows: TinyRows, statements?: readonly string[]) => Promise<JobWarehouse>;

/** The suite twice: on DuckDB, and on the Oracle driver, with a server behind it that has the same rows. */
export function describeOnBothWarehouses(name: string, suite: (make: MakeJobWarehouse) => void): void {
  describe(`${name}, on DuckDB`, () => {
    suite(makeOnDuckDb);
  });
  describe(`${name}, on Oracle`, () => {
    suite(makeOnOracle);
  });
}

async function makeOnDuckDb(rows: TinyRows, statements: readonly string[] = []): Promise<JobWarehouse> {
  const tiny = await makeTinyWarehouse(rows, statements);
  return {
    warehouse: tiny.warehouse,
    inUse: () => tiny.warehouse.connectionsInUse,
    close: () => tiny.close(),
  };
}

async function makeOnOracle(rows: TinyRows, statements: readonly string[] = []): Promise<JobWarehouse> {
  const tiny = await makeTinyWarehouse(rows, statements);
  const oracle = await startOracle(tiny.file);
  return {
    warehouse: oracle.warehouse,
    inUse: () => oracle.inUse(),
    async close() {
      await oracle.close();
      await tiny.close();
    },
  };
}

/** The Oracle warehouse of the bridge on a server that answers from a DuckDB file. */
export async function startOracle(file: string, changes: Partial<PoolOptions> = {}): Promise<JobWarehouse> {
  const answers = await DuckDbAnswers.open(file);
  const server = await OracleServer.start({ ...TEST_LOGIN, answer: (request) => answers.answer(request) });
  const warehouse = await openOn(server, changes);
  return {
    warehouse: readerOf(warehouse),
    inUse: () => warehouse.usage.sessions,
    async close() {
      // The server learns a moment later of a connection that was given up.
      await eventually(() => {
        const { sessions } = warehouse.usage;
        const busy = server.sessions.filter(({ transaction }) => transaction !== 'none').length;
        if (sessions + busy > 0) throw new Error(`${sessions} sessions are lent, ${busy} are in a transaction`);
      });
      await warehouse.close();
      await server.close();
      answers.close();
    },
  };
}
