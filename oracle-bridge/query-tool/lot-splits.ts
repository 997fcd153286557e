import type { SplitsSummary } from '#protocol/query-tool.ts';
import type { JobContext } from '../job/job-context.ts';
import { toPlantTime } from '../trace/plant-time.ts';
import { groupSerials } from './group-serials.ts';
import { readQueryIds } from './job-ids.ts';
import { monthsBefore } from './plant-calendar.ts';
import type { RunQuery } from './query-run.ts';
import { MAX_QUERY_ROWS, writeStatement } from './write-rows.ts';

/** What the quick answer goes back, and how many rows it has. */
const QUICK_MONTHS = 6;
const QUICK_ROWS = 500;
/** Lots of all serial numbers: the summary is one line of the log. */
const MAX_SERIAL_ROWS = 5000;

/** Production history of splits and combinations as rows, and serial numbers beside them. */
export const runLotSplits: RunQuery<'lot_splits'> = async (job, { full_history }) => {
  const ids = await readQueryIds(job);
  const since = full_history ? null : monthsBefore(toPlantTime(job.lease.spec.created_at), QUICK_MONTHS);
  const mostRows = full_history ? MAX_QUERY_ROWS : QUICK_ROWS;
  const binds = { ids, since, most: mostRows + 1 };
  const end = await writeStatement(job, { name: 'query-tool/lot-splits', binds }, mostRows);
  const summary: SplitsSummary = { full_history, since, ...(await readSerials(job, ids)) };
  return { end, summary };
};

async function readSerials(
  { warehouse, signal }: JobContext,
  ids: readonly string[],
): Promise<Pick<SplitsSummary, 'serials' | 'serials_truncated'>> {
  const binds = { ids, most: MAX_SERIAL_ROWS + 1 };
  const rows = await warehouse.readRows({ name: 'query-tool/lot-serials', binds }, signal);
  const truncated = rows.length > MAX_SERIAL_ROWS;
  // A serial number is named with all its lots or not at all.
  const last = truncated ? rows.at(-1)?.['FINISHEDNAME'] : undefined;
  const whole = truncated ? rows.filter((row) => row['FINISHEDNAME'] !== last) : rows;
  return { serials: groupSerials(whole), serials_truncated: truncated };
}
