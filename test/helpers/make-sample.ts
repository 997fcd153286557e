import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import type { SampleOptions } from '../../oracle-bridge/sample/generate-sample.ts';
import { generateSample } from '../../oracle-bridge/sample/generate-sample.ts';

export const SAMPLE_OPTIONS: SampleOptions = {
  containers: 1000,
  seed: 1,
  threads: 1,
  force: false,
  signal: new AbortController().signal,
  onProgress: () => {},
};

/** A freshly generated sample that answers questions; `close` removes it. */
export interface MadeSample {
  readonly file: string;
  /** Rows of a query, its columns in order; names resolve in schema DWH. */
  ask(sql: string): Promise<unknown[][]>;
  /** The only value of a query, as a number. */
  count(sql: string): Promise<number>;
  close(): Promise<void>;
}

export async function makeSample(options: Partial<SampleOptions>): Promise<MadeSample> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lotstream-sample-'));
  const file = path.join(folder, 'sample.duckdb');
  await generateSample(file, { ...SAMPLE_OPTIONS, ...options });
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY', threads: '2' });
  const connection = await instance.connect();
  await connection.run('set schema = DWH');
  const ask = (sql: string) => askRows(connection, sql);
  return {
    file,
    ask,
    count: async (sql) => Number((await ask(sql))[0]?.[0]),
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function askRows(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJson();
}
