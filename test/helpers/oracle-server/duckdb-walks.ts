import type { DuckDBConnection } from '@duckdb/node-api';
import { walkByConnectBy, walkDownByConnectBy } from '../oracle-on-duckdb.ts';

/** A container and what it was split from. */
export type Parents = ReadonlyMap<string, string | null>;

export async function readParents(connection: DuckDBConnection): Promise<Parents> {
  const reader = await connection.runAndReadAll(
    'select CONTAINERID, rtrim(SPLITFROMID) from DWH.DW_MES_CONTAINER where CONTAINERID is not null order by rowid',
  );
  return new Map(reader.getRows() as [string, string | null][]);
}

/** Fills LOTSTREAM_IDS of the connection, which is empty. */
export async function fillList(connection: DuckDBConnection, values: readonly string[]): Promise<void> {
  if (values.length > 0) await insertJson(connection, 'LOTSTREAM_IDS (ID)', [values.map((value) => [value]), 1]);
}

/** Fills the tables in whose place a rewritten text has its CONNECT BY, as far as it has one. */
export async function fillWalks(
  connection: DuckDBConnection,
  text: string,
  { parents, starts }: { readonly parents: Parents; readonly starts: readonly string[] },
): Promise<void> {
  if (/\bfrom WALKED\b/.test(text)) {
    const rows = walkByConnectBy(parents, starts, true).map(({ id, parent, level }) => [id, parent, level]);
    await insertJson(connection, 'WALKED (CONTAINERID, PARENTID, SPLIT_LEVEL)', [rows, 3]);
  }
  if (/\bfrom WALKED_DOWN\b/.test(text)) {
    const rows = walkDownByConnectBy(parents, starts).map(({ id, splits }) => [id, splits]);
    await insertJson(connection, 'WALKED_DOWN (CONTAINERID, SPLIT_COUNT)', [rows, 2]);
  }
}

/** `rows` with the number of their columns. */
async function insertJson(
  connection: DuckDBConnection,
  target: string,
  [rows, width]: readonly [rows: readonly (readonly unknown[])[], width: number],
): Promise<void> {
  const columns = Array.from({ length: width }, (_, index) => `row->>${index}`).join(', ');
  const source = 'select unnest(cast($rows as json)::json[]) as row';
  await connection.run(`insert into ${target} select ${columns} from (${source})`, { rows: JSON.stringify(rows) });
}
