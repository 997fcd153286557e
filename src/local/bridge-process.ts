import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PROJECT_DIR } from './options.ts';

/** One bridge as a process of its own, as it would run in the factory. */
export interface BridgeOptions {
  readonly edgeUrl: string;
  readonly site: string;
  readonly bridgeId: string;
  readonly privateKeyFile: string;
  readonly warehouseFile: string;
  /** Other variables of the bridge (`oracle-bridge env` lists them). They win over the environment. */
  readonly variables?: Readonly<Record<string, string>>;
  /** One line of its log (JSON), or of what it said instead. */
  readonly onLine: (line: string) => void;
}

export interface BridgeProcess {
  readonly pid: number;
  /** Exit code, or the signal that ended it. */
  readonly exited: Promise<number | string>;
  /** Asks it to drain. Resolves when it has gone; after the grace it is killed. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

/** What running jobs may take to end; on one machine nobody waits for longer. */
const DRAIN_SECONDS = 10;
/** For what a drained bridge still does: closing its sockets and its warehouse. */
const EXIT_GRACE_MS = 3000;

export function startBridge(options: BridgeOptions): BridgeProcess {
  const child = spawn(process.execPath, [path.join(PROJECT_DIR, 'oracle-bridge/main.ts'), 'start'], {
    cwd: PROJECT_DIR,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...variablesOf(options) },
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', options.onLine);
  const exited = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
    child.once('error', (error) => resolve(error.message));
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return {
    pid: child.pid ?? 0,
    exited,
    kill,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), DRAIN_SECONDS * 1000 + EXIT_GRACE_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

function variablesOf(options: BridgeOptions): Record<string, string> {
  return {
    EDGE_URL: options.edgeUrl,
    SITE: options.site,
    BRIDGE_ID: options.bridgeId,
    BRIDGE_PRIVATE_KEY_FILE: options.privateKeyFile,
    WAREHOUSE: 'duckdb',
    DUCKDB_FILE: options.warehouseFile,
    SHUTDOWN_GRACE_SECONDS: String(DRAIN_SECONDS),
    ...options.variables,
  };
}
