import type { NotFoundSummary } from '#protocol/query-tool.ts';
import type { JobContext } from '../job/job-context.ts';

/** Names are unique in the plant but for what padding and old data make of them. */
const MAX_CONTAINERS_PER_NAME = 20;

export interface FoundLots extends NotFoundSummary {
  /** Sorted, distinct. */
  readonly ids: string[];
}

/** The containers that bear the given names exactly: no character is a wildcard here. */
export async function findLots({ warehouse, signal }: JobContext, names: readonly string[]): Promise<FoundLots> {
  const most = names.length * MAX_CONTAINERS_PER_NAME;
  const rows = await warehouse.readRows({ name: 'seeds/lot_id-exact', binds: { names, most } }, signal);
  const found = new Set(rows.map((row) => row['MATCHED']));
  const ids = new Set(rows.map((row) => String(row['CONTAINERID'])));
  return { ids: [...ids].sort(), not_found: names.filter((name) => !found.has(name)) };
}
