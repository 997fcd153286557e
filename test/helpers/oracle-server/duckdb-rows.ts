import type { DuckDBDataChunk, DuckDBResult, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { DuckDBDecimalValue, DuckDBTimestampValue, DuckDBTypeId } from '@duckdb/node-api';
import type { CellValue } from './answers.ts';
import type { Column } from './columns.ts';

const NUMBER_TYPES: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.DECIMAL,
  DuckDBTypeId.DOUBLE,
  // Of a column that is null in every row.
  DuckDBTypeId.SQLNULL,
]);

/** The columns of a result. @throws Error for a type that no statement gives. */
export function describeColumns(result: DuckDBResult): Column[] {
  return result.columnNames().map((name, index) => describeColumn(name, result.columnType(index)));
}

/** As Oracle would describe a column of the type. */
function describeColumn(name: string, type: DuckDBType): Column {
  if (type.typeId === DuckDBTypeId.VARCHAR) return { name, type: 'VARCHAR' };
  if (type.typeId === DuckDBTypeId.TIMESTAMP) return { name, type: 'DATE' };
  if (NUMBER_TYPES.has(type.typeId)) return { name, type: 'NUMBER' };
  throw new Error(`column ${name} has a type Oracle has not: ${String(type)}`);
}

/** Rows of a query, as they are asked for. Its connection is closed behind the last one, or when they are let go. */
export class DuckDbRows implements AsyncIterableIterator<CellValue[]> {
  readonly columns: readonly Column[];
  readonly #result: DuckDBResult;
  readonly #connection: { interrupt(): void; close(): void };
  #fetching: Promise<DuckDBDataChunk | null> | undefined;
  #chunk: readonly DuckDBValue[][] = [];
  #at = 0;

  constructor(result: DuckDBResult, connection: { interrupt(): void; close(): void }) {
    this.columns = describeColumns(result);
    this.#result = result;
    this.#connection = connection;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<CellValue[], undefined>> {
    if (this.#at === this.#chunk.length) {
      this.#fetching = this.#result.fetchChunk();
      const chunk = await this.#fetching;
      this.#fetching = undefined;
      this.#chunk = chunk?.getRows() ?? [];
      this.#at = 0;
      if (this.#chunk.length === 0) return this.return();
    }
    return { done: false, value: (this.#chunk[this.#at++] ?? []).map(toCell) };
  }

  async return(): Promise<IteratorResult<CellValue[], undefined>> {
    if (this.#fetching) {
      this.#connection.interrupt();
      await this.#fetching.catch(() => undefined);
    }
    this.#connection.close();
    return { done: true, value: undefined };
  }
}

/** NUMBER has no NaN, which DuckDB's doubles may have where the plant's numbers are null. */
function toCell(value: DuckDBValue): CellValue {
  if (value === null || typeof value === 'string' || typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value instanceof DuckDBDecimalValue) return String(value);
  if (value instanceof DuckDBTimestampValue) return toPlantTime(value);
  throw new TypeError(`a value of a type no statement has: ${String(value)}`);
}

/** DATE has no zone, and its parts are those of the process's own zone. */
function toPlantTime({ micros }: DuckDBTimestampValue): Date {
  const utc = new Date(Number(micros / 1000n));
  return new Date(
    utc.getUTCFullYear(),
    utc.getUTCMonth(),
    utc.getUTCDate(),
    utc.getUTCHours(),
    utc.getUTCMinutes(),
    utc.getUTCSeconds(),
  );
}
