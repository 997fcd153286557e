import { loadStatement } from '../sql/loader.ts';

/** Values of one round trip while a list is loaded. */
const MAX_LOAD_VALUES = 10_000;

/** Statements that fill LOTSTREAM_IDS. In this order, then commit, then the read-only transaction that reads it. */
export interface ListLoad {
  readonly clear: string;
  /** Its one bind is `id`; run for every value of a batch. */
  readonly insert: string;
  readonly batches: readonly (readonly string[])[];
}

/** `values` as `buildOracleRead` gives them: distinct, for ID is a key. */
export function planLoad(values: readonly string[]): ListLoad {
  const batches: string[][] = [];
  for (let from = 0; from < values.length; from += MAX_LOAD_VALUES) {
    batches.push(values.slice(from, from + MAX_LOAD_VALUES));
  }
  const clear = loadStatement('oracle', 'setup/clear-ids').body;
  return { clear, insert: loadStatement('oracle', 'setup/load-ids').body, batches };
}
