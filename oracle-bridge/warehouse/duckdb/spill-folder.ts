import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { isAlive } from '../../is-alive.ts';

/** Names of spilled files are unique within an instance of DuckDB only, so each job worker has a folder of its own. */
const PREFIX = 'lotstream-duckdb-';
const NAME_PATTERN = /^lotstream-duckdb-([0-9]+)-[0-9]+$/;

/** The folder of this worker. What killed processes have left is removed on the way: it may be gigabytes. */
export function claimSpillFolder(parent = tmpdir()): string {
  for (const name of readdirSync(parent)) {
    const pid = NAME_PATTERN.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true });
  }
  return join(parent, `${PREFIX}${process.pid}-${threadId}`);
}
