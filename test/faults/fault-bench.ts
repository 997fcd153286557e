import { isTerminal } from '#protocol/job.ts';
import { statusOf, submitEvents, waitForJob } from '../helpers/edge-calls.ts';
import { FaultProxy } from '../helpers/fault-proxy.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { peakRssBytes, resetPeakRss, withChildren } from '../helpers/process-stats.ts';
import type { RecordTally } from '../helpers/record-tally.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';
import type { CarefulOptions, Reading } from './careful-reader.ts';
import { readCarefully } from './careful-reader.ts';
import type { PeakMemory } from './memory-bound.ts';
import { excessOf } from './memory-bound.ts';

/** A lease, and with it the time that a silent bridge is waited for. */
export const LEASE_TTL_MS = 2000;
/** Enough that a job is still running when it has been hit several times. */
const CONTAINERS = 12_000;
const DOMAINS = ['history', 'materials'];
const LEAST_RECORDS = 50_000;

export interface BenchParts {
  readonly plant: Plant;
  /** Between bridge and edge: control socket, leases, chunks. */
  readonly bridgeLine: FaultProxy;
  /** Between readers and edge. */
  readonly readerLine: FaultProxy;
  /** The containers of the job that every fault hits. */
  readonly ids: readonly string[];
}

/** The real edge and a real bridge with a proxy on each of their lines, and what a job gives that nothing happens to. */
export class FaultBench {
  readonly plant: Plant;
  readonly bridgeLine: FaultProxy;
  readonly readerLine: FaultProxy;
  readonly ids: readonly string[];
  readonly undisturbed: RecordTally;
  /** Jobs whose end was not seen yet. */
  readonly #submitted = new Set<string>();

  protected constructor({ plant, bridgeLine, readerLine, ids }: BenchParts, undisturbed: RecordTally) {
    this.plant = plant;
    this.bridgeLine = bridgeLine;
    this.readerLine = readerLine;
    this.ids = ids;
    this.undisturbed = undisturbed;
  }

  /** `containers`: of the job; all of the sample unless given. */
  static async start({ containers = CONTAINERS, leaseTtlMs = LEASE_TTL_MS } = {}): Promise<FaultBench> {
    const parts = await openParts({ sample: CONTAINERS, containers, leaseTtlMs });
    try {
      return new FaultBench(parts, await readUndisturbed(parts, LEAST_RECORDS));
    } catch (error) {
      await closeParts(parts);
      throw error;
    }
  }

  /** Submits the job; its end is watched for. */
  async submit(): Promise<string> {
    const jobId = await submitFaultJob(this.plant.url, this.ids);
    this.#submitted.add(jobId);
    return jobId;
  }

  /** Reads a job over the readers' line. @throws Error that names the job if it does not end. */
  async read(jobId: string, options?: CarefulOptions): Promise<Reading> {
    return await readCarefully(this.readerLine.url, jobId, options);
  }

  /** What came of a job, in the words of the table. `url`: of the edge that has it, if that is another one. */
  async describe(jobId: string, reading: Reading, url = this.plant.url): Promise<string> {
    const { state, error } = await statusOf(url, jobId);
    const { lost, doubled, unknown } = reading.tally.compare(this.undisturbed);
    const records =
      lost + doubled + unknown === 0
        ? 'each record once'
        : `${lost} records lost, ${doubled} doubled, ${unknown} unknown`;
    const refusals = reading.refusals.slice(0, 1).map((refusal) => `a reader refused: ${refusal}`);
    return [error ? `${state} ${error.code}` : state, records, ...refusals].join('; ');
  }

  /** Takes every fault off both lines. */
  async calm(): Promise<void> {
    for (const line of [this.bridgeLine, this.readerLine]) line.calm();
    await Promise.resolve();
  }

  /** Waits for the end of every job that was submitted. @throws Error that names one that does not end. */
  async waitForJobs(): Promise<void> {
    for (const jobId of this.#submitted) {
      await waitForJob(this.plant.url, jobId, ({ state }) => isTerminal(state)).catch((cause: unknown) => {
        throw new Error(`job ${jobId} does not end`, { cause });
      });
      this.#submitted.delete(jobId);
    }
  }

  /** What a fault has left behind that it must not, in the words of the table. */
  async findLeft(): Promise<string[]> {
    return await Promise.resolve(excessOf(this.takePeakMemory()));
  }

  /** The most that the processes were resident with since this was asked last. */
  takePeakMemory(): PeakMemory {
    const { edge, bridge } = this.plant;
    const peaks = { workerdBytes: peakRssBytes(edge.pid), bridgeBytes: withChildren(peakRssBytes)(bridge.pid) };
    for (const pid of [edge.pid, bridge.pid]) resetPeakRss(pid);
    return peaks;
  }

  async stop(): Promise<void> {
    await closeParts(this);
  }
}

export async function submitFaultJob(url: string, ids: readonly string[]): Promise<string> {
  return await submitEvents(url, { container_ids: ids, domains: DOMAINS });
}

interface PartsOptions {
  /** Containers of the sample, and of the job. */
  readonly sample: number;
  readonly containers: number;
  readonly leaseTtlMs: number;
  readonly bridgeVariables?: Readonly<Record<string, string>>;
}

export async function openParts(options: PartsOptions): Promise<BenchParts> {
  const { sample, containers, leaseTtlMs } = options;
  const warehouseFile = await sampleFile(sample);
  const ids = await sampleIds(warehouseFile, containers);
  const routed = Promise.withResolvers<FaultProxy>();
  const plant = await startPlant({
    warehouseFile,
    edgeVariables: { LEASE_TTL_MS: String(leaseTtlMs) },
    // Whatever else this machine does, the job goes on: it is what things happen to.
    bridgeVariables: { BATCH_NICENESS: '0', ...options.bridgeVariables },
    bridgeRoute: async (edgeUrl) => {
      const line = await FaultProxy.start(portOf(edgeUrl));
      routed.resolve(line);
      return line.url;
    },
  });
  return { plant, ids, bridgeLine: await routed.promise, readerLine: await FaultProxy.start(portOf(plant.url)) };
}

/** Runs the job once. @throws Error if it does not succeed, or gives so few records that a fault could miss it. */
export async function readUndisturbed({ plant, ids }: BenchParts, leastRecords: number): Promise<RecordTally> {
  const { tally, check } = await readCarefully(plant.url, await submitFaultJob(plant.url, ids));
  if (check.terminal?.type !== 'complete' || tally.total < leastRecords)
    throw new Error(`the undisturbed job gave ${tally.total} records and ended with ${check.terminal?.type}`);
  return tally;
}

export async function closeParts({ plant, bridgeLine, readerLine }: Omit<BenchParts, 'ids'>): Promise<void> {
  await plant.stop();
  await Promise.all([bridgeLine.close(), readerLine.close()]);
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
