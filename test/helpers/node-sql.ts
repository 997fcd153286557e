import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { SqlRow, SqlRows, SqlStore } from '../../src/job/sql-store.ts';

/**
 * SQLite as a Durable Object offers it, in memory, so that ten thousand histories of the ledger take seconds. The same
 * engine; the tests under test/edge run the same code on workerd's own.
 */
export function openNodeSql(): {
  sql: SqlStore;
  transact: <Value>(work: () => Value) => Value;
  close: () => void;
} {
  const database = new DatabaseSync(':memory:');
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const exec = <Row extends SqlRow>(query: string, ...bindings: unknown[]): SqlRows<Row> => {
    if (bindings.length === 0 && /;\s*\S/.test(query.replaceAll(/--.*$/gm, ''))) {
      database.exec(query);
      return asCursor([]);
    }
    let statement = statements.get(query);
    if (!statement) statements.set(query, (statement = database.prepare(query)));
    return asCursor(statement.all(...(bindings as SQLInputValue[])) as Row[]);
  };
  let depth = 0;
  const transact = <Value>(work: () => Value): Value => {
    if (depth > 0) throw new Error('transactions of the ledger do not nest');
    depth++;
    database.exec('BEGIN');
    try {
      const value = work();
      database.exec('COMMIT');
      return value;
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    } finally {
      depth--;
    }
  };
  return { sql: { exec }, transact, close: () => database.close() };
}

function asCursor<Row>(rows: Row[]): SqlRows<Row> {
  return {
    toArray: () => rows,
    one() {
      if (rows.length !== 1) throw new Error(`expected one row, got ${rows.length}`);
      return rows[0] as Row;
    },
    [Symbol.iterator]: () => rows[Symbol.iterator](),
  };
}
