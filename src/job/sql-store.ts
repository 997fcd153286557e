/**
 * The part of a Durable Object's SQL storage that the books of a job use. Named apart from the platform's own type, so
 * that the same code runs on any SQLite.
 */
export interface SqlStore {
  exec<Row extends SqlRow>(query: string, ...bindings: unknown[]): SqlRows<Row>;
}

export type SqlRow = Record<string, SqlValue>;
export type SqlValue = ArrayBuffer | string | number | null;

export interface SqlRows<Row> extends Iterable<Row> {
  toArray(): Row[];
  /** @throws Error unless there is exactly one row. */
  one(): Row;
}
