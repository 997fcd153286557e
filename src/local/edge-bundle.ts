import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { V4ModuleDefinition } from 'miniflare';
import { StartError } from './start-error.ts';

const MAIN_MODULE = 'index.js';
const MODULE_TYPES: Readonly<Record<string, V4ModuleDefinition['type']>> = {
  '.js': 'ESModule',
  '.sql': 'Text',
  '.wasm': 'CompiledWasm',
};

/**
 * The modules of a Worker that `bundleEdge` wrote, its main module first. What has another ending (a source map, a note)
 * is no module.
 * @throws StartError if the folder holds no bundle.
 */
export async function readBundle(dir: string): Promise<V4ModuleDefinition[]> {
  const names = await readdir(dir).catch((): string[] => []);
  if (!names.includes(MAIN_MODULE))
    throw new StartError(`There is no bundled Worker in ${dir}. Run npm run deploy:check.`);
  const modules: V4ModuleDefinition[] = [];
  for (const name of [MAIN_MODULE, ...names.filter((each) => each !== MAIN_MODULE).sort()]) {
    const type = MODULE_TYPES[path.extname(name)];
    if (type === undefined) continue;
    const file = path.join(dir, name);
    modules.push({
      type,
      path: file,
      contents: type === 'CompiledWasm' ? await readFile(file) : await readFile(file, 'utf8'),
    });
  }
  return modules;
}
