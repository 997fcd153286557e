import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CancelledRequest, FailRequest } from '#protocol/bridge-message.ts';
import type { Lease } from '#protocol/lease.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { KeptLease } from '../../oracle-bridge/edge/lease-keeper.ts';
import { endOfError } from '../../oracle-bridge/job/job-end.ts';
import type { StopReason } from '../../oracle-bridge/job/job-report.ts';
import { decideReport } from '../../oracle-bridge/job/job-report.ts';
import { MemoryGuard } from '../../oracle-bridge/job/memory-guard.ts';
import { RunningJobs } from '../../oracle-bridge/job/running-jobs.ts';
import type { SupervisedJob } from '../../oracle-bridge/job/supervise-job.ts';
import { superviseJob } from '../../oracle-bridge/job/supervise-job.ts';
import { startProcess, startThread } from '../../oracle-bridge/job/worker-carrier.ts';
import { WorkerPool } from '../../oracle-bridge/job/worker-pool.ts';
import { LoginDesk } from '../../oracle-bridge/warehouse/oracle/login-desk.ts';
import { Permits } from '../../oracle-bridge/warehouse/permits.ts';
import { SILENT, makeConfig, makeKey, makeLease } from '../helpers/bridge-samples.ts';
import type { Script } from '../helpers/bridge-worker-scripts.ts';
import { SCRIPTED_WORKER, SWOLLEN_BYTES, jobIdOf } from '../helpers/bridge-worker-scripts.ts';

const pools: WorkerPool[] = [];
const POLL = { timeout: 30_000, interval: 20 };
const never = new AbortController().signal;

/** A heap that is soon full. */
const SMALL_HEAP = { JOB_HEAP_MB: '64' };

async function makePool(size: number, start = startThread, permits = new Permits(1)): Promise<WorkerPool> {
  const setup = { config: makeConfig(SMALL_HEAP), key: await makeKey(), lane: 'batch' } as const;
  const logins = new LoginDesk(() => performance.now());
  const pool = new WorkerPool({ size, start, setup, permits, logins, log: SILENT, entry: SCRIPTED_WORKER });
  pools.push(pool);
  return pool;
}

function leaseOf(script: Script, changes: Parameters<typeof makeLease>[0] = {}): Lease {
  return makeLease({ ...changes, job_id: jobIdOf(script) });
}

/** Only this side's timers: the workers live in real time. */
function fakeTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

describe.each([
  { carrier: 'a thread', start: startThread },
  { carrier: 'a process', start: startProcess },
])('a pool of job workers, $carrier each', ({ carrier, start }) => {
  it('starts them ahead and uses one again for the next job', async () => {
    const pool = await makePool(1, start);
    await expect(pool.ready()).resolves.toBe(`scripted, ${carrier}`);
    const phases: string[] = [];
    const run = () => pool.run(leaseOf('finish'), { signal: never, onPhase: (phase) => phases.push(phase) });
    await expect(Promise.all([run(), run()])).resolves.toEqual([{ type: 'finished' }, { type: 'finished' }]);
    await run();
    expect(phases).toEqual([1, 2, 3].map((job) => `job ${job} of this worker`));
  });

  it('stops a job that listens and keeps its worker', async () => {
    const pool = await makePool(1, start);
    const abort = new AbortController();
    const waiting = pool.run(leaseOf('wait'), { signal: abort.signal, onPhase: () => abort.abort() });
    await expect(waiting).resolves.toEqual({ type: 'stopped', database: 'confirmed' });
    const phases: string[] = [];
    await pool.run(leaseOf('finish'), { signal: never, onPhase: (phase) => phases.push(phase) });
    expect(phases).toEqual(['job 2 of this worker']);
  });

  it('kills a worker that does not listen three seconds after it was told to stop, and replaces it', async () => {
    const pool = await makePool(1, start);
    await pool.ready();
    fakeTimers();
    const abort = new AbortController();
    const hanging = Promise.withResolvers<void>();
    let ended = false;
    const run = pool.run(leaseOf('hang'), { signal: abort.signal, onPhase: () => hanging.resolve() }).finally(() => {
      ended = true;
    });
    await hanging.promise;
    abort.abort();
    await vi.advanceTimersByTimeAsync(2999);
    expect(ended).toBe(false);
    vi.advanceTimersByTime(1);
    await expect(run).resolves.toEqual({ type: 'terminated', exited: true });
    const next = pool.run(leaseOf('finish'), { signal: never, onPhase: () => undefined });
    await expect(next).resolves.toEqual({ type: 'finished' });
  });

  it('notices a worker that dies and replaces it', async () => {
    const pool = await makePool(1, start);
    const run = (script: Script) => pool.run(leaseOf(script), { signal: never, onPhase: () => undefined });
    await expect(run('crash')).resolves.toEqual({ type: 'crashed', outOfMemory: false });
    await expect(run('finish')).resolves.toEqual({ type: 'finished' });
  });

  it.each(['slow-finish', 'slow-crash'] as const)(
    'takes back the permit of a worker whose job ended by %s, and gives it to the next',
    async (script) => {
      const permits = new Permits(1);
      const pool = await makePool(2, start, permits);
      const run = () => pool.run(leaseOf(script), { signal: never, onPhase: () => undefined });
      const type = script === 'slow-finish' ? 'finished' : 'crashed';
      await expect(Promise.all([run(), run()])).resolves.toMatchObject([{ type }, { type }]);
      expect(permits.free).toBe(1);
    },
  );

  it('takes back the permit of a worker that is killed, once it is gone', async () => {
    const permits = new Permits(1);
    const pool = await makePool(2, start, permits);
    await pool.ready();
    fakeTimers();
    const abort = new AbortController();
    const hanging = Promise.withResolvers<void>();
    const onPhase = (phase: string): void => void (phase === 'hanging' && hanging.resolve());
    const killed = pool.run(leaseOf('slow-hang'), { signal: abort.signal, onPhase });
    await hanging.promise;
    const asking = Promise.withResolvers<void>();
    const next = pool.run(leaseOf('slow-finish'), { signal: never, onPhase: () => asking.resolve() });
    await asking.promise;
    abort.abort();
    await vi.advanceTimersByTimeAsync(2999);
    expect(permits.free).toBe(0);
    vi.advanceTimersByTime(1);
    await expect(killed).resolves.toEqual({ type: 'terminated', exited: true });
    await expect(next).resolves.toEqual({ type: 'finished' });
    expect(permits.free).toBe(1);
  });

  it('lets a job that is stopped leave the queue for a permit', async () => {
    const permits = new Permits(1);
    const giveBack = await permits.take(never);
    const pool = await makePool(1, start, permits);
    const abort = new AbortController();
    const run = pool.run(leaseOf('slow-wait'), { signal: abort.signal, onPhase: () => abort.abort() });
    await expect(run).resolves.toMatchObject({ type: 'stopped' });
    giveBack();
    expect(permits.free).toBe(1);
  });

  it('knows that a worker died of a full heap, and replaces it', async () => {
    const pool = await makePool(1, start);
    const run = (script: Script) => pool.run(leaseOf(script), { signal: never, onPhase: () => undefined });
    await expect(run('devour')).resolves.toEqual({ type: 'crashed', outOfMemory: true });
    await expect(run('finish')).resolves.toEqual({ type: 'finished' });
  });

  it('gives the memory of idle workers back that have had a job, and of no others', async () => {
    const pool = await makePool(1, start);
    await pool.ready();
    expect(pool.recycleIdle()).toBe(false);
    const phases: string[] = [];
    const run = (script: Script) =>
      pool.run(leaseOf(script), { signal: never, onPhase: (phase) => phases.push(phase) });
    await run('finish');
    expect(pool.recycleIdle()).toBe(true);
    expect(pool.recycleIdle()).toBe(false);
    await run('finish');
    expect(phases).toEqual(['job 1 of this worker', 'job 1 of this worker']);
  });

  it('lets a job wait for a worker, but neither for ever nor behind its own end', async () => {
    const pool = await makePool(1, start);
    await pool.ready();
    fakeTimers();
    const stop = new AbortController();
    const holder = pool.run(leaseOf('wait'), { signal: stop.signal, onPhase: () => undefined });
    const abort = new AbortController();
    const left = pool.run(leaseOf('finish'), { signal: abort.signal, onPhase: () => undefined });
    const late = pool.run(leaseOf('finish'), { signal: never, onPhase: () => undefined });
    abort.abort();
    await expect(left).resolves.toEqual({ type: 'stopped', database: 'not_running' });
    await vi.advanceTimersByTimeAsync(10_000);
    await expect(late).resolves.toEqual({ type: 'unavailable' });
    stop.abort();
    await expect(holder).resolves.toMatchObject({ type: 'stopped' });
  });
});

describe('a pool of processes', () => {
  it('gives back the largest of those that are idle, and leaves the others as they are', async () => {
    const pool = await makePool(2, startProcess);
    const wait = (signal: AbortSignal) => pool.run(leaseOf('wait'), { signal, onPhase: () => undefined });
    const stop = new AbortController();
    // Both have had a job.
    const holder = wait(stop.signal);
    await pool.run(leaseOf('swell'), { signal: never, onPhase: () => undefined });
    stop.abort();
    await holder;
    expect(pool.rssBytes).toBe(SWOLLEN_BYTES);
    expect(pool.recycleIdle()).toBe(true);
    await expect.poll(() => pool.rssBytes, POLL).toBe(0);
    const phases: string[] = [];
    await pool.run(leaseOf('finish'), { signal: never, onPhase: (phase) => phases.push(phase) });
    expect(phases).toEqual(['job 2 of this worker']);
  });

  it('makes room again for a bridge that holds too much, so that it is not full for ever', async () => {
    const pool = await makePool(1, startProcess);
    await pool.run(leaseOf('swell'), { signal: never, onPhase: () => undefined });
    const changes: boolean[] = [];
    const room = Promise.withResolvers<void>();
    const guard = new MemoryGuard({
      limitBytes: SWOLLEN_BYTES / 2,
      readRssBytes: () => pool.rssBytes,
      relieve: () => pool.recycleIdle(),
      onChange: () => {
        changes.push(guard.isFull);
        if (!guard.isFull) room.resolve();
      },
      log: SILENT,
    });
    guard.start();
    await room.promise;
    guard.stop();
    expect(changes).toEqual([true, false]);
    await expect(pool.run(leaseOf('finish'), { signal: never, onPhase: () => undefined })).resolves.toEqual({
      type: 'finished',
    });
  });
});

async function supervise(script: Script, options: { cancelled?: boolean; ttlMs?: number } = {}) {
  const pool = await makePool(1);
  await pool.ready();
  const fails: FailRequest[] = [];
  const cancels: CancelledRequest[] = [];
  const renewals: string[] = [];
  const job = superviseJob(
    { lease: leaseOf(script, { ttl_ms: options.ttlMs ?? 30_000 }), askedAtMs: performance.now() },
    {
      pool,
      client: {
        renew: (_lease, phase) => {
          renewals.push(phase);
          return Promise.resolve({ ttl_ms: options.ttlMs ?? 30_000, cancelled: options.cancelled ?? false });
        },
        fail: (_lease, request) => Promise.resolve(void fails.push(request)),
        reportCancelled: (_lease, request) => Promise.resolve(void cancels.push(request)),
      },
      log: SILENT,
      now: () => performance.now(),
    },
  );
  return { job, fails, cancels, renewals };
}

describe('the supervision of a job', () => {
  it('reports nothing of a job that the edge has accepted as finished', async () => {
    const { job, fails, cancels } = await supervise('finish');
    await job.ended;
    expect([fails, cancels]).toEqual([[], []]);
  });

  it('tells the edge of a failure with its code', async () => {
    const { job, fails } = await supervise('fail');
    await job.ended;
    expect(fails).toEqual([{ code: 'QUERY_TIMEOUT', detail: 'too slow', retryable: true }]);
  });

  it('gives a job back whose worker has died', async () => {
    const { job, fails } = await supervise('crash');
    await job.ended;
    expect(fails).toEqual([{ code: 'INTERNAL', detail: expect.any(String), retryable: true }]);
  });

  it('says so of a job that needed more memory than it may have', async () => {
    const { job, fails } = await supervise('devour');
    await job.ended;
    expect(fails).toEqual([
      { code: 'RESULT_TOO_LARGE', detail: expect.stringContaining('more memory'), retryable: true },
    ]);
  });

  it('answers a cancel once, with what became of the database', async () => {
    const { job, fails, cancels } = await supervise('wait');
    job.stop('cancelled');
    job.stop('lost');
    await job.ended;
    expect(cancels).toEqual([{ database: 'confirmed' }]);
    expect(fails).toEqual([]);
  });

  it('answers a cancel of a job that does not stop with the end of its worker', async () => {
    const { job, cancels } = await supervise('hang');
    job.stop('cancelled');
    await job.ended;
    expect(cancels).toEqual([{ database: 'terminated' }]);
  });

  it('learns of a cancel by a renewal too', async () => {
    const { job, cancels, renewals } = await supervise('wait', { cancelled: true, ttlMs: 300 });
    await job.ended;
    expect(renewals).toEqual(['waiting']);
    expect(cancels).toEqual([{ database: 'confirmed' }]);
  });

  it('says nothing about a lease it has lost', async () => {
    const { job, fails, cancels } = await supervise('wait');
    job.stop('lost');
    await job.ended;
    expect([fails, cancels]).toEqual([[], []]);
  });

  it('asks whether a fence was a cancel, and reports it then', async () => {
    const cancelled = await supervise('fenced', { cancelled: true });
    await cancelled.job.ended;
    expect(cancelled.cancels).toEqual([{ database: 'not_running' }]);
    const lost = await supervise('fenced');
    await lost.job.ended;
    expect([lost.fails, lost.cancels]).toEqual([[], []]);
  });

  it('gives a drained job back', async () => {
    const { job, fails } = await supervise('wait');
    job.stop('drained');
    await job.ended;
    expect(fails).toEqual([{ code: 'BRIDGE_UNAVAILABLE', detail: expect.any(String), retryable: true }]);
  });
});

function setUpJobs() {
  const stops: [number, StopReason][] = [];
  const ends: (() => void)[] = [];
  let changes = 0;
  const jobs = new RunningJobs(
    { interactive: 1, batch: 2 },
    ({ lease }): SupervisedJob => {
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.push(resolve);
      return { stop: (reason) => stops.push([lease.epoch, reason]), ended: promise };
    },
    () => changes++,
  );
  return { jobs, stops, ends, changeCount: () => changes };
}
function keptLease(changes: Parameters<typeof makeLease>[0]): KeptLease {
  return { lease: makeLease(changes), askedAtMs: 0 };
}

describe('the jobs a bridge holds', () => {
  it('take slots of their own lane and give them back', async () => {
    const { jobs, ends, changeCount } = setUpJobs();
    jobs.add(keptLease({ spec: { lane: 'interactive' } }));
    jobs.add(keptLease({ job_id: 'cd'.repeat(32) }));
    expect(jobs.free()).toEqual({ interactive: 0, batch: 1 });
    expect(jobs.count).toBe(2);
    ends[0]?.();
    ends[1]?.();
    await jobs.settled();
    expect(jobs.free()).toEqual({ interactive: 1, batch: 2 });
    expect(changeCount()).toBe(4);
  });

  it('are not started twice, and lose an older lease to a newer one', () => {
    const { jobs, stops } = setUpJobs();
    jobs.add(keptLease({ epoch: 3 }));
    jobs.add(keptLease({ epoch: 3 }));
    jobs.add(keptLease({ epoch: 2 }));
    expect(jobs.count).toBe(1);
    jobs.add(keptLease({ epoch: 5 }));
    expect(stops).toEqual([[3, 'lost']]);
    expect(jobs.count).toBe(2);
  });

  it('are cancelled by job and epoch, and handed back all together', () => {
    const { jobs, stops } = setUpJobs();
    const lease = makeLease({ epoch: 3 });
    jobs.add({ lease, askedAtMs: 0 });
    jobs.cancel(lease.job_id, 2);
    expect(stops).toEqual([]);
    jobs.cancel(lease.job_id, 3);
    jobs.handBack();
    expect(stops).toEqual([
      [3, 'cancelled'],
      [3, 'drained'],
    ]);
  });
});

describe('how a job ended', () => {
  const running = { aborted: false, database: 'not_running' } as const;

  it('is told by the code of its error', () => {
    expect(endOfError(new ProblemError('WAREHOUSE_UNAVAILABLE', 'away'), running)).toMatchObject({
      type: 'failed',
      retryable: true,
    });
    expect(endOfError(new ProblemError('RESULT_TOO_LARGE', 'big'), running)).toMatchObject({
      code: 'RESULT_TOO_LARGE',
      retryable: false,
    });
    for (const code of ['CHUNKS_MISSING', 'CHUNK_CORRUPT', 'UNAUTHENTICATED'] as const)
      expect(endOfError(new ProblemError(code, 'on the way'), running)).toMatchObject({ code, retryable: true });
    expect(endOfError(new ProblemError('LEASE_FENCED', 'other'), running)).toEqual({
      type: 'fenced',
      database: 'not_running',
    });
  });

  it('keeps the words of an error nobody has coded to the log', () => {
    const end = endOfError(new Error('ORA-00942: table or view does not exist'), running);
    expect(end).toMatchObject({ type: 'failed', code: 'INTERNAL', retryable: false });
    expect(JSON.stringify(end)).not.toContain('ORA-');
  });

  it('is a stop once the job was told to stop, whatever it threw', () => {
    const end = endOfError(new ProblemError('INTERNAL', 'x'), { aborted: true, database: 'confirmed' });
    expect(end).toEqual({ type: 'stopped', database: 'confirmed' });
  });

  it('becomes at most one call', () => {
    const stopped = { type: 'stopped', database: 'confirmed' } as const;
    expect(decideReport({ type: 'finished' }, 'cancelled')).toEqual({ call: 'none' });
    expect(decideReport(stopped, 'lost')).toEqual({ call: 'none' });
    expect(decideReport({ type: 'terminated', exited: false }, 'cancelled')).toEqual({
      call: 'cancelled',
      request: { database: 'unconfirmed' },
    });
    expect(decideReport({ type: 'terminated', exited: true }, 'drained')).toMatchObject({
      call: 'fail',
      request: { code: 'BRIDGE_UNAVAILABLE', retryable: true },
    });
    expect(decideReport({ type: 'unavailable' }, undefined)).toMatchObject({
      call: 'fail',
      request: { retryable: true },
    });
    expect(decideReport({ type: 'unavailable' }, 'cancelled')).toMatchObject({ request: { database: 'not_running' } });
  });
});
