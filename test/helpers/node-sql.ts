import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/** What the ledger uses of a Durable Object's SQL storage. */
export interface SqlLike {
  exec(query: string, ...bindings: unknown[]): { toArray(): unknown[]; one(): unknown } & Iterable<unknown>;
}

/**
 * SQLite as a Durable Object offers it, in memory, so that ten thousand histories of the ledger take seconds. The same
 * engine; the tests under test/edge run the same code on workerd's own.
 */
export function openNodeSql(): { sql: SqlLike; transact: <Value>(work: () => Value) => Value; close: () => void } {
  const database = new DatabaseSync(':memory:');
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const exec: SqlLike['exec'] = (query, ...bindings) => {
    if (bindings.length === 0 && /;\s*\S/.test(query.replaceAll(/--.*$/gm, ''))) {
      database.exec(query);
      return asCursor([]);
    }
    let statement = statements.get(query);
    if (!statement) statements.set(query, (statement = database.prepare(query)));
    return asCursor(statement.all(...(bindings as SQLInputValue[])));
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

function asCursor(rows: unknown[]): ReturnType<SqlLike['exec']> {
  return {
    toArray: () => rows,
    one() {
      if (rows.length !== 1) throw new Error(`expected one row, got ${rows.length}`);
      return rows[0];
    },
    [Symbol.iterator]: () => rows[Symbol.iterator](),
  };
}
