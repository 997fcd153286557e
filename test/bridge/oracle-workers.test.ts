import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Lease } from '#protocol/lease.ts';
import type { BridgeKey } from '../../oracle-bridge/edge/bridge-token.ts';
import { createSigner } from '../../oracle-bridge/edge/bridge-token.ts';
import { EdgeClient } from '../../oracle-bridge/edge/edge-client.ts';
import { EdgeHttp } from '../../oracle-bridge/edge/edge-http.ts';
import { superviseJob } from '../../oracle-bridge/job/supervise-job.ts';
import type { StartCarrier } from '../../oracle-bridge/job/worker-carrier.ts';
import { startProcess, startThread } from '../../oracle-bridge/job/worker-carrier.ts';
import type { WorkerEnd, WorkerOptions } from '../../oracle-bridge/job/worker-handle.ts';
import { WorkerHandle } from '../../oracle-bridge/job/worker-handle.ts';
import { WorkerPool } from '../../oracle-bridge/job/worker-pool.ts';
import { LoginDesk } from '../../oracle-bridge/warehouse/oracle/login-desk.ts';
import { Permits } from '../../oracle-bridge/warehouse/permits.ts';
import { EdgeDouble } from '../helpers/bridge-edge-double.ts';
import { SILENT, makeConfig, makeKey, makeLease } from '../helpers/bridge-samples.ts';
import type { Answer, AnswerRequest, RowFaults } from '../helpers/oracle-server/answers.ts';
import { OracleServer, TEST_LOGIN } from '../helpers/oracle-server/server.ts';
import { answerSetup, rowsOfStatement, untilEmpty } from '../helpers/oracle-test-warehouse.ts';
import { id } from '../helpers/tiny-warehouse.ts';

/** A database that answers has stopped its statement by then. The machine of a test may be busy. */
const CONFIRMED_WITHIN_MS = 2000;
/** Three seconds of grace and one for the worker to be gone. */
const TERMINATED_WITHIN_MS = 4000;
/** A worker starts slowly on a busy machine. */
const POLL = { timeout: 30_000, interval: 5 };
const never = new AbortController().signal;

let server: OracleServer;
let edge: EdgeDouble;
let key: BridgeKey;
let answer: (request: AnswerRequest) => Answer | Promise<Answer>;
const closing: { close: () => Promise<void> }[] = [];

beforeEach(async () => {
  answer = () => history(2);
  server = await OracleServer.start({
    ...TEST_LOGIN,
    answer: (request) => answerSetup(request.sql) ?? answer(request),
  });
  key = await makeKey();
  edge = await EdgeDouble.start(key);
});

/** Whatever happened, nothing is left at the database's end once the workers are gone. */
afterEach(async () => {
  for (const part of closing.splice(0)) await part.close();
  await untilEmpty(server);
  await edge.close();
  await server.close();
});

function history(count: number, faults?: RowFaults): Answer {
  return rowsOfStatement('events/history', count, faults);
}

function workerOptions(start: StartCarrier): WorkerOptions {
  const config = makeConfig({
    EDGE_URL: edge.url,
    WAREHOUSE: 'oracle',
    ORACLE_CONNECT_STRING: server.connectString,
    ORACLE_USER: TEST_LOGIN.user,
    ORACLE_PASSWORD: TEST_LOGIN.password,
    LOG_LEVEL: 'error',
  });
  const name = start === startThread ? 'thread-entry.ts' : 'process-entry.ts';
  const entry = new URL(`../../oracle-bridge/job/${name}`, import.meta.url);
  return {
    start,
    entry,
    setup: { config, key, lane: 'batch' },
    permits: new Permits(1),
    logins: new LoginDesk(() => performance.now()),
    log: SILENT,
  };
}

/** A job of one range; the edge holds it as running. */
function submit(number: number): Lease {
  const lease = makeLease({ job_id: number.toString(16).padStart(64, '0'), spec: { domains: ['history'] } });
  edge.submit(lease, [id(1), id(2), id(3)]).state = 'running';
  return lease;
}

async function startWorker(start: StartCarrier): Promise<WorkerHandle> {
  const worker = new WorkerHandle(workerOptions(start));
  closing.push(worker);
  await expect(worker.ready).resolves.toBe('oracle 19.3');
  return worker;
}

interface Stopped {
  readonly end: WorkerEnd;
  readonly ms: number;
}

/** Runs a job and stops it as soon as `isRunning`. */
async function runAndStop(worker: WorkerHandle, lease: Lease, isRunning: () => boolean): Promise<Stopped> {
  const abort = new AbortController();
  const run = worker.run(lease, { signal: abort.signal, onPhase: () => undefined });
  await expect.poll(isRunning, POLL).toBe(true);
  const from = performance.now();
  abort.abort();
  return { end: await run, ms: performance.now() - from };
}

describe.each([
  { carrier: 'a thread', start: startThread },
  { carrier: 'a process', start: startProcess },
])('a cancel of a job that reads Oracle in $carrier', ({ start }) => {
  it('is confirmed by a database that answers, and the worker goes on with the next job', async () => {
    const worker = await startWorker(start);
    answer = () => history(50, { hangAtRow: 20 });
    const fetching = await runAndStop(worker, submit(1), () => server.cursorsOpen === 1);
    expect(fetching.end).toEqual({ type: 'stopped', database: 'confirmed' });
    await expect.poll(() => server.sockets).toBe(0);
    answer = () => new Promise<never>(() => undefined);
    const executing = await runAndStop(worker, submit(2), () => server.sessions.some(isExecuting));
    expect(executing.end).toEqual({ type: 'stopped', database: 'confirmed' });
    for (const { ms } of [fetching, executing]) expect(ms).toBeLessThan(CONFIRMED_WITHIN_MS);
    expect(server.breaks).toBe(2);
    await expect.poll(() => server.sockets).toBe(0);

    answer = () => history(2);
    const run = worker.run(submit(3), { signal: never, onPhase: () => undefined });
    await expect(run).resolves.toEqual({ type: 'finished' });
    await expect.poll(() => server.sockets).toBe(1);
  });

  it('ends the worker and its connections when the database does not answer', async () => {
    const worker = await startWorker(start);
    server.breakAnswer = 'never';
    answer = () => history(50, { hangAtRow: 20 });
    const { end, ms } = await runAndStop(worker, submit(1), () => server.cursorsOpen === 1);
    expect(end).toEqual({ type: 'terminated', exited: true });
    expect(ms).toBeLessThan(TERMINATED_WITHIN_MS);
    await expect.poll(() => [server.sockets, server.sessions.length]).toEqual([0, 0]);
    expect(worker.hasExited).toBe(true);
  });

  it('while it waits for a login that hangs leaves no socket', async () => {
    const worker = await startWorker(start);
    server.cutAll();
    await expect.poll(() => server.sockets).toBe(0);
    await server.refuse('silent');
    const { end, ms } = await runAndStop(worker, submit(1), () => server.sockets === 1);
    expect(end).toMatchObject({ type: 'stopped' });
    expect(ms).toBeLessThan(CONFIRMED_WITHIN_MS);
    await expect.poll(() => server.sockets).toBe(0);
    await server.refuse(undefined);
  });

  it('that comes twice while the job finishes leaves one end of it', async () => {
    const pool = new WorkerPool({ ...workerOptions(start), size: 1 });
    const http = new EdgeHttp({
      edgeUrl: edge.url,
      connections: 2,
      sign: await createSigner('bridge-1', key),
      log: SILENT,
    });
    const client = new EdgeClient(http, SILENT);
    closing.push(pool, client);
    await pool.ready();
    const now = (): number => performance.now();
    /** Cancels twice after so long; says by which call the job ended, and after how long. */
    const race = async (round: number, delayMs: number): Promise<[call: string, ms: number]> => {
      const lease = submit(round);
      const job = edge.jobs.get(lease.job_id);
      const from = now();
      const supervised = superviseJob({ lease, askedAtMs: from }, { pool, client, log: SILENT, now });
      const cancel = (): void => {
        if (job?.ends.length === 0) job.state = 'cancelled';
        supervised.stop('cancelled');
      };
      const timers = [setTimeout(cancel, delayMs), setTimeout(cancel, delayMs + (round % 3))];
      await supervised.ended;
      for (const timer of timers) clearTimeout(timer);
      expect(job?.ends).toHaveLength(1);
      return [job?.ends[0]?.call ?? '', now() - from];
    };
    await race(1, 60_000);
    const [, wholeMs] = await race(2, 60_000);
    const calls = new Set<string>();
    for (let round = 3; round <= 26; round++) {
      const [call] = await race(round, (wholeMs * (round - 3)) / 12);
      calls.add(call);
    }
    expect(calls.size).toBeGreaterThan(1);
    expect(calls).toContain('cancelled');
    expect(server.sockets).toBeLessThanOrEqual(1);
    expect(server.sessions.filter(({ transaction }) => transaction !== 'none')).toEqual([]);
  });
});

describe('a job worker that reads Oracle', () => {
  it('outlives a database that is not there yet, goes away and comes back', async () => {
    await server.refuse('stopped');
    const worker = new WorkerHandle(workerOptions(startThread));
    closing.push(worker);
    await expect(worker.ready).resolves.toBeUndefined();
    const run = (number: number) => worker.run(submit(number), { signal: never, onPhase: () => undefined });
    const away = { type: 'failed', code: 'WAREHOUSE_UNAVAILABLE', detail: expect.any(String), retryable: true };
    await expect(run(1)).resolves.toEqual(away);
    await server.refuse(undefined);
    await expect(run(2)).resolves.toEqual({ type: 'finished' });
    answer = () => history(50, { cutAtRow: 20 });
    await expect(run(3)).resolves.toEqual(away);
    await server.refuse({ login: 1033 });
    server.cutAll();
    await expect(run(4)).resolves.toEqual(away);
    answer = () => history(2);
    await server.refuse(undefined);
    await expect(run(5)).resolves.toEqual({ type: 'finished' });
  });

  it('tells the edge that the moment is gone, in a code and no words of the database', async () => {
    const worker = await startWorker(startThread);
    answer = () => history(50, { failAtRow: { row: 20, code: 1555 } });
    const end = await worker.run(submit(1), { signal: never, onPhase: () => undefined });
    expect(end).toMatchObject({ type: 'failed', code: 'SNAPSHOT_LOST', retryable: true });
    expect(JSON.stringify(end)).not.toContain('ORA-');
    // A snapshot without a name goes on at a new moment once.
    const texts = server.sessions.flatMap(({ statements }) => statements);
    expect(texts.filter((text) => text === 'set transaction read only')).toHaveLength(2);
  });
});

function isExecuting({ statements }: { readonly statements: readonly string[] }): boolean {
  return statements.at(-1)?.startsWith('select') === true;
}
