import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
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
  const statements = new Map<string, StatementSync | 'script'>();
  const prepare = (query: string): StatementSync | 'script' => {
    const known = statements.get(query);
    if (known) return known;
    const isScript = /;\s*\S/.test(query.replaceAll(/--.*$/gm, ''));
    const statement = isScript ? 'script' : database.prepare(query);
    statements.set(query, statement);
    return statement;
  };
  const exec = <Row extends SqlRow>(query: string, ...bindings: unknown[]): SqlRows<Row> => {
    const statement = prepare(query);
    if (statement !== 'script') {
      const rows = bindings.length === 0 ? statement.all() : statement.all(...(bindings as SQLInputValue[]));
      return new Rows(rows as Row[]);
    }
    database.exec(query);
    return new Rows<Row>([]);
  };
  const [begin, commit, undo] = ['SAVEPOINT work', 'RELEASE work', 'ROLLBACK TO work'].map((text) =>
    database.prepare(text),
  ) as [StatementSync, StatementSync, StatementSync];
  let depth = 0;
  const transact = <Value>(work: () => Value): Value => {
    if (depth > 0) throw new Error('transactions of the ledger do not nest');
    depth++;
    begin.run();
    try {
      return work();
    } catch (error) {
      undo.run();
      throw error;
    } finally {
      commit.run();
      depth--;
    }
  };
  return { sql: { exec }, transact, close: () => database.close() };
}

class Rows<Row> implements SqlRows<Row> {
  readonly #rows: Row[];

  constructor(rows: Row[]) {
    this.#rows = rows;
  }

  toArray(): Row[] {
    return this.#rows;
  }

  one(): Row {
    const [row] = this.#rows;
    if (this.#rows.length !== 1) throw new Error(`expected one row, got ${this.#rows.length}`);
    return row as Row;
  }

  [Symbol.iterator](): IterableIterator<Row> {
    return this.#rows[Symbol.iterator]();
  }
}
