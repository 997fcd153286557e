import { DuckDBInstance } from '@duckdb/node-api';
import { EVENT_DOMAINS } from '#protocol/domain.ts';
import { DuckDbConnections } from './duckdb-connections.ts';
import { isJsonColumn } from './duckdb-json.ts';
import { problemOfStatement, warehouseUnavailable } from './duckdb-problem.ts';
import type { DuckDbStatement } from './duckdb-query.ts';
import { boundsOfList, buildRecordsQuery, buildRowsQuery } from './duckdb-query.ts';
import type { DuckDBBlobValue, DuckDBMaterializedResult, DuckDBValue } from '@duckdb/node-api';
import { runQuery } from './duckdb-run.ts';
import type { Query } from './query-builder.ts';
import { DuckDbSpans } from './duckdb-spans.ts';
import { loadStatement } from './sql-loader.ts';
import type { ColumnDeclaration } from './statement-file.ts';
import type { ReadRecordsOptions, RecordBatch, Row, Statement, Warehouse } from './warehouse.ts';

export interface DuckDbOptions {
  /** Path of the database file; it is opened read-only. */
  readonly file: string;
  /** As DuckDB writes it: `1GB`. */
  readonly memoryLimit: string;
  readonly threads: number;
}

/**
 * Opens the embedded warehouse. Several threads of a process may do so with the same file.
 * @throws ProblemError WAREHOUSE_UNAVAILABLE if the file is missing or cannot be read.
 */
export async function openDuckDb(options: DuckDbOptions): Promise<DuckDbWarehouse> {
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.fromCache(options.file, {
      access_mode: 'READ_ONLY',
      memory_limit: options.memoryLimit,
      threads: String(options.threads),
      // Nothing outside the file is ever read or written, whatever a statement says.
      enable_external_access: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connections = new DuckDbConnections(instance);
    const version = await connections.use(new AbortController().signal, async (connection) => {
      const result = await connection.run('select version()');
      return String((await result.getRows())[0]?.[0]);
    });
    return new DuckDbWarehouse(instance, connections, `duckdb ${version.replace(/^v/, '')}`);
  } catch (error) {
    instance?.closeSync();
    throw warehouseUnavailable(error);
  }
}
