import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FetchedRow } from '../../oracle-bridge/encode/row-encoder.ts';
import { RowEncoder } from '../../oracle-bridge/encode/row-encoder.ts';
import type { OracleDialect } from '../../oracle-bridge/warehouse/oracle/build-read.ts';
import { joinParts } from '../../oracle-bridge/warehouse/oracle/parts.ts';
import { buildOracleRead } from '../../oracle-bridge/warehouse/oracle/build-read.ts';
import { hasStatement, loadStatement } from '../../oracle-bridge/warehouse/sql/loader.ts';
import type { BindValue, Row, Statement } from '../../oracle-bridge/warehouse/warehouse.ts';
import type { MadeSample } from '../helpers/make-sample.ts';
import { makeSample } from '../helpers/make-sample.ts';
import type { OracleDouble } from '../helpers/oracle-on-duckdb.ts';
import { openOracleDouble, walkByConnectBy, walkDownByConnectBy } from '../helpers/oracle-on-duckdb.ts';
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
    { CONTAINERID: id(7), CONTAINERNAME: 'gd26odd-A01  ', MFGORDERNAME: 'x', OBJECTTYPE: 'LOT  ', FIRSTNAME: 'ODD-1 ' },
    {
      CONTAINERID: id(8),
      CONTAINERNAME: 'ODD-8',
      MFGORDERNAME: 'gD26odd  ',
      OBJECTTYPE: 'LOT',
      FIRSTNAME: 'ODD-SERIAL',
    },
    { CONTAINERID: id(9), CONTAINERNAME: null, MFGORDERNAME: 'Ga26odd', OBJECTTYPE: 'MATERIAL', FIRSTNAME: 'ODD-1' },
    { CONTAINERID: id(10), CONTAINERNAME: 'ODD-SERIAL', MFGORDERNAME: 'gc26odd', OBJECTTYPE: 'LOT', FIRSTNAME: ' ' },
    { CONTAINERID: id(11), CONTAINERNAME: 'ODD-11', MFGORDERNAME: 'xGA26odd', OBJECTTYPE: null, FIRSTNAME: 'ODD-1' },
    { CONTAINERID: null, CONTAINERNAME: 'GD26ODD', MFGORDERNAME: 'GA26ODD', OBJECTTYPE: 'LOT', FIRSTNAME: 'ODD-1' },
    { CONTAINERID: id(27), OBJECTTYPE: 'MATERIAL ' },
    { CONTAINERID: id(28), PRODUCTLINENAME: ' PB_SOT' },
  ],
  LOTWIPHISTORY: [
    { CONTAINERID: id(7), WORKCENTERNAME: 'pkg_saw', TRACKINTIMESTAMP: '2026-04-01 00:00:00' },
    { CONTAINERID: id(7), WORKCENTERNAME: '焊_DB_料', TRACKINTIMESTAMP: '2026-04-01 00:00:00' },
    { CONTAINERID: id(8), WORKCENTERNAME: '成型', TRACKINTIMESTAMP: '2026-04-01 23:59:59' },
    { CONTAINERID: id(9), WORKCENTERNAME: '成型', TRACKINTIMESTAMP: '2026-04-02 00:00:00' },
    { CONTAINERID: id(10), WORKCENTERNAME: null, TRACKINTIMESTAMP: '2026-04-01 12:00:00' },
    { CONTAINERID: id(999), WORKCENTERNAME: '切割', TRACKINTIMESTAMP: '2026-04-01 12:00:00' },
    { CONTAINERID: null, WORKCENTERNAME: '切割', TRACKINTIMESTAMP: '2026-04-01 12:00:00' },
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
  JOB: [
    { JOBID: 'odd list', CREATEDATE: '2026-01-01', CONTAINERIDS: ` ${id(1)} ,,${id(2)},${id(1)},` },
    { JOBID: 'no JSON', CREATEDATE: '2026-01-01', CONTAINERIDS: `"${id(3)}",\\${id(3)},${id(3)}\n,${id(4)}` },
    {
      JOBID: 'control characters',
      CREATEDATE: '2026-01-01',
      CONTAINERIDS: `${String.fromCharCode(...Array.from({ length: 31 }, (_, index) => index + 1))},${id(3)},\u0000${id(4)}`,
    },
    // Lists that would be longer than a text may be, cut before, behind and in the middle of what they name.
    ...[`${','.repeat(980)}${id(3)},${','.repeat(980)}${id(4)}`, `${id(3)}${','.repeat(1984)}`].map((list) => ({
      JOBID: 'many commas',
      CREATEDATE: '2026-01-01',
      CONTAINERIDS: list,
    })),
    {
      JOBID: 'a long list',
      CREATEDATE: '2026-01-01',
      CONTAINERIDS: Array.from({ length: 117 }, (_, index) => id(index + 1)).join(','),
    },
    { JOBID: 'part of an id', CREATEDATE: null, CONTAINERIDS: `${id(5)}0,x${id(5)}` },
    { JOBID: 'blank', CONTAINERIDS: '   ' },
    { JOBID: 'cancelled', RESOURCEID: 'M1 ', CREATEDATE: '2025-12-01', CANCELDATE: '2026-01-01' },
    ...['M1', 'M1  ', 'M1', 'M10'].map((RESOURCEID, index) => ({
      JOBID: `recent ${index}`,
      RESOURCEID,
      CREATEDATE: `2026-01-1${index} 00:00:00`,
    })),
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
    { CONTAINERID: id(27), LOSSREASONNAME: '031_g' },
    { CONTAINERID: id(28), LOSSREASONNAME: '031_h' },
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
    { LOTID: id(5), CONTAINERID: id(2), FINISHEDNAME: 'ODD-SERIAL ' },
    { LOTID: id(5), CONTAINERID: id(8), FINISHEDNAME: 'ODD-SERIAL', CONTAINERNAME: 'old name' },
    { LOTID: id(5), CONTAINERID: id(998), FINISHEDNAME: 'ODD-SERIAL', CONTAINERNAME: 'without a row' },
    { LOTID: id(6), CONTAINERID: id(5), FINISHEDNAME: 'UnKnown ' },
    { LOTID: ' ', CONTAINERID: id(5), FINISHEDNAME: ' ODD-1' },
    { LOTID: id(2), CONTAINERID: id(6), FINISHEDNAME: null },
    { LOTID: null, CONTAINERID: id(6), FINISHEDNAME: '  ' },
    { LOTID: id(6), CONTAINERID: ' ', FINISHEDNAME: 'ODD-1' },
  ],
};
/** The protocol trims what callers give, and wants a letter in a pattern: blank texts, null in Oracle, match nothing. */
const ODD_TEXTS = [
  'ODD-1',
  'odd-1',
  'ODD_1%',
  '參考編號：ODD-1',
  'gd26odd',
  'GD26ODD-A01',
  'ga26odd',
  'ODD-SERIAL',
  'Unknown',
];
const PATTERNS = [
  'GA26%',
  'gd26%',
  'ODD-1%',
  'ODD\\_1\\%',
  '%_1',
  'ODD-_',
  '參考%',
  '%odd%',
  'nobody%',
  '%GMSN%',
  '%-%',
];
const GROUPS = ['切割', '焊接_DB', '焊接_WB', '成型', '元件切割', '測試'];
const PERIODS = [
  { since: '2000-01-01T00:00:00', until: '2100-01-01T00:00:00' },
  { since: '2026-04-01T00:00:00', until: '2026-04-02T00:00:00' },
];
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
const QUESTION_PERIODS = [
  { time_from: '2020-01-01T00:00:00', time_to: '2030-01-01T00:00:00' },
  { time_from: '2026-01-01T00:00:00', time_to: '2026-02-10T12:00:00' },
];
/** More than there are rows, and less. */
const MOST = [1_000_000, 7];
/** Generations of a walk. */
const LEVELS = [10, 1];

/** Sets of groups and periods of detection. */
function detections(): { groups: string[]; since: string; until: string }[] {
  return [GROUPS, GROUPS.slice(1, 4), ['切割', 'nobody']].flatMap((groups) =>
    PERIODS.map((period) => ({ groups, ...period })),
  );
}

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
  /** What seeds may be found by, in every spelling that the data have. */
  let texts: string[];
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
    const seedTexts = await oracle.connection.runAndReadAll(
      `select distinct TEXT from (
         select unnest([rtrim(CONTAINERNAME), rtrim(FIRSTNAME), rtrim(MFGORDERNAME)]) as TEXT from DWH.DW_MES_CONTAINER
         union all
         select rtrim(FINISHEDNAME) from DWH.DW_MES_PJ_COMBINEDASSYLOTS
       ) where TEXT is not null order by 1`,
    );
    texts = seedTexts.getRows().map(([value]) => String(value));
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
    await oracle.connection.run('delete from WALKED_DOWN');
    await oracle.connection.run(
      `insert into WALKED_DOWN select row->>'id', (row->'splits')::integer
       from (select unnest(cast($rows as json)::json[]) as row)`,
      { rows: JSON.stringify(walkDownByConnectBy(parents, starts)) },
    );
  }

  /** Values of every bind of the statement, of which a list has at most `most`. */
  function bindsOf(name: string, most: number): Record<string, BindValue>[] {
    const spread = (values: readonly string[]) =>
      values.filter((_, index) => index % Math.ceil(values.length / most) === 0);
    const isFew = most < 100;
    if (name === 'seeds/detected-count') return detections();
    if (name === 'seeds/detected') return detections().map((set) => ({ ...set, most: isFew ? 3 : 2001 }));
    if (name.startsWith('seeds/') && name.endsWith('-pattern')) {
      return PATTERNS.map((pattern) => ({ pattern, most: isFew ? 3 : 2001 }));
    }
    if (name.startsWith('seeds/')) {
      return [{ names: [...spread(texts), ...ODD_TEXTS].slice(-most), most: isFew ? 7 : 100_000 }];
    }
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
      equipment_id: 'M1',
      ...QUESTION_PERIODS[place],
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
      expect([name, Math.max(...counts) > (name === 'seeds/detected-count' ? 0 : 2)]).toEqual([name, true]);
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
        if (name.startsWith('lineage/split-')) await fillWalked(binds['ids'] as string[], true);
        expect(await readOracle({ name, binds }, dialect)).toEqual(await readDuckDb({ name, binds }));
      }
    }
  });

  it('give the same records where a list is cut into parts', async () => {
    const many = [...ids, ...Array.from({ length: 1500 }, (_, index) => id(10_000_000 + index))].toReversed();
    expect(many.length).toBeGreaterThan(2000);
    const lineage = ['containers-by-id', 'merge-sources', 'serial-numbers'].map((name) => `lineage/${name}`);
    for (const name of ['events/history', 'events/jobs', ...lineage]) {
      const statement = { name, binds: { ids: many } };
      const parts = await readOracle(statement, { lists: 'bound', walk: 'connect-by' });
      expect(parts.toSorted()).toEqual((await readDuckDb(statement)).toSorted());
    }
  });

  it('walk to the same descendants from parts of a list, where what is given in one is a descendant of another', async () => {
    const others = Array.from({ length: 1500 }, (_, index) => id(10_000_000 + index));
    const half = Math.floor(ids.length / 2);
    const many = [...ids.slice(half), ...others, ...ids.slice(0, half)];
    for (const name of ['lineage/split-descendants', 'lineage/split-and-merge-descendants']) {
      const statement = { name, binds: { ids: many } };
      const { file, queries } = buildOracleRead(statement, { lists: 'bound', walk: 'recursive' });
      const answers: Row[][] = [];
      for (const query of queries) {
        const { json } = new RowEncoder(file.columns).encodeBatch(await oracle.run(query));
        answers.push(toRows(Buffer.from(json).toString().split(',\t')));
      }
      expect(answers.length).toBeGreaterThan(2);
      const joined = joinParts(file, answers).toSorted((a, b) =>
        String(a['CONTAINERID']) < String(b['CONTAINERID']) ? -1 : 1,
      );
      expect(joined.length).toBeLessThan(answers.flat().length);
      expect(joined).toEqual(toRows(await readDuckDb(statement)));
    }
  });

  /** The splits of `parents` and these merges, pairs of a source and a target, as all there is. */
  async function fillLinks(merges: readonly (readonly [string, string])[]): Promise<void> {
    for (const [table, columns, rows] of [
      ['CONTAINER', 'CONTAINERID, SPLITFROMID', [...parents]],
      ['PJ_COMBINEDASSYLOTS', 'CONTAINERID, LOTID', merges],
    ] as const) {
      await oracle.connection.run(`delete from DWH.DW_MES_${table}`);
      await oracle.connection.run(
        `insert into DWH.DW_MES_${table} (${columns})
         select row->>0, row->>1 from (select unnest(cast($rows as json)::json[]) as row)`,
        { rows: JSON.stringify(rows) },
      );
    }
  }

  async function readLevels(statement: Statement, walk: OracleDialect['walk'], column: string): Promise<unknown[]> {
    const rows = toRows(await readOracle(statement, { lists: 'bound', walk }));
    return rows.map((row) => [row['CONTAINERID'], row[column]]);
  }

  it('walk the same splits, through tails, cycles and parents without a row, by every rule for a loop', async () => {
    const nodes = 12;
    const forest = fc.array(fc.integer({ min: 0, max: nodes + 2 }), { minLength: nodes, maxLength: nodes });
    const seeds = fc.uniqueArray(fc.integer({ min: 1, max: nodes + 2 }), { minLength: 1, maxLength: 4 });
    const before = parents;
    await fc.assert(
      fc.asyncProperty(forest, seeds, async (tree, starts) => {
        parents = new Map(tree.map((parent, index) => [id(index + 1), parent === 0 ? null : id(parent)]));
        await fillLinks([]);
        const wanted = levelsOf(parents, starts.map(id));
        const statement = { name: 'lineage/split-ancestors', binds: { ids: starts.map(id) } };
        const forms = [
          { walk: 'connect-by', byValue: true },
          { walk: 'connect-by', byValue: false },
          { walk: 'recursive', byValue: false },
        ] as const;
        for (const { walk, byValue } of forms) {
          await fillWalked(starts.map(id), byValue);
          expect(await readLevels(statement, walk, 'SPLIT_LEVEL')).toEqual(wanted);
        }
      }),
      { numRuns: 60 },
    );
    parents = before;
  });

  it('walk the same splits and merges downwards, through cycles and parents without a row, 21 levels deep', async () => {
    const nodes = 30;
    // Most containers were split from the one before them, so that walks are long enough to be cut.
    const step = fc.oneof({ weight: 6, arbitrary: fc.constant(-1) }, fc.integer({ min: 0, max: nodes + 2 }));
    const forest = fc.array(step, { minLength: nodes, maxLength: nodes });
    const node = fc.integer({ min: 1, max: nodes + 2 }).map(id);
    const seeds = fc.uniqueArray(node, { minLength: 1, maxLength: 4 });
    const before = parents;
    await fc.assert(
      fc.asyncProperty(
        forest,
        seeds,
        fc.array(fc.tuple(node, node), { maxLength: 8 }),
        async (tree, starts, merges) => {
          const parentOf = (parent: number, index: number) => (parent === -1 ? index : parent);
          parents = new Map(
            tree.map((parent, index) => [
              id(index + 1),
              parentOf(parent, index) === 0 ? null : id(parentOf(parent, index)),
            ]),
          );
          await fillLinks(merges);
          await fillWalked(starts, true);
          const splits = [...parents].flatMap(([child, parent]) => (parent === null ? [] : [[parent, child] as const]));
          const splitStatement = { name: 'lineage/split-descendants', binds: { ids: starts } };
          for (const walk of ['connect-by', 'recursive'] as const) {
            const found = await readLevels(splitStatement, walk, 'WALK_LEVEL');
            expect(found).toEqual(levelsBelow(childrenOf(splits), starts));
          }
          const both = { name: 'lineage/split-and-merge-descendants', binds: { ids: starts } };
          const found = await readLevels(both, 'connect-by', 'WALK_LEVEL');
          expect(found).toEqual(levelsBelow(childrenOf([...splits, ...merges]), starts));
        },
      ),
      { numRuns: 60 },
    );
    parents = before;
  });

  it('follow a shared descendant once a level, where four ways at each of 20 levels would make a million million', async () => {
    const before = parents;
    const rungs = Array.from({ length: 22 }, (_, level) => [0, 1, 2, 3].map((place) => id(level * 4 + place + 1)));
    parents = new Map(rungs.flat().map((container) => [container, null]));
    await fillLinks(
      rungs.flatMap((rung, level) => rung.flatMap((from) => (rungs[level + 1] ?? []).map((to) => [from, to] as const))),
    );
    const statement = { name: 'lineage/split-and-merge-descendants', binds: { ids: rungs[0] ?? [] } };
    const levels = await readLevels(statement, 'connect-by', 'WALK_LEVEL');
    expect(levels).toEqual(
      rungs.slice(0, 21).flatMap((rung, level) => rung.map((container) => [container, level + 1])),
    );
    parents = before;
  });
});

function toRows(records: readonly string[]): Row[] {
  return records.map((record) => JSON.parse(record) as Row);
}

function childrenOf(links: readonly (readonly [string, string])[]): Map<string, string[]> {
  return new Map([...Map.groupBy(links, ([parent]) => parent)].map(([key, pairs]) => [key, pairs.map(([, to]) => to)]));
}

/** Every container that is reached downwards with its least level, by id; level by level. */
function levelsBelow(children: ReadonlyMap<string, readonly string[]>, starts: readonly string[]): [string, number][] {
  const levels = new Map(starts.map((start) => [start, 1]));
  let last = starts;
  for (let level = 2; level <= 21 && last.length > 0; level++) {
    last = [...new Set(last.flatMap((parent) => children.get(parent) ?? []))].filter((child) => !levels.has(child));
    for (const child of last) levels.set(child, level);
  }
  return [...levels].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

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
