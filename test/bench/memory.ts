import { post, submitEvents, waitForJob } from '../helpers/edge-calls.ts';
import { startPlant } from '../helpers/plant.ts';
import { peakRssBytes, resetPeakRss, withChildren } from '../helpers/process-stats.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';
import { median } from './figures.ts';

/** Peak memory of bridge and workerd must not grow with the job. */
export interface MemoryFigures {
  /** Peak RSS in MB by number of containers. */
  readonly workerd_mb: Readonly<Record<string, number>>;
  readonly bridge_mb: Readonly<Record<string, number>>;
}

const SAMPLE_CONTAINERS = 300_000;
/** Posted inline; with their ancestors they are enough for the larger job, whose own ids would not fit into a body. */
const SEEDS = 200_000;
const SIZES = [115_000, 230_000];
const WARM_UP_CONTAINERS = 20_000;
const ROUNDS = 3;

export async function measureMemory(): Promise<MemoryFigures> {
  const warehouseFile = await sampleFile(SAMPLE_CONTAINERS);
  const every = await sampleIds(warehouseFile, SAMPLE_CONTAINERS);
  const seeds = every.filter((_id, index) => index % 3 !== 2).slice(0, SEEDS);
  const workerd: Record<string, number> = {};
  const bridge: Record<string, number> = {};
  for (const size of SIZES) {
    const peaks = [];
    for (let round = 0; round < ROUNDS; round++) peaks.push(await peakOf(warehouseFile, seeds, size));
    workerd[size] = Math.round(median(peaks.map((peak) => peak.workerd)) / 1e6);
    bridge[size] = Math.round(median(peaks.map((peak) => peak.bridge)) / 1e6);
    process.stderr.write(`${size} containers: peak ${workerd[size]} MB workerd, ${bridge[size]} MB bridge\n`);
  }
  return { workerd_mb: workerd, bridge_mb: bridge };
}

/** Fresh processes, a job to warm them up, then the one that counts. */
async function peakOf(
  warehouseFile: string,
  seeds: readonly string[],
  size: number,
): Promise<{ workerd: number; bridge: number }> {
  const plant = await startPlant({ warehouseFile });
  try {
    const lineage = await walkLineage(plant.url, seeds);
    await readEvents(plant.url, lineage, WARM_UP_CONTAINERS);
    for (const pid of [plant.edge.pid, plant.bridge.pid]) resetPeakRss(pid);
    await readEvents(plant.url, lineage, size);
    return { workerd: peakRssBytes(plant.edge.pid), bridge: withChildren(peakRssBytes)(plant.bridge.pid) };
  } finally {
    await plant.stop();
  }
}

/** Answers the id of a job whose `nodes` are the containers to read. */
async function walkLineage(url: string, seeds: readonly string[]): Promise<string> {
  const body = { profile: 'mid_section_defect', container_ids: seeds };
  const response = await post(`${url}/api/trace/lineage`, body, { prefer: 'respond-async' });
  const { job_id: jobId } = (await response.json()) as { job_id: string };
  const { domains } = await waitForJob(url, jobId, (status) => status.state === 'succeeded');
  const nodes = domains.nodes?.records ?? 0;
  if (nodes < Math.max(...SIZES)) throw new Error(`the sample gives ${nodes} containers only`);
  return jobId;
}

async function readEvents(url: string, lineage: string, size: number): Promise<void> {
  const jobId = await submitEvents(url, {
    container_ids_from: { job_id: lineage, domain: 'nodes' },
    ids_range: { from: 0, to: size },
    domains: ['history', 'materials'],
  });
  const response = await fetch(`${url}/api/trace/job/${jobId}/stream`);
  for await (const part of response.body ?? []) void part;
}
