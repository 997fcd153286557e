import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { Permits } from '../permits.ts';

/** Statements that one warehouse runs at once. A job has two in flight; a job worker has one job. */
export const MAX_CONNECTIONS = 4;

/** Connections of one instance, opened when needed and used again; never two statements on one of them. */
export class DuckDbConnections {
  readonly #instance: DuckDBInstance;
  readonly #permits = new Permits(MAX_CONNECTIONS);
  readonly #idle: DuckDBConnection[] = [];

  constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  /** Connections that work right now. */
  get inUse(): number {
    return MAX_CONNECTIONS - this.#permits.free;
  }

  /**
   * Runs `work` on a connection of its own. After an error the connection is closed, not used again: an interrupt that
   * comes late must not meet the next statement.
   */
  async use<Value>(signal: AbortSignal, work: (connection: DuckDBConnection) => Promise<Value>): Promise<Value> {
    const giveBack = await this.#permits.take(signal);
    let connection: DuckDBConnection | undefined;
    try {
      connection = this.#idle.pop() ?? (await this.#instance.connect());
      const value = await work(connection);
      this.#idle.push(connection);
      return value;
    } catch (error) {
      connection?.closeSync();
      throw error;
    } finally {
      giveBack();
    }
  }

  /** Closes the idle ones; whoever still works must have been stopped before. */
  closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.closeSync();
  }
}
