import { randomBytes } from 'node:crypto';
import type { EdgeToBridge, Slots } from '#protocol/bridge-message.ts';
import type { Lane } from '#protocol/kind.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import type { BridgeConfig } from './config.ts';
import type { BridgeKey } from './edge/bridge-token.ts';
import type { BridgeStatus } from './edge/control-status.ts';
import { ControlSocket } from './edge/control-socket.ts';
import { createEdge } from './edge/create-edge.ts';
import { LeaseLoop } from './edge/lease-loop.ts';
import { MemoryGuard } from './job/memory-guard.ts';
import { RunningJobs } from './job/running-jobs.ts';
import { createSlowPermits } from './job/slow-permits.ts';
import { superviseJob } from './job/supervise-job.ts';
import { startProcess, startThread } from './job/worker-carrier.ts';
import { WorkerPool } from './job/worker-pool.ts';
import type { Logger } from './log.ts';
import { LoginDesk } from './warehouse/oracle/login-desk.ts';
import { BRIDGE_VERSION } from './version.ts';
import { waitMs } from './wait.ts';

/** The edge hears of the warehouse once a worker has opened it, but the bridge does not wait longer than this for that. */
const WAREHOUSE_WAIT_MS = 10_000;
/** To the edge, for leases, renewals and reports of all jobs. */
const CONNECTIONS = 4;
const NO_SLOTS: Slots = { interactive: 0, batch: 0 };
const now = (): number => performance.now();
const THREAD = { start: startThread, entry: new URL('./job/thread-entry.ts', import.meta.url) };
const PROCESS = { start: startProcess, entry: new URL('./job/process-entry.ts', import.meta.url) };

export interface Daemon {
  /**
   * Takes no more jobs, lets those that run end for the time the configuration grants, hands the rest back, and closes
   * everything. Never rejects.
   */
  stop(): Promise<void>;
}

/**
 * Puts the parts of the bridge together and starts them. An edge that is not there is waited for.
 * @throws ConfigError for a key that cannot be used.
 */
export async function startDaemon(config: BridgeConfig, key: BridgeKey, log: Logger): Promise<Daemon> {
  const bootId = randomBytes(16).toString('hex');
  const { http, client, sign } = await createEdge(config, { key, log, connections: CONNECTIONS });
  const permits = createSlowPermits(config.slowStatements);
  const logins = new LoginDesk(now);
  const makePool = (lane: Lane, carrier: typeof THREAD): WorkerPool =>
    new WorkerPool({
      ...carrier,
      size: config.slots[lane],
      setup: { config, key, lane },
      permits: permits[lane],
      logins,
      log,
    });
  const pools: Readonly<Record<Lane, WorkerPool>> = {
    interactive: makePool('interactive', THREAD),
    batch: makePool('batch', PROCESS),
  };
  /** `stopping` ends with the process; the edge's wish ends with the connection by which it came. */
  const draining = { stopping: false, atEdgesWish: false };
  const isDraining = (): boolean => draining.stopping || draining.atEdgesWish;

  const running = new RunningJobs(
    config.slots,
    (kept) => superviseJob(kept, { pool: pools[kept.lease.spec.lane], client, log, now }),
    () => {
      socket.notifyStatus();
      leases.wake();
    },
  );
  const readRssBytes = (): number => process.memoryUsage.rss() + pools.batch.rssBytes;
  const memory = new MemoryGuard({
    limitBytes: config.maxRssBytes,
    readRssBytes,
    relieve: () => pools.batch.recycleIdle() || pools.interactive.recycleIdle(),
    onChange: () => {
      socket.notifyStatus();
      leases.wake();
    },
    log,
  });
  const readFreeSlots = (): Slots => (isDraining() || memory.isFull ? NO_SLOTS : running.free());
  const leases = new LeaseLoop({ client, bootId, readFreeSlots, onLease: (kept) => running.add(kept), log, now });
  let warehouse: string | undefined;

  const onMessage = (message: EdgeToBridge): void => {
    if (message.type === 'offer') leases.wake();
    else if (message.type === 'cancel') running.cancel(message.job_id, message.epoch);
    else {
      log.info('the edge asks for no more jobs to be taken');
      draining.atEdgesWish = true;
      socket.notifyStatus();
    }
  };
  const readStatus = (): BridgeStatus => ({
    in_flight: running.count,
    free: readFreeSlots(),
    rss_bytes: readRssBytes(),
    draining: isDraining(),
  });
  const socket = new ControlSocket({
    edgeUrl: config.edgeUrl,
    site: config.site,
    sign,
    http,
    readHello: () => ({
      type: 'hello',
      bridge_id: config.bridgeId,
      boot_id: bootId,
      version: BRIDGE_VERSION,
      protocol: PROTOCOL_VERSION,
      slots: config.slots,
      warehouse: warehouse ?? config.warehouse.kind,
    }),
    readStatus,
    onConnected: () => {
      draining.atEdgesWish = false;
      leases.wake();
    },
    onMessage,
    log,
  });

  log.info({ version: BRIDGE_VERSION, edge: config.edgeUrl, site: config.site, slots: config.slots }, 'bridge started');
  const first = config.slots.interactive > 0 ? pools.interactive : pools.batch;
  warehouse = await firstOf(first.ready(), WAREHOUSE_WAIT_MS);
  memory.start();
  socket.start();
  leases.start();

  const stop = async (): Promise<void> => {
    draining.stopping = true;
    socket.retire();
    log.info({ jobs: running.count }, 'bridge stops: no more jobs are taken');
    memory.stop();
    await leases.stop();
    await firstOf(running.settled(), config.shutdownGraceMs);
    if (running.count > 0) log.warn({ jobs: running.count }, 'jobs that have not ended in time are handed back');
    running.handBack();
    await running.settled();
    await Promise.all(Object.values(pools).map((pool) => pool.close()));
    await socket.close();
    await client.close();
    log.info('bridge stopped');
  };
  return { stop };
}

/** The value, or `undefined` if it does not come within `limitMs`. */
async function firstOf<Value>(value: Promise<Value>, limitMs: number): Promise<Value | undefined> {
  const done = new AbortController();
  const limit = waitMs(limitMs, done.signal).then(() => undefined);
  try {
    return await Promise.race([value, limit]);
  } finally {
    done.abort();
  }
}
