import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRecord } from '../../oracle-bridge/encode/record-encoder.ts';
import { MAX_CONNECTIONS } from '../../oracle-bridge/warehouse/duckdb/connections.ts';
import { openDuckDb } from '../../oracle-bridge/warehouse/duckdb/warehouse.ts';
import type { RecordBatch, Row, Statement, StatementReader } from '../../oracle-bridge/warehouse/warehouse.ts';
import { makeTemporaryFolder } from '../helpers/temporary-folder.ts';
import type { TinyWarehouse } from '../helpers/tiny-warehouse.ts';
import { id, makeTinyWarehouse } from '../helpers/tiny-warehouse.ts';

const never = new AbortController().signal;

async function collect(records: AsyncIterable<RecordBatch>): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = [];
  for await (const batch of records) batches.push(batch);
  return batches;
}

function textOf({ json }: RecordBatch): string {
  return Buffer.from(json).toString();
}

function parse(batch: RecordBatch): Row[] {
  return JSON.parse(`[${textOf(batch)}]`) as Row[];
}

function materials(ids: readonly string[]): Statement {
  return { name: 'events/materials', binds: { ids } };
}

async function readText(warehouse: StatementReader, name: string, binds: Statement['binds']): Promise<string> {
  const batches = await collect(warehouse.readRecords({ name, binds }, { batchRecords: 5000, signal: never }));
  return batches.map(textOf).join(',\t');
}

/** The records of several ranges, one text each, in an order that does not depend on the ranges. */
async function readRanges(warehouse: StatementReader, ranges: readonly string[][]): Promise<string[]> {
  const texts: string[] = [];
  for (const ids of ranges) texts.push(await readText(warehouse, 'events/materials', { ids }));
  return texts.flatMap((text) => text.split(',\t')).toSorted();
}

describe('records of the DuckDB warehouse', () => {
  let tiny: TinyWarehouse;
  const nasty = '\t\n\r\b\f\u0001\u001f\u007f"\\/焊接 \u2028😀';
  beforeAll(async () => {
    tiny = await makeTinyWarehouse({
      CONTAINER: [
        { CONTAINERID: id(1), CONTAINERNAME: 'GA26010001-A00-001   ', PJ_TYPE: ' PJ  ', PRODUCTLINENAME: '   ' },
      ],
      LOTMATERIALSHISTORY: [
        {
          CONTAINERID: id(1),
          TXNDATE: '2026-01-02 03:04:05',
          DESCRIPTION: nasty,
          QTYREQUIRED: 12.5,
          CONSUMEFACTOR: 3,
          QTYCONSUMED: Number.NaN,
        },
        { CONTAINERID: id(1), TXNDATE: '2026-01-03 00:00:00', QTYREQUIRED: -0.25, CONSUMEFACTOR: 0, QTYCONSUMED: 1000 },
        {
          CONTAINERID: id(1),
          TXNDATE: '2026-01-04 00:00:00',
          QTYREQUIRED: '123456789012.345678',
          CONSUMEFACTOR: 0.000001,
          QTYCONSUMED: 0.1,
        },
        { CONTAINERID: id(2) },
      ],
      HOLDRELEASEHISTORY: [
        { CONTAINERID: id(3), QTY: '999999999999999', HOLDTXNDATE: '2026-01-01' },
        { CONTAINERID: id(3), QTY: '1000000000000000', HOLDTXNDATE: '2026-01-02' },
        { CONTAINERID: id(3), QTY: '-9007199254740993', HOLDTXNDATE: '2026-01-03' },
      ],
    });
  });
  afterAll(() => tiny.close());

  it('are compact JSON objects with the columns in order, byte for byte what the encoder makes of the values', async () => {
    const [batch] = await collect(tiny.warehouse.readRecords(materials([id(1)]), { batchRecords: 10, signal: never }));
    expect(batch?.count).toBe(3);
    const rows = parse(batch as RecordBatch);
    expect(Object.keys(rows[0] ?? {}).slice(0, 4)).toEqual([
      'CONTAINERID',
      'CONTAINERNAME',
      'PJ_TYPE',
      'PRODUCTLINENAME',
    ]);
    expect(textOf(batch as RecordBatch)).toBe(rows.map(encodeRecord).join(',\t'));
  });

  it('have times without a zone, trimmed text, and null for what is missing, blank or no number', async () => {
    const [batch] = await collect(tiny.warehouse.readRecords(materials([id(1)]), { batchRecords: 10, signal: never }));
    expect(parse(batch as RecordBatch)[0]).toMatchObject({
      CONTAINERNAME: 'GA26010001-A00-001',
      PJ_TYPE: ' PJ',
      PRODUCTLINENAME: null,
      TXNDATE: '2026-01-02T03:04:05',
      DESCRIPTION: nasty,
      QTYCONSUMED: null,
      UOMNAME: null,
    });
  });

  it('have numbers in their shortest form while they are exact, else as text', async () => {
    const numbers = (await readText(tiny.warehouse, 'events/materials', { ids: [id(1)] })).match(
      /"QTYREQUIRED":[^,]*,"CONSUMEFACTOR":[^,]*,"QTYCONSUMED":[^,]*/g,
    );
    expect(numbers).toEqual([
      '"QTYREQUIRED":12.5,"CONSUMEFACTOR":3,"QTYCONSUMED":null',
      '"QTYREQUIRED":-0.25,"CONSUMEFACTOR":0,"QTYCONSUMED":1000',
      '"QTYREQUIRED":"123456789012.345678","CONSUMEFACTOR":0.000001,"QTYCONSUMED":0.1',
    ]);
    const quantities = (
      await readText(tiny.warehouse, 'events/holds', { ids: [id(3)], now: '2026-01-04T00:00:00' })
    ).match(/"QTY":[^,]*/g);
    expect(quantities).toEqual(['"QTY":"-9007199254740993"', '"QTY":"1000000000000000"', '"QTY":999999999999999']);
  });

  it('are no batches at all for an empty range or a range without records', async () => {
    expect(await collect(tiny.warehouse.readRecords(materials([]), { batchRecords: 10, signal: never }))).toEqual([]);
    expect(await collect(tiny.warehouse.readRecords(materials([id(9)]), { batchRecords: 10, signal: never }))).toEqual(
      [],
    );
  });

  it('hold a TAB only between records', async () => {
    const [batch] = await collect(
      tiny.warehouse.readRecords(materials([id(1), id(2)]), { batchRecords: 10, signal: never }),
    );
    expect(textOf(batch as RecordBatch).split('\t')).toHaveLength(4);
  });

  it('keep control characters as the encoder writes them', () => {
    expect(encodeRecord({ a: '\u001f\\u001f\\\u000b' })).toBe(String.raw`{"a":"\u001F\\u001f\\\u000B"}`);
  });
});

describe('batches of the DuckDB warehouse', () => {
  let tiny: TinyWarehouse;
  beforeAll(async () => {
    // 4 containers of 3001 records each, their times mixed; stored in an order that has nothing to do with the ids.
    tiny = await makeTinyWarehouse({}, [
      `insert into DWH.DW_MES_LOTMATERIALSHISTORY by name
       select printf('%016x', 1 + n % 4) as CONTAINERID, 'part ' || n as MATERIALPARTNAME,
         timestamp '2026-01-01' + to_seconds((n * 7919) % 12004) as TXNDATE
       from range(12004) t(n)`,
    ]);
  });
  afterAll(() => tiny.close());

  it('have 5000 records each but the last, ordered through, and count each container once', async () => {
    const ids = [1, 2, 3, 4].map(id);
    const batches = await collect(tiny.warehouse.readRecords(materials(ids), { batchRecords: 5000, signal: never }));
    expect(batches.map((batch) => batch.count)).toEqual([5000, 5000, 2004]);
    expect(batches.map((batch) => batch.containersFound)).toEqual([4, 0, 0]);
    const rows = batches.flatMap(parse);
    expect(rows).toHaveLength(12_004);
    const times = rows.map((row) => String(row['TXNDATE']));
    expect(times).toEqual(times.toSorted());
    expect(new Set(rows.map((row) => row['MATERIALPARTNAME'])).size).toBe(12_004);
  });

  it('count a container in the batch where its first record stands', async () => {
    const batches = await collect(
      tiny.warehouse.readRecords(materials([1, 2, 3, 4, 5].map(id)), { batchRecords: 1, signal: never }),
    );
    const seen = new Set<unknown>();
    for (const batch of batches) {
      const container = parse(batch)[0]?.['CONTAINERID'];
      expect(batch.containersFound).toBe(seen.has(container) ? 0 : 1);
      seen.add(container);
    }
    expect(seen.size).toBe(4);
  });

  it('have the same records however the ids are cut into ranges', async () => {
    const whole = await readRanges(tiny.warehouse, [[1, 2, 3, 4].map(id)]);
    expect(await readRanges(tiny.warehouse, [[id(1)], [id(2), id(3)], [id(4)]])).toEqual(whole);
  });
});

describe('the DuckDB warehouse', () => {
  /** A table that takes minutes to read, in no space at all. */
  const SLOW = [
    'create table job_columns as from DWH.DW_MES_JOB limit 0',
    'drop table DWH.DW_MES_JOB',
    `create view DWH.DW_MES_JOB as
     select n as rowid, printf('%016x', n % 7) as CONTAINERIDS, j.* exclude (CONTAINERIDS)
     from range(3000000000) t(n) left join job_columns j on j.JOBID = 'none'`,
  ];

  it('is unavailable when its file is missing or is none, and says nothing of the path', async () => {
    const folder = await makeTemporaryFolder();
    await writeFile(
      path.join(folder, 'text.duckdb'),
      'not a database at all, but long enough to look at. '.repeat(400),
    );
    for (const name of ['none.duckdb', 'text.duckdb']) {
      const options = { file: path.join(folder, name), memoryLimit: '256MB', threads: 1 };
      const error = await openDuckDb(options).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE', retryable: true });
      expect((error as { detail: string }).detail).not.toContain(folder);
    }
  });

  it('says what it is', async () => {
    const tiny = await makeTinyWarehouse({});
    expect(tiny.warehouse.description).toMatch(/^duckdb \d+\.\d+\.\d+$/);
    await tiny.close();
  });

  it('stops a long query when it is aborted, gives the reason, and keeps no connection', async () => {
    const tiny = await makeTinyWarehouse({}, SLOW);
    const abort = new AbortController();
    const reason = new Error('enough');
    const statement = { name: 'events/jobs', binds: { ids: [id(1)] } };
    const reading = collect(tiny.warehouse.readRecords(statement, { batchRecords: 10, signal: abort.signal }));
    setTimeout(() => abort.abort(reason), 30);
    const startedAtMs = performance.now();
    await expect(reading).rejects.toBe(reason);
    expect(performance.now() - startedAtMs).toBeLessThan(2000);
    expect(tiny.warehouse.connectionsInUse).toBe(0);
    const rows = await tiny.warehouse.readRows({ name: 'seeds/lot_id-exact', binds: { names: ['x'], most: 1 } }, never);
    expect(rows).toEqual([]);
    await tiny.close();
  });

  it('does not begin what was aborted before, and gives up waiting for a connection', async () => {
    const tiny = await makeTinyWarehouse({}, SLOW);
    const abort = new AbortController();
    const statement = { name: 'events/jobs', binds: { ids: [id(1)] } };
    const options = { batchRecords: 10, signal: abort.signal };
    const all = Array.from({ length: MAX_CONNECTIONS * 2 }, () =>
      collect(tiny.warehouse.readRecords(statement, options)),
    );
    abort.abort();
    for (const result of await Promise.allSettled(all)) expect(result.status).toBe('rejected');
    await expect(collect(tiny.warehouse.readRecords(statement, options))).rejects.toMatchObject({ name: 'AbortError' });
    expect(tiny.warehouse.connectionsInUse).toBe(0);
    await tiny.close();
  });

  it('tells a time-out from a cancel', async () => {
    const tiny = await makeTinyWarehouse({}, SLOW);
    const statement = { name: 'events/jobs', binds: { ids: [id(1)] } };
    const reading = collect(
      tiny.warehouse.readRecords(statement, { batchRecords: 10, signal: AbortSignal.timeout(30) }),
    );
    await expect(reading).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' });
    await tiny.close();
  });

  it('says of a result larger than its memory that it is too large, and goes on', async () => {
    const tiny = await makeTinyWarehouse({ CONTAINER: [{ CONTAINERID: id(1) }] }, [
      `insert into DWH.DW_MES_LOTMATERIALSHISTORY (CONTAINERID, DESCRIPTION)
       select '${id(2)}', repeat('x', 4000000) || i from range(40) t(i)`,
    ]);
    // A process has one instance of a file, with one limit.
    const file = path.join(await makeTemporaryFolder(), 'copy.duckdb');
    await copyFile(tiny.file, file);
    const small = await openDuckDb({ file, memoryLimit: '100MB', threads: 1 });
    try {
      const read = (ids: readonly string[]) =>
        collect(small.readRecords(materials(ids), { batchRecords: 5000, signal: never }));
      await expect(read([id(2)])).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' });
      await expect(read([id(1)])).resolves.toEqual([]);
    } finally {
      await small.close();
      await tiny.close();
    }
  });

  it('keeps the text of SQL out of the detail of an error', async () => {
    const tiny = await makeTinyWarehouse({}, ['drop table DWH.DW_MES_LOTMATERIALSHISTORY']);
    const reading = collect(tiny.warehouse.readRecords(materials([id(1)]), { batchRecords: 10, signal: never }));
    const error = await reading.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INTERNAL', cause: expect.any(Error) as unknown });
    expect((error as { detail: string }).detail).toBe('The warehouse could not run the statement events/materials.');
    expect(tiny.warehouse.connectionsInUse).toBe(0);
    await tiny.close();
  });

  it('gives memory back, answers as before with the memory it had, and does nothing once it is closed', async () => {
    const tiny = await makeTinyWarehouse({}, [
      `insert into DWH.DW_MES_LOTMATERIALSHISTORY (CONTAINERID, DESCRIPTION)
       select '${id(1)}', repeat('x', 1000000) || i from range(5) t(i)`,
    ]);
    const { warehouse } = tiny;
    const read = async () => (await readText(warehouse, 'events/materials', { ids: [id(1)] })).length;
    const before = await read();
    expect(before).toBeGreaterThan(5_000_000);
    await warehouse.trimMemory();
    expect(await read()).toBe(before);
    // Not beside a statement, which would get no memory.
    const [during] = await Promise.all([read(), warehouse.trimMemory()]);
    expect(during).toBe(before);
    expect(warehouse.connectionsInUse).toBe(0);
    await tiny.close();
    await expect(warehouse.trimMemory()).resolves.toBeUndefined();
  });

  it('stops what still runs when it is closed', async () => {
    const tiny = await makeTinyWarehouse({}, SLOW);
    const statement = { name: 'events/jobs', binds: { ids: [id(1)] } };
    const reading = collect(tiny.warehouse.readRecords(statement, { batchRecords: 10, signal: never }));
    const [result] = await Promise.allSettled([reading, tiny.close()]);
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'WAREHOUSE_UNAVAILABLE' } });
    expect(tiny.warehouse.connectionsInUse).toBe(0);
  });

  it('can be open in several threads at once', async () => {
    const tiny = await makeTinyWarehouse({ LOTMATERIALSHISTORY: [{ CONTAINERID: id(1), MATERIALPARTNAME: 'wire' }] });
    const module = new URL('../../oracle-bridge/warehouse/duckdb/warehouse.ts', import.meta.url).href;
    const script = `
      const { parentPort } = require('node:worker_threads');
      import(${JSON.stringify(module)}).then(async ({ openDuckDb }) => {
        const warehouse = await openDuckDb({ file: ${JSON.stringify(tiny.file)}, memoryLimit: '128MB', threads: 1 });
        const statement = { name: 'events/materials', binds: { ids: ['${id(1)}'] } };
        let count = 0;
        const options = { batchRecords: 10, signal: new AbortController().signal };
        for await (const batch of warehouse.readRecords(statement, options)) count += batch.count;
        await warehouse.close();
        parentPort.postMessage(count);
      });`;
    const counts = await Promise.all(
      [1, 2].map(
        () =>
          new Promise((resolve, reject) => {
            const worker = new Worker(script, { eval: true });
            worker.once('message', resolve);
            worker.once('error', reject);
          }),
      ),
    );
    expect(counts).toEqual([1, 1]);
    await tiny.close();
  });
});
