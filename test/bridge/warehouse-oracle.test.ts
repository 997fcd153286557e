import { loadStatement } from '../../oracle-bridge/warehouse/sql/loader.ts';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openWarehouse } from '../../oracle-bridge/job/open-warehouse.ts';
import type { PoolOptions } from '../../oracle-bridge/warehouse/oracle/pool.ts';
import type { OracleWarehouse } from '../../oracle-bridge/warehouse/oracle/warehouse.ts';
import type { Row, StatementReader } from '../../oracle-bridge/warehouse/warehouse.ts';
import { SILENT } from '../helpers/bridge-samples.ts';
import type { Answer, AnswerRequest } from '../helpers/oracle-server/answers.ts';
import { OracleServer, TEST_LOGIN } from '../helpers/oracle-server/server.ts';
import {
  answerSetup,
  openOn,
  oracleOptions,
  readerOf,
  serialNumbers,
  serialRows,
  untilEmpty,
} from '../helpers/oracle-test-warehouse.ts';
import { id } from '../helpers/tiny-warehouse.ts';

const never = new AbortController().signal;
const JOB_ID = 'ab'.repeat(32);
const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => id(index));

let server: OracleServer;
let warehouse: OracleWarehouse;
let answer: (request: AnswerRequest) => Answer | Promise<Answer>;
let asked: AnswerRequest[];

beforeEach(async () => {
  answer = () => serialRows(3);
  asked = [];
  server = await OracleServer.start({
    ...TEST_LOGIN,
    warning: { code: 28_002 },
    answer(request) {
      const setup = answerSetup(request.sql);
      if (setup) return setup;
      asked.push(request);
      return answer(request);
    },
  });
  warehouse = await openOn(server);
});

afterEach(async () => {
  await warehouse.close();
  await untilEmpty(server);
  await server.close();
});

async function reopen(changes: Partial<PoolOptions>): Promise<void> {
  await warehouse.close();
  warehouse = await openOn(server, changes);
}

async function readCounts(reader: StatementReader, options: { batchRecords: number; maxRecords?: number }) {
  const counts: number[] = [];
  for await (const batch of reader.readRecords(serialNumbers([id(1)]), { ...options, signal: never })) {
    counts.push(batch.count);
    expect(JSON.parse(`[${Buffer.from(batch.json).toString()}]`)).toHaveLength(batch.count);
  }
  return counts;
}

async function readRows(reader: StatementReader, count = 1): Promise<Row[]> {
  return await reader.readRows(serialNumbers(ids(count)), never);
}

/** Nothing is lent, no cursor is open, and nothing is in a transaction. */
async function expectNothingHeld(): Promise<void> {
  expect(warehouse.usage.sessions).toBe(0);
  await expect
    .poll(() => ({ cursors: server.cursorsOpen, busy: server.sessions.filter((s) => s.transaction !== 'none').length }))
    .toEqual({ cursors: 0, busy: 0 });
}

describe('a session of the Oracle warehouse', () => {
  it('shows which job reads what to those who look after the database', async () => {
    expect(warehouse.description).toBe('oracle 19.3');
    const seen: string[][] = [];
    answer = ({ session }) => {
      seen.push([session.module, session.action, session.clientId]);
      return serialRows(1);
    };
    const reader = readerOf(warehouse);
    await readRows(reader);
    const snapshot = await reader.openSnapshot('history', never);
    await snapshot.readRows(serialNumbers([id(1)]), never);
    await snapshot.close();
    expect(seen).toEqual([
      ['oracle-bridge', 'lineage/serial-numbers', JOB_ID],
      ['oracle-bridge', 'history', JOB_ID],
    ]);
  });

  it('is prepared once and used again', async () => {
    const reader = readerOf(warehouse);
    for (let read = 0; read < 5; read++) await readRows(reader);
    expect(server.opened).toBe(1);
    const [session] = server.sessions;
    expect(session?.statements.filter((sql) => sql.startsWith('alter session'))).toEqual([
      loadStatement('oracle', 'setup/session').body,
    ]);
    expect(session?.statements).toHaveLength(6);
  });

  it('is closed when nobody has used it for five minutes, unless it is the only one left', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await reopen({ poolSize: 3 });
    const held = Promise.withResolvers<void>();
    answer = async () => {
      await held.promise;
      return serialRows(1);
    };
    const reader = readerOf(warehouse);
    const reads = [readRows(reader), readRows(reader), readRows(reader)];
    await expect.poll(() => asked.length).toBe(3);
    held.resolve();
    await Promise.all(reads);
    await vi.advanceTimersByTimeAsync(299_999);
    expect(warehouse.usage).toEqual({ sessions: 0, connections: 3 });
    await vi.advanceTimersByTimeAsync(1);
    await expect.poll(() => [warehouse.usage.connections, server.sessions.length]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(900_000);
    const opened = server.opened;
    await expect(readRows(reader)).resolves.toHaveLength(1);
    expect([warehouse.usage.connections, server.opened]).toEqual([1, opened]);
  });

  it('tells of each part of a list that it had to cut', async () => {
    answer = () => serialRows(1);
    let parts = 0;
    await readerOf(warehouse).readRows(serialNumbers(ids(2001)), never, () => parts++);
    expect(parts).toBe(3);
  });

  it('is one of as many as are configured; whoever waits for one can leave', async () => {
    await reopen({ poolSize: 2 });
    const held = Promise.withResolvers<void>();
    answer = async () => {
      await held.promise;
      return serialRows(1);
    };
    const reader = readerOf(warehouse);
    const reads = [readRows(reader), readRows(reader), readRows(reader)];
    const abort = new AbortController();
    const left = reader.readRows(serialNumbers([id(1)]), abort.signal);
    await expect.poll(() => asked.length).toBe(2);
    abort.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    expect([warehouse.usage, server.sessions.length, server.breaks]).toEqual([{ sessions: 2, connections: 2 }, 2, 0]);
    held.resolve();
    await expect(Promise.all(reads)).resolves.toHaveLength(3);
    expect(server.sessions).toHaveLength(2);
    await expectNothingHeld();
  });

  it('tells once that the password will expire, and works', async () => {
    const warnings: string[] = [];
    await reopen({ onWarning: ({ message }) => warnings.push(message) });
    const reader = readerOf(warehouse);
    await Promise.all([readRows(reader), readRows(reader), readRows(reader)]);
    expect(warnings).toEqual([expect.stringContaining('ORA-28002')]);
  });
});

describe('the warehouse of a configuration', () => {
  it('is the replica for long jobs, if there is one', async () => {
    const replica = await OracleServer.start({ ...TEST_LOGIN, answer: ({ sql }) => answerSetup(sql) ?? serialRows(1) });
    const config = { kind: 'oracle', ...oracleOptions(server), reportConnectString: replica.connectString } as const;
    const opened: number[][] = [];
    for (const [lane, reportConnectString] of [
      ['interactive', replica.connectString],
      ['batch', replica.connectString],
      ['batch', undefined],
    ] as const) {
      const before = [server.opened, replica.opened];
      await (
        await openWarehouse({ ...config, reportConnectString }, { lane, log: SILENT, logins: config.logins })
      ).close();
      opened.push([server.opened, replica.opened].map((count, index) => count - (before[index] ?? 0)));
    }
    expect(opened).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
    ]);
    await replica.close();
  });
});

describe('records of the Oracle warehouse', () => {
  it('come in full batches, whatever a round trip brings', async () => {
    await reopen({ fetchRows: 7 });
    answer = () => serialRows(50);
    const reader = readerOf(warehouse);
    await expect(readCounts(reader, { batchRecords: 20 })).resolves.toEqual([20, 20, 10]);
    await expect(readCounts(reader, { batchRecords: 3, maxRecords: 8 })).resolves.toEqual([3, 3, 2]);
    await expect(readCounts(reader, { batchRecords: 50 })).resolves.toEqual([50]);
    await expect(readCounts(reader, { batchRecords: 5, maxRecords: 50 })).resolves.toHaveLength(10);
    answer = () => serialRows(0);
    await expect(readCounts(reader, { batchRecords: 5 })).resolves.toEqual([]);
    await expectNothingHeld();
  });

  it('whose reader leaves give back their session without a break', async () => {
    answer = () => serialRows(100);
    await reopen({ fetchRows: 10, poolSize: 1 });
    const reader = readerOf(warehouse);
    for (let left = 0; left < 20; left++) {
      const abort = new AbortController();
      for await (const batch of reader.readRecords(serialNumbers([id(1)]), { batchRecords: 5, signal: abort.signal })) {
        expect(batch.count).toBe(5);
        if (left % 2 === 0) abort.abort();
        break;
      }
    }
    expect([server.breaks, server.opened]).toEqual([0, 2]);
    await readRows(reader);
    await expectNothingHeld();
  });

  it('must not hold a time that the driver would move to its own zone', async () => {
    answer = () => ({
      columns: [
        { name: 'CONTAINERID', type: 'VARCHAR' },
        { name: 'FINISHEDNAME', type: 'DATE' },
      ],
      rows: [['a', new Date(0)]],
    });
    const error: unknown = await readRows(readerOf(warehouse)).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'INTERNAL', cause: { message: expect.stringContaining('FINISHEDNAME') } });
    await expectNothingHeld();
  });
});

describe('a list of the Oracle warehouse', () => {
  it('reads nothing if nothing is asked for', async () => {
    await expect(readRows(readerOf(warehouse), 0)).resolves.toEqual([]);
    expect(asked).toEqual([]);
  });

  it.each([
    [1, [100]],
    [100, [100]],
    [101, [1000]],
    [1000, [1000]],
    [2500, [1000, 1000, 1000]],
  ])('of %i values is asked for in parts of one moment, padded to two sizes', async (count, sizes) => {
    await readRows(readerOf(warehouse), count);
    expect(asked.map(({ binds }) => binds.length)).toEqual(sizes);
    expect(new Set(asked.flatMap(({ binds }) => binds))).toEqual(new Set(ids(count)));
    const [session] = server.sessions;
    expect(session?.statements.includes('set transaction read only')).toBe(sizes.length > 1);
    expect(session?.rollbacks).toBe(sizes.length > 1 ? 1 : 0);
    await expectNothingHeld();
  });

  it('that is loaded is committed before it is read', async () => {
    await reopen({ lists: 'loaded', snapshot: 'job', walk: 'connect-by' });
    answer = ({ sql }) => (/timestamp_to_scn/.test(sql) ? moment('77') : serialRows(2));
    await readRows(readerOf(warehouse), 2500);
    const snapshot = await readerOf(warehouse).openSnapshot('lineage', never);
    await snapshot.readRows(serialNumbers(ids(3)), never);
    await snapshot.close();
    const [session] = server.sessions;
    expect(session?.statements.slice(1).map((sql) => sql.split(' ')[0])).toEqual([
      'delete',
      'insert',
      'select',
      'select',
      'delete',
      'insert',
      'select',
    ]);
    expect(session?.commits).toBe(2);
    await expectNothingHeld();
  });
});

function moment(scn: string): Answer {
  return { columns: [{ name: 'MOMENT', type: 'VARCHAR' }], rows: [[scn]] };
}

describe('a snapshot of a domain', () => {
  it('is one read-only transaction, ended when it is closed', async () => {
    const reader = readerOf(warehouse);
    const snapshot = await reader.openSnapshot('history', never);
    expect(snapshot.moment).toBeUndefined();
    answer = ({ session }) => {
      expect(session.transaction).toBe('read only');
      return serialRows(4);
    };
    await readRows(snapshot);
    await expect(readCounts(snapshot, { batchRecords: 3 })).resolves.toEqual([3, 1]);
    await readRows(snapshot, 2500);
    expect(server.sessions[0]?.statements.filter((sql) => sql === 'set transaction read only')).toHaveLength(1);
    expect(warehouse.usage.sessions).toBe(1);
    await snapshot.close();
    await snapshot.close();
    expect(server.sessions[0]?.rollbacks).toBe(1);
    await expectNothingHeld();
  });

  it('goes on at a new moment when the database has lost its own', async () => {
    const snapshot = await readerOf(warehouse).openSnapshot('history', never);
    answer = () => serialRows(4, { failAtRow: { row: 2, code: 1555 } });
    await expect(readCounts(snapshot, { batchRecords: 3 })).rejects.toMatchObject({ code: 'SNAPSHOT_LOST' });
    answer = () => serialRows(4);
    await expect(readCounts(snapshot, { batchRecords: 3 })).resolves.toEqual([3, 1]);
    await readRows(snapshot);
    const statements = server.sessions[0]?.statements.slice(1).map((sql) => sql.slice(0, 6));
    expect(statements).toEqual(['set tr', 'select', 'set tr', 'select', 'select']);
    await snapshot.close();
    expect(server.sessions[0]?.rollbacks).toBe(2);
  });

  it('whose connection is lost does not go on at another moment', async () => {
    const snapshot = await readerOf(warehouse).openSnapshot('history', never);
    answer = () => serialRows(4, { cutAtRow: 2 });
    await expect(readRows(snapshot)).rejects.toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
    answer = () => serialRows(4);
    await expect(readRows(snapshot)).rejects.toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
    await snapshot.close();
    await expectNothingHeld();
  });
});

describe('a snapshot of a whole job', () => {
  beforeEach(async () => {
    await reopen({ snapshot: 'job' });
    answer = ({ sql }) => (sql.includes('timestamp_to_scn') ? moment('13579') : serialRows(2));
  });

  it('reads every table as of one number, on whatever session', async () => {
    const reader = readerOf(warehouse);
    const snapshots = await Promise.all(['history', 'holds'].map((name) => reader.openSnapshot(name, never)));
    expect(snapshots.map((snapshot) => snapshot.moment)).toEqual(['13579', '13579']);
    expect(warehouse.usage.sessions).toBe(0);
    await Promise.all(snapshots.map((snapshot) => readRows(snapshot, 2500)));
    const questions = asked.filter(({ sql }) => sql.includes('timestamp_to_scn'));
    expect(questions).toHaveLength(1);
    const reads = asked.filter((request) => !questions.includes(request));
    expect(reads).toHaveLength(6);
    for (const { sql, binds } of reads) {
      expect(sql).toContain('DWH.DW_MES_PJ_COMBINEDASSYLOTS as of scn :snapshot_scn\n');
      expect(binds).toContain(13_579);
    }
    await Promise.all(snapshots.map((snapshot) => snapshot.close()));
    await readRows(reader);
    expect(asked.at(-1)?.sql).not.toContain('as of scn');
    await expectNothingHeld();
  });

  it('goes on at the moment of an earlier attempt, whatever is configured by then', async () => {
    await reopen({ snapshot: 'domain' });
    const snapshot = await readerOf(warehouse, '24680').openSnapshot('history', never);
    expect(snapshot.moment).toBe('24680');
    await readRows(snapshot);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.binds).toContain(24_680);
  });

  it.each([1555, 8180, 8181, 1466])('is lost with ORA-%i, and the next attempt has another', async (code) => {
    const reader = readerOf(warehouse);
    const snapshot = await reader.openSnapshot('history', never);
    answer = () => ({ error: { code } });
    await expect(readRows(snapshot)).rejects.toMatchObject({ code: 'SNAPSHOT_LOST', retryable: true });
    answer = () => moment('99999');
    expect((await readerOf(warehouse).openSnapshot('history', never)).moment).toBe('99999');
  });

  it('cannot be of a moment that is none of this warehouse', async () => {
    const lost = readerOf(warehouse, '2026-03-01T00:00:00Z').openSnapshot('history', never);
    await expect(lost).rejects.toMatchObject({ code: 'SNAPSHOT_LOST' });
  });

  it('is none when the database does not name its moment', async () => {
    answer = () => ({ columns: [{ name: 'MOMENT', type: 'VARCHAR' }], rows: [[null]] });
    await expect(readerOf(warehouse).openSnapshot('history', never)).rejects.toMatchObject({ code: 'INTERNAL' });
    await expectNothingHeld();
  });

  it('is asked for again when the first to ask has failed', async () => {
    const reader = readerOf(warehouse);
    answer = () => ({ error: { code: 1034 } });
    await expect(reader.openSnapshot('history', never)).rejects.toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
    answer = () => moment('5');
    expect((await reader.openSnapshot('history', never)).moment).toBe('5');
  });
});
