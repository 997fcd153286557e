import type { NotFoundSummary } from '#protocol/query-tool.ts';
import type { JobContext } from '../job/job-context.ts';

export interface FoundLots extends NotFoundSummary {
  /** Sorted, distinct. */
  readonly ids: string[];
}

/** The containers that bear the given names exactly: no character is a wildcard here. */
export async function findLots({ warehouse, signal }: JobContext, names: readonly string[]): Promise<FoundLots> {
  const rows = await warehouse.readRows({ name: 'seeds/lots-by-name', binds: { names } }, signal);
  const found = new Set(rows.map((row) => row['CONTAINERNAME']));
  const ids = new Set(rows.map((row) => String(row['CONTAINERID'])));
  return { ids: [...ids].sort(), not_found: names.filter((name) => !found.has(name)) };
}
