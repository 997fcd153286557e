import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { StatementFile } from './statement-file.ts';
import { parseStatementFile } from './statement-file.ts';

export type Dialect = 'duckdb' | 'oracle';

const SQL_FOLDER = new URL('../../../sql/', import.meta.url);
const NAME_PATTERN = /^[a-z0-9]+([-_/][a-z0-9]+)*$/;

const statements = new Map<string, StatementFile>();

/**
 * The statement `sql/<dialect>/<name>.sql`, read once a process.
 * @throws Error for a name that is none, a missing file or a malformed header: all of them defects of the program.
 */
export function loadStatement(dialect: Dialect, name: string): StatementFile {
  const key = `${dialect}/${name}`;
  const known = statements.get(key);
  if (known) return known;
  const statement = parseStatementFile(key, readSql(key));
  statements.set(key, statement);
  return statement;
}

/** Names of the statements of a folder below the dialect's, `events/history`, in their order. */
export function listStatements(dialect: Dialect, folder: string): string[] {
  return readdirSync(new URL(`${dialect}/${folder}/`, SQL_FOLDER))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => `${folder}/${file.replace(/\.sql$/, '')}`)
    .toSorted();
}

/** Whether there is a file for it. */
export function hasStatement(dialect: Dialect, name: string): boolean {
  return existsSync(fileOf(`${dialect}/${name}`));
}

/** Text that several statements share, `sql/<dialect>/fragments/<name>.sql`, without its comment lines. */
export function loadFragment(dialect: Dialect, name: string): string {
  return readSql(`${dialect}/fragments/${name}`)
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .trim();
}

function readSql(name: string): string {
  return readFileSync(fileOf(name), 'utf8');
}

function fileOf(name: string): URL {
  if (!NAME_PATTERN.test(name)) throw new Error(`not the name of a statement: ${name}`);
  return new URL(`${name}.sql`, SQL_FOLDER);
}
