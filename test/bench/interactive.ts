import { submitEvents, post, waitForJob } from '../helpers/edge-calls.ts';
import { startPlant } from '../helpers/plant.ts';
import { sampleIds } from '../helpers/sample-file.ts';
import { median } from './figures.ts';

/** A click while two long traces run, against the same click on an idle system. */
export interface InteractiveFigures {
  readonly idle_ms: number;
  readonly busy_ms: number;
  readonly ratio: number;
}

const LONG_JOB_CONTAINERS = 110_000;
const CLICKS = 15;
const WARM_UP_ROUNDS = 3;

export async function measureInteractive(warehouseFile: string): Promise<InteractiveFigures> {
  const plant = await startPlant({ warehouseFile });
  try {
    const ids = await sampleIds(warehouseFile, LONG_JOB_CONTAINERS);
    const click = async (index: number) => {
      const startedMs = performance.now();
      const body = {
        profile: 'query_tool',
        container_ids: ids.slice(index * 50, index * 50 + 50),
        domains: ['history'],
      };
      const response = await post(`${plant.url}/api/trace/events`, body, { 'cache-control': 'no-cache' });
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
      await response.arrayBuffer();
      return performance.now() - startedMs;
    };
    const clicks = async () => {
      const times: number[] = [];
      for (let index = 0; index < CLICKS; index++) times.push(await click(index));
      return median(times);
    };
    // A system is idle when its workers have opened their warehouses, which takes seconds.
    for (let round = 0; round < WARM_UP_ROUNDS; round++) await clicks();
    const idle = await clicks();
    const domains = ['history', 'materials', 'rejects', 'upstream_history'];
    const jobs = [];
    for (let job = 0; job < 2; job++) jobs.push(await submitEvents(plant.url, { container_ids: ids, domains }));
    for (const job of jobs) await waitForJob(plant.url, job, (status) => status.state === 'running');
    const busy = await clicks();
    for (const job of jobs) await fetch(`${plant.url}/api/trace/job/${job}`, { method: 'DELETE' });
    const report = {
      idle_ms: Math.round(idle),
      busy_ms: Math.round(busy),
      ratio: Math.round((busy / idle) * 100) / 100,
    };
    process.stderr.write(`interactive call: ${report.idle_ms} ms idle, ${report.busy_ms} ms beside two long jobs\n`);
    return report;
  } finally {
    await plant.stop();
  }
}
