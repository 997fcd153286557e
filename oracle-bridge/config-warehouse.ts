import * as z from 'zod';
import { optional, whole, withDefault } from './config-variable.ts';
import type { DuckDbOptions } from './warehouse/duckdb/warehouse.ts';
import type { OracleOptions, Secret } from './warehouse/oracle/options.ts';

export const WAREHOUSE_VARIABLES = {
  WAREHOUSE: withDefault(z.enum(['duckdb', 'oracle']), 'duckdb', 'Which warehouse is read: duckdb or oracle.'),
  DUCKDB_FILE: optional(
    z.string(),
    '/var/lib/lotstream/warehouse.duckdb',
    'DuckDB file with the tables of the warehouse; opened read-only. Required with WAREHOUSE=duckdb.',
  ),
  DUCKDB_MEMORY_LIMIT: withDefault(
    z.string().regex(/^[1-9][0-9]{0,5}(KB|MB|GB|KiB|MiB|GiB)$/, 'must be a size such as 1GB'),
    '1GB',
    'Memory DuckDB may use in each job worker, with its unit; there are as many workers as slots.',
  ),
  DUCKDB_THREADS: withDefault(whole(1, 64), '2', 'Threads DuckDB may use in each job worker.'),
  ORACLE_CONNECT_STRING: optional(
    z.string(),
    'dwh.example.com:1521/DWH',
    'Where the Oracle warehouse is: host:port/service, tcps://host:port/service or a descriptor. Required with WAREHOUSE=oracle.',
  ),
  ORACLE_REPORT_CONNECT_STRING: optional(
    z.string(),
    'dwh-standby.example.com:1521/DWH',
    'A read replica of it, from which long jobs read; without it they read from ORACLE_CONNECT_STRING.',
  ),
  ORACLE_USER: optional(
    z.string(),
    'LOTSTREAM',
    'Account of the bridge, which needs to read the tables and nothing else. Required with WAREHOUSE=oracle.',
  ),
  ORACLE_PASSWORD_FILE: optional(
    z.string(),
    '/etc/lotstream/oracle-password',
    'File with its password, read anew for each login; one that was refused is tried again after an hour, another one at once. Either this or ORACLE_PASSWORD.',
  ),
  ORACLE_PASSWORD: optional(z.string(), '…', 'The password itself. Either this or ORACLE_PASSWORD_FILE.'),
  ORACLE_WALLET_DIR: optional(
    z.string(),
    '/etc/lotstream/wallet',
    'Folder with the wallet for TLS, ewallet.pem; without it the authorities that Node knows are trusted.',
  ),
  ORACLE_WALLET_PASSWORD_FILE: optional(
    z.string(),
    '/etc/lotstream/wallet-password',
    'File with the password of the wallet, if it has one.',
  ),
  ORACLE_WALLET_PASSWORD: optional(z.string(), '…', 'That password itself, instead of the file.'),
  ORACLE_TLS_SERVER_DN: optional(
    z.string(),
    'CN=dwh.example.com,O=Example',
    'Distinguished name the certificate of the database must have; without it the name of its host must match.',
  ),
  ORACLE_POOL_SIZE: withDefault(
    whole(1, 32),
    '4',
    'Sessions of one job worker at most; there are as many workers as slots. With ORACLE_SNAPSHOT=domain so many domains of a job are read side by side.',
  ),
  ORACLE_CONNECT_TIMEOUT_SECONDS: withDefault(
    whole(1, 300),
    '10',
    'Seconds in which one address of the database has to answer; a whole login may take three times as long.',
  ),
  ORACLE_EXPIRE_MINUTES: withDefault(
    whole(0, 1440),
    '5',
    'Minutes after which an idle connection is probed, so that a dead peer is noticed and firewalls keep it open; 0: never.',
  ),
  ORACLE_FETCH_ROWS: withDefault(whole(1, 10_000), '1000', 'Rows of one round trip.'),
  ORACLE_WALK: withDefault(
    z.enum(['connect-by', 'recursive']),
    'connect-by',
    'How splits are walked, connect-by or recursive; they give the same, one of them may be faster.',
  ),
  ORACLE_LISTS: withDefault(
    z.enum(['bound', 'loaded']),
    'bound',
    'How lists of ids reach the database: bound, or loaded into the table LOTSTREAM_IDS, which a DBA makes once (sql/oracle/setup/create-ids.sql). loaded needs ORACLE_SNAPSHOT=job, for a read-only transaction cannot load.',
  ),
  ORACLE_SNAPSHOT: withDefault(
    z.enum(['domain', 'job']),
    'domain',
    'What is of one moment: each domain of a job (a read-only transaction each), or the whole job in all its attempts (flashback queries, which need FLASHBACK on the tables).',
  ),
} as const;

type Values = { [Name in keyof typeof WAREHOUSE_VARIABLES]: z.output<(typeof WAREHOUSE_VARIABLES)[Name]['schema']> };

export type WarehouseConfig = DuckDbConfig | OracleConfig;

export interface DuckDbConfig extends DuckDbOptions {
  readonly kind: 'duckdb';
}

export interface OracleConfig extends OracleOptions {
  readonly kind: 'oracle';
  /** Of the replica that long jobs read from. */
  readonly reportConnectString: string | undefined;
}

/** What the chosen warehouse lacks, one plain line each. `values`: those that are valid. */
export function findWarehouseConflicts(values: Partial<Values>): string[] {
  if (values.WAREHOUSE === 'duckdb') return findMissing(values, ['DUCKDB_FILE']);
  if (values.WAREHOUSE !== 'oracle') return [];
  const lines = findMissing(values, ['ORACLE_CONNECT_STRING', 'ORACLE_USER']);
  if ((values.ORACLE_PASSWORD === undefined) === (values.ORACLE_PASSWORD_FILE === undefined)) {
    lines.push('ORACLE_PASSWORD_FILE or ORACLE_PASSWORD must be given, and not both');
  }
  if (values.ORACLE_WALLET_PASSWORD !== undefined && values.ORACLE_WALLET_PASSWORD_FILE !== undefined) {
    lines.push('ORACLE_WALLET_PASSWORD_FILE and ORACLE_WALLET_PASSWORD must not both be given');
  }
  if (values.ORACLE_LISTS === 'loaded' && values.ORACLE_SNAPSHOT === 'domain') {
    lines.push('ORACLE_LISTS=loaded needs ORACLE_SNAPSHOT=job');
  }
  return lines;
}

function findMissing(values: Partial<Values>, names: readonly (keyof Values)[]): string[] {
  return names
    .filter((name) => values[name] === undefined)
    .map((name) => `${name} is missing: ${WAREHOUSE_VARIABLES[name].description}`);
}

/** `values` without conflicts. */
export function toWarehouseConfig(values: Values): WarehouseConfig {
  if (values.WAREHOUSE === 'duckdb') {
    const { DUCKDB_FILE: file = '', DUCKDB_MEMORY_LIMIT: memoryLimit, DUCKDB_THREADS: threads } = values;
    return { kind: 'duckdb', file, memoryLimit, threads };
  }
  return {
    kind: 'oracle',
    connectString: values.ORACLE_CONNECT_STRING ?? '',
    reportConnectString: values.ORACLE_REPORT_CONNECT_STRING,
    user: values.ORACLE_USER ?? '',
    password: secretOf(values.ORACLE_PASSWORD_FILE, values.ORACLE_PASSWORD) ?? { text: '' },
    walletDir: values.ORACLE_WALLET_DIR,
    walletPassword: secretOf(values.ORACLE_WALLET_PASSWORD_FILE, values.ORACLE_WALLET_PASSWORD),
    tlsServerDn: values.ORACLE_TLS_SERVER_DN,
    poolSize: values.ORACLE_POOL_SIZE,
    connectTimeoutMs: values.ORACLE_CONNECT_TIMEOUT_SECONDS * 1000,
    expireMinutes: values.ORACLE_EXPIRE_MINUTES,
    fetchRows: values.ORACLE_FETCH_ROWS,
    walk: values.ORACLE_WALK,
    lists: values.ORACLE_LISTS,
    snapshot: values.ORACLE_SNAPSHOT,
  };
}

function secretOf(file: string | undefined, text: string | undefined): Secret | undefined {
  if (file !== undefined) return { file };
  return text === undefined ? undefined : { text };
}
