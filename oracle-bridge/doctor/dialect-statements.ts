import { readAsOf } from '../warehouse/oracle/as-of.ts';
import type { OracleDialect } from '../warehouse/oracle/build-read.ts';
import { buildOracleRead, loadOracleStatement } from '../warehouse/oracle/build-read.ts';
import { LIST_SIZES } from '../warehouse/oracle/lists.ts';
import { WAREHOUSE_TABLE } from '../warehouse/oracle/tables.ts';
import { listStatements } from '../warehouse/sql/loader.ts';
import type { BindType, StatementFile } from '../warehouse/sql/statement-file.ts';
import type { BindValue } from '../warehouse/warehouse.ts';

/** A bound value, of no account where nothing is run. */
const ANY_SCN = 1;
/** Folders below `sql/oracle` whose statements jobs run. */
const FOLDERS = ['events', 'lineage', 'query-tool', 'seeds'] as const;

/** Lists of both sizes that a bound one has. */
const LISTS = [1, LIST_SIZES[0] + 1].map((count) => Array.from({ length: count }, (_, index) => String(index)));
/** A value of each other type that matches nothing. */
const NOTHING: Readonly<Record<Exclude<BindType, 'list'>, BindValue>> = {
  text: '0',
  time: '1970-01-01T00:00:00',
  whole: 1,
};

/** Every statement a job may run, in all texts that `dialect` gives it. `asOf`: tables are read as they were. */
export function dialectStatements(dialect: OracleDialect, asOf = false): { file: StatementFile; text: string }[] {
  return FOLDERS.flatMap((folder) => listStatements('oracle', folder)).flatMap((name) => {
    const file = loadOracleStatement(name, dialect.walk);
    const queries = LISTS.flatMap((list) => {
      const values = file.binds.map((bind) => [bind.name, bind.type === 'list' ? list : NOTHING[bind.type]] as const);
      return buildOracleRead({ name, binds: Object.fromEntries(values) }, dialect).queries;
    });
    const texts = queries.map((query) => (asOf ? readAsOf(query, ANY_SCN) : query).text);
    return [...new Set(texts)].map((text) => ({ file, text }));
  });
}

/** Tables of the plant that these statements name, without their schema, in alphabetical order. */
export function dialectTables(dialect: OracleDialect): string[] {
  const names = dialectStatements(dialect).flatMap(({ text }) =>
    [...text.matchAll(WAREHOUSE_TABLE)].flatMap(([, name]) => name ?? []),
  );
  return [...new Set(names)].toSorted();
}
