import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { BIGINT, DuckDBDecimalValue, DuckDBInstance, VARCHAR } from '@duckdb/node-api';
import type { FetchedRow } from '../../oracle-bridge/encode/row-encoder.ts';
import type { Query } from '../../oracle-bridge/warehouse/sql/query.ts';

/**
 * Runs Oracle's texts on DuckDB: what both write alike stays as it is, functions of Oracle are macros, and the few forms
 * that DuckDB does not know are rewritten, one by one. It shows that joins, filters, windows and orders of a text mean the
 * same as in DuckDB's dialect; it cannot show that Oracle takes the text, nor what CHAR columns do.
 */
export interface OracleDouble {
  readonly connection: DuckDBConnection;
  run(query: Query): Promise<FetchedRow[]>;
  /** Another connection, with a LOTSTREAM_IDS and walks of its own; to be closed by whoever asked. */
  connect(): Promise<DuckDBConnection>;
  /** Fills LOTSTREAM_IDS. */
  load(values: readonly string[]): Promise<void>;
  close(): void;
}

/** Empty text is null in Oracle. */
const MACROS = [
  `create macro rtrim(x) as nullif(regexp_replace(x, ' +$', ''), '')`,
  `create macro trim(x) as nullif(regexp_replace(x, '^ +| +$', '', 'g'), '')`,
  `create macro to_char(x, form) as strftime(x, case form when 'YYYY-MM-DD"T"HH24:MI:SS' then '%Y-%m-%dT%H:%M:%S' end)`,
  `create macro to_date(x, form) as case form when 'YYYY-MM-DD"T"HH24:MI:SS' then cast(x as timestamp) end`,
  `create macro instr(x, y) as strpos(x, y), (x, y, place) as case when strpos(substr(x, place), y) = 0 then 0 else strpos(substr(x, place), y) + place - 1 end`,
  `create macro to_number(x) as cast(x as decimal(38, 0))`,
  `create macro regexp_like(x, pattern) as regexp_matches(x, pattern)`,
];

/** Forms of Oracle, each with what it is in DuckDB. */
const REWRITTEN: readonly (readonly [RegExp, string])[] = [
  [/table\(sys\.odcivarchar2list\(([^)]*)\)\)/g, '(select unnest([$1]) as COLUMN_VALUE)'],
  [/\((coalesce\(.*\)) - (\w\.\w+)\) \* 86400/g, "date_diff('second', $2, $1)"],
  [/\btrunc\((TXNDATE)\)/g, "date_trunc('day', $1)"],
  [/rpad\(' ', 40\)/g, "repeat(' ', 40)"],
  [
    /cross join json_table\(\s+([^;]*?),\n\s+'\$\[\*\]' error on error\s+columns \(CONTAINERID varchar2\(2000 char\) path '\$'\)\s+\) n/g,
    "cross join lateral (select unnest(cast(cast(case when strlen($1) <= 4000 then $1 else error('ORA-01489') end as json) as varchar[])) as CONTAINERID) n",
  ],
  [/where rownum <= (:\w+)/g, 'limit $1'],
  [/fetch first (:\w+) rows only/g, 'limit $1'],
  // The sum of doubles depends on their order, that of Oracle's numbers does not.
  [/sum\(u\.QTYCONSUMED\)/g, 'sum(u.QTYCONSUMED order by u.QTYCONSUMED)'],
  [/varchar2\(2000 char\)/g, 'varchar'],
  [/ as number\)/g, ' as decimal(38, 0))'],
  // CYCLE: the path is kept, a container that stands in it already ends it. Windows are over a level, as in Oracle.
  [/with link as \(/g, 'with recursive link as materialized ('],
  [/chain \(CONTAINERID, WALK_LEVEL, CHOICE\)/g, 'chain (CONTAINERID, WALK_LEVEL, CHOICE, PATH, IS_CYCLE)'],
  [/select ID, 1, 1 from/g, 'select ID, 1, 1, [ID], false from'],
  [
    /(rtrim\(link\.CHILDID\)),(\s+chain\.WALK_LEVEL \+ 1,\s+row_number\(\) over \(partition by \1, [^()]*\))\n/g,
    '$1,$2, list_append(chain.PATH, $1), list_contains(chain.PATH, $1)\n',
  ],
  [/where chain\.WALK_LEVEL < 21/g, 'where not chain.IS_CYCLE and chain.WALK_LEVEL < 21'],
  [/with chain \(CONTAINERID, SPLIT_LEVEL\)/g, 'with recursive chain (CONTAINERID, SPLIT_LEVEL, PATH, IS_CYCLE)'],
  [/select ID, 1 from/g, 'select ID, 1, [ID], false from'],
  [
    /(rtrim\(c\.SPLITFROMID\)), chain\.SPLIT_LEVEL \+ 1\n/g,
    '$1, chain.SPLIT_LEVEL + 1, list_append(chain.PATH, $1), list_contains(chain.PATH, $1)\n',
  ],
  [/where chain\.SPLIT_LEVEL < 20/g, 'where not chain.IS_CYCLE and chain.SPLIT_LEVEL < 20'],
  [/\)\ncycle CONTAINERID set IS_CYCLE to 'Y' default 'N',/g, '),'],
  [
    /with chain \(LOT_CONTAINERID, CONTAINERID, PARENT_LEVEL\)/g,
    'with recursive chain (LOT_CONTAINERID, CONTAINERID, PARENT_LEVEL)',
  ],
  // CONNECT BY: done apart (see `walkByConnectBy` and `walkDownByConnectBy`), and only as it is written here.
  [
    /select rtrim\(c\.CONTAINERID\) as CONTAINERID, rtrim\(c\.SPLITFROMID\) as PARENTID, level as SPLIT_LEVEL\n {2}from DWH\.DW_MES_CONTAINER c\n {2}start with c\.CONTAINERID in \([^()]*\)\n {2}connect by nocycle c\.CONTAINERID = prior rtrim\(c\.SPLITFROMID\) and level <= 20\n/g,
    'select * from WALKED\n',
  ],
  [
    /select rtrim\(CHILDID\) as CONTAINERID, level as SPLIT_COUNT\n {2}from link\n {2}start with PARENTID in \([^()]*\)\n {2}connect by nocycle PARENTID = prior CHILDID and level <= 20\n/g,
    'select * from WALKED_DOWN\n',
  ],
];

/** `file`: a DuckDB warehouse, of which the tables are copied; without one there are no tables but DUAL. */
export async function openOracleDouble(file?: string): Promise<OracleDouble> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  if (file !== undefined) await copyTables(connection, file);
  await connection.run(`create table DUAL as select 'X' as DUMMY`);
  await createTables(connection);
  for (const macro of MACROS) await connection.run(macro);
  return {
    connection,
    run: (query) => runOracleText(connection, query),
    async connect() {
      const another = await instance.connect();
      await createTables(another);
      return another;
    },
    async load(values) {
      await connection.run('delete from LOTSTREAM_IDS');
      await connection.run(`insert into LOTSTREAM_IDS select unnest(cast($ids as json)::varchar[])`, {
        ids: JSON.stringify(values),
      });
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Temporary tables are those of one connection, as the rows of Oracle's are those of one session. */
async function createTables(connection: DuckDBConnection): Promise<void> {
  await connection.run('create temp table LOTSTREAM_IDS (ID varchar primary key)');
  await connection.run('create temp table WALKED (CONTAINERID varchar, PARENTID varchar, SPLIT_LEVEL integer)');
  await connection.run('create temp table WALKED_DOWN (CONTAINERID varchar, SPLIT_COUNT integer)');
}

async function copyTables(connection: DuckDBConnection, file: string): Promise<void> {
  await connection.run(`attach '${file}' as original (read_only)`);
  const tables = await connection.runAndReadAll(
    `select table_name from information_schema.tables where table_catalog = 'original' and table_schema = 'DWH'`,
  );
  await connection.run('create schema DWH');
  for (const [table] of tables.getRows()) {
    await connection.run(`create table DWH.${String(table)} as from original.DWH.${String(table)} order by rowid`);
  }
}

async function runOracleText(connection: DuckDBConnection, { text, binds }: Query): Promise<FetchedRow[]> {
  const values: Record<string, DuckDBValue> = {};
  const types: Record<string, DuckDBType> = {};
  for (const { name, type, value } of binds) {
    values[name] = type === 'whole' && value !== null ? BigInt(value as number) : (value as string | null);
    types[name] = type === 'whole' ? BIGINT : VARCHAR;
  }
  const reader = await connection.runAndReadAll(toDuckDb(text), values, types);
  return reader.getRows().map((row) => row.map(toFetched));
}

/** Oracle's text as DuckDB takes it; its binds are `$name`. */
export function toDuckDb(text: string): string {
  const rewritten = REWRITTEN.reduce((rest, [form, instead]) => rest.replaceAll(form, instead), text);
  // Binds, but not the colons of a literal.
  return rewritten.replaceAll(/('(?:[^']|'')*')|:(\w+)/g, (found, literal: string | undefined, bind: string) =>
    literal === undefined ? `$${bind}` : found,
  );
}

/** As the driver gives it: NUMBER as text without a zero before the point. */
function toFetched(value: DuckDBValue): string | number | null {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number' && !Number.isInteger(value)) return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof DuckDBDecimalValue) return String(value).replace(/^(-?)0\./, '$1.');
  throw new Error(`a value of a type no statement has: ${String(value)}`);
}

/** A row of CONNECT BY: a container, its split parent, its level. */
export interface WalkedRow {
  readonly id: string;
  readonly parent: string | null;
  readonly level: number;
}

/**
 * The rows of `start with … connect by nocycle CONTAINERID = prior SPLITFROMID and level <= 20`: every path from every
 * start. `byValue` is Oracle's test for a loop, on the value of the PRIOR expression; else a container ends a path that
 * it stands in already.
 */
export function walkByConnectBy(
  parents: ReadonlyMap<string, string | null>,
  starts: readonly string[],
  byValue: boolean,
): WalkedRow[] {
  const rows: WalkedRow[] = [];
  for (const start of starts) {
    const path: WalkedRow[] = [];
    for (let id: string | null = start; id !== null && parents.has(id) && path.length < 20;) {
      const row: WalkedRow = { id, parent: parents.get(id) ?? null, level: path.length + 1 };
      const isLoop = path.some((before) => (byValue ? before.parent === row.parent : before.id === row.id));
      if (isLoop && row.parent !== null) break;
      path.push(row);
      id = row.parent;
    }
    rows.push(...path);
  }
  return rows;
}

/** A row of CONNECT BY downwards: a container that was split off, and how many splits it is from the start. */
export interface WalkedDownRow {
  readonly id: string;
  readonly splits: number;
}

/**
 * The rows of `start with PARENTID in (starts) connect by nocycle PARENTID = prior CHILDID and level <= 20` over the pairs
 * of a parent and its child: every path from every start. A container has one parent, so a child stands for its pair, and
 * Oracle's test for a loop, on the value of the PRIOR expression, is the same as a test for a repeated row.
 */
export function walkDownByConnectBy(
  parents: ReadonlyMap<string, string | null>,
  starts: readonly string[],
): WalkedDownRow[] {
  const pairs = [...parents].filter(([child, parent]) => parent !== null && parent !== child);
  const childrenOf = Map.groupBy(pairs, ([, parent]) => parent);
  const rows: WalkedDownRow[] = [];
  const follow = (parent: string, path: readonly string[]): void => {
    if (path.length === 20) return;
    for (const [child] of childrenOf.get(parent) ?? []) {
      if (path.includes(child)) continue;
      rows.push({ id: child, splits: path.length + 1 });
      follow(child, [...path, child]);
    }
  };
  for (const start of new Set(starts)) follow(start, []);
  return rows;
}
