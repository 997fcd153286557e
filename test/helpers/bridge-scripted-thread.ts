import { parentPort } from 'node:worker_threads';
import type { FromThread, ToThread } from '../../oracle-bridge/job/thread-message.ts';
import { SCRIPT_OF_JOB } from './bridge-thread-scripts.ts';

/** A job thread that does what the id of its job says. It speaks the messages of `thread-message.ts`. */
const send = (message: FromThread): void => parentPort?.postMessage(message);
let jobs = 0;

parentPort?.on('message', (message: ToThread) => {
  if (message.type === 'close') return parentPort?.close();
  if (message.type === 'abort') return send({ type: 'ended', end: { type: 'stopped', database: 'confirmed' } });
  jobs++;
  switch (SCRIPT_OF_JOB.get(message.lease.job_id)) {
    case 'finish':
      send({ type: 'phase', phase: `job ${jobs} of this thread` });
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
    case 'wait':
    case undefined:
      return send({ type: 'phase', phase: 'waiting' });
  }
});
send({ type: 'ready', warehouse: 'scripted 1' });
