import type { DuckDBMaterializedResult, DuckDBValue } from '@duckdb/node-api';
import { DuckDBBlobValue } from '@duckdb/node-api';
import { isJsonColumn } from './record-json.ts';
import type { RowBlock } from './row-spans.ts';
import { blockOf } from './row-spans.ts';
import type { ColumnDeclaration } from '../sql/statement-file.ts';
import type { RecordBatch, Row } from '../warehouse.ts';

/** The rows of a finished result, one array of values each. */
function* valuesOf(result: DuckDBMaterializedResult): Generator<readonly DuckDBValue[]> {
  const { chunkCount, columnCount } = result;
  for (let chunkIndex = 0; chunkIndex < chunkCount; chunkIndex++) {
    const chunk = result.getChunk(chunkIndex);
    const vectors = Array.from({ length: columnCount }, (_, column) => chunk.getColumnVector(column));
    for (let row = 0; row < chunk.rowCount; row++) yield vectors.map((vector) => vector.getItem(row));
  }
}

/** What `buildRecordsQuery` asked for. */
export function* batchesOf(result: DuckDBMaterializedResult): Generator<RecordBatch> {
  const found = new Set<string>();
  for (const [json, count, containerIds] of valuesOf(result)) {
    if (!(json instanceof DuckDBBlobValue)) throw new Error('a batch came without its text');
    const before = found.size;
    for (const id of String(containerIds).split(' ')) if (id !== '') found.add(id);
    yield { json: json.bytes, count: Number(count), containersFound: found.size - before };
  }
}

/** What `buildRowsQuery` asked for. */
export function rowsOf(result: DuckDBMaterializedResult, columns: readonly ColumnDeclaration[]): Row[] {
  const readers = columns.map((column) => ({ name: column.name, read: isJsonColumn(column) ? readJson : readText }));
  const rows: Row[] = [];
  for (const values of valuesOf(result)) {
    const row: Record<string, string | number | null> = {};
    for (const [index, { name, read }] of readers.entries()) row[name] = read(values[index]);
    rows.push(row);
  }
  return rows;
}

/** What `blocksQuery` asked for. */
export function blocksOf(result: DuckDBMaterializedResult): RowBlock[] {
  return [...valuesOf(result)].map(([block, least, greatest]) =>
    blockOf(Number(block), String(least), String(greatest)),
  );
}

function readText(value: DuckDBValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function readJson(value: DuckDBValue | undefined): string | number | null {
  return typeof value === 'string' ? (JSON.parse(value) as string | number | null) : null;
}
