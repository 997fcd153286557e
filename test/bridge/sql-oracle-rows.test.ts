import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FetchedRow } from '../../oracle-bridge/encode/row-encoder.ts';
import { RowEncoder } from '../../oracle-bridge/encode/row-encoder.ts';
import type { OracleDialect } from '../../oracle-bridge/warehouse/oracle-query.ts';
import { joinParts } from '../../oracle-bridge/warehouse/oracle-parts.ts';
import { buildOracleRead } from '../../oracle-bridge/warehouse/oracle-query.ts';
import { hasStatement } from '../../oracle-bridge/warehouse/sql-loader.ts';
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
  ],
  LOTWIPHISTORY: [
    { CONTAINERID: id(7), WORKCENTERNAME: 'pkg_saw', TRACKINTIMESTAMP: '2026-04-01 00:00:00' },
    { CONTAINERID: id(7), WORKCENTERNAME: '焊_DB_料', TRACKINTIMESTAMP: '2026-04-01 00:00:00' },
    { CONTAINERID: id(8), WORKCENTERNAME: '成型', TRACKINTIMESTAMP: '2026-04-01 23:59:59' },
    { CONTAINERID: id(9), WORKCENTERNAME: '成型', TRACKINTIMESTAMP: '2026-04-02 00:00:00' },
    { CONTAINERID: id(10), WORKCENTERNAME: null, TRACKINTIMESTAMP: '2026-04-01 12:00:00' },
    { CONTAINERID: id(999), WORKCENTERNAME: '切割', TRACKINTIMESTAMP: '2026-04-01 12:00:00' },
    { CONTAINERID: null, WORKCENTERNAME: '切割', TRACKINTIMESTAMP: '2026-04-01 12:00:00' },
  ],
  JOB: [
    { JOBID: 'odd list', CREATEDATE: '2026-01-01', CONTAINERIDS: ` ${id(1)} ,,${id(2)},${id(1)},` },
    { JOBID: 'no JSON', CREATEDATE: '2026-01-01', CONTAINERIDS: `"${id(3)}",\\${id(3)},${id(3)}\n,${id(4)}` },
    { JOBID: 'part of an id', CREATEDATE: null, CONTAINERIDS: `${id(5)}0,x${id(5)}` },
    { JOBID: 'blank', CONTAINERIDS: '   ' },
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
  PJ_COMBINEDASSYLOTS: [
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
];
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
    names = [...new Set(rows.flatMap(([, , name]) => name ?? [])), 'nobody', ''];
  }, PREPARE_TIMEOUT_MS);
  afterAll(async () => {
    oracle.close();
    await tiny.close();
    await sample.close();
  });

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
    return [{ ids: spread(ids), ...(name === 'events/holds' ? { now: '2026-03-10T12:00:00' } : {}) }];
  }

  it('have data to differ in', async () => {
    for (const name of statementsOf('oracle')) {
      let most = 0;
      for (const binds of bindsOf(name, 1000)) most = Math.max(most, (await readDuckDb({ name, binds })).length);
      expect([name, most > (name === 'seeds/detected-count' ? 0 : 2)]).toEqual([name, true]);
    }
  });

  const cases = statementsOf('oracle').flatMap((name) =>
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
        await fillWalked((binds['ids'] ?? []) as string[], true);
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
