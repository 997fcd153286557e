import { statusOf } from '../helpers/edge-calls.ts';
import type { Reading } from './careful-reader.ts';
import type { FaultBench } from './fault-bench.ts';
import { withLimit } from './with-limit.ts';

/** A fault that was waited for and did not come, or came when the job was over, shows nothing. */
const FAULT_LIMIT_MS = 120_000;
const BEGUN_RECORDS = 5000;

/**
 * Submits a job, does `disturb` when its reader has the first records, and reads it to its end. Answers what came of it.
 * @throws Error if the job was over before it could be disturbed.
 */
export async function disturbJob(bench: FaultBench, disturb: (jobId: string) => Promise<void>): Promise<string> {
  const { jobId, reading } = await readDisturbed(bench, disturb);
  return await bench.describe(jobId, reading);
}

/** The same, and answers what was read. @throws Error if the job was over before it could be disturbed. */
export async function readDisturbed(
  bench: FaultBench,
  disturb: (jobId: string) => Promise<void>,
): Promise<{ jobId: string; reading: Reading }> {
  const jobId = await bench.submit();
  const begun = Promise.withResolvers<void>();
  const reading = bench.read(jobId, {
    onRecords: (records) => (records >= BEGUN_RECORDS ? begun.resolve() : undefined),
  });
  // Its failure is told below, or something that went wrong before.
  reading.catch(() => undefined);
  await Promise.race([begun.promise, reading]);
  await requireRunning(bench, jobId);
  const [, read] = await Promise.all([disturb(jobId), reading]);
  return { jobId, reading: read };
}

/** @throws Error if nothing can happen to the job any more. */
async function requireRunning(bench: FaultBench, jobId: string): Promise<void> {
  const { state } = await statusOf(bench.plant.url, jobId);
  if (state !== 'running') throw new Error(`missed: the job was ${state} before anything happened to it`);
}

/** @throws Error if the fault has not come in time. */
export async function whenFired(fired: Promise<void>): Promise<void> {
  await withLimit(fired, { limitMs: FAULT_LIMIT_MS, what: 'missed: the byte it waits for did not come by' });
}
