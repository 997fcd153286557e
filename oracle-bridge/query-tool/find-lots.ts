import { MAX_RANGE_IDS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { NotFoundSummary } from '#protocol/query-tool.ts';
import { formsOfName } from '../trace/name-prefix.ts';
import type { JobContext } from '../job/job-context.ts';

export interface FoundLots extends NotFoundSummary {
  /** Sorted, distinct; not more than fit into one statement. */
  readonly ids: string[];
}

/**
 * The containers that bear the given names, with or without the prefix: no character is a wildcard here.
 * @throws ProblemError RESULT_TOO_LARGE
 */
export async function findLots({ warehouse, signal }: JobContext, names: readonly string[]): Promise<FoundLots> {
  const forms = [...new Set(names.flatMap(formsOfName))];
  const binds = { names: forms, most: MAX_RANGE_IDS + 1 };
  const rows = await warehouse.readRows({ name: 'seeds/lot_id-exact', binds }, signal);
  const found = new Set(rows.map((row) => row['MATCHED']));
  const ids = new Set(rows.map((row) => String(row['CONTAINERID'])));
  if (ids.size > MAX_RANGE_IDS) {
    throw new ProblemError('RESULT_TOO_LARGE', 'Too many containers bear these names. Ask for fewer.');
  }
  return {
    ids: [...ids].sort(),
    not_found: names.filter((name) => !formsOfName(name).some((form) => found.has(form))),
  };
}
