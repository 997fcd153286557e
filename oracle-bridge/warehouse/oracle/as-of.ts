import type { Query } from '../sql/query.ts';
import { WAREHOUSE_TABLE } from './tables.ts';

const MOMENT_BIND = 'snapshot_scn';
/** System change numbers are far below 2^53. */
const MOMENT = /^[1-9][0-9]{0,14}$/;

/** The query with every table of the warehouse as it was at a system change number. LOTSTREAM_IDS stays as it is. */
export function readAsOf({ text, binds }: Query, scn: number): Query {
  const rewritten = text.replaceAll(WAREHOUSE_TABLE, (table) => `${table} as of scn :${MOMENT_BIND}`);
  // The database refuses a value for a bind that the text does not name.
  if (rewritten === text) return { text, binds };
  return { text: rewritten, binds: [...binds, { name: MOMENT_BIND, type: 'whole', value: scn }] };
}

/** The number that is the name of a moment; `undefined` for another text. */
export function readScn(moment: string): number | undefined {
  return MOMENT.test(moment) ? Number(moment) : undefined;
}
