import type { Kind } from '#protocol/kind.ts';
import { createEdge } from '../edge/create-edge.ts';
import { encodeBatch } from '../encode/segment.ts';
import { createLogger } from '../log.ts';
import { loadStatement } from '../warehouse/sql/loader.ts';
import { AskedLogins } from './asked-logins.ts';
import type { RunKind } from './job-context.ts';
import { runKindOf } from './kinds.ts';
import { JobWorker } from './job-worker.ts';
import { openWarehouse } from './open-warehouse.ts';
import { WarehouseHolder } from './warehouse-holder.ts';
import type { FromWorker, WorkerSetup } from './worker-message.ts';

/** Puts the parts of a job worker together. */
export async function createJobWorker(
  { config, key, lane }: WorkerSetup,
  send: (message: FromWorker) => void,
): Promise<JobWorker> {
  const log = createLogger({ level: config.logLevel });
  const { client } = await createEdge(config, { key, log, connections: config.uploadConnections });
  const logins = new AskedLogins(send);
  const warehouse = new WarehouseHolder(() => openWarehouse(config.warehouse, { lane, log, logins }), log);
  const runKind = (kind: Kind): RunKind => runKindOf(kind, config.seedLimits);
  const fileOf = (statement: string) => loadStatement(config.warehouse.kind, statement);
  return new JobWorker({
    config,
    client,
    warehouse,
    logins,
    fileOf,
    runKindOf: runKind,
    encode: encodeBatch,
    log,
    send,
  });
}
