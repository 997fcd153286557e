import { setTimeout as delay } from 'node:timers/promises';
import { post, statusOf, waitForJob } from '../helpers/edge-calls.ts';
import type { Reading } from './careful-reader.ts';
import type { DatabaseBench } from './database-bench.ts';
import { POOL_SIZE } from './database-bench.ts';
import type { DatabaseSide } from './database-side.ts';
import { disturbJob, readDisturbed, whenFired } from './disturb.ts';
import type { Fault } from './fault.ts';
import { UNHARMED } from './fault.ts';
import { lineFaults } from './line-faults.ts';

const FAMILY = 'bridge–database';
/** A job of the bench moves 15 MB. */
const AT_BYTES = [1_000_000, 2_000_000, 2_000_000];
const ORA_SNAPSHOT_TOO_OLD = 1555;
const ORA_STARTING = 1033;
const TIMES = 3;
const STATEMENT_TIMEOUT_SECONDS = 2;
/** Every domain that is read meets it, also one that begins its next statement at the end of another's. */
const PAST_TIMEOUT_MS = STATEMENT_TIMEOUT_SECONDS * 1000 * 3;
const TOO_LONG = 'The warehouse took too long to answer a statement.';
const ATTEMPT_LIMIT_MS = 60_000;
const POLL_MS = 100;

/** Between bridge and database. The bridge has 300 s for a statement where nothing else is said. */
export const DATABASE_LINE_FAULTS: readonly Fault<DatabaseBench>[] = [
  {
    name: `${FAMILY}: none`,
    fault: 'the same job is read from DuckDB, by another bridge',
    expected: UNHARMED,
    observe: (bench) => bench.withBridge({ WAREHOUSE: 'duckdb' }, () => bench.describeNext()),
  },
  ...lineFaults<DatabaseBench>({
    family: FAMILY,
    proxyOf: ({ database }) => database.line,
    bulk: 'to_client',
    longStall: 'long stall',
    atBytes: AT_BYTES,
  }),
  {
    name: `${FAMILY}: cut while idle`,
    fault: 'every connection is closed between two jobs',
    expected: UNHARMED,
    observe: (bench) => observeIdle(bench, ({ line }) => line.apply({ kind: 'cut' })),
  },
  {
    name: `${FAMILY}: gone while idle`,
    fault: 'every connection is forgotten on its way between two jobs, and neither end is told',
    expected: UNHARMED,
    observe: (bench) => observeIdle(bench, (database) => database.forgetConnections()),
  },
  {
    name: `${FAMILY}: stall past the statement timeout`,
    fault: `nothing comes through for ${PAST_TIMEOUT_MS} ms, a statement has ${STATEMENT_TIMEOUT_SECONDS} s`,
    expected: `partial; history: ${TOO_LONG} materials: ${TOO_LONG} none doubled, none unknown; next job: ${UNHARMED}`,
    observe: observeTimeout,
  },
  {
    name: `${FAMILY}: silence and a cancel`,
    fault: 'nothing comes through any more, and the job is cancelled',
    expected: `cancelled, database terminated; none doubled, none unknown; next job: ${UNHARMED}`,
    observe: observeCancel,
  },
  {
    name: `${FAMILY}: away at the start`,
    fault:
      'no database listens while a bridge starts and its job fails twice, then it is starting up, then it is there',
    expected: `failed, failed, failed; ${UNHARMED}`,
    observe: observeAway,
  },
  {
    name: `${FAMILY}: killed sessions`,
    fault: `every session is killed (ORA-00028), ${TIMES} times`,
    expected: UNHARMED,
    observe: async (bench) =>
      await disturbJob(bench, async () => {
        for (let time = 0; time < TIMES; time++) {
          await whenFired(bench.database.line.whenCarried('to_client', AT_BYTES[0] ?? 0));
          await whenFired(bench.database.killSessions());
        }
      }),
  },
  {
    name: `${FAMILY}: snapshot too old`,
    fault: 'the undo of a domain is gone in mid-fetch (ORA-01555)',
    expected: `1 attempt, generation 1; ${UNHARMED}`,
    observe: observeTooOld,
  },
  {
    name: `${FAMILY}: snapshot too old, whole job`,
    fault: 'the same where the whole job is of one moment',
    expected: `2 attempts, generation 2, reset SNAPSHOT_LOST; ${UNHARMED}`,
    observe: (bench) => bench.withBridge({ ORACLE_SNAPSHOT: 'job' }, () => observeTooOld(bench)),
  },
  {
    name: `${FAMILY}: leaks`,
    fault: 'the bridge is stopped in order, after all of this',
    expected: `at most ${POOL_SIZE} sessions at once; nothing left`,
    observe: observeLeaks,
  },
];

async function observeIdle(bench: DatabaseBench, disturb: (database: DatabaseSide) => number): Promise<string> {
  await bench.describeNext();
  if (disturb(bench.database) === 0) throw new Error('missed: there was no connection');
  const observed = await bench.describeNext();
  // A database that was told nothing keeps its session.
  bench.database.line.apply({ kind: 'cut' });
  return observed;
}

async function observeTimeout(bench: DatabaseBench): Promise<string> {
  const variables = { STATEMENT_TIMEOUT_SECONDS: String(STATEMENT_TIMEOUT_SECONDS) };
  return await bench.withBridge(variables, async () => {
    const { line } = bench.database;
    const { jobId, reading } = await readDisturbed(bench, async () => {
      line.stall('to_server', 'to_client');
      await delay(PAST_TIMEOUT_MS);
      line.resume();
    });
    const { state } = await statusOf(bench.plant.url, jobId);
    const warnings = reading.check.warnings.map(({ domain, detail }) => `${domain}: ${detail}`).toSorted();
    return `${state}; ${[...warnings, describeExcess(bench, reading)].join(' ')}; next job: ${await bench.describeNext()}`;
  });
}

/** The edge itself says `unconfirmed` where the bridge has not reported within 5 s. */
async function observeCancel(bench: DatabaseBench): Promise<string> {
  const { line } = bench.database;
  const { url } = bench.plant;
  const { jobId, reading } = await readDisturbed(bench, async (id) => {
    line.stall('to_server', 'to_client');
    await post(`${url}/api/trace/job/${id}/cancel`, {});
    await waitForJob(url, id, ({ database }) => database !== undefined && database !== 'pending');
  });
  line.resume();
  const { state, database } = await statusOf(url, jobId);
  return `${state}, database ${database}; ${describeExcess(bench, reading)}; next job: ${await bench.describeNext()}`;
}

async function observeAway(bench: DatabaseBench): Promise<string> {
  const { plant, database } = bench;
  await plant.bridge.kill();
  await database.server.refuse('stopped');
  await plant.startBridge();
  const jobId = await bench.submit();
  const reading = bench.read(jobId);
  reading.catch(() => undefined);
  const ends: string[] = [await waitForAttempt(bench, jobId, 1), await waitForAttempt(bench, jobId, 2)];
  await database.server.refuse({ login: ORA_STARTING });
  ends.push(await waitForAttempt(bench, jobId, 3));
  await database.server.refuse(undefined);
  return `${ends.join(', ')}; ${await bench.describe(jobId, await reading)}`;
}

async function observeTooOld(bench: DatabaseBench): Promise<string> {
  const { jobId, reading } = await readDisturbed(bench, () => whenFired(bench.database.failNext(ORA_SNAPSHOT_TOO_OLD)));
  const { generation } = await statusOf(bench.plant.url, jobId);
  const attempts = endsOf(bench, jobId).length;
  const resets = reading.check.resets.map((reason) => `, reset ${reason}`).join('');
  const outcome = await bench.describe(jobId, reading);
  return `${attempts} attempt${attempts === 1 ? '' : 's'}, generation ${generation}${resets}; ${outcome}`;
}

async function observeLeaks({ plant, database }: DatabaseBench): Promise<string> {
  const { mostSessions } = database;
  const most = mostSessions <= POOL_SIZE ? `at most ${POOL_SIZE}` : String(mostSessions);
  await plant.bridge.stop();
  try {
    const left = await database.findLeft();
    return `${most} sessions at once; ${left.length === 0 ? 'nothing left' : left.join(', ')}`;
  } finally {
    await plant.startBridge();
  }
}

/** Of a job that did not give all its records. */
function describeExcess(bench: DatabaseBench, { tally }: Reading): string {
  const { doubled, unknown } = tally.compare(bench.undisturbed);
  return doubled + unknown === 0 ? 'none doubled, none unknown' : `${doubled} doubled, ${unknown} unknown`;
}

/** How the attempts at a job have ended that are over, as the bridge's log has it. */
function endsOf({ plant }: DatabaseBench, jobId: string): string[] {
  const lines = plant.log.filter((line) => line.includes(jobId) && line.includes('"job ended"'));
  return lines.map((line) => /"end":"(\w+)"/.exec(line)?.[1] ?? line);
}

async function waitForAttempt(bench: DatabaseBench, jobId: string, attempt: number): Promise<string> {
  const untilMs = performance.now() + ATTEMPT_LIMIT_MS;
  while (performance.now() < untilMs) {
    const end = endsOf(bench, jobId)[attempt - 1];
    if (end !== undefined) return end;
    await delay(POLL_MS);
  }
  throw new Error(`attempt ${attempt} did not end`);
}
