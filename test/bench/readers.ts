import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { request } from 'undici';
import { submitEvents, waitForJob } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { peakRssBytes, resetPeakRss, rssBytes } from '../helpers/process-stats.ts';
import { sampleIds } from '../helpers/sample-file.ts';
import { StreamCheck } from '../helpers/stream-check.ts';

/** One reader of a job that is just being read from the warehouse, alone, and beside others that behave badly. */
export interface ReaderFigures {
  readonly records: number;
  readonly alone_ms: number;
  /** Beside one that takes nothing for a minute and ten that leave at once. */
  readonly beside_stalled_ms: number;
  readonly ratio: number;
  /** What the minute adds to workerd's memory. */
  readonly stalled_growth_mb: number;
  /** All of ten readers that read the same result at once, on this machine's cores. */
  readonly ten_at_once_ms: number;
  readonly ten_at_once_growth_mb: number;
}

const CONTAINERS = 115_000;
const STALL_MS = 60_000;
const LEAVERS = 10;
const TOGETHER = 10;

export async function measureReaders(warehouseFile: string): Promise<ReaderFigures> {
  const plant = await startPlant({ warehouseFile });
  try {
    const events = {
      container_ids: await sampleIds(warehouseFile, CONTAINERS),
      domains: ['history', 'materials'],
    };
    await readWhole(plant, await submitEvents(plant.url, events));

    const aloneMs = await timed(async () => readWhole(plant, await submitEvents(plant.url, events)));

    const jobId = await submitEvents(plant.url, events);
    await waitForJob(plant.url, jobId, (status) => status.state !== 'queued');
    const before = rssBytes(plant.edge.pid);
    const stalled = await openStream(plant, jobId);
    const stalledUntil = delay(STALL_MS);
    const besideMs = await timed(async () => {
      for (let leaver = 0; leaver < LEAVERS; leaver++) (await openStream(plant, jobId)).destroy();
      await readWhole(plant, jobId);
    });
    // What ran beside it has its own peak; from here on only the stalled one is left.
    resetPeakRss(plant.edge.pid);
    await stalledUntil;
    const stalledGrowth = peakRssBytes(plant.edge.pid) - before;
    const { records } = await checkRecords(stalled);

    const beforeTen = rssBytes(plant.edge.pid);
    resetPeakRss(plant.edge.pid);
    const tenMs = await timed(() => Promise.all(Array.from({ length: TOGETHER }, () => readWhole(plant, jobId))));
    const figures = {
      records,
      alone_ms: Math.round(aloneMs),
      beside_stalled_ms: Math.round(besideMs),
      ratio: Math.round((besideMs / aloneMs) * 100) / 100,
      stalled_growth_mb: Math.round(stalledGrowth / 1e6),
      ten_at_once_ms: Math.round(tenMs),
      ten_at_once_growth_mb: Math.round((peakRssBytes(plant.edge.pid) - beforeTen) / 1e6),
    };
    process.stderr.write(`readers: ${JSON.stringify(figures)}\n`);
    return figures;
  } finally {
    await plant.stop();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

async function openStream(plant: Plant, jobId: string) {
  const headers = { 'accept-encoding': 'gzip' };
  const { body } = await request(`${plant.url}/api/trace/job/${jobId}/stream`, { headers, bodyTimeout: 0 });
  return body;
}

/** Takes every byte and looks at none: what is measured is the edge. */
async function readWhole(plant: Plant, jobId: string): Promise<void> {
  for await (const part of await openStream(plant, jobId)) void part;
}

/** @throws Error unless every record came once and every digest is right. */
async function checkRecords(stream: NodeJS.ReadableStream): Promise<StreamCheck> {
  const check = new StreamCheck();
  for await (const line of createInterface({ input: stream.pipe(createGunzip()) })) check.take(`${line}\n`);
  if (check.terminal?.type !== 'complete') throw new Error('the stalled reader did not come to the end');
  return check;
}
