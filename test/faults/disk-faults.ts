import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProblemCode } from '#protocol/problem.ts';
import { PROJECT_DIR } from '../../src/local/options.ts';
import { startPlant, waitForHello } from '../helpers/plant.ts';
import { readCarefully } from './careful-reader.ts';
import { disturbJob } from './disturb.ts';
import type { Fault } from './fault.ts';
import { UNHARMED } from './fault.ts';
import type { FaultBench } from './fault-bench.ts';
import { LEASE_TTL_MS, submitFaultJob } from './fault-bench.ts';
import { mountSmallDisk } from './small-disk.ts';

/** Less than the 6 MB of one job, and more than its first seals. */
const SMALL_DISK_MB = 4;
const GROWN_DISK_MB = 64;
const PROBLEM_LIMIT_MS = 60_000;
const POLL_MS = 100;

/** Disks that are full. */
export const DISK_FAULTS: readonly Fault[] = [
  {
    name: 'disk: full under the edge',
    fault: `the store of the edge has ${SMALL_DISK_MB} MB; later it gets more`,
    expected: `told STORE_FULL; with space again: ${UNHARMED}; next job: ${UNHARMED}`,
    needs: 'mount',
    observe: observeFullStore,
  },
  {
    name: 'disk: full under the log',
    fault: 'the bridge writes its log to /dev/full',
    expected: UNHARMED,
    observe: observeFullLog,
  },
];

/** Nothing can be written any more, not even how a job ended: it waits, as its reader does. */
async function observeFullStore(bench: FaultBench): Promise<string> {
  const disk = mountSmallDisk(SMALL_DISK_MB);
  const { warehouseFile } = bench.plant.bridgeOptions;
  const edgeVariables = { LEASE_TTL_MS: String(LEASE_TTL_MS) };
  try {
    const plant = await startPlant({ warehouseFile, persistDir: disk.dir, edgeVariables });
    try {
      const jobId = await submitFaultJob(plant.url, bench.ids);
      const told = await waitForProblem(`${plant.url}/api/trace/job/${jobId}`, 'STORE_FULL');
      disk.grow(GROWN_DISK_MB);
      const reading = await readCarefully(plant.url, jobId);
      const next = await submitFaultJob(plant.url, bench.ids);
      return [
        `told ${told}`,
        `with space again: ${await bench.describe(jobId, reading, plant.url)}`,
        `next job: ${await bench.describe(next, await readCarefully(plant.url, next), plant.url)}`,
      ].join('; ');
    } finally {
      await plant.stop();
    }
  } finally {
    disk.remove();
  }
}

/**
 * Asks until the wanted problem is the answer: of an object whose commit failed the platform tells some callers no reason.
 * @returns what was told last.
 */
async function waitForProblem(url: string, wanted: ProblemCode): Promise<string> {
  const untilMs = performance.now() + PROBLEM_LIMIT_MS;
  let last = 'nothing';
  while (last !== wanted && performance.now() < untilMs) {
    const answer = await fetch(url);
    const { code, state } = (await answer.json()) as { code?: string; state?: string };
    last = String(code ?? state);
    await delay(POLL_MS);
  }
  return last;
}

async function observeFullLog(bench: FaultBench): Promise<string> {
  const { plant } = bench;
  const { edgeUrl, site, bridgeId, privateKeyFile, warehouseFile } = plant.bridgeOptions;
  const full = openSync('/dev/full', 'w');
  await plant.bridge.kill();
  const startedAtMs = Date.now();
  const bridge = spawn(process.execPath, [path.join(PROJECT_DIR, 'oracle-bridge/main.ts'), 'start'], {
    stdio: ['ignore', full, full],
    env: {
      ...process.env,
      EDGE_URL: edgeUrl,
      SITE: site,
      BRIDGE_ID: bridgeId,
      BRIDGE_PRIVATE_KEY_FILE: privateKeyFile,
      DUCKDB_FILE: warehouseFile,
    },
  });
  closeSync(full);
  const exited = once(bridge, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const ended = exited.then(([code, signal]) => {
    throw new Error(`the bridge ended with ${code ?? signal}`);
  });
  try {
    await Promise.race([waitForHello(plant.url, startedAtMs), ended]);
    return await Promise.race([disturbJob(bench, () => Promise.resolve()), ended]);
  } finally {
    bridge.kill('SIGKILL');
    await exited;
    await plant.startBridge();
  }
}
