import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { healthSchema } from '#protocol/health.ts';
import { type BridgeProcess, startBridge } from '../../src/local/bridge-process.ts';
import { bundleEdge } from '../../src/local/build.ts';
import { type DevKeys, loadDevKeys } from '../../src/local/dev-keys.ts';
import { type EdgeRuntime, startEdge } from '../../src/local/edge-runtime.ts';
import { PROJECT_DIR } from '../../src/local/options.ts';
import { waitForBridge } from '../../src/local/readiness.ts';
import { NO_RATE_LIMITS } from './no-rate-limits.ts';

/** The real edge on workerd and a real bridge on a DuckDB file, for tests and the bench. */
export interface Plant {
  readonly url: string;
  readonly edge: EdgeRuntime;
  /** The bridge that runs now. */
  readonly bridge: BridgeProcess;
  /** What edge and bridge logged, for a failing test to show. */
  readonly log: string[];
  /** Starts another bridge in place of one that was killed. */
  startBridge(): Promise<void>;
  stop(): Promise<void>;
}

export interface PlantOptions {
  readonly warehouseFile: string;
  readonly edgeVariables?: Readonly<Record<string, string>>;
  /** Limits calls as for everybody: for tests that use the edge as people do. Otherwise calls have no limit. */
  readonly limitsCalls?: boolean;
  readonly bridgeVariables?: Readonly<Record<string, string>>;
  /** Entries of `BRIDGE_KEYS` for bridges that a test starts itself. */
  readonly otherBridges?: readonly unknown[];
}

const START_TIMEOUT_MS = 120_000;
const MAX_LOG_LINES = 2000;
const HEALTH_POLL_MS = 100;
const SITE = 'fab1';

export async function startPlant(options: PlantOptions): Promise<Plant> {
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  const bundleDir = path.join(PROJECT_DIR, 'dist/edge');
  await bundleEdge(bundleDir, signal);
  const dir = await mkdtemp(path.join(tmpdir(), 'lotstream-plant-'));
  const keys = await loadDevKeys(path.join(dir, 'keys'), SITE);
  const log: string[] = [];
  const note = (line: string) => {
    log.push(line);
    if (log.length > MAX_LOG_LINES) log.shift();
  };
  const edge = await startEdge({
    bundleDir,
    persistDir: path.join(dir, 'edge'),
    variables: {
      SITES: SITE,
      IDENTITY: 'local',
      BRIDGE_KEYS: JSON.stringify([...(JSON.parse(keys.bridgeKeys) as unknown[]), ...(options.otherBridges ?? [])]),
      ...(options.limitsCalls ? {} : NO_RATE_LIMITS),
      ...options.edgeVariables,
    },
    onLog: (level, message) => note(`edge ${level} ${message}`),
  });
  const start = () => startBridgeOf(edge.url, keys, { ...options, note });
  let bridge = start();
  await waitForBridge(edge.url, signal);
  return {
    url: edge.url,
    edge,
    get bridge() {
      return bridge;
    },
    log,
    async startBridge() {
      const startedAtMs = Date.now();
      bridge = start();
      await waitForHello(edge.url, startedAtMs);
    },
    async stop() {
      await bridge.stop();
      await edge.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The health of a second ago may still show the bridge that was there before. */
async function waitForHello(url: string, sinceMs: number): Promise<void> {
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  for (;;) {
    const answer = await fetch(`${url}/api/healthz`, { signal });
    const { bridges } = healthSchema.parse(await answer.json());
    if (bridges.some((bridge) => Date.parse(bridge.last_seen_at) >= sinceMs)) return;
    await delay(HEALTH_POLL_MS, undefined, { signal });
  }
}

function startBridgeOf(
  edgeUrl: string,
  keys: DevKeys,
  options: PlantOptions & { note: (line: string) => void },
): BridgeProcess {
  return startBridge({
    edgeUrl,
    site: SITE,
    bridgeId: keys.bridgeId,
    privateKeyFile: keys.privateKeyFile,
    warehouseFile: options.warehouseFile,
    ...(options.bridgeVariables ? { variables: options.bridgeVariables } : {}),
    onLine: (line) => options.note(`bridge ${line}`),
  });
}
