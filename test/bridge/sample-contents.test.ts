import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MadeSample } from '../helpers/make-sample.ts';
import { makeSample } from '../helpers/make-sample.ts';

const CONTAINERS = 8000;
/** Generated ids; those of the trap family are lower. */
const GENERATED = `CONTAINERID >= '48810380'`;

let sample: MadeSample;

beforeAll(async () => {
  sample = await makeSample({ containers: CONTAINERS });
});
afterAll(() => sample.close());

/** How many rows `where` holds for. */
function rowsWhere(table: string, where: string): Promise<number> {
  return sample.count(`select count(*) from ${table} where ${where}`);
}

describe('a sample warehouse', () => {
  it('has as many containers as were asked for, each with an id and a name of its own', async () => {
    const [counts] = await sample.ask(
      `select count(*), count(distinct CONTAINERID), count(CONTAINERNAME) - count(distinct trim(CONTAINERNAME))
       from DW_MES_CONTAINER where ${GENERATED}`,
    );
    expect(counts).toEqual([String(CONTAINERS), String(CONTAINERS), '0']);
    expect(await rowsWhere('DW_MES_CONTAINER', `CONTAINERID is not null and CONTAINERID !~ '^[0-9a-f]{16}$'`)).toBe(0);
  });

  it('has about ten history records a container and three materials for those that have any', async () => {
    const history = await rowsWhere('DW_MES_LOTWIPHISTORY', 'EQUIPMENTID is not null and TRACKINTIMESTAMP is not null');
    const [materials] = await sample.ask(
      'select count(*) / count(distinct CONTAINERID) from DW_MES_LOTMATERIALSHISTORY',
    );
    expect(history / CONTAINERS).toBeGreaterThan(9);
    expect(history / CONTAINERS).toBeLessThan(11);
    expect(Number(materials?.[0])).toBeGreaterThan(2.5);
    expect(Number(materials?.[0])).toBeLessThan(4);
  });

  it('gives 115,000 containers 1.2 to 1.35 million records of history and materials', async () => {
    const records = await sample.count(
      `select (select count(*) from DW_MES_LOTWIPHISTORY where EQUIPMENTID is not null and TRACKINTIMESTAMP is not null)
            + (select count(*) from DW_MES_LOTMATERIALSHISTORY)`,
    );
    const scaled = (records / CONTAINERS) * 115_000;
    expect(scaled).toBeGreaterThan(1_200_000);
    expect(scaled).toBeLessThan(1_350_000);
  });

  it.each([
    ['DW_MES_LOTREJECTHISTORY', 2, 4],
    ['DW_MES_PJ_COMBINEDASSYLOTS', 0.3, 0.5],
    ['DW_MES_HOLDRELEASEHISTORY', 0.02, 0.1],
    ['DW_MES_JOB', 0.1, 0.3],
    ['DW_MES_JOBTXNHISTORY', 0.5, 1.5],
    ['DW_MES_HM_LOTMOVEOUT', 0.8, 1.5],
    ['DW_MES_WIP', 0.9, 1.5],
  ])('has in %s between %d and %d rows a container', async (table, least, most) => {
    const ratio = (await rowsWhere(table, 'true')) / CONTAINERS;
    expect(ratio).toBeGreaterThan(least);
    expect(ratio).toBeLessThan(most);
  });

  it('has the plant’s 1241 machines, 230 specs and 39 excluded reasons', async () => {
    expect(await rowsWhere('DW_MES_RESOURCE', 'true')).toBe(1241);
    expect(await rowsWhere('DW_MES_SPEC_WORKCENTER_V', 'true')).toBe(230);
    expect(await rowsWhere('DW_MES_ERP_PJ_WIP_SCRAP_REASONS_EXCLUDE', 'true')).toBe(39);
    expect(
      await sample.count(`select count(*) from (
        select EQUIPMENTID from DW_MES_LOTWIPHISTORY where EQUIPMENTID is not null
        except select RESOURCEID from DW_MES_RESOURCE)`),
    ).toBe(0);
  });

  it.each([
    ['DW_MES_CONTAINER', 'CONTAINERID'],
    ['DW_MES_LOTWIPHISTORY', 'CONTAINERID'],
    ['DW_MES_LOTMATERIALSHISTORY', 'CONTAINERID'],
    ['DW_MES_LOTREJECTHISTORY', 'CONTAINERID'],
    ['DW_MES_HOLDRELEASEHISTORY', 'CONTAINERID'],
    ['DW_MES_WIP', 'CONTAINERID'],
    ['DW_MES_HM_LOTMOVEOUT', 'CONTAINERID'],
    ['DW_MES_PJ_COMBINEDASSYLOTS', 'LOTID'],
    ['DW_MES_JOB', 'JOBID'],
  ])('stores %s by %s, so that a range of ids is a range of rows', async (table, column) => {
    const outOfOrder = await sample.count(
      `select count(*) from (
         select ${column} as id, lag(${column}) over (order by rowid) as previous from ${table} where ${column} is not null
       ) where id < previous`,
    );
    expect(outOfOrder).toBe(0);
  });

  it('has ids that follow the lots’ order only roughly', async () => {
    const [row] = await sample.ask(
      `select corr(place, lot), corr(place, day) from (
         select row_number() over (order by CONTAINERID) as place, regexp_extract(CONTAINERNAME, '-A00-(\\d{3})', 1)::int as lot,
                epoch(ORIGINALSTARTDATE) as day
         from DW_MES_CONTAINER where ${GENERATED} and CONTAINERNAME similar to 'GA.*-A00-[0-9]{3}.*')`,
    );
    expect(Math.abs(Number(row?.[0]))).toBeLessThan(0.2);
    expect(Number(row?.[1])).toBeGreaterThan(0.99);
  });

  it('has only times of whole seconds', async () => {
    expect(
      await sample.count(`select count(*) from DW_MES_LOTWIPHISTORY
        where date_trunc('second', TRACKINTIMESTAMP) <> TRACKINTIMESTAMP or date_trunc('second', TRACKOUTTIMESTAMP) <> TRACKOUTTIMESTAMP`),
    ).toBe(0);
  });
});

describe('generated lineage', () => {
  it('has splits on several levels and chains deeper than twenty', async () => {
    const levels = await sample.ask(
      `with recursive walk as (
         select CONTAINERID as id, 1 as level from DW_MES_CONTAINER where ${GENERATED}
         union all
         select SPLITFROMID, level + 1 from walk join DW_MES_CONTAINER on CONTAINERID = id
         where SPLITFROMID <> CONTAINERID and level < 24
       ) select level, count(*) from walk group by level order by level`,
    );
    expect(levels.map(([level]) => level)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
  });

  it('combines two to five lots into most targets, now and then one of them twice', async () => {
    const sizes = await sample.ask(
      `select count(*) as sources, count(*) as targets from (
         select LOTID, count(*) as n, count(distinct CONTAINERID) as d from DW_MES_PJ_COMBINEDASSYLOTS
         where LOTID >= '48810380' group by LOTID) where n between 2 and 5`,
    );
    const all = await sample.count(
      `select count(distinct LOTID) from DW_MES_PJ_COMBINEDASSYLOTS where LOTID >= '48810380'`,
    );
    expect(Number(sizes[0]?.[0]) / all).toBeGreaterThan(0.9);
    expect(
      await sample.count(
        `select count(*) from (select LOTID, CONTAINERID from DW_MES_PJ_COMBINEDASSYLOTS where LOTID >= '48810380' group by all having count(*) > 1)`,
      ),
    ).toBeGreaterThan(0);
  });

  it.each([
    ['lots whose parent they are themselves', 'SPLITFROMID = CONTAINERID'],
    ['lots without parent', `OBJECTTYPE = 'LOT' and SPLITFROMID is null`],
    ['GD lots with a source', `CONTAINERNAME like 'GD%' and ORIGINALCONTAINERID is not null`],
    ['GD lots without ORIGINALCONTAINERID', `CONTAINERNAME like 'GD%' and ORIGINALCONTAINERID is null`],
    ['GC orders', `MFGORDERNAME like 'GC%'`],
    ['names padded with blanks', `CONTAINERNAME <> trim(CONTAINERNAME)`],
    ['types padded with blanks', `PJ_TYPE <> trim(PJ_TYPE)`],
    ['packages padded with blanks', `PRODUCTLINENAME <> trim(PRODUCTLINENAME)`],
    ['names without a value', 'CONTAINERNAME is null'],
  ])('has %s', async (_, where) => {
    expect(await rowsWhere('DW_MES_CONTAINER', `${GENERATED} and ${where}`)).toBeGreaterThan(0);
  });

  it('has cycles of two', async () => {
    expect(
      await sample.count(
        `select count(*) from DW_MES_CONTAINER as one join DW_MES_CONTAINER as other
         on other.CONTAINERID = one.SPLITFROMID and other.SPLITFROMID = one.CONTAINERID and other.CONTAINERID <> one.CONTAINERID
         where one.${GENERATED}`,
      ),
    ).toBeGreaterThan(0);
  });

  it('shares wafer names between many lots, and between a lot and another lot’s name', async () => {
    const shared = await sample.ask(
      `select max(n), count(*) filter (other.OBJECTTYPE = 'LOT' and other.CONTAINERNAME like 'G%-A01%') from (
         select trim(FIRSTNAME) as wafer, count(*) as n from DW_MES_CONTAINER where ${GENERATED} group by wafer
       ) join DW_MES_CONTAINER as other on trim(other.CONTAINERNAME) = wafer`,
    );
    expect(Number(shared[0]?.[0])).toBeGreaterThan(20);
    expect(Number(shared[0]?.[1])).toBeGreaterThan(0);
  });
});

describe('generated events', () => {
  it('has partial track-outs whose TRACKINQTY falls and whose outputs add up to the load', async () => {
    const [row] = await sample.ask(
      `with load as (
         select count(*) as parts, max(TRACKINQTY) as input, sum(TRACKOUTQTY) as output, count(distinct TRACKINQTY) as levels,
                count(*) filter (TRACKOUTTIMESTAMP is null) as open
         from DW_MES_LOTWIPHISTORY where ${GENERATED} and EQUIPMENTID is not null and TRACKINTIMESTAMP is not null
         group by WIPTRACKINGGROUPKEYID)
       select count(*) filter (parts > 1), count(*) filter (parts > 1 and levels = parts),
              count(*) filter (open = 0), count(*) filter (open = 0 and input = output)
       from load`,
    );
    expect(Number(row?.[0])).toBeGreaterThan(1000);
    expect(row?.[1]).toBe(row?.[0]);
    // A part whose CONTAINERID is null is not seen here, so a few loads seem to miss something.
    expect(Number(row?.[3]) / Number(row?.[2])).toBeGreaterThan(0.999);
  });

  it.each([
    ['DW_MES_LOTWIPHISTORY', 'checkpoints', 'EQUIPMENTID is null and TRACKINTIMESTAMP is not null'],
    ['DW_MES_LOTWIPHISTORY', 'rows without a track-in time', 'TRACKINTIMESTAMP is null'],
    ['DW_MES_LOTWIPHISTORY', 'rows without a container', 'CONTAINERID is null'],
    ['DW_MES_LOTMATERIALSHISTORY', 'NaN', 'isnan(QTYCONSUMED)'],
    ['DW_MES_LOTMATERIALSHISTORY', 'the prefix', `MATERIALLOTNAME like '參考編號：%'`],
    ['DW_MES_LOTREJECTHISTORY', 'no reason', 'LOSSREASONNAME is null'],
    ['DW_MES_LOTREJECTHISTORY', 'reasons that are not real', `LOSSREASONNAME like 'XXX\\_%' escape '\\'`],
    ['DW_MES_LOTREJECTHISTORY', 'HTML', `REJECTCOMMENT like '%<script>%'`],
    ['DW_MES_LOTREJECTHISTORY', 'emoji', `REJECTCOMMENT like '%👩‍🔧%'`],
    ['DW_MES_HOLDRELEASEHISTORY', 'open holds', 'RELEASETXNDATE is null'],
    ['DW_MES_JOB', 'long lists', 'len(CONTAINERIDS) > 1000'],
    ['DW_MES_JOB', 'blanks in lists', `CONTAINERIDS like '%, %'`],
    ['DW_MES_JOB', 'cancelled jobs', 'CANCELDATE is not null and COMPLETEDATE is null'],
    ['DW_MES_WIP', 'the package that is left out', `PRODUCTLINENAME = '點測'`],
  ])('has in %s: %s', async (table, _, where) => {
    expect(await rowsWhere(table, where)).toBeGreaterThan(0);
  });

  it('books several reasons under one HISTORYMAINLINEID, each with the same MOVEINQTY', async () => {
    const [row] = await sample.ask(
      `select count(*) filter (n > 1), max(quantities) from (
         select count(*) as n, count(distinct MOVEINQTY) as quantities from DW_MES_LOTREJECTHISTORY group by HISTORYMAINLINEID)`,
    );
    expect(Number(row?.[0])).toBeGreaterThan(100);
    expect(Number(row?.[1])).toBe(1);
  });

  it('books some rejects at a machine that the lot was not at', async () => {
    expect(
      await sample.count(
        `select count(*) from DW_MES_LOTREJECTHISTORY as reject where EQUIPMENTNAME is not null and not exists (
           from DW_MES_LOTWIPHISTORY as history
           where history.CONTAINERID = reject.CONTAINERID and history.EQUIPMENTNAME = reject.EQUIPMENTNAME)`,
      ),
    ).toBeGreaterThan(100);
  });

  it('has containers with two workflows', async () => {
    expect(
      await sample.count(
        'select count(*) from (select CONTAINERID from DW_MES_WIP group by 1 having count(distinct WORKFLOWNAME) > 1)',
      ),
    ).toBeGreaterThan(0);
  });

  it('names in jobs only containers that exist', async () => {
    expect(
      await sample.count(
        `select count(*) from (select trim(unnest(string_split(CONTAINERIDS, ','))) as id from DW_MES_JOB)
         where id not in (select CONTAINERID from DW_MES_CONTAINER where CONTAINERID is not null)`,
      ),
    ).toBe(0);
  });

  it('has no empty texts, which Oracle cannot hold', async () => {
    const columns = await sample.ask(
      `select table_name, column_name from duckdb_columns() where schema_name = 'DWH' and data_type = 'VARCHAR'`,
    );
    const counts = await Promise.all(
      columns.map(
        async ([table, column]) => [column, await rowsWhere(String(table), `${String(column)} = ''`)] as const,
      ),
    );
    expect(counts.filter(([, count]) => count > 0)).toEqual([]);
  });
});
