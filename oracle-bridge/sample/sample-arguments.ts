import { parseArgs } from 'node:util';

export const DEFAULT_CONTAINERS = 120_000;
export const DEFAULT_SAMPLE_FILE = '.lotstream/sample.duckdb';
/** Below this there are too few families for every trap to appear by itself. */
export const MIN_CONTAINERS = 1000;
/** Above this the sequences of a month's work orders would no longer be unique. */
export const MAX_CONTAINERS = 10_000_000;
export const MAX_THREADS = 64;

export interface SampleArguments {
  readonly containers: number;
  readonly seed: number;
  readonly out: string;
  readonly threads: number;
  readonly force: boolean;
}

export const SAMPLE_USAGE = `Makes a sample warehouse: a DuckDB file with the plant's tables, always the same for the same arguments.

Usage: npm run sample -- [options]

  --containers N   containers to make, ${MIN_CONTAINERS} to ${MAX_CONTAINERS} (default ${DEFAULT_CONTAINERS})
  --seed S         a whole number; another seed gives other contents (default 1)
  --out FILE       the file to write (default ${DEFAULT_SAMPLE_FILE})
  --threads N      threads of the database (default 1, which gives the smallest file)
  --force          replace the file if it is there
  --help           show this
`;

/** Arguments that cannot be followed. The message is a plain sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * The arguments of a run, or `help`.
 * @throws UsageError naming the first argument that is wrong.
 */
export function readSampleArguments(args: readonly string[]): SampleArguments | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  if (values.out === '') throw new UsageError('--out needs a file name.');
  return {
    containers: readNumber('--containers', values.containers, { least: MIN_CONTAINERS, most: MAX_CONTAINERS }),
    seed: readNumber('--seed', values.seed, { least: 0, most: Number.MAX_SAFE_INTEGER }),
    out: values.out,
    threads: readNumber('--threads', values.threads, { least: 1, most: MAX_THREADS }),
    force: values.force,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        containers: { type: 'string', default: String(DEFAULT_CONTAINERS) },
        seed: { type: 'string', default: '1' },
        out: { type: 'string', default: DEFAULT_SAMPLE_FILE },
        threads: { type: 'string', default: '1' },
        force: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readNumber(name: string, text: string, range: { least: number; most: number }): number {
  // Digits with optional separators, as people write 120_000 or 120,000.
  const value = /^\d+([_,]\d{3})*$/.test(text) ? Number(text.replaceAll(/[_,]/g, '')) : Number.NaN;
  if (!(value >= range.least && value <= range.most))
    throw new UsageError(`${name} must be a whole number from ${range.least} to ${range.most}, not "${text}".`);
  return value;
}
