import type { Connection } from 'oracledb';
import oracledb from 'oracledb';
import type { OracleConnection } from './connection.ts';
import type { ListLoad } from './load.ts';

/** A connection that was lent, and the transaction on it. */
export class Session {
  readonly #connection: OracleConnection;
  #giveBack: (() => Promise<void>) | undefined;
  #needsRollback = false;

  constructor(connection: OracleConnection, giveBack: () => Promise<void>) {
    this.#connection = connection;
    this.#giveBack = giveBack;
  }

  /** Of the database. */
  get version(): string {
    return this.#connection.version;
  }

  get isLost(): boolean {
    return this.#connection.isLost;
  }

  /** A cursor was left before its end: the end of the session must tell the database, which an idle session would not. */
  leaveCursor(): void {
    this.#needsRollback = true;
  }

  /** See `OracleConnection.call`. */
  async call<Value>(signal: AbortSignal, work: (driver: Connection) => Promise<Value>): Promise<Value> {
    return await this.#connection.call(signal, work);
  }

  /** See `OracleConnection.callBriefly`. */
  async callBriefly<Value>(signal: AbortSignal, work: (driver: Connection) => Promise<Value>): Promise<Value> {
    return await this.#connection.callBriefly(signal, work);
  }

  /** From here to the end of the session all statements read from one moment. One that was begun before is ended. */
  async beginReadOnly(signal: AbortSignal): Promise<void> {
    if (this.#needsRollback) await this.#rollback();
    this.#needsRollback = true;
    await this.callBriefly(signal, (driver) => driver.execute('set transaction read only'));
  }

  /** Fills LOTSTREAM_IDS and commits. Ends with no transaction. */
  async load({ clear, insert, batches }: ListLoad, signal: AbortSignal): Promise<void> {
    this.#needsRollback = true;
    await this.call(signal, (driver) => driver.execute(clear));
    for (const batch of batches) {
      const binds = batch.map((id) => ({ id }));
      await this.call(signal, (driver) => driver.executeMany(insert, binds, { bindDefs: BIND_OF_ID }));
    }
    await this.call(signal, (driver) => driver.commit());
    this.#needsRollback = false;
  }

  /** Ends what was begun. The session is of no use afterwards. Never rejects; a second call does nothing. */
  async release(): Promise<void> {
    const giveBack = this.#giveBack;
    if (!giveBack) return;
    this.#giveBack = undefined;
    await this.#rollback();
    await giveBack();
  }

  async #rollback(): Promise<void> {
    if (!this.#needsRollback) return;
    this.#needsRollback = false;
    await this.#connection.rollback();
  }
}

/** As the column: 255 characters of up to 4 bytes. */
const BIND_OF_ID = { id: { type: oracledb.DB_TYPE_VARCHAR, maxSize: 1020 } };
