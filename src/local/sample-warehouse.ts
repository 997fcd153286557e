import { access, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT_DIR } from './options.ts';
import { runTool } from './run-tool.ts';

/**
 * Generates the sample warehouse where there is none, showing the generator's progress. It appears under its name only
 * when it is complete, so that an interrupted start leaves nothing that looks like one.
 */
export async function ensureWarehouse(
  file: string,
  generatorArguments: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (await exists(file)) return;
  await mkdir(path.dirname(file), { recursive: true });
  const partial = path.join(path.dirname(file), `partial-${path.basename(file)}`);
  await removeDatabase(partial);
  try {
    await runTool({
      what: 'Generating the sample warehouse',
      script: path.join(PROJECT_DIR, 'oracle-bridge/sample/main.ts'),
      args: [...generatorArguments, '--out', partial],
      cwd: PROJECT_DIR,
      signal,
      output: 'show',
    });
    await rename(partial, file);
  } finally {
    await removeDatabase(partial);
  }
}

async function removeDatabase(file: string): Promise<void> {
  await rm(file, { force: true });
  await rm(`${file}.wal`, { force: true });
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
