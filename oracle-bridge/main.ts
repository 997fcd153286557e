#!/usr/bin/env node
import './native-threads.ts';
import { parseArgs } from 'node:util';
import type { BridgeConfig } from './config.ts';
import { ConfigError, parseConfig } from './config.ts';
import type { BridgeKey } from './edge/bridge-token.ts';
import { createSigner, loadBridgeKey } from './edge/bridge-token.ts';
import { renderEnvExample } from './env-example.ts';
import { createLogger } from './log.ts';

const HELP = `oracle-bridge: reads the warehouse in the factory for the lotstream edge.

Usage: oracle-bridge <command>

  start   runs until SIGTERM or SIGINT; a second signal ends it at once
  check   checks configuration, key, warehouse and edge, and says what it found
  doctor  looks at the Oracle warehouse: version, rights, tables, statements, indexes; says what a DBA would do
          --golden  also asks it lineages whose answers are known, with their rows in the statements
  env     prints every variable with its meaning, as .env.example has them
  --help  prints this

Configuration comes from the environment; "oracle-bridge env" lists it.
`;

/** As sysexits.h has them. */
const EXIT_USAGE = 64;
const EXIT_CONFIG = 78;
/** As a shell has it after SIGINT. */
const EXIT_STOPPED = 130;
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

async function main(command: string | undefined, rest: readonly string[]): Promise<number> {
  switch (command) {
    case 'start':
      return await withConfig(start);
    case 'check':
      return await withConfig(check);
    case 'doctor':
      return await doctor(rest);
    case 'env':
      process.stdout.write(renderEnvExample());
      return 0;
    case '--help':
    case '-h':
    case 'help':
      process.stdout.write(HELP);
      return 0;
    case undefined:
    default:
      process.stderr.write(HELP);
      return EXIT_USAGE;
  }
}

async function withConfig(run: (config: BridgeConfig, key: BridgeKey) => Promise<number>): Promise<number> {
  try {
    const config = parseConfig(process.env);
    const key = await loadBridgeKey(config.privateKey);
    await createSigner(config.bridgeId, key);
    return await run(config, key);
  } catch (error) {
    return tellConfigError(error);
  }
}

function tellConfigError(error: unknown): number {
  if (!(error instanceof ConfigError)) throw error;
  for (const line of error.lines) process.stderr.write(`${line}\n`);
  return EXIT_CONFIG;
}

// Drivers are loaded only by the commands that need them: a broken one must not take the help away.

async function start(config: BridgeConfig, key: BridgeKey): Promise<number> {
  const { startDaemon } = await import('./daemon.ts');
  const signalled = Promise.withResolvers<void>();
  const onSignal = (): void => {
    // The next one finds no listener and ends the process at once, as the system does it.
    for (const name of STOP_SIGNALS) process.off(name, onSignal);
    signalled.resolve();
  };
  for (const name of STOP_SIGNALS) process.on(name, onSignal);
  const daemon = await startDaemon(config, key, createLogger({ level: config.logLevel }));
  await signalled.promise;
  await daemon.stop();
  return 0;
}

async function check(config: BridgeConfig, key: BridgeKey): Promise<number> {
  const { checkBridge } = await import('./check.ts');
  process.stdout.write('ok      configuration: complete\nok      key: a private Ed25519 key\n');
  const results = await checkBridge(config, key, createLogger({ level: 'silent' }));
  for (const { name, ok, detail } of results)
    process.stdout.write(`${ok ? 'ok     ' : 'FAILED '} ${name}: ${detail}\n`);
  return results.every(({ ok }) => ok) ? 0 : 1;
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Needs no key: it is for those who look after the database. */
async function doctor(args: readonly string[]): Promise<number> {
  let golden: boolean;
  try {
    golden = parseArgs({ args: [...args], options: { golden: { type: 'boolean', default: false } } }).values.golden;
  } catch {
    process.stderr.write(HELP);
    return EXIT_USAGE;
  }
  const stopping = new AbortController();
  for (const name of STOP_SIGNALS) process.once(name, () => stopping.abort());
  try {
    const { warehouse } = parseConfig(process.env);
    if (warehouse.kind !== 'oracle') throw new ConfigError(['WAREHOUSE must be oracle: a DuckDB file needs no doctor']);
    const { examine } = await import('./doctor/doctor.ts');
    const isWell = await examine(warehouse, { golden, signal: stopping.signal, print: printLine });
    return isWell ? 0 : 1;
  } catch (error) {
    return stopping.signal.aborted ? EXIT_STOPPED : tellConfigError(error);
  }
}

process.exit(await main(process.argv[2], process.argv.slice(3)));
