/**
 * `npm run sample`: makes the sample warehouse. Progress goes to stderr. Exit code 0: the file is there; 1: it could not
 * be made; 2: the arguments are wrong; 130 and 143: interrupted, nothing is left.
 */
import { stat } from 'node:fs/promises';
import { generateSample, SampleExistsError } from './generate-sample.ts';
import { createProgressLines } from './progress-lines.ts';
import type { SampleArguments } from './sample-arguments.ts';
import { readSampleArguments, SAMPLE_USAGE, UsageError } from './sample-arguments.ts';

const EXIT_CODES = { failed: 1, usage: 2, SIGINT: 130, SIGTERM: 143 } as const;

class Interrupted extends Error {
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`Interrupted by ${signal}; nothing was written.`);
    this.exitCode = EXIT_CODES[signal];
  }
}

async function run(args: SampleArguments): Promise<void> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => interruption.abort(new Interrupted(signal)));
  const lines = createProgressLines(() => performance.now());
  const rows = await generateSample(args.out, {
    ...args,
    signal: interruption.signal,
    onProgress: (progress) => {
      const line = lines.next(progress);
      if (line !== undefined) console.error(line);
    },
  });
  console.error(lines.last({ file: args.out, rows, bytes: (await stat(args.out)).size }));
}

function report(error: unknown): number {
  if (error instanceof Interrupted) {
    console.error(error.message);
    return error.exitCode;
  }
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${SAMPLE_USAGE}`);
    return EXIT_CODES.usage;
  }
  console.error(error instanceof SampleExistsError ? error.message : error);
  return EXIT_CODES.failed;
}

try {
  const args = readSampleArguments(process.argv.slice(2));
  if (args === 'help') console.log(SAMPLE_USAGE);
  else await run(args);
} catch (error) {
  process.exitCode = report(error);
}
