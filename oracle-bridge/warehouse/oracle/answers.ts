import type { FetchedRow } from '../../encode/row-encoder.ts';
import { readFetchedRow, RowEncoder } from '../../encode/row-encoder.ts';
import type { OnPart, RecordBatch, Row } from '../warehouse.ts';
import type { OracleRead } from './build-read.ts';
import { joinParts } from './parts.ts';
import type { FetchOptions } from './read.ts';
import { fetchRows } from './read.ts';
import type { Session } from './session.ts';

type ReadOptions = Omit<FetchOptions, 'keepParsed'>;

export interface RowOptions extends ReadOptions {
  readonly onPart?: OnPart | undefined;
}

export interface RecordOptions extends ReadOptions {
  readonly batchRecords: number;
}

/** The records of a read, encoded. All batches but the last one are full. Whoever has enough may leave. */
export async function* recordsOf(
  session: Session,
  { file, queries }: OracleRead,
  { batchRecords, maxRows = Infinity, ...options }: RecordOptions,
): AsyncGenerator<RecordBatch> {
  if (queries.length > 1 && file.parts?.keep !== 'rows') throw new Error(`${file.name}: its parts are no records yet`);
  const encoder = new RowEncoder(file.columns);
  let left = maxRows;
  let waiting: FetchedRow[] = [];
  for (const query of queries) {
    if (left === 0) break;
    for await (const rows of fetchRows(session, { file, query }, { ...options, keepParsed: false, maxRows: left })) {
      left -= rows.length;
      waiting = waiting.concat(rows);
      while (waiting.length >= batchRecords) yield encoder.encodeBatch(waiting.splice(0, batchRecords));
    }
  }
  if (waiting.length > 0) yield encoder.encodeBatch(waiting);
}

/** All rows of a read, its parts joined. */
export async function rowsOf(
  session: Session,
  { file, queries }: OracleRead,
  { onPart, ...options }: RowOptions,
): Promise<Row[]> {
  const answers: Row[][] = [];
  for (const query of queries) {
    const rows: Row[] = [];
    for await (const fetched of fetchRows(session, { file, query }, { ...options, keepParsed: true })) {
      for (const values of fetched) rows.push(readFetchedRow(file.columns, values));
    }
    answers.push(rows);
    onPart?.();
  }
  return joinParts(file, answers);
}
