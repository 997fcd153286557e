import type { SampleDatabase } from '../sample-database.ts';
import { holdRows, materialRows, rejectRows, wipRows } from './trap-events.ts';
import { historyRows } from './trap-history.ts';
import { jobRows, jobTransactionRows } from './trap-jobs.ts';
import type { Row } from './trap-lot.ts';
import { containerRows } from './trap-lots.ts';
import { mergeRows } from './trap-merges.ts';

/** Table → its rows and the column it is stored by. */
const TABLES: readonly (readonly [table: string, rows: () => Row[], order: string])[] = [
  ['DW_MES_CONTAINER', containerRows, 'CONTAINERID'],
  ['DW_MES_PJ_COMBINEDASSYLOTS', mergeRows, 'LOTID'],
  ['DW_MES_LOTWIPHISTORY', historyRows, 'CONTAINERID'],
  ['DW_MES_LOTMATERIALSHISTORY', materialRows, 'CONTAINERID'],
  ['DW_MES_LOTREJECTHISTORY', rejectRows, 'CONTAINERID'],
  ['DW_MES_HOLDRELEASEHISTORY', holdRows, 'CONTAINERID'],
  ['DW_MES_WIP', wipRows, 'CONTAINERID'],
  ['DW_MES_JOB', jobRows, 'JOBID'],
  ['DW_MES_JOBTXNHISTORY', jobTransactionRows, 'JOBTXNHISTORYID'],
];

/** Writes the trap family into an empty sample. @returns the rows written. */
export async function writeTrapFamily(database: SampleDatabase): Promise<number> {
  let written = 0;
  for (const [table, makeRows, order] of TABLES) {
    const rows = makeRows();
    await insertRows(database, table, { rows, order });
    written += rows.length;
  }
  return written;
}

/** Rows that miss a column have null there. `sort` is stable, so equal keys stay as written. */
async function insertRows(
  database: SampleDatabase,
  table: string,
  data: { rows: Row[]; order: string },
): Promise<void> {
  const rows = data.rows.toSorted((one, other) => compare(one[data.order], other[data.order]));
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const tuple = (row: number) => `(${columns.map((_, column) => `$${row * columns.length + column + 1}`).join(', ')})`;
  await database.run(
    `insert into DWH.${table} (${columns.join(', ')}) values ${rows.map((_, row) => tuple(row)).join(', ')}`,
    rows.flatMap((row) => columns.map((column) => row[column] ?? null)),
  );
}

function compare(one: string | number | null | undefined, other: string | number | null | undefined): number {
  const [left, right] = [String(one ?? ''), String(other ?? '')];
  return left < right ? -1 : left > right ? 1 : 0;
}
