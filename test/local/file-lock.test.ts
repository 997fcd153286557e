import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFileLock } from '../../src/local/file-lock.ts';
import { makeTemporaryFolder } from '../helpers/temporary-folder.ts';

const never = new AbortController().signal;

describe('withFileLock', () => {
  it('lets one run at a time, each of them', async () => {
    const file = path.join(await makeTemporaryFolder(), 'deep', 'lock');
    let running = 0;
    let most = 0;
    const runs = Array.from({ length: 5 }, (_, index) =>
      withFileLock(file, never, async () => {
        most = Math.max(most, ++running);
        await readdir(path.dirname(file));
        running--;
        return index;
      }),
    );
    expect(await Promise.all(runs)).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(1);
    expect(await readdir(path.dirname(file))).toEqual([]);
  });

  it('is released when the work fails', async () => {
    const file = path.join(await makeTemporaryFolder(), 'lock');
    await expect(withFileLock(file, never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await withFileLock(file, never, () => Promise.resolve('next'))).toBe('next');
  });

  it('is taken over from a process that has died', async () => {
    const file = path.join(await makeTemporaryFolder(), 'lock');
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await writeFile(file, String(child.pid));
    expect(await withFileLock(file, never, () => Promise.resolve('mine'))).toBe('mine');
  });

  it('is waited for no longer than the signal allows', async () => {
    const file = path.join(await makeTemporaryFolder(), 'lock');
    await writeFile(file, String(process.pid));
    const stopping = new AbortController();
    const waiting = withFileLock(file, stopping.signal, () => Promise.resolve());
    stopping.abort();
    await expect(waiting).rejects.toThrow('aborted');
  });
});
