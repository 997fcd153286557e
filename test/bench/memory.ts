import { submitEvents } from '../helpers/edge-calls.ts';
import { startPlant } from '../helpers/plant.ts';
import { peakRssBytes, resetPeakRss } from '../helpers/process-stats.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';
import { median } from './figures.ts';

/** Peak memory of bridge and workerd must not grow with the job. */
export interface MemoryFigures {
  /** Peak RSS in MB by number of containers. */
  readonly workerd_mb: Readonly<Record<string, number>>;
  readonly bridge_mb: Readonly<Record<string, number>>;
}

const SAMPLE_CONTAINERS = 240_000;
const SIZES = [115_000, 230_000];
const WARM_UP_CONTAINERS = 20_000;
const ROUNDS = 3;

export async function measureMemory(): Promise<MemoryFigures> {
  const warehouseFile = await sampleFile(SAMPLE_CONTAINERS);
  const ids = await sampleIds(warehouseFile, SAMPLE_CONTAINERS);
  const workerd: Record<string, number> = {};
  const bridge: Record<string, number> = {};
  for (const size of SIZES) {
    const peaks = [];
    for (let round = 0; round < ROUNDS; round++) peaks.push(await peakOf(warehouseFile, ids.slice(0, size)));
    workerd[size] = Math.round(median(peaks.map((peak) => peak.workerd)) / 1e6);
    bridge[size] = Math.round(median(peaks.map((peak) => peak.bridge)) / 1e6);
    process.stderr.write(`${size} containers: peak ${workerd[size]} MB workerd, ${bridge[size]} MB bridge\n`);
  }
  return { workerd_mb: workerd, bridge_mb: bridge };
}

/** Fresh processes, a job to warm them up, then the one that counts. */
async function peakOf(warehouseFile: string, ids: string[]): Promise<{ workerd: number; bridge: number }> {
  const plant = await startPlant({ warehouseFile });
  try {
    await readJob(plant.url, ids.slice(0, WARM_UP_CONTAINERS));
    for (const pid of [plant.edge.pid, plant.bridge.pid]) resetPeakRss(pid);
    await readJob(plant.url, ids);
    return { workerd: peakRssBytes(plant.edge.pid), bridge: peakRssBytes(plant.bridge.pid) };
  } finally {
    await plant.stop();
  }
}

async function readJob(url: string, ids: readonly string[]): Promise<void> {
  const jobId = await submitEvents(url, { container_ids: ids, domains: ['history', 'materials'] });
  const response = await fetch(`${url}/api/trace/job/${jobId}/stream`);
  for await (const part of response.body ?? []) void part;
}
