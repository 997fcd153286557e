import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT_DIR } from '../../src/local/options.ts';
import type { LongFigures } from './long-run.ts';
import { MEMORY_BOUND } from './memory-bound.ts';
import type { FaultRow } from './run-fault.ts';

/** `test/e2e/FAULTS.md`: the table of the faults, those shown inside workerd, and the figures of the last long run. */
const REPORT_FILE = path.join(PROJECT_DIR, 'test/e2e/FAULTS.md');
const LONG_HEADING = '## Cut and killed at random';

const HEAD = `# Faults

What \`npm run faults -- --write\` saw on the real processes: the edge on workerd, a bridge with its job processes, a reader
that believes nothing. Each fault hits a job of 12,000 containers and 130,600 records while it runs, with leases of 2 s. What is
expected stands in the code beside the fault, and the run fails where something else is observed.

After each fault every accepted job has ended, and the records of its reading, each by its SHA-256 and whatever their order,
are compared with those of a job that nothing happened to: "each record once" means that not one is missing, doubled or
changed, and that every digest of chunks, domains and stream was right. Peak memory stays below ${MEMORY_BOUND}.

Between bridge and database the real driver speaks to a test server, which answers from a DuckDB file; there a job has 6,000
containers and 64,393 records, the bridge one job process with two sessions, and leases last 10 s. After each fault no session is
left in a transaction and no cursor or query open. A changed bit is not among these faults: TNS without TLS has no check
sum, so one in a value is a value like any other to driver, bridge and edge, and only one in a length or a message type can be
noticed. Whoever needs more than what TCP checks gives the bridge a \`tcps\` address: TLS refuses what was changed.
`;

/** Faults that only the inside of workerd can be given: tests under `test/edge`. */
const INSIDE = `## Inside the edge

| fault | expected, and shown by a test |
|---|---|
| an object is evicted between any two calls of a bridge | the job goes on: \`object-faults.test.ts\`, "thrown out of memory between any two calls" |
| every object is aborted between any two calls of a bridge | the same: "aborted between any two calls" |
| every object is aborted while readers wait for more | their streams end, and a reader that resumes has each record once: "aborted under its readers" |
| an alarm is lost | the next call does what it had to do and sets it again: "an alarm that is lost" |
| an alarm comes several times, or too soon | nothing happens twice: "an alarm that is repeated" |
| an alarm fails | it is set again first: \`job-lifetime.test.ts\`, "is set again even if what it does fails" |
| the Site object loses everything | live jobs tell it of themselves: \`site-object.test.ts\`, "relearns its live jobs from them" |
| the store of a job has no room for a chunk | what was sealed stays readable, the job ends failed with STORE_FULL: \`test/job/store-full.test.ts\` |
`;

export function formatTable(rows: readonly FaultRow[]): string {
  return joinTable(rows.map(formatRow));
}

function formatRow({ name, fault, expected, observed }: FaultRow): string {
  return `| ${[name, fault, expected, observed].join(' | ')} |`;
}

function joinTable(lines: readonly string[]): string {
  return ['| name | fault | expected | observed |', '|---|---|---|---|', ...lines, ''].join('\n');
}

export function formatFigures(figures: LongFigures, seed: number): string {
  const { failures, ...numbers } = figures;
  const lines = Object.entries(numbers).map(([name, value]) => `| ${name.replaceAll('_', ' ')} | ${value} |`);
  return ['| figure | |', '|---|---|', `| seed | ${seed} |`, ...lines, `| failures | ${failures.length} |`, ''].join(
    '\n',
  );
}

/**
 * Replaces the rows of the faults that were run; the others and the figures of the last long run stay. `all`: every fault
 * there is, in the order of the table.
 */
export async function writeTable(rows: readonly FaultRow[], all: readonly Pick<FaultRow, 'name'>[]): Promise<void> {
  const { table, long } = await readReport();
  const written = table.split('\n');
  const lines = all.flatMap(({ name }) => {
    const row = rows.find((one) => one.name === name);
    return row ? formatRow(row) : written.filter((line) => line.startsWith(`| ${name} |`));
  });
  await writeFile(REPORT_FILE, [HEAD, '## On the lines and processes\n', joinTable(lines), INSIDE, long].join('\n'));
}

/** Replaces the figures of the long run; the table stays. */
export async function writeFigures(figures: LongFigures, seed: number): Promise<void> {
  const { table } = await readReport();
  const text = `${LONG_HEADING}

\`npm run faults -- --long --write\`: in every round one job, whose reader is cut ten times at random bytes, while bridge or edge is
killed twice (\`kill -9\`) at random bytes of its upload.

${formatFigures(figures, seed)}`;
  await writeFile(REPORT_FILE, `${table.trimEnd()}\n\n${text}`);
}

async function readReport(): Promise<{ table: string; long: string }> {
  const text = await readFile(REPORT_FILE, 'utf8').catch(() => '');
  const at = text.indexOf(LONG_HEADING);
  return at < 0 ? { table: text, long: '' } : { table: text.slice(0, at), long: text.slice(at) };
}
