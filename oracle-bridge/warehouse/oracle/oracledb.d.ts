/** What the bridge uses of the driver, in the words of its documentation. The package itself has no types. */
declare module 'oracledb' {
  export interface ConnectOptions {
    readonly connectString: string;
    readonly user: string;
    readonly password: string;
    /** Seconds for an address of the connect string. */
    readonly connectTimeout: number;
    readonly transportConnectTimeout: number;
    /** Minutes between probes that notice a dead peer. */
    readonly expireTime: number;
    readonly walletLocation?: string;
    readonly walletPassword?: string;
    readonly sslServerCertDN?: string;
  }

  export interface DbType {
    readonly num: number;
    readonly name: string;
  }

  export interface ColumnMetadata {
    readonly name: string;
    readonly dbType: DbType;
  }

  export interface Bind {
    readonly val: string | number | null;
    readonly type: DbType;
  }

  export interface ExecuteOptions {
    readonly resultSet: true;
    /** 0: the first rows come with the first `getRows`. */
    readonly prefetchRows: number;
    readonly fetchArraySize: number;
    /** A statement that is not kept has its cursor closed with the call after the end of its result set. */
    readonly keepInStmtCache: boolean;
    readonly outFormat: number;
    readonly fetchTypeHandler: (column: ColumnMetadata) => { readonly type: DbType } | undefined;
  }

  export type FetchedValue = string | number | null;

  export interface ResultSet {
    readonly metaData: readonly ColumnMetadata[];
    /** Fewer rows than asked for are the last ones. */
    getRows(rows: number): Promise<FetchedValue[][]>;
    close(): Promise<void>;
  }

  export interface Connection {
    module: string;
    action: string;
    clientId: string;
    readonly oracleServerVersionString: string;
    /** What the database said of a login that it granted. */
    readonly warning: Error | undefined;
    isHealthy(): boolean;
    execute(sql: string): Promise<{ readonly rows?: FetchedValue[][] }>;
    execute(
      sql: string,
      binds: Readonly<Record<string, Bind>>,
      options: ExecuteOptions,
    ): Promise<{ readonly resultSet: ResultSet }>;
    executeMany(
      sql: string,
      binds: readonly Readonly<Record<string, string>>[],
      options: { readonly bindDefs: Readonly<Record<string, { readonly type: DbType; readonly maxSize: number }>> },
    ): Promise<unknown>;
    /** Parses it and asks for its columns; nothing is run. */
    getStatementInfo(sql: string): Promise<{ readonly metaData?: readonly ColumnMetadata[] }>;
    commit(): Promise<void>;
    rollback(): Promise<void>;
    ping(): Promise<void>;
    /** Asks the database to end the call that runs; does not wait for it. */
    breakExecution(): Promise<void>;
    close(): Promise<void>;
  }

  interface Driver {
    readonly OUT_FORMAT_ARRAY: number;
    readonly DB_TYPE_CLOB: DbType;
    readonly DB_TYPE_NCLOB: DbType;
    readonly DB_TYPE_NUMBER: DbType;
    readonly DB_TYPE_VARCHAR: DbType;
    readonly DB_TYPE_BINARY_DOUBLE: DbType;
    readonly DB_TYPE_BINARY_FLOAT: DbType;
    readonly DB_TYPE_CHAR: DbType;
    readonly DB_TYPE_NVARCHAR: DbType;
    readonly DB_TYPE_NCHAR: DbType;
    getConnection(options: ConnectOptions): Promise<Connection>;
  }

  const driver: Driver;
  export default driver;
}
