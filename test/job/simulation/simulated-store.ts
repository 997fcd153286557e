import type { SqlRow, SqlRows, SqlStore } from '../../../src/job/sql-store.ts';
import { openNodeSql } from '../../helpers/node-sql.ts';

/** The process that used the store is gone in the middle of its work. */
export class CrashError extends Error {
  override readonly name = 'CrashError';
}

/** What goes wrong at the n-th write from now on, once. */
export interface StoreFault {
  readonly kind: 'full' | 'crash';
  readonly atWrite: number;
}

const WRITING = /^\s*(?:insert|update|delete)/i;
/** Statements about the visible log and what is staged for it. */
const OF_LOG = /\b(?:entry|chunk|segment|domain)\b/i;

/**
 * The store of one object: real SQLite, and on demand no room or no process left at some write. One database serves all
 * histories: it is rolled back to its first state in between.
 */
export class SimulatedStore {
  readonly sql: SqlStore;
  readonly #base = openNodeSql();
  readonly #writing = new Map<string, Writing>();
  #writes = 0;
  #logWrites = 0;
  #wiped = false;
  #fault: StoreFault | undefined;

  /** `prepare`: makes the first state. */
  constructor(prepare: (store: SimulatedStore) => void) {
    this.sql = { exec: (query, ...bindings) => this.#exec(query, bindings) };
    prepare(this);
    this.#base.sql.exec('SAVEPOINT history');
  }

  /** Rises with every write that was tried. */
  get writes(): number {
    return this.#writes;
  }

  /** Rises with every write to the log or what is staged for it that was tried. */
  get logWrites(): number {
    return this.#logWrites;
  }

  get wiped(): boolean {
    return this.#wiped;
  }

  transact<Value>(work: () => Value): Value {
    return this.#base.transact(work);
  }

  /** The next process finds what was committed. */
  reopen(): void {
    this.#fault = undefined;
  }

  arm(fault: StoreFault | undefined): void {
    this.#fault = fault;
  }

  /** Every table is gone, as after `deleteAll`. */
  wipe(): void {
    const { sql } = this.#base;
    const tables = sql.exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid DESC",
    );
    // Youngest first: they refer to the older ones.
    for (const { name } of tables.toArray()) sql.exec(`DROP TABLE "${name}"`);
    this.#wiped = true;
    this.#writes++;
    this.#logWrites++;
  }

  /** Back to the first state. */
  rewind(): void {
    this.#fault = undefined;
    this.#wiped = false;
    this.#base.sql.exec('ROLLBACK TO history');
  }

  #exec<Row extends SqlRow>(query: string, bindings: unknown[]): SqlRows<Row> {
    let writing = this.#writing.get(query);
    if (writing === undefined) this.#writing.set(query, (writing = classify(query)));
    if (writing !== 'nothing') this.#beforeWrite(writing);
    return this.#base.sql.exec<Row>(query, ...bindings);
  }

  #beforeWrite(writing: Writing): void {
    this.#writes++;
    if (writing === 'log') this.#logWrites++;
    if (!this.#fault) return;
    const { kind, atWrite } = this.#fault;
    this.#fault = atWrite > 1 ? { kind, atWrite: atWrite - 1 } : undefined;
    if (this.#fault) return;
    throw kind === 'crash' ? new CrashError() : new Error('database or disk is full: SQLITE_FULL');
  }
}

type Writing = 'nothing' | 'log' | 'books';

function classify(query: string): Writing {
  if (!WRITING.test(query)) return 'nothing';
  return OF_LOG.test(query) ? 'log' : 'books';
}
