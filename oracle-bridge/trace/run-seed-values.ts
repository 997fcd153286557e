import type { JobParams } from '#protocol/lease.ts';
import { MAX_SEED_VALUES } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { InputType } from '#protocol/trace.ts';
import { encodeRecords } from '../encode/record-encoder.ts';
import type { DomainEnd, JobContext } from '../job/job-context.ts';
import type { Row, Statement } from '../warehouse/warehouse.ts';
import { formsOfName } from './name-prefix.ts';
import type { SeedRow } from './resolve-seeds.ts';
import { SeedCollector } from './resolve-seeds.ts';
import type { SeedLimits } from './seed-limits.ts';
import type { ExactToken, Fold, PatternToken, SeedToken } from './seed-tokens.ts';
import { findTooShort, foldCase, keepCase, tokenise } from './seed-tokens.ts';

type SeedValues = Exclude<Extract<JobParams, { kind: 'seed_resolve' }>, { mode: 'date_range' }>;

/** Types whose statements compare upper case on both sides. */
const FOLDS_CASE: ReadonlySet<InputType> = new Set<InputType>(['work_order', 'gd_work_order', 'gd_lot_id']);

/** Types whose values may be names of lots, with or without their prefix. */
const NAMES_LOTS: ReadonlySet<InputType> = new Set<InputType>(['lot_id', 'gd_lot_id', 'serial_number']);

const TRUNCATED: DomainEnd = {
  status: 'truncated',
  code: 'RESULT_TOO_LARGE',
  detail: 'More lots match than one answer may hold; the warnings say which.',
};

/**
 * Finds the containers a caller means by values and patterns. Exact values share a statement; patterns run one after the
 * other, each with a limit in SQL, so that memory stays bounded whatever is asked.
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
    if (token.kind === 'exact') collector.add(token, rowsOfToken(search, token, exact));
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
  const exact = tokens.filter((token) => token.kind === 'exact');
  const names = [...new Set(exact.flatMap(({ name }) => formsOf(search, name)))];
  const seedRows: SeedRow[] = [];
  let unread = 0;
  // Both forms of the most values there may be are two lists of a statement.
  for (let from = 0; from < names.length; from += MAX_SEED_VALUES) {
    const part = names.slice(from, from + MAX_SEED_VALUES);
    // The statement gives every name its first container before any its second, so that what is found is known.
    const most = Math.max(search.limits.maxSeeds, part.length);
    const rows = await readRows(search, 'exact', { names: part, most });
    unread += Number(rows[0]?.['MATCHES'] ?? 0) - rows.length;
    for (const row of rows) seedRows.push(toSeedRow(row, search.fold));
  }
  return { rowsOf: Map.groupBy(seedRows, ({ matched }) => matched), unread };
}

function formsOf({ inputType }: Search, name: string): readonly string[] {
  return NAMES_LOTS.has(inputType) ? formsOfName(name) : [name];
}

/** What bears the name of the token in one of its forms, as if in the token's. */
function rowsOfToken(search: Search, { folded }: ExactToken, { rowsOf }: ExactAnswer): SeedRow[] {
  const rows = formsOf(search, folded).flatMap((form) => rowsOf.get(form) ?? []);
  return rows.map((row) => ({ ...row, matched: folded }));
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
