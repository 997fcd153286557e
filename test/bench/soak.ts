import { setTimeout as delay } from 'node:timers/promises';
import { IDLE_BEFORE_TRIM_MS } from '../../oracle-bridge/job/memory-trim.ts';
import { submitEvents, waitForJob } from '../helpers/edge-calls.ts';
import { startPlant } from '../helpers/plant.ts';
import { rssBytes, withChildren } from '../helpers/process-stats.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';
import { slopeOf } from './figures.ts';

/** A hundred jobs one after the other in the same processes: memory that is not given back shows as a slope. */
export interface SoakFigures {
  readonly jobs: number;
  readonly records: number;
  /** Resident after each job, from the first on. */
  readonly workerd_mb: readonly number[];
  readonly bridge_mb: readonly number[];
  /**
   * By which memory grows with each job, from job 20 on; least squares. Only the bridge has a bound: the allocator of
   * workerd levels off at 410–450 MB behind some 450 jobs, which a run of 100 cannot show, and its heap is 2 MB after a
   * collection however many jobs there were.
   */
  readonly workerd_slope_mb: number;
  readonly bridge_slope_mb: number;
  readonly bound_mb: number;
  readonly within_bound: boolean;
}

const SAMPLE_CONTAINERS = 12_000;
const JOBS = 100;
/** Until then caches fill, pools get their threads, and code is compiled; the same jobs come again every so many. */
const WARM_UP_JOBS = 20;
/** More than `IDLE_BEFORE_TRIM_MS` and what the giving back takes. */
const SETTLE_MS = IDLE_BEFORE_TRIM_MS + 1000;
const MAX_SLOPE_MB = 0.2;
/** In turn; up to 1000 containers run in the lane of short jobs. */
const SIZES = [1000, 2000, 500, 5000];
const FIRST_IDS = [0, 1000, 2000, 3000, 4000];
const DOMAINS = ['history', 'materials', 'rejects', 'holds'];

export async function measureSoak(): Promise<SoakFigures> {
  const warehouseFile = await sampleFile(SAMPLE_CONTAINERS);
  const ids = await sampleIds(warehouseFile, SAMPLE_CONTAINERS);
  const plant = await startPlant({ warehouseFile });
  const workerd: number[] = [];
  const bridge: number[] = [];
  let records = 0;
  try {
    for (let job = 0; job < JOBS; job++) {
      const size = SIZES[job % SIZES.length] ?? 0;
      const from = FIRST_IDS[job % FIRST_IDS.length] ?? 0;
      records += await runJob(plant.url, ids.slice(from, from + size));
      // As it is between two jobs: a job worker gives back what it held when it has been idle.
      await delay(SETTLE_MS);
      workerd.push(toMb(rssBytes(plant.edge.pid)));
      bridge.push(toMb(withChildren(rssBytes)(plant.bridge.pid)));
      process.stderr.write(`soak: job ${job + 1}, ${workerd.at(-1)} MB workerd, ${bridge.at(-1)} MB bridge\n`);
    }
  } finally {
    await plant.stop();
  }
  const slopes = {
    workerd_slope_mb: slopeOf(workerd.slice(WARM_UP_JOBS - 1)),
    bridge_slope_mb: slopeOf(bridge.slice(WARM_UP_JOBS - 1)),
  };
  const within = slopes.bridge_slope_mb <= MAX_SLOPE_MB;
  process.stderr.write(
    `soak: ${JSON.stringify(slopes)} MB a job, bound ${MAX_SLOPE_MB}${within ? '' : ': TOO MUCH'}\n`,
  );
  return {
    jobs: JOBS,
    records,
    workerd_mb: workerd,
    bridge_mb: bridge,
    ...slopes,
    bound_mb: MAX_SLOPE_MB,
    within_bound: within,
  };
}

/** Submits a job, reads its stream to the end and answers its records. */
async function runJob(url: string, ids: readonly string[]): Promise<number> {
  const jobId = await submitEvents(url, { container_ids: ids, domains: DOMAINS });
  const response = await fetch(`${url}/api/trace/job/${jobId}/stream`);
  for await (const part of response.body ?? []) void part;
  const { domains } = await waitForJob(url, jobId, (status) => status.state === 'succeeded');
  return Object.values(domains).reduce((sum, domain) => sum + domain.records, 0);
}

function toMb(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
