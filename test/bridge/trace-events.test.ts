import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventDomain } from '../../src/protocol/domain.ts';
import { EVENT_DOMAINS } from '../../src/protocol/domain.ts';
import { ProblemError } from '../../src/protocol/problem.ts';
import { countRanges } from '../../src/protocol/range-schedule.ts';
import { toPlantTime } from '../../oracle-bridge/trace/plant-time.ts';
import { runEvents } from '../../oracle-bridge/trace/run-events.ts';
import { runKindOf } from '../../oracle-bridge/job/kinds.ts';
import { WatchedReader } from '../../oracle-bridge/job/watched-reader.ts';
import { Permits } from '../../oracle-bridge/warehouse/permits.ts';
import { withoutSnapshots } from '../helpers/without-snapshots.ts';
import type {
  ReadRecordsOptions,
  RecordBatch,
  Statement,
  StatementReader,
} from '../../oracle-bridge/warehouse/warehouse.ts';
import type { JobWarehouse } from '../helpers/both-warehouses.ts';
import { describeOnBothWarehouses } from '../helpers/both-warehouses.ts';
import type { RecordedJobOptions } from '../helpers/recorded-job.ts';
import { makeRecordedJob, RecordedOutput } from '../helpers/recorded-job.ts';
import { id } from '../helpers/tiny-warehouse.ts';

const PARAMS = { kind: 'events' } as const;
const ids = (count: number) => Array.from({ length: count }, (_, n) => id(n + 1));

function eventsJob(
  warehouse: StatementReader,
  domains: readonly EventDomain[],
  more: Partial<RecordedJobOptions> = {},
) {
  return makeRecordedJob({ warehouse, params: PARAMS, domains, ...more });
}

/** A warehouse whose answers a test decides. Counts what runs at once. */
class ScriptedWarehouse implements StatementReader {
  readonly statements: Statement[] = [];
  running = 0;
  mostRunning = 0;
  readonly #answer: (statement: Statement) => readonly RecordBatch[] | Promise<readonly RecordBatch[]>;

  constructor(answer: (statement: Statement) => readonly RecordBatch[] | Promise<readonly RecordBatch[]>) {
    this.#answer = answer;
  }

  /** Alone it has nobody wait but for the turn, as `WatchedReader` does. */
  async *readRecords(statement: Statement, { turns, signal }: ReadRecordsOptions): AsyncGenerator<RecordBatch> {
    const giveBack = await turns?.take(signal);
    this.statements.push(statement);
    this.running++;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      yield* await this.#answer(statement);
    } finally {
      this.running--;
      giveBack?.();
    }
  }

  readRows = () => Promise.resolve([]);
}

const idsOf = (statement: Statement) => statement.binds['ids'] as readonly string[];
/** One record for each id of the range. */
const oneEach = (statement: Statement): RecordBatch[] => {
  const range = idsOf(statement);
  const json = Buffer.from(range.map((container) => JSON.stringify({ CONTAINERID: container })).join(',\t'));
  return [{ count: range.length, json, containersFound: range.length }];
};

describe('the time of a job', () => {
  it('is that of the plant', () => {
    expect(toPlantTime('2026-02-28T16:00:01.999Z')).toBe('2026-03-01T00:00:01');
  });
});

describe('an events job', () => {
  it('reads every domain, two statements at once at most, and takes turns', async () => {
    const warehouse = new ScriptedWarehouse(oneEach);
    const { job, output } = eventsJob(warehouse, EVENT_DOMAINS, { ids: ids(1300) });
    await runKindOf('events')(job);
    for (const domain of EVENT_DOMAINS) {
      expect(output.records(domain).map((record) => record['CONTAINERID'])).toEqual(ids(1300));
      expect(output.domain(domain).seals).toEqual([
        { idsTo: 50, containersFound: 50 },
        { idsTo: 250, containersFound: 200 },
        { idsTo: 1250, containersFound: 1000 },
        { idsTo: 1300, containersFound: 50 },
      ]);
      expect(output.domain(domain).end).toEqual({ status: 'complete' });
    }
    expect(warehouse.mostRunning).toBe(2);
    // What an estimate says is what runs.
    expect(warehouse.statements).toHaveLength(countRanges(1300, job.lease.spec.batch_records) * EVENT_DOMAINS.length);
    const firstOfEach = EVENT_DOMAINS.map((domain) =>
      warehouse.statements.findIndex((statement) => statement.name === `events/${domain}`),
    );
    expect(Math.max(...firstOfEach)).toBeLessThan(EVENT_DOMAINS.length + 2);
  });

  it('has a slow statement wait for its permit without one of the two turns of the others', async () => {
    const { promise: pair, resolve: meet } = Promise.withResolvers<void>();
    const warehouse: ScriptedWarehouse = new ScriptedWarehouse(async (statement) => {
      if (warehouse.running === 2) meet();
      if (statement.name !== 'events/jobs') await pair;
      return oneEach(statement);
    });
    const signal = new AbortController().signal;
    const permits = new Permits(1);
    const giveBack = await permits.take(signal);
    const watched = new WatchedReader(withoutSnapshots(warehouse), {
      timeoutMs: 10_000,
      fileOf: (name) => ({ slow: name === 'events/jobs', timeoutSeconds: undefined }),
      permits,
      signal,
      onError: () => undefined,
    });
    const { job, output } = eventsJob(watched, ['jobs', 'history', 'holds'], { ids: ids(50) });
    const running = runEvents(job);
    await pair;
    expect(warehouse.statements.map(({ name }) => name)).not.toContain('events/jobs');
    giveBack();
    await running;
    expect(output.records('jobs')).toHaveLength(50);
    expect(warehouse.mostRunning).toBe(2);
    expect(permits.free).toBe(1);
  });

  it('gives `now` in plant time to the statement that needs it, from the creation of the job', async () => {
    const warehouse = new ScriptedWarehouse(() => []);
    const { job } = eventsJob(warehouse, ['holds', 'jobs'], { ids: ids(1), createdAt: '2026-03-01T16:30:00Z' });
    await runEvents(job);
    const binds = Object.fromEntries(warehouse.statements.map((statement) => [statement.name, statement.binds]));
    expect(binds).toEqual({
      'events/holds': { ids: ids(1), now: '2026-03-02T00:30:00' },
      'events/jobs': { ids: ids(1) },
    });
  });

  it('seals a range without records too, and has nothing to seal without ids', async () => {
    const empty = eventsJob(new ScriptedWarehouse(() => []), ['jobs'], { ids: ids(10) });
    await runEvents(empty.job);
    expect(empty.output.calls).toEqual(['seal jobs 10', 'end jobs']);
    const none = eventsJob(new ScriptedWarehouse(() => []), ['jobs'], { ids: [] });
    await runEvents(none.job);
    expect(none.output.calls).toEqual(['end jobs']);
  });

  it('reads the next range while the one before it is written, and not further ahead', async () => {
    const warehouse = new ScriptedWarehouse(oneEach);
    const { promise: held, resolve: letWrite } = Promise.withResolvers<void>();
    const output = new RecordedOutput();
    const write = output.writeBatch.bind(output);
    output.writeBatch = async (domain, batch) => {
      await held;
      await write(domain, batch);
    };
    const { job } = eventsJob(warehouse, ['jobs'], { ids: ids(1300), output });
    const running = runEvents(job);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(warehouse.statements).toHaveLength(2);
    letWrite();
    await running;
    expect(output.records('jobs')).toHaveLength(1300);
  });

  it('reads a range again in halves when it has more chunks than may wait for one seal', async () => {
    const batch: RecordBatch = { count: 1, json: Buffer.from('{"A":1}'), containersFound: 1 };
    // Ids 1 to 50 have a chunk each.
    const warehouse = new ScriptedWarehouse((statement) => idsOf(statement).map(() => batch));
    const { job, output } = eventsJob(warehouse, ['jobs'], { ids: ids(50) });
    await runEvents(job);
    expect(output.records('jobs')).toHaveLength(50);
    for (const [index, { idsTo }] of output.domain('jobs').seals.entries()) {
      const before = output.domain('jobs').seals[index - 1]?.idsTo ?? 0;
      expect(idsTo - before).toBeLessThanOrEqual(8);
    }
  });

  it('ends a domain as failed whose single container has more chunks than may wait, and goes on with the others', async () => {
    const batch: RecordBatch = { count: 1, json: Buffer.from('{"A":1}'), containersFound: 1 };
    const warehouse = new ScriptedWarehouse((statement) =>
      statement.name === 'events/jobs' ? Array.from({ length: 9 }, () => batch) : oneEach(statement),
    );
    const { job, output } = eventsJob(warehouse, ['jobs', 'holds'], { ids: ids(60) });
    await runEvents(job);
    expect(output.domain('jobs').end).toMatchObject({ status: 'failed', code: 'RESULT_TOO_LARGE' });
    expect(output.records('holds')).toHaveLength(60);
  });

  it('ends a domain as failed whose statement fails, after what was read before it, and goes on with the others', async () => {
    const warehouse = new ScriptedWarehouse((statement) => {
      if (statement.name === 'events/rejects' && idsOf(statement).includes(id(60))) {
        throw new ProblemError('QUERY_TIMEOUT', 'Too slow.');
      }
      return oneEach(statement);
    });
    const { job, output } = eventsJob(warehouse, ['rejects', 'holds'], { ids: ids(300) });
    await runEvents(job);
    expect(output.records('rejects')).toHaveLength(50);
    expect(output.domain('rejects').end).toEqual({ status: 'failed', code: 'QUERY_TIMEOUT', detail: 'Too slow.' });
    expect(output.domain('holds').end).toEqual({ status: 'complete' });
    expect(output.records('holds')).toHaveLength(300);
  });

  it('ends a domain as failed that has a record no chunk can hold', async () => {
    const output = new RecordedOutput();
    const write = output.writeBatch.bind(output);
    output.writeBatch = async (domain, batch) => {
      if (domain === 'jobs' && output.records('jobs').length > 0)
        throw new ProblemError('RESULT_TOO_LARGE', 'Too large.');
      await write(domain, batch);
    };
    const { job } = eventsJob(new ScriptedWarehouse(oneEach), ['jobs', 'holds'], { ids: ids(300), output });
    await runEvents(job);
    expect(output.records('jobs')).toHaveLength(50);
    expect(output.domain('jobs').end).toMatchObject({ status: 'failed', code: 'RESULT_TOO_LARGE' });
    expect(output.records('holds')).toHaveLength(300);
  });

  it('stops as a whole, with all statements ended, when the warehouse is lost', async () => {
    const lost = new ProblemError('WAREHOUSE_UNAVAILABLE', 'Gone.');
    const warehouse = new ScriptedWarehouse((statement) => {
      if (statement.name === 'events/holds') throw lost;
      return oneEach(statement);
    });
    const { job, output } = eventsJob(warehouse, ['history', 'holds', 'jobs'], { ids: ids(5000) });
    await expect(runEvents(job)).rejects.toBe(lost);
    expect(warehouse.running).toBe(0);
    expect(output.domain('holds').end).toBeUndefined();
  });

  it('stops as a whole when the edge refuses a write or does not give the ids', async () => {
    const fenced = new ProblemError('LEASE_FENCED', 'Not yours.');
    const output = new RecordedOutput();
    output.sealRange = () => Promise.reject(fenced);
    const refused = eventsJob(new ScriptedWarehouse(oneEach), ['history', 'jobs'], { ids: ids(500), output });
    await expect(runEvents(refused.job)).rejects.toBe(fenced);
    const { job } = eventsJob(new ScriptedWarehouse(oneEach), ['history'], { ids: ids(500) });
    await expect(runEvents({ ...job, readIds: () => Promise.reject(fenced) })).rejects.toBe(fenced);
  });

  it('stops when it is aborted and fails no domain for it', async () => {
    const abort = new AbortController();
    const warehouse = new ScriptedWarehouse((statement) => {
      abort.abort(new Error('cancelled'));
      throw new Error(`interrupted ${statement.name}`);
    });
    const { job, output } = eventsJob(warehouse, ['history', 'jobs'], { ids: ids(500), signal: abort.signal });
    await expect(runEvents(job)).rejects.toThrow(/cancelled|interrupted/);
    expect(output.calls.filter((call) => call.startsWith('end'))).toEqual([]);
  });
});

const all = ids(400);
const domains: readonly EventDomain[] = ['history', 'holds', 'jobs', 'upstream_history'];

/** Every record of every domain, in an order that does not depend on the ranges. */
async function readAll(warehouse: StatementReader, batchRecords: number): Promise<string[][]> {
  const { job, output } = eventsJob(warehouse, domains, { ids: all, batchRecords });
  await runEvents(job);
  return domains.map((domain) =>
    output
      .domain(domain)
      .batches.flatMap((batch) => batch.split(',\t'))
      .toSorted(),
  );
}

describeOnBothWarehouses('an events job that reads', (make) => {
  let tiny: JobWarehouse;
  beforeAll(async () => {
    tiny = await make({}, [
      `insert into DWH.DW_MES_CONTAINER by name
       select printf('%016x', 1 + n) as CONTAINERID, 'N' || n as CONTAINERNAME from range(400) t(n)`,
      `insert into DWH.DW_MES_LOTWIPHISTORY by name
       select printf('%016x', 1 + n % 400) as CONTAINERID, 'M' || n % 3 as EQUIPMENTID, '成型' as WORKCENTERNAME,
         timestamp '2026-01-01' + to_seconds((n * 7919) % 4000) as TRACKINTIMESTAMP, n as TRACKINQTY,
         printf('%08d', n) as WIPLOTHISTORYID
       from range(4000) t(n)`,
      `insert into DWH.DW_MES_HOLDRELEASEHISTORY by name
       select printf('%016x', 1 + n) as CONTAINERID, timestamp '2026-01-01' as HOLDTXNDATE from range(0, 400, 7) t(n)`,
      `insert into DWH.DW_MES_JOB by name
       select 'J' || n as JOBID, printf('%016x,%016x', 1 + n, 2 + n) as CONTAINERIDS from range(0, 399, 5) t(n)`,
    ]);
  });
  afterAll(() => tiny.close());

  it('gives the same bytes when it is taken up after every seal as in one piece', async () => {
    const whole = eventsJob(tiny.warehouse, domains, { ids: all, batchRecords: 1000 });
    await runEvents(whole.job);
    const output = new RecordedOutput();
    const lost = new ProblemError('LEASE_FENCED', 'Not yours.');
    for (let lease = 1; ; lease++) {
      let seals = 0;
      const once = new RecordedOutput();
      // The same log, but this lease is lost behind its third seal, with chunks staged.
      Object.assign(once, { domains: output.domains });
      for (const state of output.domains.values()) state.staged.length = 0;
      const seal = once.sealRange.bind(once);
      once.sealRange = async (domain, range) => {
        if (++seals > 3) throw lost;
        await seal(domain, range);
      };
      const { job } = eventsJob(tiny.warehouse, domains, { ids: all, batchRecords: 1000, output: once });
      const error = await runEvents(job).catch((thrown: unknown) => thrown);
      if (error === undefined) break;
      expect(error).toBe(lost);
      expect(lease).toBeLessThan(20);
    }
    for (const domain of domains) expect(output.domain(domain)).toEqual(whole.output.domain(domain));
    expect(whole.output.records('history')).toHaveLength(4000);
    expect(tiny.inUse()).toBe(0);
  });

  it('gives the same records in ranges of any size', async () => {
    const whole = await readAll(tiny.warehouse, 5000);
    expect(await readAll(tiny.warehouse, 100)).toEqual(whole);
    expect(await readAll(tiny.warehouse, 333)).toEqual(whole);
  });

  it('stops the database when it is aborted', async () => {
    const abort = new AbortController();
    const reason = new Error('cancelled');
    const output = new RecordedOutput();
    output.sealRange = () => Promise.resolve(abort.abort(reason));
    const { job } = eventsJob(tiny.warehouse, domains, { ids: all, output, signal: abort.signal });
    await expect(runEvents(job)).rejects.toBe(reason);
    expect(tiny.inUse()).toBe(0);
  });
});
