import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../oracle-bridge/log.ts';
import type { PoolOptions } from '../../oracle-bridge/warehouse/oracle/pool.ts';
import { LoginDesk } from '../../oracle-bridge/warehouse/oracle/login-desk.ts';
import type { OracleWarehouse } from '../../oracle-bridge/warehouse/oracle/warehouse.ts';
import type { Answer, AnswerRequest } from '../helpers/oracle-server/answers.ts';
import type { Refusal } from '../helpers/oracle-server/server.ts';
import { OracleServer, TEST_LOGIN } from '../helpers/oracle-server/server.ts';
import {
  answerSetup,
  openOn,
  readerOf,
  serialNumbers,
  serialRows,
  untilEmpty,
} from '../helpers/oracle-test-warehouse.ts';
import { makeTemporaryFolder } from '../helpers/temporary-folder.ts';
import { id } from '../helpers/tiny-warehouse.ts';

const never = new AbortController().signal;
const STATEMENT = serialNumbers([id(1)]);

let server: OracleServer;
let warehouse: OracleWarehouse | undefined;
let answer: (request: AnswerRequest) => Answer | Promise<Answer>;

beforeEach(async () => {
  answer = () => serialRows(3);
  server = await OracleServer.start({
    ...TEST_LOGIN,
    answer: (request) => answerSetup(request.sql) ?? answer(request),
  });
});

afterEach(async () => {
  vi.useRealTimers();
  await warehouse?.close();
  warehouse = undefined;
  await untilEmpty(server);
  await server.close();
});

async function open(changes: Partial<PoolOptions> = {}): Promise<OracleWarehouse> {
  warehouse = await openOn(server, changes);
  return warehouse;
}

async function errorOf(work: Promise<unknown>): Promise<Error & { code?: unknown; detail?: unknown }> {
  return await work.then(
    () => expect.unreachable('it did not fail'),
    (error: unknown) => error as Error,
  );
}

function logged(error: unknown): string {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', destination: { write: (line: string) => void lines.push(line) } });
  log.error({ err: error, config: { password: { text: TEST_LOGIN.password } } }, 'failed');
  return lines.join('');
}

/** A line to a server. What goes over the connections it has by then is lost once it is muted; their sockets stay. */
async function startLine(port: number): Promise<{ port: number; mute(): void; close(): Promise<void> }> {
  const sockets: Socket[] = [];
  const line = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    sockets.push(near, far);
    near.pipe(far).on('error', () => near.destroy());
    far.pipe(near).on('error', () => far.destroy());
  }).listen(0, '127.0.0.1');
  await once(line, 'listening');
  return {
    port: (line.address() as AddressInfo).port,
    mute: () => sockets.forEach((socket) => socket.unpipe().resume()),
    async close() {
      for (const socket of sockets) socket.destroy();
      line.close();
      await once(line, 'close');
    },
  };
}

describe('a login', () => {
  it.each<[string, Refusal, RegExp, RegExp]>([
    ['nobody listens', 'stopped', /cannot be reached/, /NJS-503/],
    ['nobody answers', 'silent', /cannot be reached/, /NJS-510/],
    ['the service is unknown', { listener: 12_514 }, /no database of the configured name/, /NJS-518/],
    ['the listener has no handler left', { listener: 12_516 }, /no free session/, /ORA-12516/],
    ['the listener is closed', { listener: 12_528 }, /starting or stopping/, /ORA-12528/],
    ['the password is wrong', { login: 1017 }, /does not accept the account/, /ORA-01017/],
    ['the account is locked', { login: 28_000 }, /does not accept the account/, /ORA-28000/],
    ['the database starts', { login: 1033 }, /starting or stopping/, /ORA-01033/],
  ])('where %s says so in a plain sentence, and to the log in the words of the database', async (...fault) => {
    const [, refusal, sentence, words] = fault;
    await server.refuse(refusal);
    const error = await errorOf(open({ connectTimeoutMs: 1000 }));
    expect(error).toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE', detail: expect.stringMatching(sentence) });
    expect(error.message).not.toMatch(/ORA-|NJS-/);
    expect(logged(error)).toMatch(words);
    expect(logged(error)).not.toContain(TEST_LOGIN.password);
    await server.refuse(undefined);
    await expect(open()).resolves.toMatchObject({ description: 'oracle 19.3' });
  });

  it('with a refused password is not tried again for an hour, unless the password is another by then', async () => {
    let nowMs = 0;
    const logins = new LoginDesk(() => nowMs);
    const folder = await makeTemporaryFolder();
    const file = path.join(folder, 'password');
    const tryIt = () => open({ logins, password: { file } });
    const refused = { code: 'WAREHOUSE_UNAVAILABLE', detail: expect.stringMatching(/does not accept the account/) };
    await server.refuse({ login: 1017 });
    await writeFile(file, 'old');
    await expect(tryIt()).rejects.toMatchObject(refused);
    await server.refuse('stopped');
    await expect(tryIt()).rejects.toMatchObject(refused);
    nowMs = 3_599_999;
    await expect(tryIt()).rejects.toMatchObject(refused);
    nowMs = 3_600_000;
    await expect(tryIt()).rejects.toMatchObject({ detail: expect.stringMatching(/cannot be reached/) });
    await server.refuse({ login: 1017 });
    await expect(tryIt()).rejects.toMatchObject(refused);
    await server.refuse(undefined);
    await expect(tryIt()).rejects.toMatchObject(refused);
    await writeFile(file, TEST_LOGIN.password);
    await expect(tryIt()).resolves.toMatchObject({ description: 'oracle 19.3' });
  });

  it('with a password file that is not there fails, and works once it is', async () => {
    const error = await errorOf(open({ password: { file: '/no/such/file' } }));
    expect(error).toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE', cause: { code: 'ENOENT' } });
    expect(server.opened).toBe(0);
  });

  it('that hangs can be left at once', async () => {
    await open();
    await server.refuse('silent');
    server.cutAll();
    await expect.poll(() => server.sockets).toBe(0);
    const abort = new AbortController();
    const read = errorOf(readerOf(warehouse as OracleWarehouse).readRows(STATEMENT, abort.signal));
    await expect.poll(() => server.sockets).toBe(1);
    abort.abort(new Error('left'));
    expect((await read).message).toBe('left');
    await expect.poll(() => server.sockets).toBe(0);
    await server.refuse(undefined);
  });
});

describe('a read', () => {
  it.each<[string, Answer, string, RegExp, number]>([
    ['has no table', { error: { code: 942 } }, 'INTERNAL', /oracle-bridge doctor/, 0],
    ['has no column', { error: { code: 904 } }, 'INTERNAL', /oracle-bridge doctor/, 0],
    ['has too long a list', { error: { code: 1795 } }, 'INTERNAL', /oracle-bridge doctor/, 0],
    ['is ended by somebody else', { error: { code: 1013 } }, 'QUERY_TIMEOUT', /ended the statement/, 1],
    ['is killed', { error: { code: 28 } }, 'WAREHOUSE_UNAVAILABLE', /connection to the warehouse was lost/, 1],
    ['is cut before its rows', { cut: true }, 'WAREHOUSE_UNAVAILABLE', /connection to the warehouse was lost/, 1],
    ['is cut between rows', serialRows(9, { cutAtRow: 5 }), 'WAREHOUSE_UNAVAILABLE', /was lost/, 1],
    ['loses its moment', serialRows(9, { failAtRow: { row: 5, code: 1555 } }), 'SNAPSHOT_LOST', /moment/, 0],
    ['has no room', serialRows(9, { failAtRow: { row: 5, code: 1652 } }), 'WAREHOUSE_UNAVAILABLE', /room/, 0],
    ['meets the unknown', { error: { code: 7777 } }, 'INTERNAL', /lineage\/serial-numbers/, 0],
  ])('that %s fails, and the next one works', async (...cases) => {
    const [, fault, code, sentence, lost] = cases;
    const { usage } = await open();
    const reader = readerOf(warehouse as OracleWarehouse);
    answer = () => fault;
    const error = await errorOf(reader.readRows(STATEMENT, never));
    expect(error).toMatchObject({ code, detail: expect.stringMatching(sentence) });
    expect(error.message).not.toMatch(/ORA-|NJS-/);
    expect(logged(error)).toMatch(/ORA-|NJS-/);
    answer = () => serialRows(3);
    await expect(reader.readRows(STATEMENT, never)).resolves.toHaveLength(3);
    expect(server.opened).toBe(1 + lost);
    expect(warehouse?.usage).toEqual(usage);
    await expect.poll(() => [server.sockets, server.cursorsOpen]).toEqual([1, 0]);
  });

  it('gives no part of a batch as if it were all when rows fail', async () => {
    const reader = readerOf(await open({ fetchRows: 10 }));
    answer = () => serialRows(100, { failAtRow: { row: 35, code: 1555 } });
    const counts: number[] = [];
    const read = async (): Promise<void> => {
      for await (const { count } of reader.readRecords(STATEMENT, { batchRecords: 20, signal: never }))
        counts.push(count);
    };
    await expect(read()).rejects.toMatchObject({ code: 'SNAPSHOT_LOST' });
    expect(counts).toEqual([20]);
  });
});

describe('a database that goes away', () => {
  it('is read again by the next job when it is back, without anything being opened anew', async () => {
    const { usage } = await open({ poolSize: 2 });
    const reader = readerOf(warehouse as OracleWarehouse);
    const both = () => Promise.allSettled([reader.readRows(STATEMENT, never), reader.readRows(STATEMENT, never)]);
    await both();
    await server.refuse('stopped');
    server.cutAll();
    for (let job = 0; job < 5; job++) {
      const error = await errorOf(reader.readRows(STATEMENT, never));
      expect(error).toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
    }
    expect([server.sockets, warehouse?.usage.sessions]).toEqual([0, usage.sessions]);
    await server.refuse(undefined);
    expect((await both()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(warehouse?.usage).toEqual({ sessions: 0, connections: 2 });
  });

  it('without a word is noticed on a connection that was idle for long, before a statement waits for it', async () => {
    const line = await startLine(server.port);
    const { usage } = await open({ connectString: `127.0.0.1:${line.port}/${TEST_LOGIN.service}` });
    const reader = readerOf(warehouse as OracleWarehouse);
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    await vi.advanceTimersByTimeAsync(29_000);
    await expect(reader.readRows(STATEMENT, never)).resolves.toHaveLength(3);
    await vi.advanceTimersByTimeAsync(31_000);
    await expect(reader.readRows(STATEMENT, never)).resolves.toHaveLength(3);
    expect(server.opened).toBe(1);
    await vi.advanceTimersByTimeAsync(31_000);
    line.mute();
    const read = reader.readRows(STATEMENT, never);
    await vi.advanceTimersByTimeAsync(3000);
    await expect(read).resolves.toHaveLength(3);
    expect([server.opened, warehouse?.usage]).toEqual([2, usage]);
    vi.useRealTimers();
    await warehouse?.close();
    await line.close();
  });
});

describe('a connection that was used a moment ago and is silent now', () => {
  it.each(['domain', 'job'] as const)('ends the beginning of a snapshot, of one moment a %s', async (snapshot) => {
    const scn: Answer = { columns: [{ name: 'MOMENT', type: 'VARCHAR' }], rows: [['1000001']] };
    answer = ({ sql }) => (sql.includes('timestamp_to_scn') ? scn : serialRows(3));
    const line = await startLine(server.port);
    const reader = readerOf(await open({ connectString: `127.0.0.1:${line.port}/MES`, snapshot }));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    line.mute();
    const begun = errorOf(reader.openSnapshot('history', never));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await begun).toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
    expect(warehouse?.usage).toEqual({ sessions: 0, connections: 0 });
    vi.useRealTimers();
    const next = await reader.openSnapshot('history', never);
    await expect(next.readRows(STATEMENT, never)).resolves.toHaveLength(3);
    await next.close();
    await warehouse?.close();
    await line.close();
  });
});

describe('a stopped read', () => {
  it('has stopped in the database when it says so, and its connection is not used again', async () => {
    const reader = readerOf(await open());
    answer = () => serialRows(9, { hangAtRow: 4 });
    for (let stopped = 1; stopped <= 3; stopped++) {
      const abort = new AbortController();
      const read = errorOf(reader.readRows(STATEMENT, abort.signal));
      await expect.poll(() => server.cursorsOpen).toBe(1);
      abort.abort(new Error('stopped'));
      expect((await read).message).toBe('stopped');
      expect(server.breaks).toBe(stopped);
      await expect.poll(() => [server.sockets, server.cursorsOpen]).toEqual([0, 0]);
    }
    expect(warehouse?.usage).toEqual({ sessions: 0, connections: 0 });
    answer = () => serialRows(3);
    await expect(reader.readRows(STATEMENT, never)).resolves.toHaveLength(3);
  });

  it('whose statement has not given its first row stops too', async () => {
    const reader = readerOf(await open());
    const started = Promise.withResolvers<void>();
    answer = async () => {
      started.resolve();
      return await new Promise<never>(() => undefined);
    };
    const abort = new AbortController();
    const read = errorOf(reader.readRows(STATEMENT, abort.signal));
    await started.promise;
    abort.abort(new Error('stopped'));
    expect((await read).message).toBe('stopped');
    await expect.poll(() => server.sockets).toBe(0);
  });

  it('between two batches breaks nothing', async () => {
    const reader = readerOf(await open({ fetchRows: 5 }));
    answer = () => serialRows(20);
    const abort = new AbortController();
    const records = reader.readRecords(STATEMENT, { batchRecords: 5, signal: abort.signal });
    const iterator = records[Symbol.asyncIterator]();
    await iterator.next();
    abort.abort(new Error('stopped'));
    await expect(iterator.next()).rejects.toThrow('stopped');
    expect([server.breaks, server.opened, warehouse?.usage]).toEqual([0, 1, { sessions: 0, connections: 1 }]);
  });

  it('that the database never ends is cut after ten seconds', async () => {
    const reader = readerOf(await open());
    server.breakAnswer = 'never';
    answer = () => serialRows(9, { hangAtRow: 4 });
    const abort = new AbortController();
    const read = errorOf(reader.readRows(STATEMENT, abort.signal));
    await expect.poll(() => server.cursorsOpen).toBe(1);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    abort.abort(new Error('timed out'));
    await vi.advanceTimersByTimeAsync(9999);
    expect(server.sockets).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    expect((await read).message).toBe('timed out');
    await expect.poll(() => [server.sockets, server.sessions.length]).toEqual([0, 0]);
    expect(warehouse?.usage).toEqual({ sessions: 0, connections: 0 });
  });

  it('and its end may come at the same moment', async () => {
    const reader = readerOf(await open());
    for (let round = 0; round < 30; round++) {
      const abort = new AbortController();
      const read = reader.readRows(STATEMENT, abort.signal);
      setTimeout(() => abort.abort(new Error('stopped')), round % 6);
      const end = await read.then(
        (rows) => `${rows.length} rows`,
        (error: unknown) => (error as Error).message,
      );
      expect(['3 rows', 'stopped']).toContain(end);
    }
    expect(warehouse?.usage.sessions).toBe(0);
    await expect(reader.readRows(STATEMENT, never)).resolves.toHaveLength(3);
  });
});

describe('many reads at once, of which some are left, stopped, cut or refused', () => {
  it('leave nothing behind', async () => {
    const opened = await open({ poolSize: 3, fetchRows: 10 });
    const reader = readerOf(opened);
    const faults = [{}, { hangAtRow: 15 }, { cutAtRow: 12 }, { failAtRow: { row: 22, code: 1555 } }, {}, {}];
    let statements = 0;
    answer = () => serialRows(40, faults[++statements % faults.length]);
    const readOne = async (read: number): Promise<void> => {
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(new Error('stopped')), 60 + (read % 7));
      try {
        const options = { batchRecords: 10, signal: abort.signal };
        let batches = 0;
        for await (const { count } of reader.readRecords(STATEMENT, options)) {
          expect(count).toBe(10);
          if (++batches === read % 5) break;
        }
      } finally {
        clearTimeout(timer);
      }
    };
    const kinds = new Set<string>();
    for (let from = 0; from < 200; from += 5) {
      const ends = await Promise.allSettled(Array.from({ length: 5 }, (_, read) => readOne(from + read)));
      for (const end of ends) kinds.add(end.status === 'fulfilled' ? 'read' : (end.reason as Error).message);
    }
    expect(kinds).toEqual(
      new Set(['read', 'stopped', expect.stringMatching(/^WAREHOUSE_UNAVAILABLE/), expect.stringMatching(/^SNAPSHOT/)]),
    );
    expect(opened.usage.sessions).toBe(0);
    expect(opened.usage.connections).toBeLessThanOrEqual(3);
    await expect
      .poll(() => [server.cursorsOpen, server.sockets, server.sessions.length])
      .toEqual([0, opened.usage.connections, opened.usage.connections]);
    answer = () => serialRows(3);
    await expect(reader.readRows(STATEMENT, never)).resolves.toHaveLength(3);
  });
});

describe('a warehouse that is closed', () => {
  it('stops what runs, waits for nothing that is silent, and takes nothing more', async () => {
    const opened = await open({ poolSize: 1 });
    const reader = readerOf(opened);
    server.breakAnswer = 'never';
    answer = () => serialRows(9, { hangAtRow: 4 });
    const running = errorOf(reader.readRows(STATEMENT, never));
    const waiting = errorOf(reader.readRows(STATEMENT, never));
    await expect.poll(() => server.cursorsOpen).toBe(1);
    const closed = opened.close();
    expect(await waiting).toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
    await closed;
    expect(await running).toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
    expect(opened.usage).toEqual({ sessions: 0, connections: 0 });
    expect(await errorOf(reader.readRows(STATEMENT, never))).toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
  });
});
