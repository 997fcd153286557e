import type { StatementReader, Warehouse, WarehouseReader } from '../../oracle-bridge/warehouse/warehouse.ts';

/** A reader for tests that write their own: its snapshots are the reader itself. */
export function withoutSnapshots(reader: StatementReader): WarehouseReader {
  const snapshot = {
    moment: undefined,
    readRecords: reader.readRecords.bind(reader),
    readRows: reader.readRows.bind(reader),
    close: () => Promise.resolve(),
  };
  return { ...snapshot, openSnapshot: () => Promise.resolve(snapshot) };
}

/** A warehouse whose jobs all read from `reader`. */
export function warehouseOf(reader: StatementReader, description = 'a test'): Warehouse {
  const readerOfJobs = withoutSnapshots(reader);
  return {
    description,
    readerFor: () => readerOfJobs,
    trimMemory: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
