import { parentPort } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerSetup } from '../../oracle-bridge/job/worker-message.ts';
import type { Script } from './bridge-worker-scripts.ts';
import { SCRIPT_OF_JOB, SWOLLEN_BYTES } from './bridge-worker-scripts.ts';

/** A job worker, thread or process, that does what the id of its job says. It speaks `worker-message.ts`. */
const send = (message: FromWorker): void => {
  if (parentPort) parentPort.postMessage(message);
  else process.send?.(message);
};
const leave = (): void => (parentPort ? parentPort.close() : process.disconnect());
let jobs = 0;
let script: Script = 'wait';

function receive(message: ToWorker): void {
  if (message.type === 'close') return leave();
  if (message.type === 'abort') return send({ type: 'ended', end: { type: 'stopped', database: 'confirmed' } });
  if (message.type === 'permit') return act(script.replace('slow-', '') as Script);
  if (message.type !== 'run') return;
  jobs++;
  script = SCRIPT_OF_JOB.get(message.lease.job_id) ?? 'wait';
  act(script);
}

function act(next: Script): void {
  switch (next) {
    case 'slow-finish':
    case 'slow-hang':
    case 'slow-crash':
    case 'slow-wait':
      send({ type: 'phase', phase: 'asking for a permit' });
      return send({ type: 'take-permit', id: jobs });
    case 'finish':
      send({ type: 'phase', phase: `job ${jobs} of this worker` });
      return send({ type: 'ended', end: { type: 'finished' } });
    case 'fail':
      return send({
        type: 'ended',
        end: { type: 'failed', code: 'QUERY_TIMEOUT', detail: 'too slow', retryable: true },
      });
    case 'fenced':
      return send({ type: 'ended', end: { type: 'fenced', database: 'not_running' } });
    case 'hang':
      send({ type: 'phase', phase: 'hanging' });
      // As a driver does inside a native call: no message is heard any more.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      return;
    case 'crash':
      throw new Error('crashed on purpose');
    case 'devour':
      for (const held: unknown[] = []; ;) held.push(Array.from({ length: 10_000 }, () => held.length));
    case 'swell':
      send({ type: 'memory', rssBytes: SWOLLEN_BYTES });
      return send({ type: 'ended', end: { type: 'finished' } });
    case 'wait':
      return send({ type: 'phase', phase: 'waiting' });
  }
}

if (parentPort) parentPort.on('message', receive);
else process.on('message', (message: ToWorker | WorkerSetup) => 'type' in message && receive(message));
send({ type: 'ready', warehouse: `scripted, ${parentPort ? 'a thread' : 'a process'}` });
