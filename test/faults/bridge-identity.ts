import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { WebSocket } from 'undici';
import { bridgeKeySchema, createSigner } from '../../oracle-bridge/edge/bridge-token.ts';
import { waitForJob } from '../helpers/edge-calls.ts';
import { disturbJob } from './disturb.ts';
import type { Fault } from './fault.ts';
import { UNHARMED } from './fault.ts';
import type { FaultBench } from './fault-bench.ts';

const ANSWER_LIMIT_MS = 20_000;
const OLD_PROTOCOL = 0;

/** Bridges that are not what the edge takes them for. */
export const BRIDGE_IDENTITY_FAULTS: readonly Fault[] = [
  {
    name: 'bridge: two with one id',
    fault: 'a second bridge is started under the name of the first, in the middle of a job, and takes part in the next',
    expected: `${UNHARMED}; next job: ${UNHARMED}`,
    observe: observeTwoBridges,
  },
  {
    name: 'bridge: too old',
    fault: 'a bridge of protocol 0 says hello and asks for the job that waits, then a new one',
    expected: `socket closed 4426; lease 426 PROTOCOL_TOO_OLD; ${UNHARMED}`,
    observe: observeOldBridge,
  },
];

async function observeTwoBridges(bench: FaultBench): Promise<string> {
  const { plant } = bench;
  const second = plant.startSecondBridge();
  try {
    const first = await disturbJob(bench, () => Promise.resolve());
    const jobId = await bench.submit();
    const next = await bench.describe(jobId, await bench.read(jobId));
    return `${first}; next job: ${next}`;
  } finally {
    await second.kill();
    await plant.bridge.kill();
    await plant.startBridge();
  }
}

async function observeOldBridge(bench: FaultBench): Promise<string> {
  const { plant } = bench;
  const { privateKeyFile, bridgeId, site } = plant.bridgeOptions;
  const key = bridgeKeySchema.parse(JSON.parse(await readFile(privateKeyFile, 'utf8')));
  const sign = await createSigner(bridgeId, key);
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const seen: string[] = [];
  const jobId = await bench.submit();
  await plant.bridge.kill();
  try {
    await waitForJob(plant.url, jobId, ({ state }) => state === 'queued');
    const bootId = '0'.repeat(32);
    const path = `/bridge/v1/connect?site=${site}`;
    const headers = { authorization: `Bearer ${await sign({ method: 'GET', path })}` };
    const socket = new WebSocket(plant.url.replace('http', 'ws') + path, { headers });
    const closed = once(socket, 'close', { signal }) as Promise<[CloseEvent]>;
    await once(socket, 'open', { signal });
    const slots = { interactive: 1, batch: 1 };
    const hello = { bridge_id: bridgeId, boot_id: bootId, version: '0.0.1', warehouse: 'duckdb', slots };
    socket.send(JSON.stringify({ type: 'hello', protocol: OLD_PROTOCOL, ...hello }));
    seen.push(`socket closed ${(await closed)[0].code}`);

    const body = Buffer.from(JSON.stringify({ request_id: '1'.repeat(32), boot_id: bootId, slots }));
    const token = await sign({ method: 'POST', path: '/bridge/v1/leases', body });
    const lease = await fetch(`${plant.url}/bridge/v1/leases`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
      signal,
    });
    seen.push(`lease ${lease.status} ${((await lease.json()) as { code?: string }).code}`);
  } finally {
    await plant.startBridge();
  }
  return [...seen, await bench.describe(jobId, await bench.read(jobId))].join('; ');
}
