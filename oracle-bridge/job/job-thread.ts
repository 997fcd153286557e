import { parentPort, workerData } from 'node:worker_threads';
import { createEdge } from '../edge/create-edge.ts';
import { encodeBatch } from '../encode/segment.ts';
import { createLogger } from '../log.ts';
import { runKindOf } from '../trace/kinds.ts';
import { LaneGate } from './lane-gate.ts';
import { openWarehouse } from './open-warehouse.ts';
import { ThreadBody } from './thread-body.ts';
import type { ThreadSetup, ToThread } from './thread-message.ts';
import { WarehouseHolder } from './warehouse-holder.ts';

/** The module of a job thread: puts its parts together and listens. */
const port = parentPort;
if (!port) throw new Error('job-thread.ts runs as a worker thread only');

const { config, key, laneMemory } = workerData as ThreadSetup;
const log = createLogger({ level: config.logLevel });
const { client } = await createEdge(config, { key, log });
const warehouse = new WarehouseHolder(() => openWarehouse(config.warehouse), log);
const body = new ThreadBody({
  config,
  client,
  warehouse,
  runKindOf,
  encode: encodeBatch,
  gate: new LaneGate(laneMemory),
  log,
  send: (message) => port.postMessage(message),
});

port.on('message', (message: ToThread) => {
  if (message.type !== 'close') {
    void body.handle(message);
    return;
  }
  void body.close().finally(() => port.close());
});
await body.start();
