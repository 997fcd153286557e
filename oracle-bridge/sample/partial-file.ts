import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isAlive } from '../is-alive.ts';

/**
 * While a sample is being made it stands beside its file under a name that no reader takes for a sample, with the id of
 * the process that writes it: `sample.duckdb.4711.partial`. A run that was killed leaves that behind; the next run
 * removes what no living process owns.
 */
export function partialFileOf(file: string): string {
  return `${file}.${process.pid}.partial`;
}

/** DuckDB's companions of a database file: its write-ahead log and our directory for spilled data. */
const COMPANIONS = ['', '.wal', '.spill'] as const;

export function spillDirectoryOf(partialFile: string): string {
  return `${partialFile}.spill`;
}

export async function removePartialFile(partialFile: string): Promise<void> {
  for (const companion of COMPANIONS) await rm(partialFile + companion, { force: true, recursive: true });
}

/** Removes what killed runs left beside `file`. */
export async function removeAbandonedFiles(file: string): Promise<void> {
  const directory = path.dirname(path.resolve(file));
  const prefix = `${path.basename(file)}.`;
  for (const name of await readdir(directory)) {
    const pid = name.startsWith(prefix) ? /^(\d+)\.partial/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(path.join(directory, name), { force: true, recursive: true });
  }
}
