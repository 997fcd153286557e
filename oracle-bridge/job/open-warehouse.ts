import type { WarehouseConfig } from '../config.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** Opens the warehouse of the configuration and asks it something, so that one which does not answer is noticed here. */
export async function openWarehouse(config: WarehouseConfig): Promise<Warehouse> {
  const { openDuckDb } = await import('../warehouse/duckdb/warehouse.ts');
  return await openDuckDb(config);
}
