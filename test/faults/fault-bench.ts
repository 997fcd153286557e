import { isTerminal } from '#protocol/job.ts';
import type { JobStatus } from '#protocol/job.ts';
import { statusOf, submitEvents, waitForJob } from '../helpers/edge-calls.ts';
import { FaultProxy } from '../helpers/fault-proxy.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { peakRssBytes, resetPeakRss, withChildren } from '../helpers/process-stats.ts';
import type { RecordTally } from '../helpers/record-tally.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';
import type { CarefulOptions, Reading } from './careful-reader.ts';
import { readCarefully } from './careful-reader.ts';

/** The real edge and a real bridge with a proxy on each of their lines, and what a job gives that nothing happens to. */
export interface FaultBench {
  readonly plant: Plant;
  /** Between bridge and edge: control socket, leases, chunks. */
  readonly bridgeLine: FaultProxy;
  /** Between readers and edge. */
  readonly readerLine: FaultProxy;
  readonly undisturbed: RecordTally;
  /** The containers of the job that every fault hits. */
  readonly ids: readonly string[];
  /** Submits that job; its id is watched until its end. */
  submit(): Promise<string>;
  /** Reads a job over the readers' line. @throws Error that names the job if it does not end. */
  read(jobId: string, options?: CarefulOptions): Promise<Reading>;
  /** The outcome of a job in the words of the table. `url`: of the edge that has it, if that is another one. */
  describe(jobId: string, reading: Reading, url?: string): Promise<string>;
  /** Takes every fault off both lines. */
  calm(): void;
  /** Waits for the end of every job that was submitted. @throws Error that names one that does not end. */
  waitForJobs(): Promise<void>;
  /** The most that workerd and the bridge with its job processes were resident with since this was asked last. */
  takePeakMemory(): { readonly workerdBytes: number; readonly bridgeBytes: number };
  stop(): Promise<void>;
}

/** Enough that a job is still running when it has been hit several times. */
const CONTAINERS = 12_000;
const DOMAINS = ['history', 'materials'];
const LEAST_RECORDS = 50_000;
/** A lease, and with it the time that a silent bridge is waited for. */
export const LEASE_TTL_MS = 2000;

/** `containers`: of the job; all of the sample unless given. */
export async function startFaultBench({ containers = CONTAINERS } = {}): Promise<FaultBench> {
  const warehouseFile = await sampleFile(CONTAINERS);
  const ids = await sampleIds(warehouseFile, containers);
  let bridgeLine: FaultProxy | undefined;
  const plant = await startPlant({
    warehouseFile,
    edgeVariables: { LEASE_TTL_MS: String(LEASE_TTL_MS) },
    // Whatever else this machine does, the job goes on: it is what things happen to.
    bridgeVariables: { BATCH_NICENESS: '0' },
    bridgeRoute: async (edgeUrl) => {
      bridgeLine = await FaultProxy.start(portOf(edgeUrl));
      return bridgeLine.url;
    },
  });
  const lines = { bridge: bridgeLine as unknown as FaultProxy, reader: await FaultProxy.start(portOf(plant.url)) };
  const watched = new Set<string>();
  const submit = async () => {
    const jobId = await submitFaultJob(plant.url, ids);
    watched.add(jobId);
    return jobId;
  };
  const read = (jobId: string, options?: CarefulOptions) => readCarefully(lines.reader.url, jobId, options);
  const stop = async () => {
    await plant.stop();
    await Promise.all(Object.values(lines).map((line) => line.close()));
  };
  try {
    const { tally, check } = await read(await submit());
    if (check.terminal?.type !== 'complete' || tally.total < LEAST_RECORDS)
      throw new Error(`the undisturbed job gave ${tally.total} records and ended with ${check.terminal?.type}`);
    return {
      plant,
      bridgeLine: lines.bridge,
      readerLine: lines.reader,
      undisturbed: tally,
      ids,
      submit,
      read,
      describe: async (jobId, reading, url = plant.url) => describeOutcome(await statusOf(url, jobId), reading, tally),
      calm() {
        for (const line of Object.values(lines)) {
          line.disarm();
          line.throttle(undefined);
          line.resume();
        }
      },
      async waitForJobs() {
        for (const jobId of watched) {
          await waitForJob(plant.url, jobId, ({ state }) => isTerminal(state)).catch((cause: unknown) => {
            throw new Error(`job ${jobId} does not end`, { cause });
          });
          watched.delete(jobId);
        }
      },
      takePeakMemory() {
        const { edge, bridge } = plant;
        const peaks = {
          workerdBytes: peakRssBytes(edge.pid),
          bridgeBytes: withChildren(peakRssBytes)(bridge.pid),
        };
        for (const pid of [edge.pid, bridge.pid]) resetPeakRss(pid);
        return peaks;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export async function submitFaultJob(url: string, ids: readonly string[]): Promise<string> {
  return await submitEvents(url, { container_ids: ids, domains: DOMAINS });
}

/** What came of a job, and of every record of it beside the undisturbed reading. */
function describeOutcome({ state, error }: JobStatus, reading: Reading, undisturbed: RecordTally): string {
  const { lost, doubled, unknown } = reading.tally.compare(undisturbed);
  const parts = [error ? `${state} ${error.code}` : state];
  if (lost + doubled + unknown === 0) parts.push('each record once');
  else parts.push(`${lost} records lost, ${doubled} doubled, ${unknown} unknown`);
  const [refusal] = reading.refusals;
  if (refusal !== undefined) parts.push(`a reader refused: ${refusal}`);
  return parts.join('; ');
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
