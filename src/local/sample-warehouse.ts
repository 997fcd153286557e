import path from 'node:path';
import { readSampleInfo } from '../../oracle-bridge/sample/sample-file.ts';
import { PROJECT_DIR } from './options.ts';
import { runTool } from './run-tool.ts';

/**
 * Generates the sample warehouse where there is no file, and again where a sample of an older version is; shows the
 * generator's progress. Any other file is somebody's warehouse and stays as it is. The file appears under its name only
 * when it is complete.
 */
export async function ensureWarehouse(
  file: string,
  generatorArguments: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { state } = await readSampleInfo(file);
  if (state !== 'absent' && state !== 'outdated') return;
  await runTool({
    what: 'Generating the sample warehouse',
    script: path.join(PROJECT_DIR, 'oracle-bridge/sample/main.ts'),
    args: [...generatorArguments, '--out', file, ...(state === 'outdated' ? ['--force'] : [])],
    cwd: PROJECT_DIR,
    signal,
    output: 'show',
  });
}
