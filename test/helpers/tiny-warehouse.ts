import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDbWarehouse } from '../../oracle-bridge/warehouse/duckdb/warehouse.ts';
import { openDuckDb } from '../../oracle-bridge/warehouse/duckdb/warehouse.ts';

const SCHEMA_FILE = new URL('../../sql/duckdb/schema.sql', import.meta.url);

/** Table name without `DW_MES_` → rows by column name; times as text, what is absent is null. */
export type TinyRows = Readonly<Record<string, readonly TinyRow[]>>;
export type TinyRow = Readonly<Record<string, string | number | null>>;

/** A warehouse of a few hand-made rows, opened the way the bridge opens it; `close` removes its file. */
export interface TinyWarehouse {
  readonly file: string;
  readonly warehouse: DuckDbWarehouse;
  close(): Promise<void>;
}

/** `statements` run after the rows are in: for tables that are generated. */
export async function makeTinyWarehouse(rows: TinyRows, statements: readonly string[] = []): Promise<TinyWarehouse> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lotstream-tiny-'));
  const file = path.join(folder, 'tiny.duckdb');
  await writeFile(file, rows, statements);
  const warehouse = await openDuckDb({ file, memoryLimit: '512MB', threads: 2 });
  await warehouse.warmedUp;
  return {
    file,
    warehouse,
    async close() {
      await warehouse.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A container id that is easy to read: `id(10)` is `000000000000000a`. */
export function id(number: number): string {
  return number.toString(16).padStart(16, '0');
}

async function writeFile(file: string, rows: TinyRows, statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(file, { threads: '2' });
  const connection = await instance.connect();
  try {
    await connection.run(await readFile(SCHEMA_FILE, 'utf8'));
    for (const [table, tableRows] of Object.entries(rows)) await insertRows(connection, table, tableRows);
    for (const statement of statements) await connection.run(statement);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function insertRows(connection: DuckDBConnection, table: string, rows: readonly TinyRow[]): Promise<void> {
  await connection.run('begin');
  for (const row of rows) {
    const columns = Object.keys(row);
    const places = columns.map((_, index) => `$${index + 1}`);
    const values: DuckDBValue[] = Object.values(row);
    await connection.run(
      `insert into DWH.DW_MES_${table} (${columns.join(', ')}) values (${places.join(', ')})`,
      values,
    );
  }
  await connection.run('commit');
}
