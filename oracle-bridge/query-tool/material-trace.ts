import type { NotFoundSummary } from '#protocol/query-tool.ts';
import type { JobContext } from '../job/job-context.ts';
import { withoutPrefix } from '../trace/name-prefix.ts';
import type { Statement } from '../warehouse/warehouse.ts';
import { findLots } from './find-lots.ts';
import type { QueryEnd, RunQuery } from './query-run.ts';
import { writeStatement } from './write-rows.ts';

/** Most rows of each direction. One more is read, which tells that there are more. */
const MAX_FORWARD_ROWS = 50_000;
const MAX_REVERSE_ROWS = 10_000;

/** Materials that went into lots or work orders. */
export const runMaterialForward: RunQuery<'material_forward'> = async (job, { input_type, values }) => {
  if (input_type === 'work_order') {
    const { known, ...summary } = await findKnown(job, values, {
      keyOf: (value) => value.toUpperCase(),
      statementOf: (orders) => ({ name: 'query-tool/known-orders', binds: { orders } }),
    });
    return await answer(job, { name: 'query-tool/materials-of-orders', binds: { orders: known } }, summary);
  }
  const { ids, ...summary } = await findLots(job, values);
  return await answer(job, { name: 'query-tool/materials-of-lots', binds: { ids } }, summary);
};

/** Lots that material lots went into. */
export const runMaterialReverse: RunQuery<'material_reverse'> = async (job, { values }) => {
  const { known, ...summary } = await findKnown(job, values, {
    keyOf: withoutPrefix,
    statementOf: (material_lots) => ({ name: 'query-tool/known-material-lots', binds: { material_lots } }),
  });
  const statement = { name: 'query-tool/uses-of-material-lots', binds: { material_lots: known } };
  return await answer(job, statement, summary, MAX_REVERSE_ROWS);
};

interface KnownRules {
  /** A value as the statement compares it. */
  readonly keyOf: (value: string) => string;
  /** Gives those of the keys that have rows, in its one column. */
  readonly statementOf: (keys: readonly string[]) => Statement;
}

/** Asked for by themselves: of rows that are cut, nobody could tell which values have none. */
async function findKnown(
  { warehouse, signal }: JobContext,
  values: readonly string[],
  { keyOf, statementOf }: KnownRules,
): Promise<NotFoundSummary & { readonly known: string[] }> {
  const rows = await warehouse.readRows(statementOf([...new Set(values.map(keyOf))]), signal);
  const known = new Set(rows.flatMap((row) => Object.values(row).map(String)));
  return { known: [...known], not_found: values.filter((value) => !known.has(keyOf(value))) };
}

/** `statement`: all but `most` is given. */
async function answer(
  job: JobContext,
  { name, binds }: Statement,
  { not_found }: NotFoundSummary,
  mostRows = MAX_FORWARD_ROWS,
): Promise<QueryEnd> {
  const end = await writeStatement(job, { name, binds: { ...binds, most: mostRows + 1 } }, mostRows);
  return { end, summary: { not_found } };
}
