import { parseArgs } from 'node:util';
import { DatabaseBench } from './database-bench.ts';
import { DATABASE_LINE_FAULTS } from './database-line.ts';
import type { Fault } from './fault.ts';
import { FaultBench } from './fault-bench.ts';
import { FAULTS } from './faults.ts';
import { LONG_BENCH, runLong } from './long-run.ts';
import { formatFigures, formatTable, writeFigures, writeTable } from './report.ts';
import type { FaultRow } from './run-fault.ts';
import { runFault } from './run-fault.ts';
import { whyNoSmallDisk } from './small-disk.ts';

/**
 * `npm run faults`: does to the real edge and a real bridge what networks, machines and people do to them, and compares
 * what is seen with what was written down before.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    long: { type: 'boolean', default: false },
    seed: { type: 'string' },
    from: { type: 'string', default: '0' },
    cuts: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '200' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const USAGE = `npm run faults [-- options]

  --only NAME   only faults whose name contains it
  --long        instead: cuts of readers and kills of bridge or edge at random, about 20 minutes
  --seed N      what is random in it follows from this number; default another one each time, which is printed
  --from K      its first round: goes on where a run of the same seed was stopped
  --cuts N      default 1000
  --kills N     default 200
  --write       keeps what was seen in test/e2e/FAULTS.md
`;
const MAX_SEED = 2 ** 31;
const SHOWN_LOG_LINES = 60;

if (values.help) process.stdout.write(USAGE);
else {
  const ok = await (values.long ? runLongMode() : runTable());
  process.exitCode = ok ? 0 : 1;
}

async function runTable(): Promise<boolean> {
  const rows = [
    ...(await runChosen(FAULTS, () => FaultBench.start())),
    ...(await runChosen(DATABASE_LINE_FAULTS, () => DatabaseBench.start())),
  ];
  process.stdout.write(`\n${formatTable(rows)}`);
  if (values.write) await writeTable(rows, [...FAULTS, ...DATABASE_LINE_FAULTS]);
  return rows.every((row) => row.ok);
}

async function runChosen<Bench extends FaultBench>(
  faults: readonly Fault<Bench>[],
  start: () => Promise<Bench>,
): Promise<FaultRow[]> {
  const chosen = faults.filter(({ name }) => name.includes(values.only));
  const rows: FaultRow[] = [];
  if (chosen.length === 0) return rows;
  let bench = await start();
  try {
    for (const fault of chosen) {
      const row = skipped(fault) ?? (await runFault(bench, fault));
      rows.push(row);
      process.stderr.write(`${row.ok ? 'ok     ' : 'FAILED '} ${row.name} (${row.seconds} s)\n`);
      if (row.ok) continue;
      process.stderr.write(`  expected ${row.expected}\n  observed ${row.observed}\n`);
      process.stderr.write(`${bench.plant.log.slice(-SHOWN_LOG_LINES).join('\n')}\n`);
      // What went wrong must not be taken for the next fault's doing.
      await bench.stop();
      bench = await start();
    }
  } finally {
    await bench.stop();
  }
  return rows;
}

function skipped(fault: Omit<Fault, 'observe'>): FaultRow | undefined {
  const reason = fault.needs === 'mount' ? whyNoSmallDisk() : undefined;
  return reason === undefined ? undefined : { ...fault, observed: `not run: ${reason}`, ok: true, seconds: 0 };
}

async function runLongMode(): Promise<boolean> {
  const seed = values.seed === undefined ? Math.floor(Math.random() * MAX_SEED) : Number(values.seed);
  const bench = await FaultBench.start(LONG_BENCH);
  try {
    const figures = await runLong(bench, {
      seed,
      from: Number(values.from),
      cuts: Number(values.cuts),
      kills: Number(values.kills),
      onRound: (line) => process.stderr.write(`${line}\n`),
      onFailure: (line) =>
        process.stderr.write(`FAILED ${line}\n${bench.plant.log.slice(-SHOWN_LOG_LINES).join('\n')}\n`),
    });
    process.stdout.write(`\n${formatFigures(figures, seed)}`);
    if (values.write && figures.failures.length === 0) await writeFigures(figures, seed);
    return figures.failures.length === 0;
  } finally {
    await bench.stop();
  }
}
