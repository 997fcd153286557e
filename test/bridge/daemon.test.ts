import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Lease } from '#protocol/lease.ts';
import type { BridgeKey } from '../../oracle-bridge/edge/bridge-token.ts';
import type { BridgeProcess } from '../../src/local/bridge-process.ts';
import { startBridge } from '../../src/local/bridge-process.ts';
import { EdgeDouble } from '../helpers/bridge-edge-double.ts';
import { makeEnvironment, makeKey, makeLease } from '../helpers/bridge-samples.ts';
import { findFreePort } from '../helpers/free-port.ts';
import { askWarehouse, sampleFile, sampleIds } from '../helpers/sample-file.ts';
import { childrenOf, isRunning, niceness } from '../helpers/process-stats.ts';
import { makeTemporaryFolder } from '../helpers/temporary-folder.ts';

/** The daemon as a process of its own, on a sample warehouse, against an edge of the test. */
const CONTAINERS = 2000;
/** A process of its own starts slowly on a busy machine. */
const POLL = { timeout: 30_000, interval: 50 };
let warehouseFile = '';
let ids: readonly string[] = [];

beforeAll(async () => {
  warehouseFile = await sampleFile(CONTAINERS);
  ids = await sampleIds(warehouseFile, 1500);
}, 120_000);

interface RunningBridge extends BridgeProcess {
  readonly lines: string[];
}

async function runBridge(
  edgeUrl: string,
  key: BridgeKey,
  variables: Readonly<Record<string, string>> = {},
): Promise<RunningBridge> {
  const folder = await makeTemporaryFolder();
  const privateKeyFile = path.join(folder, 'key.json');
  await writeFile(privateKeyFile, JSON.stringify(key));
  const lines: string[] = [];
  const bridge = startBridge({
    edgeUrl,
    site: 'fab1',
    bridgeId: 'bridge-1',
    privateKeyFile,
    warehouseFile,
    variables: { DUCKDB_THREADS: '1', ...variables },
    onLine: (line) => lines.push(line),
  });
  onTestFinished(() => bridge.kill());
  return { ...bridge, lines };
}

async function startEdge(port?: number): Promise<{ edge: EdgeDouble; key: BridgeKey }> {
  const key = await makeKey();
  const edge = await EdgeDouble.start(key, port);
  onTestFinished(() => edge.close());
  return { edge, key };
}

async function connected(edge: EdgeDouble): Promise<void> {
  await edge.until(() => edge.controlMessages.some((message) => message['type'] === 'status'));
}

function eventsLease(count: number, changes: Partial<Lease['spec']> = {}): Lease {
  const lane = count <= 1000 ? 'interactive' : 'batch';
  return makeLease({ spec: { lane, domains: ['history', 'materials'], cid_count: count, ...changes } });
}

/** Rows the warehouse has for the first containers of the sample. */
async function countRows(table: string, count: number): Promise<number> {
  const last = ids[count - 1] ?? '';
  const isEvent = table === 'LOTWIPHISTORY' ? 'AND EQUIPMENTID IS NOT NULL AND TRACKINTIMESTAMP IS NOT NULL' : '';
  const sql = `SELECT count(*)::INTEGER AS n FROM DWH.DW_MES_${table} WHERE CONTAINERID <= '${last}' ${isEvent}`;
  return Number((await askWarehouse(warehouseFile, sql))[0]?.['n']);
}

describe('the daemon', () => {
  it('runs short and long jobs, one record for each row, and drains on SIGTERM', async () => {
    const { edge, key } = await startEdge();
    const bridge = await runBridge(edge.url, key);
    await connected(edge);
    expect(edge.controlMessages[0]).toMatchObject({
      type: 'hello',
      bridge_id: 'bridge-1',
      warehouse: expect.stringMatching(/^duckdb \d/),
      slots: { interactive: 2, batch: 2 },
    });

    const short = edge.submit(eventsLease(200), ids.slice(0, 200));
    const long = edge.submit({ ...eventsLease(1500), job_id: 'cd'.repeat(32) }, ids);
    await edge.until(() => short.ends.length > 0 && long.ends.length > 0);
    // In one call, unless the machine is so busy that it took longer than that is tried.
    expect(short.ends).toEqual([{ call: expect.stringMatching(/^(complete|finish)$/), body: expect.anything() }]);
    expect(long.ends.map(({ call }) => call)).toEqual(['finish']);
    for (const [job, count] of [
      [short, 200],
      [long, 1500],
    ] as const) {
      expect(job.log.records('history')).toHaveLength(await countRows('LOTWIPHISTORY', count));
      expect(job.log.records('materials')).toHaveLength(await countRows('LOTMATERIALSHISTORY', count));
    }
    expect(long.log.records('history').length).toBeGreaterThan(1000);

    process.kill(bridge.pid, 'SIGTERM');
    await expect(bridge.exited).resolves.toBe(0);
    for (const line of bridge.lines) expect(JSON.parse(line)).toHaveProperty('level');
    expect(bridge.lines.join('\n')).not.toContain(key.d);
  });

  it('waits for an edge that is not there, and connects when it comes', async () => {
    const port = await findFreePort();
    const key = await makeKey();
    const bridge = await runBridge(`http://127.0.0.1:${port}`, key);
    await expect.poll(() => bridge.lines.some((line) => line.includes('cannot be connected')), POLL).toBe(true);
    const edge = await EdgeDouble.start(key, port);
    onTestFinished(() => edge.close());
    const job = edge.submit(eventsLease(50), ids.slice(0, 50));
    await edge.until(() => job.ends.length > 0);
    expect(job.log.finished).toBe(true);
  });

  it('stops a job that is cancelled and reports on the database', async () => {
    const { edge, key } = await startEdge();
    await runBridge(edge.url, key);
    await connected(edge);
    const sealing = Promise.withResolvers<void>();
    edge.intercept = (call) => {
      if (!call.path.endsWith('/seal')) return undefined;
      sealing.resolve();
      return Promise.resolve('hang');
    };
    const job = edge.submit(eventsLease(1500), ids);
    await sealing.promise;
    job.state = 'cancelled';
    edge.send({ type: 'cancel', job_id: job.lease.job_id, epoch: job.lease.epoch });
    await edge.until(() => job.ends.length > 0);
    expect(job.ends).toEqual([
      { call: 'cancelled', body: { database: expect.stringMatching(/^(confirmed|not_running)$/) } },
    ]);

    edge.intercept = () => undefined;
    const next = edge.submit({ ...eventsLease(50), job_id: 'cd'.repeat(32) }, ids.slice(0, 50));
    await edge.until(() => next.ends.length > 0);
    expect(next.log.finished).toBe(true);
  });

  it('says that it drains, takes no more jobs, and hands back what does not end in time', async () => {
    const { edge, key } = await startEdge();
    const bridge = await runBridge(edge.url, key, { SHUTDOWN_GRACE_SECONDS: '1' });
    await connected(edge);
    const sealing = Promise.withResolvers<void>();
    edge.intercept = (call) => {
      if (!call.path.endsWith('/seal')) return undefined;
      sealing.resolve();
      return Promise.resolve('hang');
    };
    const job = edge.submit(eventsLease(1500), ids);
    await sealing.promise;
    process.kill(bridge.pid, 'SIGTERM');
    await edge.until(() => edge.controlMessages.some((message) => message['draining'] === true));
    const late = edge.submit({ ...eventsLease(50), job_id: 'cd'.repeat(32) }, ids.slice(0, 50));
    await expect(bridge.exited).resolves.toBe(0);
    expect(job.ends).toEqual([
      { call: 'fail', body: { code: 'BRIDGE_UNAVAILABLE', detail: expect.any(String), retryable: true } },
    ]);
    expect(late.state).toBe('queued');
  });

  it('lets everything else go before its long jobs, whatever signals their processes', async () => {
    const { edge, key } = await startEdge();
    const bridge = await runBridge(edge.url, key, { BATCH_NICENESS: '17' });
    await connected(edge);
    await expect.poll(() => childrenOf(bridge.pid).map(niceness), POLL).toEqual([17, 17]);
    expect(niceness(bridge.pid)).toBe(getPriority());
    // As a terminal does it with Ctrl-C, or a service manager.
    for (const pid of childrenOf(bridge.pid)) {
      process.kill(pid, 'SIGINT');
      process.kill(pid, 'SIGTERM');
    }
    const job = edge.submit(eventsLease(1500), ids);
    await edge.until(() => job.ends.length > 0);
    expect(job.log.finished).toBe(true);
  });

  it('leaves no process behind when it is killed', async () => {
    const { edge, key } = await startEdge();
    const bridge = await runBridge(edge.url, key);
    await connected(edge);
    edge.intercept = (call) => (call.path.endsWith('/seal') ? Promise.resolve('hang') : undefined);
    edge.submit(eventsLease(1500), ids);
    await edge.until(() => edge.calls.some((call) => call.path.endsWith('/seal')));
    const children = childrenOf(bridge.pid);
    expect(children).toHaveLength(2);
    await bridge.kill();
    await expect.poll(() => children.filter(isRunning), POLL).toEqual([]);
  });

  it('takes no more jobs when the edge asks so, until it connects again', async () => {
    const { edge, key } = await startEdge();
    await runBridge(edge.url, key);
    await connected(edge);
    edge.send({ type: 'drain' });
    await edge.until(() => edge.controlMessages.some((message) => message['draining'] === true));
    const asked: string[] = [];
    edge.intercept = (call) => {
      if (call.path === '/bridge/v1/leases') asked.push(isHelloAgain() ? 'connected again' : 'while draining');
      return undefined;
    };
    const isHelloAgain = (): boolean => edge.controlMessages.filter(({ type }) => type === 'hello').length > 1;
    const job = edge.submit(eventsLease(50), ids.slice(0, 50));
    edge.cutSocket();
    await edge.until(() => asked.length > 0);
    expect(asked[0]).toBe('connected again');
    await edge.until(() => job.ends.length > 0);
    expect(job.log.finished).toBe(true);
  });

  it('ends at once at the second signal', async () => {
    const { edge, key } = await startEdge();
    const bridge = await runBridge(edge.url, key, { SHUTDOWN_GRACE_SECONDS: '3600' });
    await connected(edge);
    edge.intercept = (call) => (call.path.endsWith('/seal') ? Promise.resolve('hang') : undefined);
    edge.submit(eventsLease(1500), ids);
    await edge.until(() => edge.calls.some((call) => call.path.endsWith('/seal')));
    process.kill(bridge.pid, 'SIGTERM');
    await edge.until(() => edge.controlMessages.some((message) => message['draining'] === true));
    process.kill(bridge.pid, 'SIGINT');
    await expect(bridge.exited).resolves.toBe('SIGINT');
  });

  it('outlives a warehouse that is not there, and says so of every job', async () => {
    const { edge, key } = await startEdge();
    await runBridge(edge.url, key, { DUCKDB_FILE: '/nowhere/warehouse.duckdb' });
    await connected(edge);
    const job = edge.submit(eventsLease(50), ids.slice(0, 50));
    await edge.until(() => job.ends.length > 0);
    expect(job.ends).toEqual([
      { call: 'fail', body: { code: 'WAREHOUSE_UNAVAILABLE', detail: expect.any(String), retryable: true } },
    ]);
  });
});

/** Runs beside this process, whose edge has to answer meanwhile. */
async function check(env: Readonly<Record<string, string | undefined>>): Promise<{ status: unknown; stdout: string }> {
  const child = spawn(process.execPath, ['oracle-bridge/main.ts', 'check'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stdout = await text(child.stdout);
  return { status: (await exited)[0], stdout };
}

describe('oracle-bridge check', () => {
  it('says of each part whether it works', async () => {
    const { edge, key } = await startEdge();
    const environment = makeEnvironment({
      EDGE_URL: edge.url,
      BRIDGE_PRIVATE_KEY_JWK: JSON.stringify(key),
      DUCKDB_FILE: warehouseFile,
    });
    const good = await check(environment);
    expect(good.stdout.replace(/duckdb [\d.]+/, 'duckdb X')).toBe(
      [
        'ok      configuration: complete',
        'ok      key: a private Ed25519 key',
        'ok      warehouse: duckdb X answers',
        `ok      edge: ${edge.url} answers and accepts the key of this bridge`,
        '',
      ].join('\n'),
    );
    expect(good.status).toBe(0);

    const stranger = JSON.stringify(await makeKey());
    const bad = await check({ ...environment, BRIDGE_PRIVATE_KEY_JWK: stranger, DUCKDB_FILE: '/nowhere/x.duckdb' });
    expect(bad.status).toBe(1);
    expect(bad.stdout).toMatch(/^FAILED {2}warehouse: /m);
    expect(bad.stdout).toMatch(/^FAILED {2}edge: http:\S+ answers 401 UNAUTHENTICATED/m);

    const away = await check({ ...environment, EDGE_URL: 'http://127.0.0.1:1' });
    expect(away.status).toBe(1);
    expect(away.stdout).toMatch(/^FAILED {2}edge: http:\S+ cannot be reached/m);
  });
});
