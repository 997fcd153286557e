import { createRequire } from 'node:module';

/** What tests use of the driver, which brings no types of its own. */
export interface OracleDriver {
  readonly STRING: unknown;
  readonly DB_TYPE_DATE: unknown;
  getConnection(options: ConnectOptions): Promise<OracleConnection>;
  createPool(options: ConnectOptions & PoolOptions): Promise<OraclePool>;
}

export interface ConnectOptions {
  readonly user: string;
  readonly password: string;
  readonly connectString: string;
  readonly connectTimeout?: number;
}

interface PoolOptions {
  readonly poolMin: number;
  readonly poolMax: number;
}

export interface OraclePool {
  getConnection(): Promise<OracleConnection>;
  close(drainTimeSeconds: number): Promise<void>;
}

export interface ColumnMetadata {
  readonly name: string;
  readonly dbTypeName: string;
  readonly byteSize?: number;
  readonly precision?: number;
  readonly scale?: number;
}

export interface OracleResultSet {
  readonly metaData: readonly ColumnMetadata[];
  getRows(count: number): Promise<unknown[][]>;
  close(): Promise<void>;
}

export interface ExecuteResult {
  readonly rows?: unknown[][];
  readonly rowsAffected?: number;
  readonly metaData?: readonly ColumnMetadata[];
}

export interface OracleConnection {
  module: string;
  action: string;
  clientId: string;
  callTimeout: number;
  readonly warning?: Error & { readonly errorNum?: number };
  execute(
    sql: string,
    binds: unknown,
    options: Readonly<Record<string, unknown>> & { readonly resultSet: true },
  ): Promise<ExecuteResult & { readonly resultSet: OracleResultSet }>;
  execute(sql: string, binds?: unknown, options?: Readonly<Record<string, unknown>>): Promise<ExecuteResult>;
  executeMany(sql: string, binds: unknown[], options?: Readonly<Record<string, unknown>>): Promise<ExecuteResult>;
  getStatementInfo(sql: string): Promise<{
    readonly bindNames: readonly string[];
    readonly metaData?: readonly ColumnMetadata[];
  }>;
  ping(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  break(): Promise<void>;
  isHealthy(): boolean;
  close(options?: { readonly drop: boolean }): Promise<void>;
}

/** An error of the driver: `code` is NJS-… or ORA-…. */
export interface OracleDriverError extends Error {
  readonly code: string;
  readonly errorNum: number;
  readonly isRecoverable: boolean;
}

/** The real driver, unmodified, in its thin mode. */
export const oracledb = createRequire(import.meta.url)('oracledb') as OracleDriver;
