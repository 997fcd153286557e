import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../log.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-message.ts';

/** V8 limits of a thread besides the old generation, which is configured. */
const YOUNG_GENERATION_MB = 64;
const STACK_MB = 4;

/** What a job worker lives in, seen from the daemon: a thread, or a process of its own. */
export interface Carrier {
  /** Does nothing once it has exited. */
  post(message: ToWorker): void;
  /** Ends it, whatever it does. `onExit` follows when it is gone. */
  kill(): void;
}

export interface CarrierOptions {
  /** The module it runs. */
  readonly entry: URL;
  readonly setup: WorkerSetup;
  readonly log: Logger;
  readonly onMessage: (message: FromWorker) => void;
  /** Exactly once, for whatever reason; `outOfMemory`: it reached the limit of its heap. */
  readonly onExit: (outOfMemory: boolean) => void;
}

export type StartCarrier = (options: CarrierOptions) => Carrier;

/** For jobs that somebody waits for: the nearest and smallest. */
export const startThread: StartCarrier = ({ entry, setup, log, onMessage, onExit }) => {
  const worker = new Worker(entry, {
    workerData: setup,
    resourceLimits: {
      maxOldGenerationSizeMb: setup.config.jobHeapMb,
      maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
      stackSizeMb: STACK_MB,
    },
  });
  worker.on('message', onMessage);
  let outOfMemory = false;
  worker.on('error', (error) => {
    outOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    log.error({ err: error }, 'a job worker failed');
  });
  worker.on('exit', () => onExit(outOfMemory));
  return {
    // A thread that has exited takes a message and drops it.
    post: (message) => worker.postMessage(message),
    kill: () => void worker.terminate(),
  };
};

/**
 * For long jobs: the operating system lets everything else on the machine go first, the edge of a laptop among it. All
 * the threads of a process share one pool for native calls, so a job that is to step back needs a process.
 */
export const startProcess: StartCarrier = ({ entry, setup, log, onMessage, onExit }) => {
  const child = fork(entry, [], {
    execArgv: [...process.execArgv, `--max-old-space-size=${setup.config.jobHeapMb}`],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (message) => onMessage(message as FromWorker));
  child.on('exit', (code, signal) => {
    if (code !== 0) log.warn({ code, signal }, 'a job worker was ended or failed');
    // V8 aborts a process whose heap is full, and C++ one that gets no memory; nothing else does in a sound one.
    onExit(signal === 'SIGABRT');
  });
  child.on('error', (error) => {
    log.error({ err: error }, 'a job worker failed');
    // One that was never there does not exit.
    if (child.pid === undefined) onExit(false);
  });
  // Before it has threads of its own: those take over what their process has when they begin.
  if (child.pid !== undefined) stepBack(child.pid, setup.config.batchNiceness, log);
  const send = (message: ToWorker | WorkerSetup): void => {
    // It may exit at any moment; `onExit` tells of it.
    if (child.connected) child.send(message, () => undefined);
  };
  send(setup);
  return { post: send, kill: () => void child.kill('SIGKILL') };
};

function stepBack(pid: number, niceness: number, log: Logger): void {
  try {
    setPriority(pid, niceness);
  } catch (error) {
    log.warn({ err: error }, 'long jobs run with the priority of everything else');
  }
}
