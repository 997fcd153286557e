import { ProblemError } from '#protocol/problem.ts';
import { encodeRecords } from '../encode/record-encoder.ts';
import type { DomainEnd, JobContext, RunKind } from '../job/job-context.ts';
import type { Row, Statement } from '../warehouse/warehouse.ts';
import type { SeedRow, TokenRows } from './resolve-seeds.ts';
import { MAX_MATCHES_PER_PATTERN, resolveSeeds } from './resolve-seeds.ts';
import type { PatternToken, SeedToken } from './seed-tokens.ts';
import { findTooShort, tokenise } from './seed-tokens.ts';

/**
 * Finds the containers a caller means by lot ids and patterns. All exact values go into one statement; patterns run one
 * after the other, each with a limit in SQL, so that memory stays bounded whatever is asked.
 * @throws ProblemError INVALID_PARAMS for a pattern with too few literal characters.
 */
export const runSeedResolve: RunKind = async (job) => {
  const tokens = tokenise(valuesOf(job));
  const tooShort = findTooShort(tokens);
  if (tooShort.length > 0) {
    const inputs = tooShort.map(({ input }) => input).join(', ');
    throw new ProblemError('INVALID_PARAMS', `Patterns need more characters besides their wildcards: ${inputs}`);
  }
  const rowsOfName = await readExact(job, tokens);
  const answers: TokenRows[] = [];
  for (const token of tokens) {
    const rows = token.kind === 'exact' ? rowsOfName.get(token.name) : await readPattern(job, token);
    answers.push({ token, rows: rows ?? [] });
  }
  const { seeds, summary, truncated } = resolveSeeds(answers);

  const { output, lease } = job;
  for (const batch of encodeRecords(seeds, lease.spec.batch_records)) await output.writeBatch('seeds', batch);
  if (seeds.length > 0) await output.sealRange('seeds', { idsTo: lease.spec.cid_count, containersFound: 0 });
  await output.endDomain('seeds', truncated ? TRUNCATED : { status: 'complete' });
  await output.aggregate(summary);
};

const TRUNCATED: DomainEnd = {
  status: 'truncated',
  code: 'RESULT_TOO_LARGE',
  detail: 'More lots match than one answer may hold; the warnings say which.',
};

function valuesOf({ lease }: JobContext): readonly string[] {
  const { params } = lease.spec;
  if (params.kind !== 'seed_resolve') throw new Error(`a ${params.kind} job has no values to resolve`);
  return params.values;
}

async function readExact(job: JobContext, tokens: readonly SeedToken[]): Promise<Map<string | null, SeedRow[]>> {
  const names = new Set(tokens.flatMap((token) => (token.kind === 'exact' ? [token.name] : [])));
  if (names.size === 0) return new Map();
  const rows = await readSeedRows(job, { name: 'seeds/lots-by-name', binds: { names: [...names] } });
  return Map.groupBy(rows, ({ lotId }) => lotId);
}

async function readPattern(job: JobContext, { like }: PatternToken): Promise<SeedRow[]> {
  const binds = { pattern: like, most: MAX_MATCHES_PER_PATTERN + 1 };
  return await readSeedRows(job, { name: 'seeds/lots-by-pattern', binds });
}

async function readSeedRows({ warehouse, signal }: JobContext, statement: Statement): Promise<SeedRow[]> {
  return (await warehouse.readRows(statement, signal)).map(toSeedRow);
}

function toSeedRow(row: Row): SeedRow {
  return {
    containerId: String(row['CONTAINERID']),
    lotId: row['CONTAINERNAME'] as string | null,
    specName: row['SPECNAME'] as string | null,
    qty: row['QTY'] ?? null,
  };
}
