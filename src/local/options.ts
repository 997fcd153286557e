import path from 'node:path';
import { parseArgs } from 'node:util';
import { StartError } from './start-error.ts';

/** How one machine runs everything. */
export interface LocalOptions {
  readonly host: string;
  readonly port: number;
  /** Everything that is kept between starts. */
  readonly stateDir: string;
  /** DuckDB file; the sample is generated there if nothing is. */
  readonly warehouseFile: string;
  /** Arguments of the sample generator. */
  readonly sampleArguments: readonly string[];
  readonly help: boolean;
}

export const PROJECT_DIR = path.resolve(import.meta.dirname, '../..');
const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 8787;

export const USAGE = `npm start [-- options]

  --host ADDRESS     where to listen; default ${DEFAULT_HOST}, this machine only
  --port PORT        default ${DEFAULT_PORT}, or the variable PORT
  --state DIR        where jobs, keys, logs and the sample are kept; default .lotstream
  --warehouse FILE   another DuckDB file; default sample.duckdb in there, generated when missing
  --containers N     size of the generated sample
  --seed N           its random seed
`;

/**
 * @param args What stands behind the command.
 * @throws StartError for an unknown option or a value that cannot be used.
 */
export function parseOptions(args: readonly string[], environment: Readonly<Record<string, string | undefined>>) {
  const { host, port, state, warehouse, containers, seed, help } = readArguments(args);
  const stateDir = path.resolve(state ?? path.join(PROJECT_DIR, '.lotstream'));
  return {
    host: host ?? DEFAULT_HOST,
    port: parsePort(port ?? environment['PORT'] ?? String(DEFAULT_PORT)),
    stateDir,
    warehouseFile: path.resolve(warehouse ?? path.join(stateDir, 'sample.duckdb')),
    sampleArguments: [
      ...(containers === undefined ? [] : ['--containers', containers]),
      ...(seed === undefined ? [] : ['--seed', seed]),
    ],
    help: help ?? false,
  } satisfies LocalOptions;
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        state: { type: 'string' },
        warehouse: { type: 'string' },
        containers: { type: 'string' },
        seed: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`${reason}. See npm start -- --help.`, { cause });
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^[0-9]{1,5}$/.test(text) || port < 1 || port > 65_535)
    throw new StartError(`PORT must be a number from 1 to 65535, not "${text}".`);
  return port;
}
