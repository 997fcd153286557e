import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FetchedRow } from '../../oracle-bridge/encode/row-encoder.ts';
import { RowEncoder } from '../../oracle-bridge/encode/row-encoder.ts';
import type { OracleDialect } from '../../oracle-bridge/warehouse/oracle-query.ts';
import { buildOracleRead } from '../../oracle-bridge/warehouse/oracle-query.ts';
import { hasStatement, loadStatement } from '../../oracle-bridge/warehouse/sql-loader.ts';
import type { BindValue, Statement } from '../../oracle-bridge/warehouse/warehouse.ts';
import type { MadeSample } from '../helpers/make-sample.ts';
import { makeSample } from '../helpers/make-sample.ts';
import type { OracleDouble } from '../helpers/oracle-on-duckdb.ts';
import { openOracleDouble, walkByConnectBy } from '../helpers/oracle-on-duckdb.ts';
import { DIALECTS } from '../helpers/oracle-texts.ts';
import { statementsOf } from '../helpers/sql-statements.ts';
import type { TinyRows, TinyWarehouse } from '../helpers/tiny-warehouse.ts';
import { id, makeTinyWarehouse } from '../helpers/tiny-warehouse.ts';

/** Beside the sample: what a dialect could read in another way. */
const ODD_ROWS: TinyRows = {
  CONTAINER: [
    { CONTAINERID: id(1), CONTAINERNAME: 'ODD-1   ', PJ_TYPE: '  ', QTY: 5 },
    { CONTAINERID: id(2), CONTAINERNAME: 'ODD-1\t' },
    { CONTAINERID: id(3), CONTAINERNAME: 'ODD-1 x' },
    { CONTAINERID: id(4), CONTAINERNAME: 'ODD_1%' },
    { CONTAINERID: null, CONTAINERNAME: 'ODD-1' },
    { CONTAINERID: id(5), CONTAINERNAME: null },
    { CONTAINERID: id(6), CONTAINERNAME: '參考編號：ODD-1' },
    { CONTAINERID: id(7), OBJECTTYPE: 'MATERIAL ' },
    { CONTAINERID: id(8), PRODUCTLINENAME: ' PB_SOT' },
  ],
  JOB: [
    { JOBID: 'odd list', CREATEDATE: '2026-01-01', CONTAINERIDS: ` ${id(1)} ,,${id(2)},${id(1)},` },
    { JOBID: 'no JSON', CREATEDATE: '2026-01-01', CONTAINERIDS: `"${id(3)}",\\${id(3)},${id(3)}\n,${id(4)}` },
    { JOBID: 'part of an id', CREATEDATE: null, CONTAINERIDS: `${id(5)}0,x${id(5)}` },
    { JOBID: 'blank', CONTAINERIDS: '   ' },
    { JOBID: 'cancelled', RESOURCEID: 'M1 ', CREATEDATE: '2025-12-01', CANCELDATE: '2026-01-01' },
    { JOBID: 'open', RESOURCEID: 'M1', CREATEDATE: '2025-12-31 23:59:59' },
  ],
  SPEC_WORKCENTER_V: ['4.6', '+3', '1e1', '2 x', null, ' 7', '-1'].map((sequence, index) => ({
    SPEC: 'ODD SPEC ',
    WORK_CENTER_GROUP: `group ${index}`,
    WORKCENTERSEQUENCE_GROUP: sequence,
  })),
  LOTREJECTHISTORY: [
    { CONTAINERID: id(1), SPECNAME: 'ODD SPEC', TXNDATE: '2026-01-01 23:59:59', REJECTQTY: 1 },
    { CONTAINERID: id(1), SPECNAME: '  ODD SPEC', TXNDATE: '2026-01-01 00:00:00', REJECTQTY: 2 },
    { CONTAINERID: id(1), SPECNAME: ' ', TXNDATE: null },
    ...['031_a', '250_VF', '25_b', 'XXX_c', ' 031_d ', '031-e', null].map((LOSSREASONNAME) => ({
      CONTAINERID: id(1),
      LOSSREASONNAME,
      REJECTCATEGORYNAME: LOSSREASONNAME === '031_a' ? ' ' : null,
      REJECTQTY: 3,
      TXNDATE: '2026-01-01',
    })),
    { CONTAINERID: id(1), LOSSREASONNAME: '031_f', REJECTCATEGORYNAME: '原物料報廢 ' },
    { CONTAINERID: id(7), LOSSREASONNAME: '031_g' },
    { CONTAINERID: id(8), LOSSREASONNAME: '031_h' },
  ],
  HOLDRELEASEHISTORY: [
    ...[18, 54, 17, 19, 0, -18].map((seconds) => ({
      CONTAINERID: id(1),
      HOLDTXNDATE: '2026-01-01 00:01:00',
      RELEASETXNDATE: `2026-01-01 00:0${seconds < 0 ? 0 : 1}:${String((60 + seconds) % 60).padStart(2, '0')}`,
    })),
    { CONTAINERID: id(1), HOLDTXNDATE: '2026-02-01' },
    { CONTAINERID: id(2) },
  ],
  LOTWIPHISTORY: [
    {
      CONTAINERID: id(1),
      EQUIPMENTID: 'M1 ',
      TRACKINTIMESTAMP: '2026-01-01',
      WORKCENTERNAME: '焊_WB_料',
      SPECNAME: 'S ',
    },
    {
      CONTAINERID: id(1),
      EQUIPMENTID: 'M1',
      TRACKINTIMESTAMP: '2026-01-01',
      WORKCENTERNAME: '焊_WB_料 ',
      SPECNAME: 'S',
    },
    { CONTAINERID: id(2), EQUIPMENTID: ' ', TRACKINTIMESTAMP: '2026-01-02' },
    { CONTAINERID: id(3), EQUIPMENTID: 'M1', TRACKINTIMESTAMP: '2026-02-10 12:00:00', WORKCENTERNAME: '烘箱' },
  ],
  LOTMATERIALSHISTORY: [
    ...['ODD', ' ODD ', '參考編號：ODD', '參考編號：參考編號：ODD', '參考編號：', ' ', null].map((MATERIALLOTNAME) => ({
      CONTAINERID: id(1),
      MATERIALLOTNAME,
      MATERIALPARTNAME: 'P ',
      PJ_WORKORDER: ' ga1 ',
      TXNDATE: '2026-01-01',
      EQUIPMENTNAME: 'GWBK ',
      QTYCONSUMED: 0.1,
      UOMNAME: ' EA',
    })),
    { CONTAINERID: id(1), MATERIALPARTNAME: 'Q', EQUIPMENTID: ' ', EQUIPMENTNAME: 'GWBK', TXNDATE: '2026-01-01' },
    { CONTAINERID: null, MATERIALPARTNAME: 'Q', EQUIPMENTID: 'M1 ', TXNDATE: '2026-01-01', QTYCONSUMED: 'NaN' },
    { CONTAINERID: id(2), MATERIALPARTNAME: 'Q', EQUIPMENTID: 'M1', TXNDATE: '2026-01-02', QTYCONSUMED: 2 },
  ],
  HM_LOTMOVEOUT: [
    { CDONAME: 'SplitLot ', CONTAINERID: id(1), FROMCONTAINERID: id(2), TXNDATE: null },
    { CDONAME: 'CombineLot', CONTAINERID: id(1), FROMCONTAINERID: id(77), TXNDATE: '2026-01-10' },
    { CDONAME: 'CombineLot', CONTAINERID: id(77), FROMCONTAINERID: id(1), TXNDATE: '2026-01-09 23:59:59' },
    { CDONAME: 'MoveOut', CONTAINERID: id(1), FROMCONTAINERID: id(1), TXNDATE: '2026-01-11' },
    { CDONAME: 'SplitLot', CONTAINERID: null, FROMCONTAINERID: id(1), TXNDATE: '2026-01-11' },
  ],
  RESOURCE: [
    { RESOURCEID: 'M1 ', RESOURCENAME: 'GWBK ', OBJECTCATEGORY: 'ASSEMBLY ', WORKCENTERNAME: '焊_WB_料' },
    { RESOURCEID: 'M1', RESOURCENAME: 'GWBK', OBJECTCATEGORY: 'ASSEMBLY', WORKCENTERNAME: '烘箱' },
    { RESOURCEID: 'M2', RESOURCENAME: 'GWBK', OBJECTCATEGORY: 'OTHER' },
    { RESOURCEID: ' ', RESOURCENAME: ' ', OBJECTCATEGORY: null },
  ],
  RESOURCESTATUS_SHIFT: [
    { HISTORYID: 'M1 ', NEWSTATUSNAME: 'PRD ', HOURS: 1, DATADATE: '2026-01-01' },
    { HISTORYID: 'M1', NEWSTATUSNAME: 'SBY', HOURS: 2, DATADATE: '2026-01-02' },
    { HISTORYID: 'M10', NEWSTATUSNAME: 'UDT', HOURS: 4, DATADATE: '2026-01-02' },
    { HISTORYID: 'M2', NEWSTATUSNAME: 'NST', HOURS: 0.5, DATADATE: '2026-01-02' },
    { HISTORYID: 'M2', NEWSTATUSNAME: null, HOURS: null, DATADATE: '2026-01-02' },
  ],
  ERP_PJ_WIP_SCRAP_REASONS_EXCLUDE: [{ REASON_NAME: '250_VF ' }, { REASON_NAME: null }],
  PJ_COMBINEDASSYLOTS: [
    { LOTID: id(1), CONTAINERID: id(3), FINISHEDNAME: ' S1' },
    { LOTID: id(4), CONTAINERID: id(77), FINISHEDNAME: 'S1 ', PJ_COMBINEDRATIO: 0.5 },
    { LOTID: id(1), CONTAINERID: id(5), FINISHEDNAME: 'UNKNOWN ' },
    { LOTID: id(1), CONTAINERID: ' ' },
    { LOTID: id(1), CONTAINERID: id(1) },
    { LOTID: id(1), CONTAINERID: `${id(2)} ` },
  ],
};
const TABLES = [
  'CONTAINER',
  'PJ_COMBINEDASSYLOTS',
  'LOTWIPHISTORY',
  'LOTMATERIALSHISTORY',
  'LOTREJECTHISTORY',
  'HOLDRELEASEHISTORY',
  'JOB',
  'SPEC_WORKCENTER_V',
  'HM_LOTMOVEOUT',
  'RESOURCE',
  'RESOURCESTATUS_SHIFT',
  'ERP_PJ_WIP_SCRAP_REASONS_EXCLUDE',
];
/** Those that both dialects have, which are to be all of them. */
const STATEMENTS = statementsOf('oracle').filter((name) => hasStatement('duckdb', name));
/** Before and after all data; a part of it. */
const PERIODS = [
  { time_from: '2020-01-01T00:00:00', time_to: '2030-01-01T00:00:00' },
  { time_from: '2026-01-01T00:00:00', time_to: '2026-02-10T12:00:00' },
];
/** More than there are rows, and less. */
const MOST = [1_000_000, 7];
/** Generations of a walk. */
const LEVELS = [10, 1];
/** A sample is made, copied and copied again. */
const PREPARE_TIMEOUT_MS = 60_000;
const signal = new AbortController().signal;

describe('the statements of Oracle, run on DuckDB with functions of Oracle, and those of DuckDB', () => {
  let sample: MadeSample;
  let tiny: TinyWarehouse;
  let oracle: OracleDouble;
  let parents: Map<string, string | null>;
  let ids: string[];
  let names: string[];
  let machines: string[];
  let orders: string[];
  let materialLots: string[];

  beforeAll(async () => {
    sample = await makeSample({ containers: 600 });
    tiny = await makeTinyWarehouse(ODD_ROWS, [
      `attach '${sample.file}' as sample (read_only)`,
      ...TABLES.map((table) => `insert into DWH.DW_MES_${table} by name from sample.DWH.DW_MES_${table}`),
      'detach sample',
    ]);
    oracle = await openOracleDouble(tiny.file);
    const reader = await oracle.connection.runAndReadAll(
      `select CONTAINERID, rtrim(SPLITFROMID), rtrim(CONTAINERNAME) from DWH.DW_MES_CONTAINER order by 1`,
    );
    const rows = reader.getRows() as (string | null)[][];
    parents = new Map(
      rows.flatMap(([key, parent]) => (key === null || key === undefined ? [] : [[key, parent ?? null] as const])),
    );
    ids = [...parents.keys(), id(999)];
    machines = [...(await textsOf('rtrim(RESOURCEID)', 'RESOURCE')), 'nothing'];
    orders = await textsOf('upper(trim(PJ_WORKORDER))', 'LOTMATERIALSHISTORY');
    materialLots = await textsOf("replace(trim(MATERIALLOTNAME), '參考編號：', '')", 'LOTMATERIALSHISTORY');
    names = [...new Set(rows.flatMap(([, , name]) => name ?? [])), 'nobody', ''];
  }, PREPARE_TIMEOUT_MS);
  afterAll(async () => {
    oracle.close();
    await tiny.close();
    await sample.close();
  });

  async function textsOf(column: string, table: string): Promise<string[]> {
    const reader = await oracle.connection.runAndReadAll(
      `select distinct ${column} as found from DWH.DW_MES_${table} where found is not null order by found`,
    );
    return reader.getRows().map(([text]) => String(text));
  }

  async function readDuckDb(statement: Statement): Promise<string[]> {
    const records: string[] = [];
    for await (const { json } of tiny.warehouse.readRecords(statement, { batchRecords: 5000, signal })) {
      records.push(...Buffer.from(json).toString().split(',\t'));
    }
    return records;
  }

  async function readOracle(statement: Statement, dialect: OracleDialect): Promise<string[]> {
    const { file, queries, load } = buildOracleRead(statement, dialect);
    if (load) await oracle.load(load);
    const rows: FetchedRow[] = [];
    for (const query of queries) rows.push(...(await oracle.run(query)));
    return rows.length === 0
      ? []
      : Buffer.from(new RowEncoder(file.columns).encodeBatch(rows).json).toString().split(',\t');
  }

  async function fillWalked(starts: readonly string[], byValue: boolean): Promise<void> {
    const rows = walkByConnectBy(parents, starts, byValue);
    await oracle.connection.run('delete from WALKED');
    await oracle.connection.run(
      `insert into WALKED select row->>'id', row->>'parent', (row->'level')::integer
       from (select unnest(cast($rows as json)::json[]) as row)`,
      { rows: JSON.stringify(rows) },
    );
  }

  /** Values of every bind of the statement, of which a list has at most `most`. */
  function bindsOf(name: string, most: number): Record<string, BindValue>[] {
    if (name === 'seeds/lots-by-pattern') {
      return ['GA26%', 'ODD-1%', 'ODD\\_1\\%', '%_1', 'ODD-_', '參考%', 'nobody%'].flatMap((pattern) =>
        [3, 2001].map((count) => ({ pattern, most: count })),
      );
    }
    const spread = (values: readonly string[]) =>
      values.filter((_, index) => index % Math.ceil(values.length / most) === 0);
    if (name.endsWith('-name')) return [{ names: spread(names) }];
    if (name.startsWith('query-tool/')) return MOST.flatMap((rows) => questionsOf(name, rows, spread));
    return [{ ids: spread(ids), ...(name === 'events/holds' ? { now: '2026-03-10T12:00:00' } : {}) }];
  }

  /** The same of a statement of the query tool, which gives the first `most` rows. */
  function questionsOf(
    name: string,
    most: number,
    spread: (values: readonly string[]) => string[],
  ): Record<string, BindValue>[] {
    const given = new Set(loadStatement('oracle', name).binds.map((bind) => bind.name));
    const lists = { ids, orders, material_lots: materialLots };
    const both = [0, 1].map((place) => ({
      ...Object.fromEntries(Object.entries(lists).map(([list, values]) => [list, spread(values)])),
      equipment_ids: ['M1', 'M2', ...spread(machines)],
      ...PERIODS[place],
      levels: LEVELS[place] ?? 0,
      since: [null, '2026-01-10T00:00:00'][place] ?? null,
      workcenter_groups: [null, '切割,焊接_WB,測試'][place] ?? null,
      most,
    }));
    return both.map((binds) => Object.fromEntries(Object.entries(binds).filter(([bind]) => given.has(bind))));
  }

  it('have data to differ in', async () => {
    for (const name of STATEMENTS) {
      const counts = [];
      for (const binds of bindsOf(name, 1000)) counts.push((await readDuckDb({ name, binds })).length);
      expect(counts[0]).toBeGreaterThan(2);
      expect(Math.min(...counts)).toBeGreaterThan(0);
    }
  });

  const cases = STATEMENTS.flatMap((name) =>
    DIALECTS.filter(({ walk }) => walk === 'connect-by' || hasStatement('oracle', `recursive/${name}`)).map(
      (dialect) => ({
        name,
        ...dialect,
      }),
    ),
  );
  it.each(cases)('give the same records in the same order: $name, $lists, $walk', async ({ name, ...dialect }) => {
    for (const most of [90, 1000]) {
      for (const binds of bindsOf(name, most)) {
        if (name === 'lineage/split-ancestors') await fillWalked(binds['ids'] as string[], true);
        expect(await readOracle({ name, binds }, dialect)).toEqual(await readDuckDb({ name, binds }));
      }
    }
  });

  it('give the same records where a list is cut into parts', async () => {
    const many = [...ids, ...Array.from({ length: 1500 }, (_, index) => id(10_000_000 + index))].toReversed();
    expect(many.length).toBeGreaterThan(2000);
    for (const name of ['events/history', 'events/jobs', 'lineage/merge-sources', 'lineage/containers-by-id']) {
      const statement = { name, binds: { ids: many } };
      const parts = await readOracle(statement, { lists: 'bound', walk: 'connect-by' });
      expect(parts.toSorted()).toEqual((await readDuckDb(statement)).toSorted());
    }
  });

  it('walk the same splits, through tails, cycles and parents without a row, by every rule for a loop', async () => {
    const nodes = 12;
    const forest = fc.array(fc.integer({ min: 0, max: nodes + 2 }), { minLength: nodes, maxLength: nodes });
    const seeds = fc.uniqueArray(fc.integer({ min: 1, max: nodes + 2 }), { minLength: 1, maxLength: 4 });
    const before = parents;
    await fc.assert(
      fc.asyncProperty(forest, seeds, async (tree, starts) => {
        parents = new Map(tree.map((parent, index) => [id(index + 1), parent === 0 ? null : id(parent)]));
        await oracle.connection.run('delete from DWH.DW_MES_CONTAINER');
        await oracle.connection.run(
          `insert into DWH.DW_MES_CONTAINER (CONTAINERID, SPLITFROMID)
           select row->>0, row->>1 from (select unnest(cast($rows as json)::json[]) as row)`,
          { rows: JSON.stringify([...parents]) },
        );
        const wanted = levelsOf(parents, starts.map(id));
        const statement = { name: 'lineage/split-ancestors', binds: { ids: starts.map(id) } };
        const forms = [
          { walk: 'connect-by', byValue: true },
          { walk: 'connect-by', byValue: false },
          { walk: 'recursive', byValue: false },
        ] as const;
        for (const { walk, byValue } of forms) {
          await fillWalked(starts.map(id), byValue);
          const records = await readOracle(statement, { lists: 'bound', walk });
          const levels = records.map((record) => {
            const row = JSON.parse(record) as { CONTAINERID: string; SPLIT_LEVEL: number };
            return [row.CONTAINERID, row.SPLIT_LEVEL];
          });
          expect(levels).toEqual(wanted);
        }
      }),
      { numRuns: 60 },
    );
    parents = before;
  });
});

/** Every container that is reached with its least level, by id; told naively. */
function levelsOf(parents: ReadonlyMap<string, string | null>, starts: readonly string[]): [string, number][] {
  const levels = new Map<string, number>();
  for (const start of starts) {
    let at: string | null = start;
    for (let level = 1; level <= 20 && at !== null; level++) {
      levels.set(at, Math.min(level, levels.get(at) ?? level));
      at = parents.get(at) ?? null;
    }
  }
  return [...levels].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
