import { existsSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

/** Of what the generator writes: raise it whenever the same arguments would give other contents. */
export const SAMPLE_VERSION = 1;

export interface SampleInfo {
  readonly version: number;
  /** As asked for; the trap family comes on top. */
  readonly containers: number;
  readonly seed: number;
}

/**
 * What a file is. `outdated`: a whole sample of another version. `foreign`: a DuckDB file that is no whole sample.
 * `unreadable`: not a DuckDB file, damaged, or held open for writing by another process; `cause` says which.
 */
export type SampleFile =
  | { readonly state: 'absent' }
  | { readonly state: 'whole' | 'outdated'; readonly info: SampleInfo }
  | { readonly state: 'foreign' }
  | { readonly state: 'unreadable'; readonly cause: unknown };

/** Says whether `file` is a whole sample of this version. Opens it read-only and closes it again; never throws. */
export async function readSampleInfo(file: string): Promise<SampleFile> {
  if (!existsSync(file)) return { state: 'absent' };
  let instance: DuckDBInstance;
  try {
    instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY', threads: '1' });
  } catch (cause) {
    return { state: 'unreadable', cause };
  }
  try {
    const info = await readInfo(instance);
    if (info === undefined) return { state: 'foreign' };
    return { state: info.version === SAMPLE_VERSION ? 'whole' : 'outdated', info };
  } catch (cause) {
    return { state: 'unreadable', cause };
  } finally {
    instance.closeSync();
  }
}

async function readInfo(instance: DuckDBInstance): Promise<SampleInfo | undefined> {
  const connection = await instance.connect();
  try {
    const table = await connection.runAndReadAll(
      `select 1 from duckdb_tables() where schema_name = 'DWH' and table_name = 'LOTSTREAM_SAMPLE'`,
    );
    if (table.currentRowCount === 0) return undefined;
    const rows = await connection.runAndReadAll('select VERSION, CONTAINERS, SEED from DWH.LOTSTREAM_SAMPLE');
    const [row] = rows.getRows();
    if (row === undefined) return undefined;
    return { version: Number(row[0]), containers: Number(row[1]), seed: Number(row[2]) };
  } finally {
    connection.closeSync();
  }
}
