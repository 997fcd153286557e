import type { OracleDialect } from '../warehouse/oracle/build-read.ts';
import { runGolden, WALKS } from '../golden/run-golden.ts';
import { checkCharacterSet, checkIndexes, checkRights, checkSession, checkVersion } from './check-database.ts';
import { checkSnapshot } from './check-snapshot.ts';
import { checkLists, checkListTable, checkStatements, checkTables } from './check-statements.ts';
import type { DatabaseConsole } from './database-console.ts';
import type { Finding } from './finding.ts';

export interface DoctorOptions {
  readonly dialect: OracleDialect;
  /** Whether all domains of a job are read at one moment, which needs a right of its own. */
  readonly snapshotOfJob: boolean;
  /** Also asks the golden lineages. */
  readonly golden: boolean;
  readonly signal: AbortSignal;
}

/** Looks at everything the bridge needs of the database, and tells what it finds as soon as it is known. */
export async function* runDoctor(database: DatabaseConsole, options: DoctorOptions): AsyncGenerator<Finding> {
  const { dialect, snapshotOfJob, golden, signal } = options;
  const checks: (() => Promise<readonly Finding[]>)[] = [
    async () => [checkVersion(database)],
    async () => [await checkSession(database)],
    async () => [await checkCharacterSet(database)],
    async () => [await checkRights(database)],
    () => checkTables(database, dialect),
    () => checkStatements(database, { dialect, snapshotOfJob }),
    () => checkIndexes(database),
    () => Promise.resolve([checkLists(dialect)]),
  ];
  if (dialect.lists === 'loaded') checks.push(async () => [await checkListTable(database)]);
  if (snapshotOfJob) checks.push(() => checkSnapshot(database, dialect));
  for (const check of checks) {
    signal.throwIfAborted();
    yield* await check();
  }
  if (golden) yield* checkGolden(database, signal);
}

async function* checkGolden(database: DatabaseConsole, signal: AbortSignal): AsyncGenerator<Finding> {
  const subject = 'golden lineages';
  let asked = 0;
  let wrong = 0;
  for await (const { title, differences } of runGolden((query) => database.query(query), { walks: WALKS, signal })) {
    asked++;
    if (differences.length === 0) continue;
    wrong++;
    yield { subject, status: 'failed', detail: `${title}: ${differences.join('; ')}` };
  }
  if (wrong === 0) yield { subject, status: 'ok', detail: `all ${asked} questions are answered as they should be` };
}
