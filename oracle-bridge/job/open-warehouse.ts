import type { Lane } from '#protocol/kind.ts';
import type { WarehouseConfig } from '../config-warehouse.ts';
import type { Logger } from '../log.ts';
import type { LoginSource } from '../warehouse/oracle/login-desk.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

export interface WarehouseUse {
  /** Of the jobs that will read; long ones may have a replica of their own. */
  readonly lane: Lane;
  readonly log: Logger;
  /** Outlives a warehouse that is opened anew. */
  readonly logins: LoginSource;
}

/** Opens the warehouse of the configuration and asks it something, so that one which does not answer is noticed here. */
export async function openWarehouse(config: WarehouseConfig, { lane, log, logins }: WarehouseUse): Promise<Warehouse> {
  if (config.kind === 'duckdb') {
    const { openDuckDb } = await import('../warehouse/duckdb/warehouse.ts');
    return await openDuckDb(config);
  }
  const { openOracle } = await import('../warehouse/oracle/warehouse.ts');
  const { reportConnectString = config.connectString } = config;
  return await openOracle({
    ...config,
    logins,
    connectString: lane === 'batch' ? reportConnectString : config.connectString,
    onWarning: (warning) => log.warn({ err: warning }, 'the database warns of the account of the bridge'),
  });
}
