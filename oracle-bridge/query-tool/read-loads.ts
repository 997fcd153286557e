import type { DomainEnd, JobContext } from '../job/job-context.ts';
import type { Row, Statement } from '../warehouse/warehouse.ts';
import { dropLastLoad, mergePartials } from './merge-partials.ts';
import { endOf } from './write-rows.ts';

/** Rows of history that are held in memory as objects, to be merged. */
const MAX_LOAD_ROWS = 100_000;

/** Loads, with partial track-outs merged. */
export interface Loads {
  readonly rows: Row[];
  readonly end: DomainEnd;
}

/** Reads the loads that a statement selects, of which all but `most` is given. Where there are too many, the last ones are cut. */
export async function readLoads({ warehouse, signal }: JobContext, statement: Statement): Promise<Loads> {
  const binds = { ...statement.binds, most: MAX_LOAD_ROWS + 1 };
  const rows = await warehouse.readRows({ name: statement.name, binds }, signal);
  const truncated = rows.length > MAX_LOAD_ROWS;
  return { rows: mergePartials(truncated ? dropLastLoad(rows) : rows), end: endOf(truncated, MAX_LOAD_ROWS) };
}
