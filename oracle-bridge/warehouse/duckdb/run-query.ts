import type { DuckDBConnection, DuckDBMaterializedResult, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { BIGINT, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { Query, QueryBind } from '../sql/query.ts';

/** An interrupt that comes before the query has begun is lost, so it is repeated until the query has thrown. */
const INTERRUPT_INTERVAL_MS = 10;

/**
 * Runs a query to its end. `run`, not `stream`: a streamed result of DuckDB that is interrupted or fails ends as if it
 * were complete.
 * @throws the reason of the signal, once the query has stopped; what DuckDB throws otherwise.
 */
export async function runQuery(
  connection: DuckDBConnection,
  query: Query,
  signal: AbortSignal,
): Promise<DuckDBMaterializedResult> {
  signal.throwIfAborted();
  const prepared = await connection.prepare(query.text);
  try {
    bindAll(prepared, query.binds);
    signal.throwIfAborted();
    return await interruptible(connection, () => prepared.run(), signal);
  } finally {
    prepared.destroySync();
  }
}

async function interruptible<Value>(
  connection: DuckDBConnection,
  run: () => Promise<Value>,
  signal: AbortSignal,
): Promise<Value> {
  let repeat: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    repeat = setInterval(() => connection.interrupt(), INTERRUPT_INTERVAL_MS);
  };
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await run();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', interrupt);
    clearInterval(repeat);
  }
}

interface Bindable {
  bind(values: Record<string, DuckDBValue>, types: Record<string, DuckDBType>): void;
}

function bindAll(prepared: Bindable, binds: readonly QueryBind[]): void {
  const values: Record<string, DuckDBValue> = {};
  const types: Record<string, DuckDBType> = {};
  for (const bind of binds) [values[bind.name], types[bind.name]] = toDuckDb(bind);
  prepared.bind(values, types);
}

function toDuckDb({ type, value }: QueryBind): [DuckDBValue, DuckDBType] {
  if (type === 'list') return [listValue([...(value as readonly string[])]), LIST(VARCHAR)];
  if (type === 'whole') return [value === null ? null : BigInt(value as number), BIGINT];
  return [value as string | null, VARCHAR];
}
