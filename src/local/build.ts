import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { withFileLock } from './file-lock.ts';
import { PROJECT_DIR } from './options.ts';
import { runTool } from './run-tool.ts';

/** What both builds read besides their own folders. */
const SHARED_SOURCES = ['package-lock.json', 'src/protocol'];
const WEB_SOURCES = [...SHARED_SOURCES, 'web'];
const EDGE_SOURCES = [...SHARED_SOURCES, 'src', 'sql/edge', 'wrangler.toml'];
type BuildResult = 'built' | 'fresh';

const WEB_DIR = path.join(PROJECT_DIR, 'dist/web');

/** Builds the web application into `dist/web`, unless that is newer than everything it is made of. */
export async function buildWeb(signal: AbortSignal): Promise<BuildResult> {
  return await withFileLock(`${WEB_DIR}.lock`, signal, async () => {
    if (await isFresh(path.join(WEB_DIR, 'index.html'), WEB_SOURCES)) return 'fresh';
    await runTool({
      what: 'Building the web application',
      script: path.join(PROJECT_DIR, 'node_modules/vite/bin/vite.js'),
      args: ['build', 'web'],
      cwd: PROJECT_DIR,
      signal,
      output: 'keep',
    });
    return 'built';
  });
}

/**
 * Bundles the Worker exactly as a deployment would, into `outDir`, unless that is newer than everything it is made of.
 * `outDir` is emptied before.
 */
export async function bundleEdge(outDir: string, signal: AbortSignal): Promise<BuildResult> {
  return await withFileLock(`${outDir}.lock`, signal, async () => {
    if (await isFresh(path.join(outDir, 'index.js'), EDGE_SOURCES)) return 'fresh';
    // wrangler refuses an assets folder that does not exist; tests of the API alone have none.
    await mkdir(WEB_DIR, { recursive: true });
    // Text modules carry the hash of their content in their name; old ones would stay behind.
    await rm(outDir, { recursive: true, force: true });
    await runTool({
      what: 'Bundling the Worker',
      script: path.join(PROJECT_DIR, 'node_modules/wrangler/bin/wrangler.js'),
      args: ['deploy', '--dry-run', '--outdir', outDir],
      cwd: PROJECT_DIR,
      signal,
      output: 'keep',
    });
    return 'built';
  });
}

async function isFresh(output: string, sources: readonly string[]): Promise<boolean> {
  const built = await modifiedAt(output);
  if (built === undefined) return false;
  for (const source of sources) {
    if ((await newestIn(path.join(PROJECT_DIR, source))) > built) return false;
  }
  return true;
}

/** Time of the newest file in a folder and below, in milliseconds; of the file itself if it is one. */
async function newestIn(place: string): Promise<number> {
  const own = (await modifiedAt(place)) ?? 0;
  const entries = await readdir(place, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const times = await Promise.all(files.map((file) => modifiedAt(file)));
  return times.reduce<number>((newest, time) => Math.max(newest, time ?? 0), own);
}

async function modifiedAt(place: string): Promise<number | undefined> {
  try {
    return (await stat(place)).mtimeMs;
  } catch {
    return undefined;
  }
}
