import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AskedPermits } from '../../oracle-bridge/job/asked-permits.ts';
import { PermitHolder, createSlowPermits } from '../../oracle-bridge/job/slow-permits.ts';
import { startProcess, startThread } from '../../oracle-bridge/job/worker-carrier.ts';
import type { FromWorker } from '../../oracle-bridge/job/worker-message.ts';
import { WorkerPool } from '../../oracle-bridge/job/worker-pool.ts';
import type { PermitSource } from '../../oracle-bridge/warehouse/permits.ts';
import { LoginDesk } from '../../oracle-bridge/warehouse/oracle/login-desk.ts';
import { Permits } from '../../oracle-bridge/warehouse/permits.ts';
import { EdgeDouble } from '../helpers/bridge-edge-double.ts';
import { SILENT, makeConfig, makeKey, makeLease } from '../helpers/bridge-samples.ts';
import { id, makeTinyWarehouse } from '../helpers/tiny-warehouse.ts';

const never = new AbortController().signal;
/** Lets whatever is ready happen. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Takes permits of both lanes, named by numbers, as many as were asked for; not all are there yet. */
function takeAll(limit: number) {
  const permits = createSlowPermits(limit);
  const held = new Map<string, () => void>();
  const take = (lane: 'interactive' | 'batch', number: number): AbortController => {
    const leaving = new AbortController();
    permits[lane].take(leaving.signal).then(
      (giveBack) => held.set(`${lane} ${number}`, giveBack),
      () => undefined,
    );
    return leaving;
  };
  const giveBack = (name: string): void => {
    held.get(name)?.();
    held.delete(name);
  };
  return { held, take, giveBack, names: () => [...held.keys()] };
}

describe('permits for slow statements', () => {
  it('are as many as the limit, of which long jobs leave one to short ones', async () => {
    const { take, giveBack, names } = takeAll(3);
    for (const number of [1, 2, 3]) take('batch', number);
    await settle();
    expect(names()).toEqual(['batch 1', 'batch 2']);
    take('interactive', 1);
    take('interactive', 2);
    await settle();
    expect(names()).toEqual(['batch 1', 'batch 2', 'interactive 1']);
    giveBack('batch 1');
    await settle();
    expect(names()).toEqual(['batch 2', 'interactive 1', 'interactive 2']);
    giveBack('interactive 1');
    await settle();
    expect(names()).toEqual(['batch 2', 'interactive 2', 'batch 3']);
  });

  it('are had in turn where there is one only', async () => {
    const { take, giveBack, names } = takeAll(1);
    take('batch', 1);
    await settle();
    take('interactive', 1);
    take('batch', 2);
    await settle();
    for (const name of ['batch 1', 'interactive 1', 'batch 2']) {
      expect(names()).toEqual([name]);
      giveBack(name);
      await settle();
    }
    expect(names()).toEqual([]);
  });

  it('are never more than the limit, and all come back, whatever their takers do', async () => {
    const step = fc.record({
      lane: fc.constantFrom('interactive' as const, 'batch' as const),
      act: fc.constantFrom('take', 'give', 'leave'),
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 40 }), async (limit, steps) => {
        const { held, take, giveBack, names } = takeAll(limit);
        const leaving: AbortController[] = [];
        for (const [number, { lane, act }] of steps.entries()) {
          if (act === 'take') leaving.push(take(lane, number));
          else if (act === 'leave') leaving.shift()?.abort();
          else giveBack(names().find((name) => name.startsWith(lane)) ?? '');
          if (number % 2 === 0) await settle();
          expect(held.size).toBeLessThanOrEqual(limit);
          expect(names().filter((name) => name.startsWith('batch')).length).toBeLessThanOrEqual(Math.max(1, limit - 1));
        }
        for (const leave of leaving) leave.abort();
        await settle();
        for (const name of names()) giveBack(name);
        await settle();
        expect(names()).toEqual([]);
        for (let number = 0; number < limit; number++) take('interactive', number);
        await settle();
        expect(held.size).toBe(limit);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the permits of one worker', () => {
  it('come back all together, those it still waits for among them', async () => {
    const permits = new Permits(1);
    const holder = new PermitHolder(permits);
    const taken: number[] = [];
    for (const number of [1, 2]) holder.take(number, () => taken.push(number));
    await settle();
    expect([taken, permits.free]).toEqual([[1], 0]);
    holder.giveAllBack();
    await settle();
    holder.giveBack(1);
    expect([taken, permits.free]).toEqual([[1], 1]);
  });

  it('come back when the worker leaves at the moment it gets one', async () => {
    const permits = new Permits(1);
    const holder = new PermitHolder(permits);
    holder.take(1, () => expect.unreachable('given to one that has left'));
    holder.giveBack(1);
    await settle();
    expect(permits.free).toBe(1);
  });
});

describe('a permit asked for by messages', () => {
  function ask() {
    const sent: FromWorker[] = [];
    return { sent, permits: new AskedPermits((message) => sent.push(message)) };
  }

  it('is had when the daemon says so, and given back once', async () => {
    const { sent, permits } = ask();
    const work = permits.take(never);
    expect(sent).toEqual([{ type: 'take-permit', id: 1 }]);
    permits.receive(1);
    const giveBack = await work;
    giveBack();
    giveBack();
    expect(sent).toEqual([
      { type: 'take-permit', id: 1 },
      { type: 'give-permit', id: 1 },
    ]);
  });

  it('is given back when its taker has left, even if it is on its way already', async () => {
    const { sent, permits } = ask();
    const abort = new AbortController();
    const work = permits.take(abort.signal);
    abort.abort(new Error('stopped'));
    permits.receive(1);
    await expect(work).rejects.toThrow('stopped');
    await expect(permits.take(abort.signal)).rejects.toThrow('stopped');
    expect(sent).toEqual([
      { type: 'take-permit', id: 1 },
      { type: 'give-permit', id: 1 },
    ]);
  });
});

/** One permit whose way is written down. */
function recordPermit(limit: PermitSource) {
  const steps: string[] = [];
  const of = (lane: string): PermitSource => ({
    async take(signal) {
      steps.push(`${lane} asks`);
      const giveBack = await limit.take(signal);
      steps.push(`${lane} takes`);
      return () => {
        steps.push(`${lane} gives back`);
        giveBack();
      };
    },
  });
  return { steps, of };
}

describe('two job workers with one permit', () => {
  it('run their slow statements one after the other, a thread and a process', async () => {
    const machine = id(9);
    const tiny = await makeTinyWarehouse({
      JOB: [{ JOBID: id(7), RESOURCEID: machine, CREATEDATE: '2026-01-10 08:00:00', CONTAINERIDS: id(1) }],
    });
    onTestFinished(() => tiny.close());
    const key = await makeKey();
    const edge = await EdgeDouble.start(key);
    onTestFinished(() => edge.close());
    const permit = new Permits(1);
    const logins = new LoginDesk(() => performance.now());
    const { steps, of } = recordPermit(permit);
    const setup = {
      config: makeConfig({ EDGE_URL: edge.url, DUCKDB_FILE: tiny.file, DUCKDB_THREADS: '1' }),
      key,
      lane: 'batch',
    } as const;
    const poolOf = (lane: 'interactive' | 'batch'): WorkerPool => {
      const [start, module] = lane === 'batch' ? [startProcess, 'process'] : [startThread, 'thread'];
      const entry = new URL(`../../oracle-bridge/job/${module}-entry.ts`, import.meta.url);
      const pool = new WorkerPool({ size: 1, start, entry, setup, permits: of(lane), logins, log: SILENT });
      onTestFinished(() => pool.close());
      return pool;
    };
    const pools = { interactive: poolOf('interactive'), batch: poolOf('batch') };
    const run = (lane: 'interactive' | 'batch', changes: Parameters<typeof makeLease>[0]) => {
      const lease = makeLease({ ...changes, spec: { ...changes?.spec, lane } });
      const job = edge.submit(lease, lease.spec.cid_count > 0 ? [id(1)] : []);
      job.state = 'running';
      return { job, end: pools[lane].run(lease, { signal: never, onPhase: () => undefined }) };
    };

    const giveBack = await permit.take(never);
    const long = run('batch', { spec: { domains: ['jobs'], cid_count: 1 } });
    await expect.poll(() => steps, { timeout: 20_000 }).toEqual(['batch asks']);
    const period = { equipment_ids: [machine], start_date: '2026-01-01', end_date: '2026-01-31' };
    const short = run('interactive', {
      job_id: 'cd'.repeat(32),
      spec: {
        kind: 'query_tool',
        resume: 'restart',
        domains: ['rows'],
        params: { kind: 'query_tool', query: 'equipment_jobs', ...period },
        cid_count: 0,
      },
    });
    await expect.poll(() => steps, { timeout: 20_000 }).toEqual(['batch asks', 'interactive asks']);
    giveBack();
    await expect(Promise.all([long.end, short.end])).resolves.toEqual([{ type: 'finished' }, { type: 'finished' }]);
    expect(steps.slice(2)).toEqual(['batch takes', 'batch gives back', 'interactive takes', 'interactive gives back']);
    expect(permit.free).toBe(1);
    expect(long.job.log.records('jobs')).toHaveLength(1);
    expect(short.job.log.records('rows')).toHaveLength(1);
  }, 60_000);
});
