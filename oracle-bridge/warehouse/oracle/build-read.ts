import type { ListMode, ListSize } from './lists.ts';
import { bindOfValue, cutList, listText, matchableValues, padList, sizeOf } from './lists.ts';
import type { Query, QueryBind } from '../sql/query.ts';
import { fillSlots, matchBinds } from '../sql/query.ts';
import { hasStatement, loadFragment, loadStatement } from '../sql/loader.ts';
import type { ColumnDeclaration, StatementFile } from '../sql/statement-file.ts';
import type { Statement } from '../warehouse.ts';

/** What is chosen once for a warehouse. */
export interface OracleDialect {
  readonly lists: ListMode;
  /** How splits are walked: by CONNECT BY NOCYCLE, or by the recursive WITH of `sql/oracle/recursive`. */
  readonly walk: 'connect-by' | 'recursive';
}

export interface OracleRead {
  readonly file: StatementFile;
  /**
   * To be run one after the other; each gives its rows in the order of the file, their values in the order of its columns.
   * What they give together is said by `joinParts`. None for an empty list, of which nothing can come.
   */
  readonly queries: readonly Query[];
  /** Values LOTSTREAM_IDS must hold, loaded and committed before the transaction of the query. */
  readonly load: readonly string[] | undefined;
}

type QueryFill = ListSize | 'loaded' | 'none';

/**
 * Oracle's text and binds of a statement. The text depends on the name of the statement, on the dialect and on the size
 * class of its list alone.
 * @throws Error when the values are not those of the header.
 */
export function buildOracleRead({ name, binds }: Statement, dialect: OracleDialect): OracleRead {
  const file = loadOracleStatement(name, dialect.walk);
  const given = matchBinds(file, binds);
  const scalars = given.filter(({ type }) => type !== 'list');
  const [list, ...more] = given.filter(({ type }) => type === 'list');
  if (more.length > 0) throw new Error(`${name}: LOTSTREAM_IDS holds one list, the statement has more`);
  if (!list) return { file, queries: [{ text: textOf(file, 'none'), binds: scalars }], load: undefined };

  const values = matchableValues(list.value as readonly string[]);
  if (values.length === 0) return { file, queries: [], load: undefined };
  if (dialect.lists === 'loaded') {
    return { file, queries: [{ text: textOf(file, 'loaded'), binds: scalars }], load: values };
  }
  const parts = cutList(values);
  if (parts.length > 1 && !file.parts) throw new Error(`${name}: its list of ${values.length} values must not be cut`);
  const queries = parts.map((part) => ({
    text: textOf(file, sizeOf(part)),
    binds: [...scalars, ...bindsOf(list.name, part)],
  }));
  return { file, queries, load: undefined };
}

/** The file of a statement, in the form that was chosen where there are two. */
export function loadOracleStatement(name: string, walk: OracleDialect['walk']): StatementFile {
  const recursive = `recursive/${name}`;
  return loadStatement('oracle', walk === 'recursive' && hasStatement('oracle', recursive) ? recursive : name);
}

function bindsOf(list: string, part: readonly string[]): QueryBind[] {
  return padList(part).map((value, index) => ({ name: bindOfValue(list, index), type: 'text', value }));
}

/** Columns have no names of their own: ORDER BY would take such a name for the text of a time, not for the time. */
function textOf(file: StatementFile, fill: QueryFill): string {
  const columns = file.columns.map(wireForm).join(', ');
  const rows = `select ${columns}\nfrom (\n${selectionOf(file, fill)}\n)\norder by ${file.order}`;
  return file.limit === undefined ? rows : `${rows}\nfetch first :${file.limit} rows only`;
}

/** Text without padding, times as text: a driver would make them dates of its own zone. Numbers stay numbers. */
function wireForm({ name, type }: ColumnDeclaration): string {
  if (type === 'text') return `rtrim(${name})`;
  return type === 'time' ? `to_char(${name}, 'YYYY-MM-DD"T"HH24:MI:SS')` : name;
}

function selectionOf(file: StatementFile, size: QueryFill): string {
  const fill = (name: string, bind: string | undefined): string => {
    if (bind === undefined) return fillSlots(loadFragment('oracle', name), fill);
    const isList = file.binds.some((declared) => declared.name === bind && declared.type === 'list');
    if (!isList || size === 'none' || (name !== 'list' && name !== 'rows')) {
      throw new Error(`${file.name}: a slot names no list: ${name} ${bind}`);
    }
    return listText(name, bind, size);
  };
  return fillSlots(file.body, fill);
}
