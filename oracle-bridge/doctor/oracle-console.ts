import type { Connection, ExecuteOptions } from 'oracledb';
import oracledb from 'oracledb';
import type { FetchedRow } from '../encode/row-encoder.ts';
import { OracleConnection } from '../warehouse/oracle/connection.ts';
import { LoginDesk } from '../warehouse/oracle/login-desk.ts';
import type { OracleOptions } from '../warehouse/oracle/options.ts';
import { bindsOf, fetchType } from '../warehouse/oracle/read.ts';
import type { Query } from '../warehouse/sql/query.ts';
import type { DatabaseConsole, DescribedColumn } from './database-console.ts';

/** A statement of the doctor is parsed, or asks a few rows. */
const CALL_TIMEOUT_MS = 60_000;
const MAX_ROWS = 10_000;

/** The connection of the doctor: opened as that of a worker is. */
export class OracleConsole implements DatabaseConsole {
  readonly user: string;
  readonly #connection: OracleConnection;
  readonly #signal: AbortSignal;

  private constructor(connection: OracleConnection, user: string, signal: AbortSignal) {
    this.#connection = connection;
    this.user = user;
    this.#signal = signal;
  }

  /** `signal` stops whatever runs. @throws ProblemError; its cause is what the database said. */
  static async open(options: OracleOptions, signal: AbortSignal): Promise<OracleConsole> {
    const connection = await OracleConnection.open(
      { ...options, logins: new LoginDesk(() => performance.now()) },
      signal,
    );
    connection.label({ action: 'doctor', clientId: '' });
    return new OracleConsole(connection, options.user.toUpperCase(), signal);
  }

  get serverVersion(): string {
    return this.#connection.version;
  }

  get warning(): Error | undefined {
    return this.#connection.warning;
  }

  async describe(text: string): Promise<DescribedColumn[]> {
    const { metaData } = await this.#call((driver) => driver.getStatementInfo(text));
    return (metaData ?? []).map(({ name, dbType }) => ({ name, type: dbType.name }));
  }

  async query(query: Query): Promise<FetchedRow[]> {
    return await this.#call(async (driver) => {
      const { resultSet } = await driver.execute(query.text, bindsOf(query), OPTIONS);
      try {
        return await resultSet.getRows(MAX_ROWS);
      } finally {
        await resultSet.close();
      }
    });
  }

  async run(text: string): Promise<void> {
    await this.#call((driver) => driver.execute(text));
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #call<Value>(work: (driver: Connection) => Promise<Value>): Promise<Value> {
    return await this.#connection.call(AbortSignal.any([this.#signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]), work);
  }
}

const OPTIONS: ExecuteOptions = {
  resultSet: true,
  prefetchRows: 0,
  fetchArraySize: MAX_ROWS,
  keepInStmtCache: false,
  outFormat: oracledb.OUT_FORMAT_ARRAY,
  fetchTypeHandler: fetchType,
};
