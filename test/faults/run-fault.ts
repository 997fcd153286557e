import { waitForBridge } from '../../src/local/readiness.ts';
import type { Fault } from './fault.ts';
import type { FaultBench } from './fault-bench.ts';
import { withLimit } from './with-limit.ts';

/** What one fault came to, beside what it had to. */
export interface FaultRow {
  readonly name: string;
  readonly fault: string;
  readonly expected: string;
  readonly observed: string;
  readonly ok: boolean;
  readonly seconds: number;
}

/** Any fault with its jobs; each wait in it has a limit of its own that says which job hung. */
const FAULT_LIMIT_MS = 600_000;

/** Runs one fault and asks what has to hold after every one: all jobs have ended, nothing is left. Never rejects. */
export async function runFault<Bench extends FaultBench>(bench: Bench, fault: Fault<Bench>): Promise<FaultRow> {
  const { name, expected } = fault;
  const startedMs = performance.now();
  const limit = { limitMs: FAULT_LIMIT_MS, what: 'it did not end' };
  const observed = await withLimit(observeWhole(bench, fault), limit).catch(
    (error: unknown) => `failed: ${describeError(error)}`,
  );
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  return { name, fault: fault.fault, expected, observed, ok: observed === expected, seconds };
}

async function observeWhole<Bench extends FaultBench>(bench: Bench, fault: Fault<Bench>): Promise<string> {
  await waitForBridge(bench.plant.url, AbortSignal.timeout(FAULT_LIMIT_MS));
  bench.takePeakMemory();
  let observed: string;
  try {
    observed = await fault.observe(bench);
  } finally {
    await bench.calm();
  }
  await bench.waitForJobs();
  return [observed, ...(await bench.findLeft())].join('; ');
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
