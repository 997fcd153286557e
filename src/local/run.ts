import path from 'node:path';
import { once } from 'node:events';
import type { BridgeProcess } from './bridge-process.ts';
import { startBridge } from './bridge-process.ts';
import { buildWeb, bundleEdge } from './build.ts';
import type { DevKeys } from './dev-keys.ts';
import { loadDevKeys } from './dev-keys.ts';
import type { EdgeRuntime } from './edge-runtime.ts';
import { startEdge } from './edge-runtime.ts';
import type { LogFile } from './log-file.ts';
import { openLogFile } from './log-file.ts';
import type { LocalOptions } from './options.ts';
import { parseOptions, PROJECT_DIR, USAGE } from './options.ts';
import { requireFreePort, waitForBridge } from './readiness.ts';
import { ensureWarehouse } from './sample-warehouse.ts';
import { StartError } from './start-error.ts';

/**
 * Everything on one machine: builds what is old, makes the sample warehouse, starts the edge and one bridge, and stops
 * them in the opposite order. `start.ts` runs this in a process group of its own, so that Ctrl-C reaches it as one
 * request to stop and not as a signal to workerd and the bridge as well.
 */
const SITE = 'fab1';
const SHOWN_LOG_LINES = 10;
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

async function runLotstream(options: LocalOptions, signal: AbortSignal): Promise<void> {
  const { host, port, stateDir } = options;
  await requireFreePort(host, port);
  await build(signal);
  const keys = await loadDevKeys(path.join(stateDir, 'keys'), SITE);
  await ensureWarehouse(options.warehouseFile, options.sampleArguments, signal);
  const edgeLog = openLogFile(path.join(stateDir, 'edge.log'));
  const bridgeLog = openLogFile(path.join(stateDir, 'bridge.log'));
  let edge: EdgeRuntime | undefined;
  try {
    edge = await startEdgeOf(options, keys, edgeLog);
    await runBridge(edge.url, options, { keys, log: bridgeLog, signal });
  } finally {
    await edge?.stop();
    edgeLog.close();
    bridgeLog.close();
  }
}

async function build(signal: AbortSignal): Promise<void> {
  say('Looking whether the web application and the Worker have to be built …');
  await buildWeb(signal);
  await bundleEdge(path.join(PROJECT_DIR, 'dist/edge'), signal);
}

async function startEdgeOf(options: LocalOptions, keys: DevKeys, log: LogFile): Promise<EdgeRuntime> {
  return await startEdge({
    bundleDir: path.join(PROJECT_DIR, 'dist/edge'),
    persistDir: path.join(options.stateDir, 'edge'),
    host: options.host,
    port: options.port,
    variables: { SITES: SITE, IDENTITY: 'local', BRIDGE_KEYS: keys.bridgeKeys },
    onLog(level, message) {
      log.write(`${new Date().toISOString()} ${level} ${message}`);
      if (level === 'error') process.stderr.write(`edge: ${message}\n`);
    },
  });
}

interface BridgeRun {
  readonly keys: DevKeys;
  readonly log: LogFile;
  readonly signal: AbortSignal;
}

/** Runs the bridge until the signal. @throws StartError if it ends before. */
async function runBridge(url: string, options: LocalOptions, { keys, log, signal }: BridgeRun): Promise<void> {
  const lastLines: string[] = [];
  const bridge = startBridge({
    edgeUrl: url,
    site: SITE,
    bridgeId: keys.bridgeId,
    privateKeyFile: keys.privateKeyFile,
    warehouseFile: options.warehouseFile,
    onLine(line) {
      log.write(line);
      lastLines.push(line);
      if (lastLines.length > SHOWN_LOG_LINES) lastLines.shift();
    },
  });
  try {
    const ended = failWhenEnded(bridge, lastLines);
    await Promise.race([waitForBridge(url, signal), ended]);
    say(describeReady(url, options));
    await Promise.race([once(signal, 'abort'), ended]);
  } finally {
    await bridge.stop();
  }
}

async function failWhenEnded(bridge: BridgeProcess, lastLines: readonly string[]): Promise<never> {
  const code = await bridge.exited;
  throw new StartError(`The bridge ended by itself (${code}).\n\n${lastLines.join('\n')}`);
}

function describeReady(url: string, { host, stateDir, warehouseFile }: LocalOptions): string {
  return [
    '',
    `  lotstream is ready   ${url.replace('127.0.0.1', 'localhost')}`,
    '',
    `  warehouse            ${shorten(warehouseFile)}`,
    `  jobs and results     ${shorten(path.join(stateDir, 'edge'))}`,
    `  logs                 ${shorten(path.join(stateDir, 'edge.log'))}, ${shorten(path.join(stateDir, 'bridge.log'))}`,
    '  stop                 Ctrl-C',
    ...(LOOPBACK_HOSTS.has(host) ? [] : [`  note                 whoever reaches ${host} may read and run everything`]),
    '',
  ].join('\n');
}

/** As seen from where the user stands, if it is below that. */
function shorten(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<number> {
  const stopping = new AbortController();
  // No signal: Miniflare ends the process at SIGTERM and SIGINT, before the bridge could hand back its jobs.
  process.once('disconnect', () => stopping.abort());
  try {
    const options = parseOptions(process.argv.slice(2), process.env);
    if (options.help) say(USAGE);
    else await runLotstream(options, stopping.signal);
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

process.exit(await main());
