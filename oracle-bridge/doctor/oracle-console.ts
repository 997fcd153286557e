import type { Connection } from 'oracledb';
import type { FetchedRow } from '../encode/row-encoder.ts';
import { OracleConnection } from '../warehouse/oracle/connection.ts';
import { LoginDesk } from '../warehouse/oracle/login-desk.ts';
import type { OracleOptions } from '../warehouse/oracle/options.ts';
import { openQuery } from '../warehouse/oracle/read.ts';
import type { Query } from '../warehouse/sql/query.ts';
import type { DatabaseConsole, DescribedColumn } from './database-console.ts';

/** A statement of the doctor is parsed, or asks a few rows. */
const CALL_TIMEOUT_MS = 60_000;
const FETCH_ROWS = 1000;
/** What the doctor asks has a few rows; a golden lineage has the most. */
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
      const { resultSet } = await openQuery(driver, query, { fetchRows: FETCH_ROWS, keepParsed: false });
      const rows: FetchedRow[] = [];
      try {
        for (let fetched = FETCH_ROWS; fetched === FETCH_ROWS;) {
          const next = await resultSet.getRows(FETCH_ROWS);
          rows.push(...next);
          fetched = next.length;
          if (rows.length > MAX_ROWS) throw new Error(`more than ${MAX_ROWS} rows`);
        }
        return rows;
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
