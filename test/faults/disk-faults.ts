import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { PROJECT_DIR } from '../../src/local/options.ts';
import { statusOf } from '../helpers/edge-calls.ts';
import { startPlant, waitForHello } from '../helpers/plant.ts';
import { readCarefully } from './careful-reader.ts';
import { disturbJob } from './disturb.ts';
import type { Fault } from './fault.ts';
import { UNHARMED } from './fault.ts';
import type { FaultBench } from './fault-bench.ts';
import { submitFaultJob } from './fault-bench.ts';
import { mountSmallDisk } from './small-disk.ts';

/** Less than the 6 MB of one job, and more than its first seals. */
const SMALL_DISK_MB = 4;
const GROWN_DISK_MB = 64;
/** Eight attempts with growing pauses. */
const FULL_LIMIT_MS = 240_000;

/** Disks that are full. */
export const DISK_FAULTS: readonly Fault[] = [
  {
    name: 'disk: full under the edge',
    fault: `the store of the edge has ${SMALL_DISK_MB} MB; later it gets more`,
    expected: `failed STORE_FULL; what was sealed is readable, each record of it once; with space again: ${UNHARMED}`,
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

async function observeFullStore(bench: FaultBench): Promise<string> {
  const disk = mountSmallDisk(SMALL_DISK_MB);
  const { warehouseFile } = bench.plant.bridgeOptions;
  const edgeVariables = { LEASE_TTL_MS: '2000' };
  try {
    const plant = await startPlant({ warehouseFile, persistDir: disk.dir, edgeVariables });
    try {
      const jobId = await submitFaultJob(plant.url, bench.ids);
      const { tally, check } = await readCarefully(plant.url, jobId, { limitMs: FULL_LIMIT_MS });
      const { state, error } = await statusOf(plant.url, jobId);
      const { doubled, unknown } = tally.compare(bench.undisturbed);
      const sealed = tally.total > 0 && check.terminal?.type === 'error' && doubled + unknown === 0;
      disk.grow(GROWN_DISK_MB);
      const next = await submitFaultJob(plant.url, bench.ids);
      return [
        `${state} ${error?.code}`,
        sealed
          ? 'what was sealed is readable, each record of it once'
          : `${tally.total} records, ${doubled} doubled, ${unknown} unknown, then ${check.terminal?.type}`,
        `with space again: ${await bench.describe(next, await readCarefully(plant.url, next), plant.url)}`,
      ].join('; ');
    } finally {
      console.error(plant.log.join('\n'));
      await plant.stop();
    }
  } finally {
    disk.remove();
  }
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
    const { outcome } = await Promise.race([disturbJob(bench, () => Promise.resolve()), ended]);
    return outcome;
  } finally {
    bridge.kill('SIGKILL');
    await exited;
    await plant.startBridge();
  }
}
