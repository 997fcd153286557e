import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A file system of its own with so little space that it is soon full. */
export interface SmallDisk {
  readonly dir: string;
  grow(sizeMb: number): void;
  remove(): void;
}

/** @throws Error with the reason where mounting is not permitted. */
export function mountSmallDisk(sizeMb: number): SmallDisk {
  const dir = mkdtempSync(path.join(tmpdir(), 'lotstream-disk-'));
  try {
    run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'lotstream-faults', dir]);
  } catch (error) {
    rmSync(dir, { recursive: true });
    throw error;
  }
  const remove = () => {
    process.off('exit', remove);
    // Lazily: a workerd that is just ending may still have its files open.
    run('umount', ['--lazy', dir]);
    rmSync(dir, { recursive: true });
  };
  process.once('exit', remove);
  return { dir, grow: (size) => run('mount', ['-o', `remount,size=${size}m`, dir]), remove };
}

/** Why no small disk can be had here; `undefined`: one can. */
export function whyNoSmallDisk(): string | undefined {
  try {
    mountSmallDisk(1).remove();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
