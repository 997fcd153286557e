import type { FetchedRow } from '../encode/row-encoder.ts';
import type { Query } from '../warehouse/sql/query.ts';

/**
 * The one connection of the doctor. It writes nothing, and what it throws is what the database said: the doctor is for
 * those who look after it.
 */
export interface DatabaseConsole {
  /** Such as `19.22.0.0.0`. */
  readonly serverVersion: string;
  readonly user: string;
  /** Columns of a query, which is parsed and not run: that takes the tables, their columns, and the right to read them. */
  describe(text: string): Promise<readonly DescribedColumn[]>;
  query(query: Query): Promise<FetchedRow[]>;
  /** For statements that answer nothing. */
  run(text: string): Promise<void>;
}

export interface DescribedColumn {
  readonly name: string;
  /** As the driver names it: `DB_TYPE_NUMBER`. */
  readonly type: string;
}

/** What the database said, in one line. */
export function databaseSaid(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? text;
}
