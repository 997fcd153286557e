import { once } from 'node:events';
import { createJobWorker } from './create-job-worker.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-message.ts';

/** The module of a job worker that is a process: the first message is its set-up. */
const MEMORY_REPORT_MS = 5000;

if (!process.send) throw new Error('process-entry.ts runs as a forked process only');

// The daemon has died: whatever runs here is another bridge's by the next lease. An exit would wait for native calls.
let isClosing = false;
process.on('disconnect', () => (isClosing ? process.exit() : process.kill(process.pid, 'SIGKILL')));
// A terminal or a service manager signals the whole group. The daemon decides what becomes of the jobs.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);

const send = (message: FromWorker): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
};
const reportMemory = (): void => send({ type: 'memory', rssBytes: process.memoryUsage.rss() });
const [setup] = (await once(process, 'message')) as [WorkerSetup];
const worker = await createJobWorker(setup, send);
process.on('message', (message: ToWorker) => {
  if (message.type === 'close') {
    isClosing = true;
    void worker.close().finally(() => process.disconnect());
  } else void worker.handle(message).finally(reportMemory);
});
setInterval(reportMemory, MEMORY_REPORT_MS).unref();
await worker.start();
reportMemory();
