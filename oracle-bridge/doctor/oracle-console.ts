import type { Connection, ConnectionAttributes, Metadata } from 'oracledb';
import oracledb from 'oracledb';
import type { FetchedRow } from '../encode/row-encoder.ts';
import type { Query } from '../warehouse/sql/query.ts';
import type { DatabaseConsole, DescribedColumn } from './database-console.ts';

/** A statement of the doctor may take so long: it is parsed, or asks a few rows. */
const CALL_TIMEOUT_MS = 60_000;
const MAX_ROWS = 100_000;

/** Connects as a worker of the bridge would. @throws what the driver says. */
export async function openConsole(attributes: ConnectionAttributes): Promise<OracleConsole> {
  const connection = await oracledb.getConnection(attributes);
  connection.callTimeout = CALL_TIMEOUT_MS;
  connection.module = 'oracle-bridge';
  connection.action = 'doctor';
  return new OracleConsole(connection, String(attributes.user ?? '').toUpperCase());
}

export class OracleConsole implements DatabaseConsole {
  readonly user: string;
  readonly #connection: Connection;

  constructor(connection: Connection, user: string) {
    this.#connection = connection;
    this.user = user;
  }

  get serverVersion(): string {
    return this.#connection.oracleServerVersionString;
  }

  async describe(text: string): Promise<DescribedColumn[]> {
    const { metaData } = await this.#connection.getStatementInfo(text);
    return (metaData ?? []).map(({ name, dbTypeName }) => ({ name, type: `DB_TYPE_${dbTypeName}` }));
  }

  async query({ text, binds }: Query): Promise<FetchedRow[]> {
    const values = Object.fromEntries(binds.map(({ name, value }) => [name, value as string | number | null]));
    const { rows } = await this.#connection.execute<FetchedRow>(text, values, {
      outFormat: oracledb.OUT_FORMAT_ARRAY,
      maxRows: MAX_ROWS,
      fetchTypeHandler: ({ dbType }: Metadata<FetchedRow>) =>
        dbType === oracledb.DB_TYPE_NUMBER ? { type: oracledb.STRING } : undefined,
    });
    return [...(rows ?? [])];
  }

  async run(text: string): Promise<void> {
    await this.#connection.execute(text);
  }

  async close(): Promise<void> {
    await this.#connection.close({ drop: true });
  }
}
