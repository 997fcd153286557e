import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { healthSchema } from '#protocol/health.ts';
import { type BridgeProcess, startBridge } from '../../src/local/bridge-process.ts';
import { loadDevKeys } from '../../src/local/dev-keys.ts';

/** Several bridges of one site, real processes with a name and a key each. */
export interface BridgeFleet {
  /** What the edge has to know of them: entries of `BRIDGE_KEYS`. */
  readonly entries: readonly unknown[];
  /** Starts the bridge of that name; resolves when the edge counts it. */
  start(bridgeId: string, variables?: Readonly<Record<string, string>>): Promise<FleetBridge>;
  /** Kills those that still run. */
  killAll(): Promise<void>;
  close(): Promise<void>;
}

export interface FleetBridge extends BridgeProcess {
  readonly name: string;
  /** When it was first connected, by its log; Unix milliseconds. */
  readonly connectedAtMs: number;
  /** Jobs it has begun so far, as its log has them. */
  readonly begun: readonly BegunJob[];
  /** Resolves when it begins work on the job, or has begun it. */
  begins(jobId: string): Promise<BegunJob>;
}

export interface BegunJob {
  readonly jobId: string;
  readonly epoch: number;
  /** Unix milliseconds. */
  readonly atMs: number;
}

export interface FleetOptions {
  readonly site: string;
  readonly warehouseFile: string;
  /** Origin of the edge, asked for at each start. */
  readonly edgeUrl: () => string;
}

const CONNECT_TIMEOUT_MS = 60_000;
const HEALTH_POLL_MS = 100;

export async function makeFleet(bridgeIds: readonly string[], options: FleetOptions): Promise<BridgeFleet> {
  const dir = await mkdtemp(path.join(tmpdir(), 'lotstream-fleet-'));
  const running = new Set<BridgeProcess>();
  const entries: unknown[] = [];
  const keyFiles = new Map<string, string>();
  for (const bridgeId of bridgeIds) {
    const { bridgeKeys, privateKeyFile } = await loadDevKeys(path.join(dir, bridgeId), options.site);
    for (const entry of JSON.parse(bridgeKeys) as object[]) entries.push({ ...entry, bridge_id: bridgeId });
    keyFiles.set(bridgeId, privateKeyFile);
  }

  const start = async (bridgeId: string, variables: Readonly<Record<string, string>> = {}): Promise<FleetBridge> => {
    const begun: BegunJob[] = [];
    let connectedAtMs = Number.NaN;
    const waiting = new Set<() => void>();
    const startedAtMs = Date.now();
    const bridge = startBridge({
      edgeUrl: options.edgeUrl(),
      site: options.site,
      bridgeId,
      privateKeyFile: keyFiles.get(bridgeId) ?? '',
      warehouseFile: options.warehouseFile,
      variables,
      onLine: (line) => {
        if (line.includes('"connected to the edge"')) connectedAtMs = timeOf(line);
        const job = readBegun(line);
        if (!job) return;
        begun.push(job);
        for (const look of waiting) look();
      },
    });
    running.add(bridge);
    void bridge.exited.then(() => running.delete(bridge));
    await waitForHello(options.edgeUrl(), bridgeId, startedAtMs);
    const begins = (jobId: string): Promise<BegunJob> =>
      new Promise((resolve) => {
        const look = (): void => {
          const job = begun.find((one) => one.jobId === jobId);
          if (!job) return;
          waiting.delete(look);
          resolve(job);
        };
        waiting.add(look);
        look();
      });
    return { ...bridge, name: bridgeId, connectedAtMs, begun, begins };
  };
  const killAll = async (): Promise<void> => {
    await Promise.all([...running].map((bridge) => bridge.kill()));
  };
  return {
    entries,
    start,
    killAll,
    async close() {
      await killAll();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function readBegun(line: string): BegunJob | undefined {
  if (!line.includes('"job started"')) return undefined;
  const { job_id: jobId, epoch } = JSON.parse(line) as { job_id: string; epoch: number };
  return { jobId, epoch, atMs: timeOf(line) };
}

function timeOf(line: string): number {
  return Date.parse((JSON.parse(line) as { time: string }).time);
}

/** The health of a second ago may still show the bridge that had this name before. */
async function waitForHello(url: string, bridgeId: string, sinceMs: number): Promise<void> {
  const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  for (;;) {
    const answer = await fetch(`${url}/api/healthz`, { signal });
    const { bridges } = healthSchema.parse(await answer.json());
    if (bridges.some((bridge) => bridge.bridge_id === bridgeId && Date.parse(bridge.last_seen_at) >= sinceMs)) return;
    await delay(HEALTH_POLL_MS, undefined, { signal });
  }
}
