import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FetchedRow } from '../../oracle-bridge/encode/row-encoder.ts';
import { RowEncoder } from '../../oracle-bridge/encode/row-encoder.ts';
import { openDuckDb } from '../../oracle-bridge/warehouse/duckdb/warehouse.ts';
import { buildOracleRead } from '../../oracle-bridge/warehouse/oracle/build-read.ts';
import type { OracleDialect } from '../../oracle-bridge/warehouse/oracle/build-read.ts';
import { planLoad } from '../../oracle-bridge/warehouse/oracle/load.ts';
import { hasStatement } from '../../oracle-bridge/warehouse/sql/loader.ts';
import type { BindValue, Statement } from '../../oracle-bridge/warehouse/warehouse.ts';
import type { MadeSample } from '../helpers/make-sample.ts';
import { makeSample } from '../helpers/make-sample.ts';
import type { OracleConnection } from '../helpers/oracle-driver.ts';
import { oracledb } from '../helpers/oracle-driver.ts';
import type { RowFaults } from '../helpers/oracle-server/answers.ts';
import { withFaults } from '../helpers/oracle-server/answers.ts';
import { DuckDbAnswers } from '../helpers/oracle-server/duckdb-answers.ts';
import { OracleServer, TEST_LOGIN } from '../helpers/oracle-server/server.ts';
import { DIALECTS } from '../helpers/oracle-texts.ts';
import type { TinyWarehouse } from '../helpers/tiny-warehouse.ts';

const signal = new AbortController().signal;
const PREPARE_TIMEOUT_MS = 60_000;

/** Statements of every form that is rewritten for DuckDB. */
const STATEMENTS: Readonly<Record<string, Readonly<Record<string, BindValue>>>> = {
  'events/history': {},
  'events/holds': { now: '2026-03-10T12:00:00' },
  'events/materials': {},
  'events/rejects': {},
  'lineage/merge-sources': {},
  'lineage/split-ancestors': {},
  'lineage/split-descendants': {},
  'lineage/split-and-merge-descendants': {},
  'seeds/work_order-pattern': { pattern: 'GA%', most: 50 },
};

describe('The test server with a DuckDB warehouse behind it', () => {
  let sample: MadeSample;
  let warehouse: TinyWarehouse['warehouse'];
  let answers: DuckDbAnswers;
  let server: OracleServer;
  let connection: OracleConnection;
  let ids: string[];
  let faults: RowFaults = {};

  beforeAll(async () => {
    sample = await makeSample({ containers: 400 });
    warehouse = await openDuckDb({ file: sample.file, memoryLimit: '512MB', threads: 2 });
    answers = await DuckDbAnswers.open(sample.file);
    server = await OracleServer.start({
      ...TEST_LOGIN,
      answer: async (request) => withFaults(await answers.answer(request), faults),
    });
    connection = await connect();
    const { rows = [] } = await connection.execute(
      'select CONTAINERID from DWH.DW_MES_CONTAINER where CONTAINERID is not null order by 1',
    );
    ids = rows.map(([id]) => String(id));
  }, PREPARE_TIMEOUT_MS);

  afterAll(async () => {
    await server.close();
    answers.close();
    await warehouse.close();
    await sample.close();
  });

  function connect(): Promise<OracleConnection> {
    const { user, password } = TEST_LOGIN;
    return oracledb.getConnection({ user, password, connectString: server.connectString });
  }

  async function readDuckDb(statement: Statement): Promise<string[]> {
    const records: string[] = [];
    for await (const { json } of warehouse.readRecords(statement, { batchRecords: 5000, signal })) {
      records.push(...Buffer.from(json).toString().split(',\t'));
    }
    return records;
  }

  async function readOracle(statement: Statement, dialect: OracleDialect): Promise<string[]> {
    const { file, queries, load } = buildOracleRead(statement, dialect);
    if (load) await loadList(load);
    await connection.execute('set transaction read only');
    const rows: FetchedRow[] = [];
    for (const { text, binds } of queries) {
      const values = Object.fromEntries(binds.map(({ name, value }) => [name, value]));
      const options = { resultSet: true, prefetchRows: 0, fetchTypeHandler: numbersAsText } as const;
      const { resultSet } = await connection.execute(text, values, options);
      for (let got = await resultSet.getRows(100); got.length > 0; got = await resultSet.getRows(100)) {
        rows.push(...(got as FetchedRow[]));
      }
      await resultSet.close();
    }
    await connection.rollback();
    const { json } = new RowEncoder(file.columns).encodeBatch(rows);
    return rows.length === 0 ? [] : Buffer.from(json).toString().split(',\t');
  }

  async function loadList(values: readonly string[]): Promise<void> {
    const { clear, insert, batches } = planLoad(values);
    await connection.execute(clear);
    const options = { bindDefs: { id: { type: oracledb.STRING, maxSize: 255 } } };
    for (const batch of batches) {
      await connection.executeMany(
        insert,
        batch.map((id) => ({ id })),
        options,
      );
    }
    await connection.commit();
  }

  const cases = Object.entries(STATEMENTS).flatMap(([name, binds]) =>
    DIALECTS.filter(({ walk }) => walk === 'connect-by' || hasStatement('oracle', `recursive/${name}`)).map(
      (dialect) => ({ name, binds, ...dialect }),
    ),
  );

  it.each(cases)('gives what DuckDB gives itself: $name, $lists, $walk', async ({ name, binds, ...dialect }) => {
    const statement = { name, binds: 'pattern' in binds ? binds : { ...binds, ids: ids.slice(0, 300) } };
    const found = await readOracle(statement, dialect);
    expect(found).toEqual(await readDuckDb(statement));
    expect(found.length).toBeGreaterThan(2);
    expect([server.cursorsOpen, answers.inUse]).toEqual([0, 0]);
  });

  it('describes a statement, and says what the driver asks of types', async () => {
    for (const name of ['events/holds', 'lineage/split-ancestors', 'seeds/work_order-pattern']) {
      const binds = STATEMENTS[name] ?? {};
      const statement = { name, binds: 'pattern' in binds ? binds : { ...binds, ids: ids.slice(0, 3) } };
      const { file, queries } = buildOracleRead(statement, { lists: 'bound', walk: 'recursive' });
      const { metaData = [] } = await connection.getStatementInfo(queries[0]?.text ?? '');
      const types = file.columns.map(({ type }) => (type === 'text' || type === 'time' ? 'VARCHAR2' : 'NUMBER'));
      expect(metaData.map(({ dbTypeName }) => dbTypeName)).toEqual(types);
    }
    const info = await connection.getStatementInfo(
      `select rtrim(CONTAINERNAME), QTY, ORIGINALSTARTDATE from DWH.DW_MES_CONTAINER where CONTAINERID = :id`,
    );
    expect(info.metaData?.map(({ dbTypeName }) => dbTypeName)).toEqual(['VARCHAR2', 'NUMBER', 'DATE']);
    expect(answers.inUse).toBe(0);
  });

  it('has a list for each session, whose values are all different', async () => {
    const other = await connect();
    await loadList(['a', 'b']);
    await other.execute('delete from LOTSTREAM_IDS');
    const count = 'select count(*) from LOTSTREAM_IDS';
    expect((await connection.execute(count)).rows).toEqual([[2]]);
    expect((await other.execute(count)).rows).toEqual([[0]]);
    await expect(loadList(['a', 'a'])).rejects.toThrow(/^ORA-00001/);
    await connection.rollback();
    await other.close();
  });

  it('reads as of a moment it has given', async () => {
    const ask = 'select to_char(timestamp_to_scn(systimestamp)) as MOMENT from DUAL';
    const moments = [(await connection.execute(ask)).rows?.[0]?.[0], (await connection.execute(ask)).rows?.[0]?.[0]];
    expect(Number(moments[1])).toBeGreaterThan(Number(moments[0]));
    const text = 'select count(*) from DWH.DW_MES_CONTAINER as of scn :scn where CONTAINERID > :id';
    const { rows } = await connection.execute(text, { scn: Number(moments[0]), id: '0' });
    expect(rows).toEqual([[ids.length]]);
  });

  it('stops a query that is broken, and lets go of rows nobody reads', async () => {
    const endless = 'select count(*) from range(100000000000) a, range(100000) b';
    const result = connection.execute(endless).then(
      () => undefined,
      (error: Error) => error.message,
    );
    await expect.poll(() => answers.inUse).toBe(1);
    await connection.break();
    expect(await result).toMatch(/^ORA-01013/);
    await expect.poll(() => answers.inUse).toBe(0);
    const { resultSet } = await connection.execute('select range from range(100000)', [], { resultSet: true });
    expect(answers.inUse).toBe(1);
    await resultSet.close();
    await connection.ping();
    await expect.poll(() => answers.inUse).toBe(0);
  });

  it('fails in the middle of the rows when it is told to', async () => {
    const sql = 'select CONTAINERID from DWH.DW_MES_CONTAINER order by 1';
    faults = { failAtRow: { row: 150, code: 1555 } };
    const { resultSet } = await connection.execute(sql, [], { resultSet: true, prefetchRows: 0 });
    faults = {};
    expect(await resultSet.getRows(100)).toHaveLength(100);
    await expect(resultSet.getRows(100)).rejects.toThrow(/^ORA-01555/);
    await resultSet.close();
    await expect.poll(() => answers.inUse).toBe(0);
  });

  it('says no to what DuckDB does not know', async () => {
    await expect(connection.execute('select X from NOWHERE')).rejects.toThrow(/NOWHERE/);
    expect(answers.inUse).toBe(0);
  });
});

function numbersAsText({ dbTypeName }: { readonly dbTypeName: string }): { readonly type: unknown } | undefined {
  return dbTypeName === 'NUMBER' ? { type: oracledb.STRING } : undefined;
}
