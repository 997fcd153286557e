import type { JobParams } from '#protocol/lease.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { InputType } from '#protocol/trace.ts';
import { encodeRecords } from '../encode/record-encoder.ts';
import type { DomainEnd, JobContext } from '../job/job-context.ts';
import type { Row, Statement } from '../warehouse/warehouse.ts';
import type { SeedRow } from './resolve-seeds.ts';
import { SeedCollector } from './resolve-seeds.ts';
import type { SeedLimits } from './seed-limits.ts';
import type { Fold, PatternToken, SeedToken } from './seed-tokens.ts';
import { findTooShort, foldCase, keepCase, tokenise } from './seed-tokens.ts';

type SeedValues = Exclude<Extract<JobParams, { kind: 'seed_resolve' }>, { mode: 'date_range' }>;

/** Types whose statements compare upper case on both sides. */
const FOLDS_CASE: ReadonlySet<InputType> = new Set<InputType>(['work_order', 'gd_work_order', 'gd_lot_id']);

const TRUNCATED: DomainEnd = {
  status: 'truncated',
  code: 'RESULT_TOO_LARGE',
  detail: 'More lots match than one answer may hold; the warnings say which.',
};

/**
 * Finds the containers a caller means by values and patterns. All exact values go into one statement; patterns run one
 * after the other, each with a limit in SQL, so that memory stays bounded whatever is asked.
 * @throws ProblemError INVALID_PARAMS for too many values or a pattern with too few literal characters.
 */
export async function runSeedValues(job: JobContext, params: SeedValues, limits: SeedLimits): Promise<void> {
  const { input_type: inputType } = params;
  const fold = FOLDS_CASE.has(inputType) ? foldCase : keepCase;
  const tokens = tokenise(params.values, fold);
  checkTokens(tokens, limits);
  const search: Search = { job, inputType, fold, limits };
  const collector = new SeedCollector(inputType, limits);
  const exact = await readExact(search, tokens);
  for (const token of tokens) {
    if (token.kind === 'exact') collector.add(token, exact.rowsOf.get(token.folded) ?? []);
    else collector.add(token, await readPattern(search, token));
  }
  collector.addUnread(exact.unread);
  const { seeds, summary, truncated } = collector.finish();

  const { output, lease } = job;
  for (const batch of encodeRecords(seeds, lease.spec.batch_records)) await output.writeBatch('seeds', batch);
  if (seeds.length > 0) await output.sealRange('seeds', { idsTo: lease.spec.cid_count, containersFound: 0 });
  await output.endDomain('seeds', truncated ? TRUNCATED : { status: 'complete' });
  await output.aggregate(summary);
}

function checkTokens(tokens: readonly SeedToken[], { maxValues, minPatternLiterals }: SeedLimits): void {
  if (maxValues > 0 && tokens.length > maxValues)
    throw new ProblemError('INVALID_PARAMS', `One call may have at most ${maxValues} values, not ${tokens.length}.`);
  const tooShort = findTooShort(tokens, minPatternLiterals);
  if (tooShort.length === 0) return;
  const inputs = tooShort.map(({ input }) => input).join(', ');
  throw new ProblemError(
    'INVALID_PARAMS',
    `Patterns need at least ${minPatternLiterals} characters besides their wildcards: ${inputs}`,
  );
}

/** What every statement of one call needs. */
interface Search {
  readonly job: JobContext;
  readonly inputType: InputType;
  readonly fold: Fold;
  readonly limits: SeedLimits;
}

interface ExactAnswer {
  /** By the text that was compared. */
  readonly rowsOf: ReadonlyMap<string | null, readonly SeedRow[]>;
  /** Matches beyond the limit. */
  readonly unread: number;
}

async function readExact(search: Search, tokens: readonly SeedToken[]): Promise<ExactAnswer> {
  const names = new Set(tokens.flatMap((token) => (token.kind === 'exact' ? [token.name] : [])));
  if (names.size === 0) return { rowsOf: new Map(), unread: 0 };
  // The statement gives every name its first container before any its second, so that what is found is known.
  const most = Math.max(search.limits.maxSeeds, names.size);
  const rows = await readRows(search, 'exact', { names: [...names], most });
  const matches = Number(rows[0]?.['MATCHES'] ?? 0);
  const seedRows = rows.map((row) => toSeedRow(row, search.fold));
  return { rowsOf: Map.groupBy(seedRows, ({ matched }) => matched), unread: matches - rows.length };
}

/** One row more than may be given, so that it shows when there are more. */
async function readPattern(search: Search, { like }: PatternToken): Promise<SeedRow[]> {
  const rows = await readRows(search, 'pattern', { pattern: like, most: search.limits.maxMatchesPerPattern + 1 });
  return rows.map((row) => toSeedRow(row, search.fold));
}

async function readRows(
  { job, inputType }: Search,
  way: 'exact' | 'pattern',
  binds: Statement['binds'],
): Promise<Row[]> {
  return await job.warehouse.readRows({ name: `seeds/${inputType}-${way}`, binds }, job.signal);
}

function toSeedRow(row: Row, fold: Fold): SeedRow {
  const matched = row['MATCHED'];
  return {
    containerId: String(row['CONTAINERID']),
    lotId: row['CONTAINERNAME'] as string | null,
    matched: typeof matched === 'string' ? fold(matched) : null,
    priority: Number(row['PRIORITY']),
    specName: row['SPECNAME'] as string | null,
    qty: row['QTY'] ?? null,
  };
}
