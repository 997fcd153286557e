import { afterEach, afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BridgeFleet, type FleetBridge, makeFleet } from '../helpers/bridge-fleet.ts';
import { statusOf, submitEvents } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';
import { childrenOf } from '../helpers/process-stats.ts';
import { readStream, readToEnd, StreamCheck } from '../helpers/stream-check.ts';

/** Two bridges of one site beside each other, as real processes. */
const SAMPLE_CONTAINERS = 12_000;
/** Of each job: enough for it to be met in the middle … */
const CONTAINERS = 6000;
/** … and for it to be still there when the next one comes. */
const SHARED_CONTAINERS = 2000;
const DOMAINS = ['history', 'materials'];
const NAMES = ['bridge-a', 'bridge-b'] as const;
/** Long jobs only, which end in time however busy this machine is. */
const VARIABLES = { SLOTS_INTERACTIVE: '0', DUCKDB_THREADS: '1', SHUTDOWN_GRACE_SECONDS: '100' };

let warehouseFile: string;
let ids: string[];
let plant: Plant;
let fleet: BridgeFleet;
/** Records of an undisturbed job, by its containers. */
const undisturbed = new Map<number, number>();

beforeAll(async () => {
  warehouseFile = await sampleFile(SAMPLE_CONTAINERS);
  ids = await sampleIds(warehouseFile, CONTAINERS);
});

/** An edge whose leases last so long, and no bridge but those of the fleet. */
function usePlant(leaseTtlMs: number): void {
  beforeAll(async () => {
    fleet = await makeFleet(NAMES, { site: 'fab1', warehouseFile, edgeUrl: () => plant.url });
    const edgeVariables = { LEASE_TTL_MS: String(leaseTtlMs) };
    plant = await startPlant({ warehouseFile, edgeVariables, otherBridges: fleet.entries });
    for (const containers of [CONTAINERS, SHARED_CONTAINERS]) {
      if (!undisturbed.has(containers))
        undisturbed.set(containers, (await readToEnd(plant.url, await submit(containers))).records);
    }
    if ((undisturbed.get(CONTAINERS) ?? 0) < 30_000) throw new Error('the job is too short to be interrupted');
    await plant.bridge.stop();
  });
  afterEach(() => fleet.killAll());
  afterAll(async () => {
    await fleet.close();
    await plant.stop();
  });
}

async function submit(containers = CONTAINERS): Promise<string> {
  return await submitEvents(plant.url, { container_ids: ids.slice(0, containers), domains: DOMAINS });
}

async function startBoth(variables: Readonly<Record<string, string>> = {}): Promise<[FleetBridge, FleetBridge]> {
  const all = { ...VARIABLES, ...variables };
  return await Promise.all([fleet.start(NAMES[0], all), fleet.start(NAMES[1], all)]);
}

/** A job in the middle of its stream, what was read of it, and the bridge that runs it beside the other one. */
async function submitRunning(bridges: readonly [FleetBridge, FleetBridge]) {
  const jobId = await submit();
  const holder = await Promise.race(bridges.map(async (bridge) => (await bridge.begins(jobId), bridge)));
  const other = holder === bridges[0] ? bridges[1] : bridges[0];
  const check = await readStream(plant.url, jobId, {
    check: new StreamCheck(),
    onLine: (event) => event.type !== 'position',
  });
  expect((await statusOf(plant.url, jobId)).state).toBe('running');
  return { jobId, check, holder, other };
}

async function expectWhole(jobId: string, check = new StreamCheck(), containers = CONTAINERS): Promise<void> {
  await readToEnd(plant.url, jobId, { check });
  expect(check.terminal).toMatchObject({ type: 'complete', state: 'succeeded' });
  expect(check.records).toBe(undisturbed.get(containers));
}

describe('two bridges of a site', () => {
  const LEASE_TTL_MS = 20_000;
  /** Well before the old lease would have run out. */
  const TAKEOVER_MS = 5000;
  usePlant(LEASE_TTL_MS);

  it('share jobs that come at once, each the one with more room', async () => {
    const [left, right] = await startBoth();
    const submitMany = (jobs: number) => Promise.all(Array.from({ length: jobs }, () => submit(SHARED_CONTAINERS)));
    const expectEachWhole = (jobIds: readonly string[]) =>
      Promise.all(jobIds.map((jobId) => expectWhole(jobId, new StreamCheck(), SHARED_CONTAINERS)));
    await expectEachWhole(await submitMany(2));
    expect([left.begun.length, right.begun.length]).toEqual([1, 1]);
    await expectEachWhole(await submitMany(4));
    expect(Math.min(left.begun.length, right.begun.length)).toBeGreaterThanOrEqual(2);
    expect(left.begun.length + right.begun.length).toBe(6);
  });

  it('lose nothing when one is told to stop: its job ends there, later ones run at the other', async () => {
    const { jobId, check, holder, other } = await submitRunning(await startBoth());
    process.kill(holder.pid, 'SIGTERM');
    const later = await submit();
    await expect(holder.exited).resolves.toBe(0);
    await Promise.all([expectWhole(jobId, check), expectWhole(later)]);
    expect(holder.begun.map((job) => job.jobId)).toEqual([jobId]);
    expect(other.begun.map((job) => job.jobId)).toEqual([later]);
  });

  it('lose nothing when one must stop at once: the other goes on with the job behind its last seal', async () => {
    const { jobId, check, holder, other } = await submitRunning(await startBoth({ SHUTDOWN_GRACE_SECONDS: '0' }));
    const stoppedAtMs = Date.now();
    process.kill(holder.pid, 'SIGTERM');
    await expect(holder.exited).resolves.toBe(0);
    const { epoch, atMs } = await other.begins(jobId);
    expect(epoch).toBe(2);
    expect(atMs - stoppedAtMs).toBeLessThan(TAKEOVER_MS);
    await expectWhole(jobId, check);
  });

  it('that starts again takes over its own old leases at once', async () => {
    const { jobId, check, holder } = await submitRunning(await startBoth());
    const name = holder.name;
    await holder.kill();
    const restarted = await fleet.start(name, VARIABLES);
    const { epoch, atMs } = await restarted.begins(jobId);
    expect(epoch).toBe(2);
    expect(atMs - restarted.connectedAtMs).toBeLessThan(TAKEOVER_MS);
    await expectWhole(jobId, check);
  });
});

describe('a bridge that is gone without a word', () => {
  const LEASE_TTL_MS = 3000;
  /** From the end of the lease to the first work on the next one, on a busy machine. */
  const REST_MS = 2000;
  usePlant(LEASE_TTL_MS);

  it.each([
    ['was killed', 'SIGKILL'],
    ['hangs', 'SIGSTOP'],
  ] as const)('because it %s is replaced by the other within one lease', async (_reason, signal) => {
    const { jobId, check, holder, other } = await submitRunning(await startBoth());
    const goneAtMs = Date.now();
    // A job process that goes on alone may end its job before the lease is over.
    const processes = [...childrenOf(holder.pid), holder.pid];
    for (const pid of processes) process.kill(pid, signal);
    const { epoch, atMs } = await other.begins(jobId);
    expect(epoch).toBe(2);
    expect(atMs - goneAtMs).toBeLessThan(LEASE_TTL_MS + REST_MS);
    if (signal === 'SIGSTOP') for (const pid of processes) process.kill(pid, 'SIGCONT');
    await expectWhole(jobId, check);
  });
});
