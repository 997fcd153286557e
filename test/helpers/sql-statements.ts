import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Dialect } from '../../oracle-bridge/warehouse/sql/loader.ts';
import type { BindType, StatementFile } from '../../oracle-bridge/warehouse/sql/statement-file.ts';
import type { BindValue } from '../../oracle-bridge/warehouse/warehouse.ts';

const SQL_FOLDER = new URL('../../sql/', import.meta.url);
const FOLDERS = ['events', 'lineage', 'query-tool', 'seeds'];

/** Names of the SQL files of a folder below `sql/`, without `.sql`. */
export function filesIn(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, SQL_FOLDER))
    .toSorted()
    .map((file) => file.replace(/\.sql$/, ''));
}

/** Names of all statements of a dialect. */
export function statementsOf(dialect: Dialect): string[] {
  const folders = FOLDERS.filter((folder) => existsSync(new URL(`${dialect}/${folder}/`, SQL_FOLDER)));
  return folders.flatMap((folder) => filesIn(`${dialect}/${folder}`).map((file) => `${folder}/${file}`));
}

/** `name`: path below `sql/` without `.sql`. */
export function readSqlFile(name: string): string {
  return readFileSync(new URL(`${name}.sql`, SQL_FOLDER), 'utf8');
}

/** One value of each bind type, made of any text. */
export const VALUE_OF: Readonly<Record<BindType, (text: string) => BindValue>> = {
  list: (text) => [text, `${text}'`, `"${text}`],
  text: (text) => text,
  time: () => '2026-01-01T00:00:00',
  whole: (text) => text.length,
};

export function valuesFor(file: StatementFile, text: string): Record<string, BindValue> {
  return Object.fromEntries(file.binds.map(({ name, type }) => [name, VALUE_OF[type](text)]));
}
