import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { healthSchema } from '#protocol/health.ts';
import { type BridgeOptions, type BridgeProcess, startBridge } from '../../src/local/bridge-process.ts';
import { bundleEdge } from '../../src/local/build.ts';
import { loadDevKeys } from '../../src/local/dev-keys.ts';
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
  /** What a bridge of this plant is told, its own settings aside. */
  readonly bridgeOptions: Omit<BridgeOptions, 'onLine' | 'variables'>;
  /** Starts another bridge in place of one that was killed. `variables`: of its own, over those of the plant. */
  startBridge(variables?: Readonly<Record<string, string>>): Promise<void>;
  /** Starts one beside it, under the same name. Who started it ends it. */
  startSecondBridge(): BridgeProcess;
  /** Ends the edge in order and starts it again: same port, same storage. */
  restartEdge(): Promise<void>;
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
  /** Where the edge keeps its objects; otherwise a folder that goes with the plant. */
  readonly persistDir?: string;
  /** Puts something between bridge and edge: gets the origin of the edge, answers the one the bridge is told. */
  readonly bridgeRoute?: (edgeUrl: string) => Promise<string>;
}

const START_TIMEOUT_MS = 120_000;
const MAX_LOG_LINES = 2000;
const HEALTH_POLL_MS = 100;
const SITE = 'fab1';
const ANY_PORT = 0;

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
  const startEdgeOn = (port: number) =>
    startEdge({
      bundleDir,
      port,
      persistDir: options.persistDir ?? path.join(dir, 'edge'),
      variables: {
        SITES: SITE,
        IDENTITY: 'local',
        BRIDGE_KEYS: JSON.stringify([...(JSON.parse(keys.bridgeKeys) as unknown[]), ...(options.otherBridges ?? [])]),
        ...(options.limitsCalls ? {} : NO_RATE_LIMITS),
        ...options.edgeVariables,
      },
      onLog: (level, message) => note(`edge ${level} ${message}`),
    });
  let edge = await startEdgeOn(ANY_PORT);
  const { url } = edge;
  const bridgeOptions = {
    edgeUrl: (await options.bridgeRoute?.(url)) ?? url,
    site: SITE,
    bridgeId: keys.bridgeId,
    privateKeyFile: keys.privateKeyFile,
    warehouseFile: options.warehouseFile,
  };
  const bridges = new Set<BridgeProcess>();
  const start = (variables: Readonly<Record<string, string>> = {}) => {
    const started = startBridge({
      ...bridgeOptions,
      variables: { ...options.bridgeVariables, ...variables },
      onLine: (line) => note(`bridge ${line}`),
    });
    bridges.add(started);
    void started.exited.then(() => bridges.delete(started));
    return started;
  };
  // A signal ends this process as soon as Miniflare has heard of it: nothing is left behind then either.
  const onExit = () => {
    for (const running of bridges) void running.kill();
    rmSync(dir, { recursive: true, force: true });
  };
  process.once('exit', onExit);
  let bridge = start();
  await waitForBridge(url, signal);
  return {
    url,
    get edge() {
      return edge;
    },
    get bridge() {
      return bridge;
    },
    log,
    bridgeOptions,
    async startBridge(variables) {
      const startedAtMs = Date.now();
      bridge = start(variables);
      await waitForHello(url, startedAtMs);
    },
    startSecondBridge: start,
    async restartEdge() {
      await edge.stop();
      edge = await startEdgeOn(Number(new URL(url).port));
    },
    async stop() {
      await bridge.stop();
      await edge.stop();
      process.off('exit', onExit);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The health of a second ago may still show the bridge that was there before. */
export async function waitForHello(url: string, sinceMs: number): Promise<void> {
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  for (;;) {
    const answer = await fetch(`${url}/api/healthz`, { signal });
    const { bridges } = healthSchema.parse(await answer.json());
    if (bridges.some((bridge) => Date.parse(bridge.last_seen_at) >= sinceMs)) return;
    await delay(HEALTH_POLL_MS, undefined, { signal });
  }
}
