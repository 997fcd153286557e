import type { OracleDialect, OracleRead } from './build-read.ts';
import { buildOracleRead } from './build-read.ts';
import type { Query, QueryBind } from '../sql/query.ts';
import type { BindType } from '../sql/statement-file.ts';
import type { Statement } from '../warehouse.ts';
import { WAREHOUSE_TABLE } from './tables.ts';

/** Rows that stand in for a table, so that a statement can be tried on a database whose tables must not be written. */
export interface FixtureTable {
  readonly columns: readonly FixtureColumn[];
  /** Values in the order of the columns; times are text `YYYY-MM-DDTHH:MM:SS`. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export interface FixtureColumn {
  readonly name: string;
  readonly type: Exclude<BindType, 'list'>;
}

/** Name without its schema, `DW_MES_CONTAINER` → its rows. */
export type Fixture = Readonly<Record<string, FixtureTable>>;

/** Every row is a branch of a UNION ALL, which a database takes long to parse. */
const MAX_FIXTURE_ROWS = 500;
const COLUMN_NAME = /^[A-Z][A-Z0-9_]*$/;

/** The form of a bind in the select list, which gives the column its type. */
const TYPED: Readonly<Record<FixtureColumn['type'], (bind: string) => string>> = {
  text: (bind) => `cast(${bind} as varchar2(2000 char))`,
  time: (bind) => `to_date(${bind}, 'YYYY-MM-DD"T"HH24:MI:SS')`,
  whole: (bind) => `cast(${bind} as number)`,
};

/**
 * The queries of a statement with bound lists, in which every table is a selection of the fixture's rows from DUAL. The
 * rows are bound: the text depends on their number and on names alone.
 * @throws Error for a table without a fixture, too many rows, a malformed one, or a statement that reads row ids.
 */
export function buildFixtureRead(
  statement: Statement,
  walk: OracleDialect['walk'],
  fixture: Fixture,
): Pick<OracleRead, 'file' | 'queries'> {
  const { file, queries } = buildOracleRead(statement, { lists: 'bound', walk });
  if (/\browid\b/i.test(file.body)) throw new Error(`${file.name}: reads row ids, which rows from DUAL have not`);
  return { file, queries: queries.map((query) => inlineTables(query, fixture)) };
}

function inlineTables({ text, binds }: Query, fixture: Fixture): Query {
  const names = new Set([...text.matchAll(WAREHOUSE_TABLE)].flatMap(([, name]) => name ?? []));
  const rowBinds: QueryBind[] = [];
  const tables = [...names].map((name) => {
    const table = Object.hasOwn(fixture, name) ? fixture[name] : undefined;
    if (!table) throw new Error(`the fixture has no rows for ${name}`);
    return `${name} as (\n${selectRows(name, table, rowBinds)}\n)`;
  });
  const prefix = tables.length > 0 ? `with ${tables.join(',\n')}\n` : '';
  return { text: prefix + text.replaceAll(WAREHOUSE_TABLE, '$1'), binds: [...rowBinds, ...binds] };
}

/** Adds what it binds to `binds`. */
function selectRows(table: string, { columns, rows }: FixtureTable, binds: QueryBind[]): string {
  if (columns.length === 0 || !columns.every(({ name }) => COLUMN_NAME.test(name))) {
    throw new Error(`the fixture of ${table} has malformed columns`);
  }
  if (rows.length > MAX_FIXTURE_ROWS) throw new Error(`the fixture of ${table} has more than ${MAX_FIXTURE_ROWS} rows`);
  if (rows.length === 0) {
    const nulls = columns.map(({ name, type }) => `${TYPED[type]('null')} as ${name}`);
    return `select ${nulls.join(', ')} from dual where 1 = 0`;
  }
  return rows.map((row) => selectRow(table, columns, { row, binds })).join('\nunion all\n');
}

function selectRow(
  table: string,
  columns: readonly FixtureColumn[],
  { row, binds }: { row: FixtureTable['rows'][number]; binds: QueryBind[] },
): string {
  if (row.length !== columns.length)
    throw new Error(`a row of the fixture of ${table} has not a value for each column`);
  const values = columns.map(({ name, type }, index) => {
    const value = row[index] ?? null;
    const isOfType = type === 'whole' ? Number.isSafeInteger(value) : typeof value === 'string';
    if (value !== null && !isOfType) throw new Error(`the fixture of ${table}: ${name} must be ${type}`);
    const bind = `fixture_${binds.length + 1}`;
    binds.push({ name: bind, type, value });
    return `${TYPED[type](`:${bind}`)} as ${name}`;
  });
  return `select ${values.join(', ')} from dual`;
}
