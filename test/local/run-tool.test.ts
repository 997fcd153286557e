import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLogFile } from '../../src/local/log-file.ts';
import { runTool } from '../../src/local/run-tool.ts';
import { ensureWarehouse } from '../../src/local/sample-warehouse.ts';
import { makeTemporaryFolder } from '../helpers/temporary-folder.ts';

const never = new AbortController().signal;

async function writeScript(source: string): Promise<string> {
  const script = path.join(await makeTemporaryFolder(), 'tool.mjs');
  await writeFile(script, source);
  return script;
}

const run = (script: string, signal: AbortSignal = never) =>
  runTool({ what: 'Making tea', script, args: ['--hot'], cwd: '/', signal, output: 'keep' });

describe('runTool', () => {
  it('runs a script in a folder with its arguments', async () => {
    const script = await writeScript('console.error(process.cwd(), process.argv[2]); process.exit(1)');
    await expect(run(script)).rejects.toThrow('/ --hot');
    await expect(run(await writeScript(''))).resolves.toBeUndefined();
  });

  it('shows the end of what a failed tool said, and no more', async () => {
    const script = await writeScript('console.log("x".repeat(50_000)); console.error("no water"); process.exit(3)');
    const failure = await run(script).catch((error: unknown) => error);
    expect(String(failure)).toMatch(/^StartError: Making tea failed\.\n\n[^]*no water$/);
    expect(String(failure).length).toBeLessThan(10_000);
  });

  it('ends the tool when it is asked to stop', async () => {
    const stopping = new AbortController();
    const marker = path.join(await makeTemporaryFolder(), 'ended');
    const script = await writeScript(`
      import { writeFileSync } from 'node:fs';
      process.on('SIGTERM', () => { writeFileSync(${JSON.stringify(marker)}, ''); process.exit(0); });
      writeFileSync(${JSON.stringify(`${marker}-begun`)}, '');
      setInterval(() => {}, 1000);
    `);
    const running = run(script, stopping.signal);
    await expect.poll(() => readdir(path.dirname(marker))).toEqual(['ended-begun']);
    stopping.abort(new Error('stop'));
    await expect(running).rejects.toThrow('stop');
    await access(marker);
  });
});

describe('the sample warehouse', () => {
  it('is left alone where there is one', async () => {
    const file = path.join(await makeTemporaryFolder(), 'own.duckdb');
    await writeFile(file, 'mine');
    await ensureWarehouse(file, ['--containers', 'many'], never);
    expect(await readdir(path.dirname(file))).toEqual(['own.duckdb']);
  });

  it('that cannot be generated is a sentence, and no file', async () => {
    const file = path.join(await makeTemporaryFolder(), 'sample.duckdb');
    await expect(ensureWarehouse(file, ['--containers', 'many'], never)).rejects.toThrow(
      'Generating the sample warehouse failed.',
    );
    expect(await readdir(path.dirname(file))).toEqual([]);
  });
});

describe('a log file', () => {
  it('begins anew with every start', async () => {
    const file = path.join(await makeTemporaryFolder(), 'logs', 'edge.log');
    for (const line of ['first', 'second']) {
      const log = openLogFile(file);
      log.write(line);
      log.close();
    }
    expect(await readFile(file, 'utf8')).toBe('second\n');
  });
});
