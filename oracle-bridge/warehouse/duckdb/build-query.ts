import { recordJson, rowValue } from './record-json.ts';
import type { Query, QueryBind } from '../sql/query.ts';
import { fillSlots, matchBinds } from '../sql/query.ts';
import type { RowSpan } from './row-spans.ts';
import { loadFragment } from '../sql/loader.ts';
import type { StatementFile } from '../sql/statement-file.ts';
import type { BindValue } from '../warehouse.ts';

/**
 * DuckDB's text of a statement: the selection of its file, wrapped. Besides the binds of its header a selection may name
 * `$<list>_first` and `$<list>_last`, the least and the greatest text of a list, and `$<span>_from` and `$<span>_to`, the
 * row numbers of a span.
 */
export interface DuckDbStatement {
  readonly file: StatementFile;
  readonly binds: Readonly<Record<string, BindValue>>;
  /** For every entry under `Spans` in the header. */
  readonly spans: ReadonlyMap<string, RowSpan>;
}

export interface RecordLimits {
  readonly batchRecords: number;
  readonly maxRecords?: number;
}

const CONTAINER_COLUMN = 'CONTAINERID';

/**
 * A query whose rows are the columns of the file, in its order. The order is made before the columns get their wire form:
 * numbers are text there, and `10` would stand before `9`.
 */
export function buildRowsQuery(statement: DuckDbStatement): Query {
  const { file } = statement;
  const selection = selectionOf(file);
  const columns = file.columns.map((column) => `${rowValue(column)} as ${column.name}`);
  const text = `with ${placedSelection(file, selection)}
select ${columns.join(', ')}
from placed
order by record_place`;
  return { text, binds: bindsOf(statement, selection) };
}

/**
 * A query of one row a batch: its records as bytes of JSON text, their number, and the ids of its containers, separated
 * by blanks. DuckDB makes the whole text: no record passes through JavaScript as an object or as a string. The ids are
 * given, not counted, because a window over the records to find each container's first one costs a quarter of the time.
 */
export function buildRecordsQuery(statement: DuckDbStatement, { batchRecords, maxRecords }: RecordLimits): Query {
  const { file } = statement;
  const selection = selectionOf(file);
  const containers = file.columns.some(({ name }) => name === CONTAINER_COLUMN)
    ? `array_to_string(list(distinct ${CONTAINER_COLUMN}), ' ')`
    : `''`;
  const text = `with ${placedSelection(file, selection)}
select
  encode(string_agg(${recordJson(file.columns)}, ',' || chr(9) order by record_place)) as batch_json,
  count(*)::integer as batch_count,
  ${containers} as container_ids
from placed
where record_place < coalesce($max_records, record_place + 1)
group by record_place // $batch_records
order by record_place // $batch_records`;
  const limits: readonly QueryBind[] = [
    { name: 'batch_records', type: 'whole', value: batchRecords },
    { name: 'max_records', type: 'whole', value: maxRecords ?? null },
  ];
  return { text, binds: [...bindsOf(statement, selection), ...limits] };
}

/** The selection with the place of each row, from 0. */
function placedSelection(file: StatementFile, selection: string): string {
  return `selection as (
${selection}
),
placed as (
  select *, row_number() over (order by ${file.order}) - 1 as record_place from selection
)`;
}

function selectionOf(file: StatementFile): string {
  const body = fillSlots(file.body, (name) => loadFragment('duckdb', name));
  return file.limit === undefined ? body : `select * from (\n${body}\n) order by ${file.order} limit $${file.limit}`;
}

/** DuckDB refuses a value that the text does not name, so what is derived is given only where it is used. */
function bindsOf({ file, binds, spans }: DuckDbStatement, selection: string): QueryBind[] {
  const given = matchBinds(file, binds);
  const derived = [...given.filter(({ type }) => type === 'list').flatMap(boundsOf), ...[...spans].flatMap(rowsOf)];
  return [...given, ...derived.filter(({ name }) => selection.includes(`$${name}`))];
}

function boundsOf({ name, value }: QueryBind): QueryBind[] {
  const { first, last } = boundsOfList(value as readonly string[]);
  return [
    { name: `${name}_first`, type: 'text', value: first },
    { name: `${name}_last`, type: 'text', value: last },
  ];
}

function rowsOf([name, span]: readonly [string, RowSpan]): QueryBind[] {
  return [
    { name: `${name}_from`, type: 'whole', value: span.from },
    { name: `${name}_to`, type: 'whole', value: span.to },
  ];
}

/** Null for an empty list, with which every comparison fails. */
export function boundsOfList(list: readonly string[]): { first: string | null; last: string | null } {
  let first: string | null = null;
  let last: string | null = null;
  for (const value of list) {
    if (first === null || value < first) first = value;
    if (last === null || value > last) last = value;
  }
  return { first, last };
}
