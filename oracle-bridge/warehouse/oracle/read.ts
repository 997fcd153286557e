import type { Bind, ColumnMetadata, Connection, DbType, ResultSet } from 'oracledb';
import oracledb from 'oracledb';
import type { FetchedRow } from '../../encode/row-encoder.ts';
import type { Query, QueryBind } from '../sql/query.ts';
import type { StatementFile } from '../sql/statement-file.ts';
import { NUMBER_TYPES, TEXT_TYPES } from './fetched-types.ts';
import type { Session } from './session.ts';

export interface FetchOptions {
  /** Rows of one round trip. */
  readonly fetchRows: number;
  /** The reading may end behind so many. */
  readonly maxRows?: number | undefined;
  /** Whether the driver keeps the statement and its cursor for the next time: only where all rows will be read. */
  readonly keepParsed: boolean;
  readonly signal: AbortSignal;
}

/**
 * The rows of a query, one array a round trip. One that is left before its end closes its cursor, with the next call of
 * the session.
 * @throws what the driver throws; Error when the columns are not those of the file.
 */
export async function* fetchRows(
  session: Session,
  { file, query }: { readonly file: StatementFile; readonly query: Query },
  { fetchRows: rowsAtOnce, maxRows = Infinity, keepParsed, signal }: FetchOptions,
): AsyncGenerator<FetchedRow[]> {
  const { resultSet } = await session.call(signal, (driver) =>
    openQuery(driver, query, { fetchRows: rowsAtOnce, keepParsed }),
  );
  let isAtEnd = false;
  try {
    checkColumns(file, resultSet);
    for (let left = maxRows; left > 0;) {
      const wanted = Math.min(rowsAtOnce, left);
      const rows = await session.call(signal, () => resultSet.getRows(wanted));
      left -= rows.length;
      isAtEnd = rows.length < wanted;
      if (rows.length > 0) yield rows;
      if (isAtEnd) return;
    }
  } finally {
    if (!isAtEnd) session.leaveCursor();
    await resultSet.close().catch(() => undefined);
  }
}

/** Runs a query whose rows are arrays, to be fetched so many a round trip; whoever runs it closes its result set. */
export async function openQuery(
  driver: Connection,
  query: Query,
  { fetchRows: fetchArraySize, keepParsed }: Pick<FetchOptions, 'fetchRows' | 'keepParsed'>,
): Promise<{ readonly resultSet: ResultSet }> {
  return await driver.execute(query.text, bindsOf(query), {
    resultSet: true,
    prefetchRows: 0,
    fetchArraySize,
    keepInStmtCache: keepParsed,
    outFormat: oracledb.OUT_FORMAT_ARRAY,
    fetchTypeHandler: fetchType,
  });
}

/** Values as the driver takes them. */
function bindsOf({ binds }: Query): Record<string, Bind> {
  return Object.fromEntries(binds.map((bind) => [bind.name, toDriver(bind)]));
}

function toDriver({ type, value }: QueryBind): Bind {
  const dbType = type === 'whole' ? oracledb.DB_TYPE_NUMBER : oracledb.DB_TYPE_VARCHAR;
  return { val: value as string | number | null, type: dbType };
}

/** NUMBER as text, because a JavaScript number loses digits; long text at once, not as a stream. */
function fetchType({ dbType }: ColumnMetadata): { readonly type: DbType } | undefined {
  const isText = dbType === oracledb.DB_TYPE_NUMBER || dbType === oracledb.DB_TYPE_CLOB;
  return isText || dbType === oracledb.DB_TYPE_NCLOB ? { type: oracledb.DB_TYPE_VARCHAR } : undefined;
}

/** Statements give times as text. */
function checkColumns({ name, columns }: StatementFile, { metaData }: ResultSet): void {
  if (metaData.length !== columns.length)
    throw new Error(`${name}: has ${metaData.length} columns, not ${columns.length}`);
  const other = metaData.find(({ dbType: { name: type } }) => !TEXT_TYPES.has(type) && !NUMBER_TYPES.has(type));
  if (other) throw new Error(`${name}: ${other.name} is ${other.dbType.name}, which no column may be`);
}
