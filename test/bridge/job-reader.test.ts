import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { packContainerIds } from '#protocol/ids.ts';
import { MAX_IDS_PER_PAGE } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import { IdPages } from '../../oracle-bridge/job/id-pages.ts';
import { WarehouseHolder } from '../../oracle-bridge/job/warehouse-holder.ts';
import { WatchedReader } from '../../oracle-bridge/job/watched-reader.ts';
import { Permits } from '../../oracle-bridge/warehouse/permits.ts';
import type { RecordBatch, Row, StatementReader } from '../../oracle-bridge/warehouse/warehouse.ts';
import { warehouseOf, withoutSnapshots } from '../helpers/without-snapshots.ts';
import { SILENT, makeBatch } from '../helpers/bridge-samples.ts';

const STATEMENT = { name: 'events/materials', binds: {} };
const TIMEOUT_MS = 1000;

function answer(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (Number.isFinite(delayMs)) setTimeout(resolve, delayMs);
    signal.addEventListener('abort', () => reject(new Error('interrupted')));
  });
}

/** Answers after some time of the fake clock; `Infinity`: only when it is aborted. */
function makeWarehouse(delaysMs: readonly number[]): StatementReader & { closedReads: number } {
  return {
    closedReads: 0,
    async *readRecords(_statement, { signal }): AsyncIterable<RecordBatch> {
      try {
        for (const delayMs of delaysMs) {
          await answer(delayMs, signal);
          yield makeBatch(1);
        }
      } finally {
        this.closedReads++;
      }
    },
    async readRows(_statement, signal): Promise<Row[]> {
      await answer(delaysMs[0] ?? 0, signal);
      return [{ ID: 1 }];
    },
  };
}

const failed: string[] = [];

interface WatchChanges {
  readonly signal?: AbortSignal;
  readonly timeoutSeconds?: number;
  /** The statement is a slow one. */
  readonly permits?: Permits;
}

function watch(warehouse: StatementReader, changes: WatchChanges = {}): WatchedReader {
  const { signal = new AbortController().signal, timeoutSeconds, permits } = changes;
  return new WatchedReader(withoutSnapshots(warehouse), {
    timeoutMs: TIMEOUT_MS,
    signal,
    fileOf: () => ({ slow: permits !== undefined, timeoutSeconds }),
    permits: permits ?? new Permits(0),
    onError: (statement) => failed.push(statement),
  });
}

async function readAll(warehouse: StatementReader, signal: AbortSignal, pauseMs = 0): Promise<number> {
  let batches = 0;
  for await (const _batch of warehouse.readRecords(STATEMENT, { batchRecords: 10, signal })) {
    batches++;
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return batches;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the warehouse of a job', () => {
  it('fails a statement whose next rows do not come in time, and stops it', async () => {
    const { signal } = new AbortController();
    const slow = makeWarehouse([10, Infinity]);
    const reads = Promise.allSettled([
      readAll(watch(slow), signal),
      watch(makeWarehouse([Infinity])).readRows(STATEMENT, signal),
    ]);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS + 10);
    const timedOut = { status: 'rejected', reason: expect.objectContaining({ code: 'QUERY_TIMEOUT' }) };
    expect(await reads).toEqual([timedOut, timedOut]);
    expect(slow.closedReads).toBe(1);
  });

  it('gives each part of a list that is cut the whole time of the statement', async () => {
    const inParts = (delaysMs: readonly number[]): StatementReader => ({
      ...makeWarehouse([]),
      async readRows(_statement, signal, onPart) {
        for (const delayMs of delaysMs) {
          await answer(delayMs, signal);
          onPart?.();
        }
        return delaysMs.map((delayMs) => ({ ID: delayMs }));
      },
    });
    for (const read of [
      (reader: WatchedReader) => reader.readRows(STATEMENT, never),
      async (reader: WatchedReader) => (await reader.openSnapshot('test', never)).readRows(STATEMENT, never),
    ]) {
      const work = read(watch(inParts([900, 900, 900])));
      await vi.advanceTimersByTimeAsync(2700);
      await expect(work).resolves.toHaveLength(3);
      const late = Promise.allSettled([read(watch(inParts([900, 1001])))]);
      await vi.advanceTimersByTimeAsync(1900);
      expect(await late).toMatchObject([{ reason: { code: 'QUERY_TIMEOUT' } }]);
    }
  });

  it('does not count the time that the job itself takes', async () => {
    const work = readAll(watch(makeWarehouse([900, 900, 900])), new AbortController().signal, 5000);
    await vi.advanceTimersByTimeAsync(60_000);
    await expect(work).resolves.toBe(3);
  });

  it('passes on which statement failed and why, but not what the job itself stopped', async () => {
    failed.length = 0;
    const abort = new AbortController();
    const asError = (error: unknown) => error;
    const late = watch(makeWarehouse([Infinity]))
      .readRows(STATEMENT, abort.signal)
      .catch(asError);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    expect(await late).toMatchObject({ code: 'QUERY_TIMEOUT' });
    expect(failed).toEqual([STATEMENT.name]);
    const stopped = watch(makeWarehouse([Infinity]), { signal: abort.signal })
      .readRows(STATEMENT, abort.signal)
      .catch(asError);
    await vi.advanceTimersByTimeAsync(1);
    abort.abort();
    expect(await stopped).toBeInstanceOf(Error);
    expect(failed).toEqual([STATEMENT.name]);
  });

  it('knows whether a query was running when the job was stopped', async () => {
    const abort = new AbortController();
    const idle = watch(makeWarehouse([1]), { signal: abort.signal });
    const busy = watch(makeWarehouse([Infinity]), { signal: abort.signal });
    await expect(runTimers(idle.readRows(STATEMENT, abort.signal))).resolves.toEqual([{ ID: 1 }]);
    const work = readAll(busy, abort.signal);
    setTimeout(() => abort.abort(), 5);
    const stopped = work.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(5);
    expect(await stopped).toMatchObject({ message: expect.stringContaining('interrupted') });
    expect(idle.stoppedDatabase).toBe('not_running');
    expect(busy.stoppedDatabase).toBe('confirmed');
  });

  it('closes a read that its reader leaves', async () => {
    const warehouse = makeWarehouse([1, 1, 1]);
    const read = async (): Promise<void> => {
      const options = { batchRecords: 10, signal: new AbortController().signal };
      for await (const _batch of watch(warehouse).readRecords(STATEMENT, options)) return;
    };
    await runTimers(read());
    expect(warehouse.closedReads).toBe(1);
  });
});

/** Each way of reading, outside and inside a snapshot. */
const READS: Readonly<Record<string, (reader: WatchedReader, signal: AbortSignal) => Promise<unknown>>> = {
  records: (reader, signal) => readAll(reader, signal),
  rows: (reader, signal) => reader.readRows(STATEMENT, signal),
  'records of a snapshot': async (reader, signal) => readAll(await reader.openSnapshot('test', signal), signal),
  'rows of a snapshot': async (reader, signal) =>
    (await reader.openSnapshot('test', signal)).readRows(STATEMENT, signal),
};
const never = new AbortController().signal;

describe.each(Object.entries(READS))('a slow statement that reads %s', (_way, read) => {
  it('waits for a permit, which is no time of the statement, and gives it back at its end', async () => {
    const permits = new Permits(1);
    const giveBack = await permits.take(never);
    let isOver = false;
    const work = read(watch(makeWarehouse([10]), { permits }), never).finally(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(50 * TIMEOUT_MS);
    expect(isOver).toBe(false);
    giveBack();
    await runTimers(work);
    expect(permits.free).toBe(1);
  });

  it('holds the permit while it runs and gives it back when it took too long', async () => {
    const permits = new Permits(1);
    const work = Promise.allSettled([read(watch(makeWarehouse([Infinity]), { permits }), never)]);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS - 1);
    expect(permits.free).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(await work).toMatchObject([{ reason: { code: 'QUERY_TIMEOUT' } }]);
    expect(permits.free).toBe(1);
  });

  it('gives the permit back when the job is stopped', async () => {
    const permits = new Permits(1);
    const abort = new AbortController();
    const work = Promise.allSettled([read(watch(makeWarehouse([Infinity]), { permits }), abort.signal)]);
    await vi.advanceTimersByTimeAsync(1);
    expect(permits.free).toBe(0);
    abort.abort();
    expect(await work).toMatchObject([{ status: 'rejected' }]);
    expect(permits.free).toBe(1);
  });

  it('leaves the queue when the job is stopped while it waits, without a query', async () => {
    const permits = new Permits(1);
    const giveBack = await permits.take(never);
    const abort = new AbortController();
    const watched = watch(makeWarehouse([0]), { permits, signal: abort.signal });
    const work = Promise.allSettled([read(watched, abort.signal)]);
    await vi.advanceTimersByTimeAsync(1);
    abort.abort(new Error('stopped'));
    expect(await work).toMatchObject([{ reason: { message: 'stopped' } }]);
    expect(watched.stoppedDatabase).toBe('not_running');
    giveBack();
    expect(permits.free).toBe(1);
  });
});

describe('a slow statement', () => {
  it('gives its permit back when its reader leaves, behind the end of the query', async () => {
    const permits = new Permits(1);
    const warehouse = makeWarehouse([1, 1, 1]);
    const closedBefore: number[] = [];
    const read = async (): Promise<void> => {
      const options = { batchRecords: 10, signal: never };
      for await (const _batch of watch(warehouse, { permits }).readRecords(STATEMENT, options)) {
        expect(permits.free).toBe(0);
        void permits.take(never).then(() => closedBefore.push(warehouse.closedReads));
        return;
      }
    };
    await runTimers(read());
    expect(closedBefore).toEqual([1]);
  });

  it('needs no permit as long as nobody asks for its rows', () => {
    const permits = new Permits(1);
    watch(makeWarehouse([1]), { permits }).readRecords(STATEMENT, { batchRecords: 10, signal: never });
    expect(permits.free).toBe(1);
  });

  it('may have a time of its own, but not more than all have', async () => {
    const own = Promise.allSettled([
      watch(makeWarehouse([Infinity]), { timeoutSeconds: 0.2 }).readRows(STATEMENT, never),
    ]);
    const longer = watch(makeWarehouse([Infinity]), { timeoutSeconds: 60 }).readRows(STATEMENT, never);
    const late = longer.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(200);
    expect(await own).toMatchObject([{ reason: { code: 'QUERY_TIMEOUT' } }]);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS - 200);
    expect(await late).toMatchObject({ code: 'QUERY_TIMEOUT' });
  });
});

describe('the warehouse of a job worker', () => {
  it('is opened once, and again after an attempt that failed', async () => {
    let attempts = 0;
    const holder = new WarehouseHolder(() => {
      attempts++;
      return attempts === 1
        ? Promise.reject(new ProblemError('WAREHOUSE_UNAVAILABLE', 'away'))
        : Promise.resolve(warehouseOf(makeWarehouse([]), 'test 1'));
    }, SILENT);
    await expect(holder.warmUp()).resolves.toBeUndefined();
    await expect(holder.warmUp()).resolves.toBe('test 1');
    await holder.get();
    expect(attempts).toBe(2);
    await holder.close();
  });
});

describe('the ids of a job', () => {
  const total = 2 * MAX_IDS_PER_PAGE + 5;
  const ids = Array.from({ length: total }, (_, index) => index.toString(16).padStart(16, '0'));
  const packed = packContainerIds(ids);

  it('are read a page at a time, each page once, and cut at every border', async () => {
    const reads: [number, number][] = [];
    const pages = new IdPages(total, (from, count) => {
      reads.push([from, count]);
      return Promise.resolve(packed.slice(from * 8, (from + count) * 8));
    });
    const border = MAX_IDS_PER_PAGE;
    await expect(pages.slice(0, 3)).resolves.toEqual(ids.slice(0, 3));
    await expect(pages.slice(border - 2, 5)).resolves.toEqual(ids.slice(border - 2, border + 3));
    await expect(pages.slice(total - 2, 1000)).resolves.toEqual(ids.slice(-2));
    await expect(pages.slice(total, 1000)).resolves.toEqual([]);
    await Promise.all([pages.slice(0, 1000), pages.slice(500, 1000)]);
    expect(reads).toEqual([
      [0, border],
      [border, border],
      [2 * border, 5],
    ]);
  });

  it('are read again after a failure, and must be as many as the job says', async () => {
    let attempts = 0;
    const pages = new IdPages(2, () => {
      attempts++;
      return attempts === 1 ? Promise.reject(new Error('lost')) : Promise.resolve(packed.slice(0, 8));
    });
    await expect(pages.slice(0, 2)).rejects.toThrow('lost');
    await expect(pages.slice(0, 2)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

async function runTimers<Value>(work: Promise<Value>): Promise<Value> {
  await vi.advanceTimersByTimeAsync(100);
  return await work;
}
