import { findLots } from './find-lots.ts';
import type { RunQuery } from './query-run.ts';
import { writeStatement } from './write-rows.ts';

/** Most rows of each direction. One more is read, which tells that there are more. */
const MAX_FORWARD_ROWS = 50_000;
const MAX_REVERSE_ROWS = 10_000;

/** Stands before some names and is not shown. */
const NAME_PREFIX = '參考編號：';

/** Materials that went into lots or work orders. */
export const runMaterialForward: RunQuery<'material_forward'> = async (job, { input_type, values }) => {
  const most = MAX_FORWARD_ROWS + 1;
  if (input_type === 'work_order') {
    const orders = values.map((value) => value.toUpperCase());
    const statement = { name: 'query-tool/materials-of-orders', binds: { orders, most } };
    return { end: await writeStatement(job, statement, MAX_FORWARD_ROWS) };
  }
  const { ids, not_found } = await findLots(job, values);
  const statement = { name: 'query-tool/materials-of-lots', binds: { ids, most } };
  return { end: await writeStatement(job, statement, MAX_FORWARD_ROWS), summary: { not_found } };
};

/** Lots that material lots went into. */
export const runMaterialReverse: RunQuery<'material_reverse'> = async (job, { values }) => {
  const material_lots = values.map((value) =>
    value.startsWith(NAME_PREFIX) ? value.slice(NAME_PREFIX.length) : value,
  );
  const binds = { material_lots, most: MAX_REVERSE_ROWS + 1 };
  const statement = { name: 'query-tool/uses-of-material-lots', binds };
  return { end: await writeStatement(job, statement, MAX_REVERSE_ROWS) };
};
