import { statusOf } from '../helpers/edge-calls.ts';
import { whenFired } from './disturb.ts';
import type { FaultBench } from './fault-bench.ts';
import { excessOf } from './memory-bound.ts';
import type { Random } from './random.ts';
import { randomOf } from './random.ts';
import { withLimit } from './with-limit.ts';

/** Random cuts of readers and random kills of bridge and edge, round by round, each with a job of its own. */
export interface LongOptions {
  readonly seed: number;
  /** First round; what the rounds before it did is another run's. */
  readonly from: number;
  /** At least so many in all rounds. */
  readonly cuts: number;
  readonly kills: number;
  readonly onRound: (line: string) => void;
  readonly onFailure: (line: string) => void;
}

export interface LongFigures {
  rounds: number;
  cuts: number;
  kills_of_bridge: number;
  kills_of_edge: number;
  jobs_succeeded: number;
  /** Of the terminal lines' totals; what was read again after a cut is not counted twice. */
  records_read: number;
  responses: number;
  lost: number;
  doubled: number;
  unknown: number;
  /** Digests of chunks, domains and streams that were not right. */
  wrong_digests: number;
  peak_workerd_mb: number;
  peak_bridge_mb: number;
  elapsed_seconds: number;
  /** What went wrong, by round. */
  readonly failures: string[];
}

const CUTS_PER_ROUND = 10;
const KILLS_PER_ROUND = 2;
/**
 * Half the records of the table, to go through many jobs, and leases that also live on a machine with other work to do: a
 * bridge that starts again ends its old ones by itself.
 */
export const LONG_BENCH = { containers: 6000, leaseTtlMs: 10_000 };
/** A stream of the job has 3 MB and what is read again after each cut: ten cuts always find a stream under way. */
const CUT_BYTES = { least: 5_000, most: 250_000 };
/** Its chunks have 3 MB too. */
const KILL_BYTES = { least: 50_000, most: 900_000 };
const ROUND_LIMIT_MS = 300_000;
/** A plant that fails over and over shows nothing new. */
const MAX_FAILURES = 5;

export async function runLong(bench: FaultBench, options: LongOptions): Promise<LongFigures> {
  const startedMs = performance.now();
  const figures: LongFigures = {
    rounds: 0,
    cuts: 0,
    kills_of_bridge: 0,
    kills_of_edge: 0,
    jobs_succeeded: 0,
    records_read: 0,
    responses: 0,
    lost: 0,
    doubled: 0,
    unknown: 0,
    wrong_digests: 0,
    peak_workerd_mb: 0,
    peak_bridge_mb: 0,
    elapsed_seconds: 0,
    failures: [],
  };
  const rounds = Math.max(Math.ceil(options.cuts / CUTS_PER_ROUND), Math.ceil(options.kills / KILLS_PER_ROUND));
  bench.takePeakMemory();
  for (let round = options.from; round < rounds && figures.failures.length < MAX_FAILURES; round++) {
    const random = randomOf(options.seed, round);
    const limit = { limitMs: ROUND_LIMIT_MS, what: 'the round did not end' };
    try {
      await withLimit(runRound(bench, random, figures), limit);
      noteMemory(bench, figures);
    } catch (error) {
      const failure = `round ${round}: ${error instanceof Error ? error.message : String(error)}`;
      figures.failures.push(failure);
      options.onFailure(failure);
    } finally {
      await bench.calm();
    }
    figures.rounds++;
    figures.elapsed_seconds = Math.round((performance.now() - startedMs) / 1000);
    options.onRound(
      `round ${round} of ${rounds}, seed ${options.seed}: ${figures.cuts} cuts, ` +
        `${figures.kills_of_bridge + figures.kills_of_edge} kills, ${figures.lost} lost, ${figures.doubled} doubled, ` +
        `${figures.failures.length} failures, ${figures.elapsed_seconds} s`,
    );
  }
  return figures;
}

/** One job, read by one reader while both are disturbed. @throws Error with the job's id. */
async function runRound(bench: FaultBench, random: Random, figures: LongFigures): Promise<void> {
  const jobId = await bench.submit();
  const reading = bench.read(jobId);
  reading.catch(() => undefined);
  const [read] = await Promise.all([reading, cutReader(bench, random, figures), kill(bench, random, figures)]);
  const { state, error } = await statusOf(bench.plant.url, jobId);
  if (state !== 'succeeded') throw new Error(`job ${jobId} is ${state} ${error?.code}`);
  const { lost, doubled, unknown } = read.tally.compare(bench.undisturbed);
  figures.lost += lost;
  figures.doubled += doubled;
  figures.unknown += unknown;
  figures.wrong_digests += read.refusals.length;
  figures.records_read += read.tally.total;
  figures.responses += read.cuts + 1;
  const [refusal] = read.refusals;
  if (lost + doubled + unknown > 0)
    throw new Error(`job ${jobId}: ${lost} lost, ${doubled} doubled, ${unknown} unknown`);
  if (refusal !== undefined) throw new Error(`job ${jobId}: a reader refused: ${refusal}`);
  figures.jobs_succeeded++;
}

async function cutReader({ readerLine }: FaultBench, random: Random, figures: LongFigures): Promise<void> {
  for (let cut = 0; cut < CUTS_PER_ROUND; cut++) {
    const afterBytes = random.between(CUT_BYTES.least, CUT_BYTES.most);
    await whenFired(readerLine.arm({ fault: { kind: 'cut' }, direction: 'to_client', afterBytes }));
    figures.cuts++;
  }
}

async function kill({ plant, bridgeLine }: FaultBench, random: Random, figures: LongFigures): Promise<void> {
  for (let kill = 0; kill < KILLS_PER_ROUND; kill++) {
    await whenFired(bridgeLine.whenCarried('to_server', random.between(KILL_BYTES.least, KILL_BYTES.most)));
    if (random.between(0, 1) === 0) {
      await plant.bridge.kill();
      await plant.startBridge();
      figures.kills_of_bridge++;
    } else {
      await plant.edge.crash();
      figures.kills_of_edge++;
    }
  }
}

/** @throws Error if a process took more than it may. */
function noteMemory(bench: FaultBench, figures: LongFigures): void {
  const peaks = bench.takePeakMemory();
  figures.peak_workerd_mb = Math.max(figures.peak_workerd_mb, Math.round(peaks.workerdBytes / 1e6));
  figures.peak_bridge_mb = Math.max(figures.peak_bridge_mb, Math.round(peaks.bridgeBytes / 1e6));
  const [excess] = excessOf(peaks);
  if (excess !== undefined) throw new Error(excess);
}
