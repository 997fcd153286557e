import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf, cpuSeconds } from '../helpers/process-stats.ts';
import { disturbJob } from './disturb.ts';
import type { Fault } from './fault.ts';
import { UNHARMED } from './fault.ts';
import type { FaultBench } from './fault-bench.ts';
import { LEASE_TTL_MS } from './fault-bench.ts';

/** Long enough that a lease is another's by the time a stopped process goes on. */
const STOPPED_MS = LEASE_TTL_MS * 2.5;

function unharmed(name: string, fault: string, disturb: (bench: FaultBench) => Promise<void>): Fault {
  return {
    name: `process: ${name}`,
    fault,
    expected: UNHARMED,
    observe: async (bench) => await disturbJob(bench, () => disturb(bench)),
  };
}

/** What happens to processes: killed, stopped for longer than a lease, started again. */
export const PROCESS_FAULTS: readonly Fault[] = [
  unharmed('kill bridge', 'kill -9 of the bridge, then another one', async ({ plant }) => {
    await plant.bridge.kill();
    await plant.startBridge();
  }),
  unharmed('kill edge', 'kill -9 of workerd, then another one', ({ plant }) => plant.edge.crash()),
  unharmed('kill both', 'kill -9 of bridge and workerd at once', async ({ plant }) => {
    await Promise.all([plant.bridge.kill(), plant.edge.crash()]);
    await plant.startBridge();
  }),
  {
    name: 'process: kill job process',
    fault: 'kill -9 of the process that runs the job',
    expected: UNHARMED,
    observe: (bench) => observeJobProcess(bench, (pid) => Promise.resolve(void process.kill(pid, 'SIGKILL'))),
  },
  {
    name: 'process: stop job process',
    fault: `SIGSTOP of the process that runs the job for ${STOPPED_MS} ms`,
    expected: UNHARMED,
    observe: (bench) => observeJobProcess(bench, (pid) => stopFor(STOPPED_MS, [pid])),
  },
  unharmed('stop bridge', `SIGSTOP of the bridge for ${STOPPED_MS} ms, its job goes on`, ({ plant }) =>
    stopFor(STOPPED_MS, [plant.bridge.pid]),
  ),
  unharmed('stop bridge and jobs', `SIGSTOP of the bridge and its processes for ${STOPPED_MS} ms`, ({ plant }) =>
    stopFor(STOPPED_MS, [plant.bridge.pid, ...childrenOf(plant.bridge.pid)]),
  ),
  unharmed('stop edge', `SIGSTOP of workerd for ${STOPPED_MS} ms`, ({ plant }) =>
    stopFor(STOPPED_MS, [plant.edge.pid]),
  ),
  unharmed('restart bridge', 'SIGTERM to the bridge, then another one', async ({ plant }) => {
    await plant.bridge.stop();
    await plant.startBridge();
  }),
  unharmed('restart edge', 'the edge is ended in order and started again', ({ plant }) => plant.restartEdge()),
];

/** Stops processes and lets them go on, whatever happens. */
async function stopFor(forMs: number, pids: readonly number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    await delay(forMs);
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}

async function observeJobProcess(bench: FaultBench, disturb: (pid: number) => Promise<void>): Promise<string> {
  const { bridge } = bench.plant;
  const before = new Map(childrenOf(bridge.pid).map((pid) => [pid, cpuSeconds(pid)]));
  return await disturbJob(bench, async () => {
    const used = [...before].map(([pid, seconds]) => ({ pid, seconds: cpuSeconds(pid) - seconds }));
    const [busiest] = used.toSorted((one, other) => other.seconds - one.seconds);
    if (!busiest || busiest.seconds === 0) throw new Error('missed: no process runs the job');
    await disturb(busiest.pid);
  });
}
