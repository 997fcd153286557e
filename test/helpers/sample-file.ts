import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { readSampleInfo } from '../../oracle-bridge/sample/sample-file.ts';
import { PROJECT_DIR } from '../../src/local/options.ts';

const run = promisify(execFile);
const GENERATE_TIMEOUT_MS = 600_000;

/** A sample warehouse of so many containers, made once and kept for later runs of the same version. */
export async function sampleFile(containers: number): Promise<string> {
  const file = path.join(PROJECT_DIR, `test/.out/sample-${containers}.duckdb`);
  if ((await readSampleInfo(file)).state === 'whole') return file;
  await mkdir(path.dirname(file), { recursive: true });
  const args = ['oracle-bridge/sample/main.ts', '--containers', String(containers), '--out', file, '--force'];
  await run(process.execPath, args, { cwd: PROJECT_DIR, timeout: GENERATE_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 });
  return file;
}

/** Rows of a question asked to the file itself, apart from everything the product does. */
export async function askWarehouse(file: string, sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The first ids of the sample, in order. */
export async function sampleIds(file: string, count: number): Promise<string[]> {
  const rows = await askWarehouse(
    file,
    `SELECT CONTAINERID AS id FROM DWH.DW_MES_CONTAINER WHERE CONTAINERID IS NOT NULL ORDER BY id LIMIT ${count}`,
  );
  return rows.map((row) => String(row['id']));
}
