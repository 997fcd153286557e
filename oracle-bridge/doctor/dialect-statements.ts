import type { OracleDialect } from '../warehouse/oracle/build-read.ts';
import { buildOracleRead, loadOracleStatement } from '../warehouse/oracle/build-read.ts';
import { WAREHOUSE_TABLE } from '../warehouse/oracle/tables.ts';
import { listStatements } from '../warehouse/sql/loader.ts';
import type { BindType, StatementFile } from '../warehouse/sql/statement-file.ts';
import type { BindValue } from '../warehouse/warehouse.ts';

/** Folders below `sql/oracle` whose statements jobs run. */
const FOLDERS = ['events', 'lineage', 'query-tool', 'seeds'] as const;

/** A value of each type that matches nothing. */
const NOTHING: Readonly<Record<BindType, BindValue>> = {
  list: ['0'],
  text: '0',
  time: '1970-01-01T00:00:00',
  whole: 1,
};

/** Every statement a job may run, in the texts that `dialect` gives it. */
export function dialectStatements(dialect: OracleDialect): { file: StatementFile; text: string }[] {
  return FOLDERS.flatMap((folder) => listStatements('oracle', folder)).flatMap((name) => {
    const { binds } = loadOracleStatement(name, dialect.walk);
    const values = Object.fromEntries(binds.map((bind) => [bind.name, NOTHING[bind.type]]));
    const { file, queries } = buildOracleRead({ name, binds: values }, dialect);
    return queries.map(({ text }) => ({ file, text }));
  });
}

/** Tables of the plant that these statements name, without their schema, in alphabetical order. */
export function dialectTables(dialect: OracleDialect): string[] {
  const names = dialectStatements(dialect).flatMap(({ text }) =>
    [...text.matchAll(WAREHOUSE_TABLE)].flatMap(([, name]) => name ?? []),
  );
  return [...new Set(names)].toSorted();
}
