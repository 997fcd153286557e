import { parentPort, workerData } from 'node:worker_threads';
import { createJobWorker } from './create-job-worker.ts';
import type { ToWorker, WorkerSetup } from './worker-message.ts';

/** The module of a job worker that is a thread. */
const port = parentPort;
if (!port) throw new Error('thread-entry.ts runs as a worker thread only');

const worker = await createJobWorker(workerData as WorkerSetup, (message) => port.postMessage(message));
port.on('message', (message: ToWorker) => {
  if (message.type === 'close') void worker.close().finally(() => port.close());
  else void worker.handle(message);
});
await worker.start();
