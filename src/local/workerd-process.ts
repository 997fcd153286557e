import { AsyncLocalStorage } from 'node:async_hooks';
import type { ChildProcess } from 'node:child_process';
import diagnosticsChannel from 'node:diagnostics_channel';
import path from 'node:path';

/**
 * Miniflare does not tell the process id of the workerd it starts, and starts another one by itself after a crash. Node
 * announces every child process; the asynchronous context says which edge it was started for.
 */
export interface WorkerdWatch {
  /** The workerd that runs now; `undefined` before the first one. */
  pid(): number | undefined;
  /** Runs the code that starts workerd. */
  run<Value>(start: () => Value): Value;
}

interface Watched {
  pid: number | undefined;
}

const context = new AsyncLocalStorage<Watched>();

diagnosticsChannel.subscribe('child_process', (message) => {
  const watched = context.getStore();
  const { process: child } = message as { process: ChildProcess };
  if (!watched) return;
  child.once('spawn', () => {
    if (path.parse(child.spawnfile).name === 'workerd') watched.pid = child.pid;
  });
});

export function watchWorkerd(): WorkerdWatch {
  const watched: Watched = { pid: undefined };
  return { pid: () => watched.pid, run: (start) => context.run(watched, start) };
}
