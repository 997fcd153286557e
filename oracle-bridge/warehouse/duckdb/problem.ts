import { ProblemError } from '#protocol/problem.ts';

/** What DuckDB says when the file itself is the trouble, not the statement. */
const FILE_TROUBLE = /^(IO Error|Connection Error|FATAL Error|Serialization Error)|database has been invalidated/i;
/** What it says when a statement needs more than `DUCKDB_MEMORY_LIMIT` and cannot spill: texts of many megabytes. */
const NO_MEMORY = /^Out of Memory Error/;

export function warehouseUnavailable(cause: unknown): ProblemError {
  return new ProblemError('WAREHOUSE_UNAVAILABLE', 'The warehouse cannot be read at the moment.', { cause });
}

/**
 * An error of a statement as a coded one. What aborted it is told as it is; the rest keeps DuckDB's text, which may hold
 * SQL, in `cause` only.
 */
export function problemOfStatement(error: unknown, name: string, signal: AbortSignal): unknown {
  if (error instanceof ProblemError) return error;
  if (signal.aborted) return isTimeout(signal.reason) ? timeout(name, signal.reason) : signal.reason;
  if (error instanceof Error && FILE_TROUBLE.test(error.message)) return warehouseUnavailable(error);
  if (error instanceof Error && NO_MEMORY.test(error.message)) {
    const detail = `What the statement ${name} finds is larger than the memory of the warehouse.`;
    return new ProblemError('RESULT_TOO_LARGE', detail, { cause: error });
  }
  return new ProblemError('INTERNAL', `The warehouse could not run the statement ${name}.`, { cause: error });
}

function timeout(name: string, cause: unknown): ProblemError {
  return new ProblemError('QUERY_TIMEOUT', `The warehouse took too long to answer the statement ${name}.`, { cause });
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}
