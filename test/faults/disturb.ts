import { setTimeout as delay } from 'node:timers/promises';
import { statusOf } from '../helpers/edge-calls.ts';
import type { Reading } from './careful-reader.ts';
import type { FaultBench } from './fault-bench.ts';

/** A fault that was waited for and did not come, or came when the job was over, shows nothing. */
const FAULT_LIMIT_MS = 120_000;
const BEGUN_RECORDS = 5000;

/**
 * Submits a job, does `disturb` when its reader has the first records, and reads it to its end.
 * @throws Error if the job was over before it could be disturbed.
 */
export async function disturbJob(
  bench: FaultBench,
  disturb: (jobId: string) => Promise<void>,
): Promise<{ readonly outcome: string; readonly reading: Reading }> {
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
  return { outcome: await bench.describe(jobId, read), reading: read };
}

/** @throws Error if nothing can happen to the job any more. */
export async function requireRunning(bench: FaultBench, jobId: string): Promise<void> {
  const { state } = await statusOf(bench.plant.url, jobId);
  if (state !== 'running') throw new Error(`missed: the job was ${state} before anything happened to it`);
}

/** @throws Error if the fault has not come in time. */
export async function whenFired(fired: Promise<void>): Promise<void> {
  const limit = new AbortController();
  const late = async () => {
    await delay(FAULT_LIMIT_MS, undefined, { signal: limit.signal });
    throw new Error('missed: the byte it waits for did not come by');
  };
  try {
    await Promise.race([fired, late()]);
  } finally {
    limit.abort();
  }
}
