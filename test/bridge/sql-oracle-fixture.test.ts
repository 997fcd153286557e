import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RowEncoder } from '../../oracle-bridge/encode/row-encoder.ts';
import type { Fixture } from '../../oracle-bridge/warehouse/oracle/fixture-read.ts';
import { buildFixtureRead } from '../../oracle-bridge/warehouse/oracle/fixture-read.ts';
import type { Statement } from '../../oracle-bridge/warehouse/warehouse.ts';
import type { OracleDouble } from '../helpers/oracle-on-duckdb.ts';
import { openOracleDouble } from '../helpers/oracle-on-duckdb.ts';
import { parseOracle } from '../helpers/oracle-parser.ts';
import { bindsNamedIn } from '../helpers/oracle-texts.ts';
import type { TinyRows, TinyWarehouse } from '../helpers/tiny-warehouse.ts';
import { id, makeTinyWarehouse } from '../helpers/tiny-warehouse.ts';

const CONTAINER_COLUMNS = [
  'CONTAINERID',
  'CONTAINERNAME',
  'MFGORDERNAME',
  'FIRSTNAME',
  'OBJECTTYPE',
  'ORIGINALCONTAINERID',
  'SPLITFROMID',
  'SPECNAME',
];

const container = (number: number, parent: number | null, name: string) => ({
  CONTAINERID: id(number),
  CONTAINERNAME: name,
  SPLITFROMID: parent === null ? null : id(parent),
});

/** 3 → 2 → 1; 4 and 5 are a cycle with the tail 6; 7 has a parent without a row; 1 and 4 were merged into 8. */
const ROWS: TinyRows = {
  CONTAINER: [
    container(1, null, "GA'1"),
    container(2, 1, 'GA-2   '),
    container(3, 2, '參考編號：GA-3'),
    container(4, 5, 'GA-4'),
    container(5, 4, 'GA-5'),
    container(6, 4, 'GA-6'),
    container(7, 99, 'GA-7'),
    container(8, null, 'GA-8'),
  ],
  PJ_COMBINEDASSYLOTS: [
    { LOTID: id(8), CONTAINERID: id(1) },
    { LOTID: id(8), CONTAINERID: id(4) },
    { LOTID: id(8), CONTAINERID: id(8) },
  ],
};

const text = (name: string) => ({ name, type: 'text' }) as const;
const FIXTURE: Fixture = {
  DW_MES_CONTAINER: {
    columns: [...CONTAINER_COLUMNS.map(text), { name: 'QTY', type: 'whole' }],
    rows: (ROWS['CONTAINER'] ?? []).map((row) => [...CONTAINER_COLUMNS.map((name) => row[name] ?? null), null]),
  },
  DW_MES_PJ_COMBINEDASSYLOTS: {
    columns: ['LOTID', 'CONTAINERID'].map(text),
    rows: (ROWS['PJ_COMBINEDASSYLOTS'] ?? []).map((row) => [row['LOTID'] ?? null, row['CONTAINERID'] ?? null]),
  },
};

const ids = [1, 2, 3, 6, 7, 8, 77].map(id);
const STATEMENTS: readonly Statement[] = [
  { name: 'lineage/split-ancestors', binds: { ids } },
  { name: 'lineage/merge-sources', binds: { ids } },
  { name: 'lineage/containers-by-id', binds: { ids } },
  { name: 'lineage/containers-by-name', binds: { names: ['GA-2', "GA'1", '參考編號：GA-3'] } },
  { name: 'lineage/split-descendants', binds: { ids } },
  { name: 'lineage/split-and-merge-descendants', binds: { ids } },
  { name: 'seeds/lot_id-exact', binds: { names: ['GA-2', 'nobody'], most: 3 } },
  { name: 'seeds/lot_id-pattern', binds: { pattern: 'GA-%', most: 3 } },
];

describe('a statement with a fixture in place of its tables', () => {
  let tiny: TinyWarehouse;
  let oracle: OracleDouble;
  beforeAll(async () => {
    tiny = await makeTinyWarehouse(ROWS);
    oracle = await openOracleDouble();
  });
  afterAll(async () => {
    oracle.close();
    await tiny.close();
  });

  it.each(STATEMENTS)('is Oracle SQL that names no table, and binds every value: $name', (statement) => {
    for (const walk of ['connect-by', 'recursive'] as const) {
      for (const query of buildFixtureRead(statement, walk, FIXTURE).queries) {
        expect(() => parseOracle(query.text)).not.toThrow();
        expect(query.text).not.toMatch(/DWH\.|GA-|參考/);
        expect(bindsNamedIn(query.text).toSorted()).toEqual(query.binds.map(({ name }) => name).toSorted());
      }
    }
  });

  it.each(STATEMENTS)('answers as the tables would with those rows: $name', async (statement) => {
    const { file, queries } = buildFixtureRead(statement, 'recursive', FIXTURE);
    const rows = [];
    for (const query of queries) rows.push(...(await oracle.run(query)));
    const { json } = new RowEncoder(file.columns).encodeBatch(rows);
    const options = { batchRecords: 5000, signal: new AbortController().signal };
    for await (const batch of tiny.warehouse.readRecords(statement, options)) {
      expect(Buffer.from(json).toString()).toBe(Buffer.from(batch.json).toString());
    }
    expect(rows.length).toBeGreaterThan(0);
  });

  it('has tables without rows where the fixture has none', async () => {
    const empty: Fixture = { DW_MES_PJ_COMBINEDASSYLOTS: { columns: ['LOTID', 'CONTAINERID'].map(text), rows: [] } };
    const { queries } = buildFixtureRead({ name: 'lineage/merge-sources', binds: { ids } }, 'connect-by', empty);
    for (const query of queries) {
      expect(() => parseOracle(query.text)).not.toThrow();
      expect(await oracle.run(query)).toEqual([]);
    }
  });

  it('is refused when it cannot be right', () => {
    const build = (fixture: Fixture, name = 'lineage/merge-sources') =>
      buildFixtureRead({ name, binds: { ids } }, 'connect-by', fixture);
    const merges = (rows: Fixture[string]['rows'], columns = ['LOTID', 'CONTAINERID'].map(text)): Fixture => ({
      DW_MES_PJ_COMBINEDASSYLOTS: { columns, rows },
    });
    expect(() => build({})).toThrow('no rows for DW_MES_PJ_COMBINEDASSYLOTS');
    expect(() => build(merges([[id(1)]]))).toThrow('not a value for each column');
    expect(() => build(merges([[id(1), 5]]))).toThrow('CONTAINERID must be text');
    expect(() => build(merges([], [text('A, B')]))).toThrow('malformed columns');
    expect(() => build(merges([], []))).toThrow('malformed columns');
    expect(() => build(merges(Array.from({ length: 501 }, () => [id(1), id(2)])))).toThrow('more than 500 rows');
    expect(() => build(FIXTURE, 'events/jobs')).toThrow('reads row ids');
  });
});
