import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRAP_LOTS } from '../../oracle-bridge/sample/trap-family/trap-lots.ts';
import type { MadeSample } from '../helpers/make-sample.ts';
import { makeSample } from '../helpers/make-sample.ts';

let sample: MadeSample;

beforeAll(async () => {
  sample = await makeSample({});
});
afterAll(() => sample.close());

/** Names of a container and all it was split from, at most `levels` of them. */
async function chainOf(name: string, levels: number): Promise<unknown[]> {
  const rows = await sample.ask(
    `with recursive walk as (
       select CONTAINERID as id, CONTAINERNAME as name, SPLITFROMID as parent, 1 as level from DW_MES_CONTAINER
       where CONTAINERNAME = '${name}'
       union all
       select CONTAINERID, CONTAINERNAME, SPLITFROMID, level + 1 from walk join DW_MES_CONTAINER on CONTAINERID = parent
       where level < ${levels}
     ) select name from walk order by level`,
  );
  return rows.map(([found]) => found);
}

/** Names of the sources that were combined into a target. */
async function sourcesOf(target: string): Promise<unknown[]> {
  const rows = await sample.ask(
    `select merge.CONTAINERNAME from DW_MES_PJ_COMBINEDASSYLOTS as merge
     join DW_MES_CONTAINER as target on target.CONTAINERID = LOTID where target.CONTAINERNAME = '${target}' order by 1`,
  );
  return rows.map(([name]) => name);
}

describe('the trap family', () => {
  it('stands whole in every sample, below all generated ids, under names of its own', async () => {
    const names = TRAP_LOTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const rows = await sample.ask(
      `select trim(CONTAINERNAME) from DW_MES_CONTAINER where CONTAINERID is null or CONTAINERID < '48810380' order by rowid`,
    );
    expect(new Set(rows.flat())).toEqual(new Set(names));
    const duplicates = await sample.count(
      `select count(*) from (select 1 from DW_MES_CONTAINER where CONTAINERNAME is not null group by trim(CONTAINERNAME) having count(*) > 1)`,
    );
    expect(duplicates).toBe(0);
  });

  it('has a split on three levels below its mother lot', async () => {
    expect(await chainOf('GA26011704-A00-003-01C', 20)).toEqual([
      'GA26011704-A00-003-01C',
      'GA26011704-A00-003-01',
      'GA26011704-A00-003',
      'GA26011704-A00',
    ]);
  });

  it('has A→B→C, with B merged from M1 whose parent is M0', async () => {
    expect(await chainOf('GA26021706-A00-001-01C', 20)).toEqual([
      'GA26021706-A00-001-01C',
      'GA26021706-A00-001-01',
      'GA26021706-A00-001',
    ]);
    expect(await sourcesOf('GA26021706-A00-001-01')).toEqual(['GA26021706-A00-090-01']);
    expect(await chainOf('GA26021706-A00-090-01', 20)).toEqual(['GA26021706-A00-090-01', 'GA26021706-A00-090']);
  });

  it('has a cycle, a tail into it, a self-parent and a parent that does not exist', async () => {
    expect(await chainOf('GA26021708-A00-005', 5)).toEqual([
      'GA26021708-A00-005',
      'GA26021708-A00-001',
      'GA26021708-A00-002',
      'GA26021708-A00-001',
      'GA26021708-A00-002',
    ]);
    expect(await chainOf('GA26021708-A00-003', 2)).toEqual(['GA26021708-A00-003', 'GA26021708-A00-003']);
    expect(await chainOf('GA26021708-A00-004', 2)).toEqual(['GA26021708-A00-004']);
    expect(
      await sample.count(
        `select count(*) from DW_MES_CONTAINER where CONTAINERNAME = 'GA26021708-A00-004' and SPLITFROMID is not null`,
      ),
    ).toBe(1);
  });

  it('has a chain of 24 levels, so that four are beyond a walk', async () => {
    const chain = await chainOf('GA26021714-A00-001-23', 30);
    expect(chain).toHaveLength(24);
    expect(chain[19]).toBe('GA26021714-A00-001-04');
  });

  it('has a diamond whose sources share a parent', async () => {
    const sources = await sourcesOf('GA26021712-A01');
    expect(sources).toEqual(['GA26021712-A00-001-01', 'GA26021712-A00-001-02']);
    const parents = await Promise.all(sources.map(async (source) => (await chainOf(String(source), 2))[1]));
    expect(parents).toEqual(['GA26021712-A00-001', 'GA26021712-A00-001']);
  });

  it('has a seed with two splits, a merge of twenty and more than fifty ancestors', async () => {
    expect(await chainOf('GA26021716-A01-01C', 20)).toHaveLength(3);
    const sources = await sourcesOf('GA26021716-A01');
    expect(sources).toHaveLength(20);
    const chains = await Promise.all(sources.map((source) => chainOf(String(source), 20)));
    expect(new Set(chains.flat()).size).toBe(61);
  });

  it('has merges with a duplicate source, without a source, without a target and with the serial number Unknown', async () => {
    expect(await sourcesOf('GA26011704-A01')).toEqual([
      'GA26011704-A00-001',
      'GA26011704-A00-001',
      'GA26011704-A00-002',
      'GA26011704-A00-003-01C',
      null,
    ]);
    const [row] = await sample.ask(
      `select count(*) filter (LOTID is null), count(*) filter (FINISHEDNAME = 'Unknown'), count(*) filter (LOTID = CONTAINERID)
       from DW_MES_PJ_COMBINEDASSYLOTS where CONTAINERNAME like 'GA26%17%'`,
    );
    expect(row).toEqual(['1', '2', '1']);
  });

  it('has a GD lot whose wafer and rework source are one container', async () => {
    const [row] = await sample.ask(
      `select wafer.CONTAINERNAME, source.CONTAINERNAME from DW_MES_CONTAINER as lot
       join DW_MES_CONTAINER as wafer on wafer.CONTAINERNAME = lot.FIRSTNAME
       join DW_MES_CONTAINER as source on source.CONTAINERID = lot.ORIGINALCONTAINERID
       where lot.CONTAINERNAME = 'GD25060502-A11'`,
    );
    expect(row).toEqual(['56014S00T-5K07R', '56014S00T-5K07R']);
  });

  it('has the partial track-outs 43200, 40680, 19440, 4320, 3600 of one load', async () => {
    const rows = await sample.ask(
      `select TRACKINQTY, TRACKOUTQTY from DW_MES_LOTWIPHISTORY where FINISHEDRUNCARD = 'GA26011704-A00-003'
       and EQUIPMENTNAME = 'GWBK-0241' and TRACKINTIMESTAMP = '2026-01-19 07:30:00' order by rowid`,
    );
    expect(rows.map(([left]) => Number(left))).toEqual([43_200, 40_680, 19_440, 4320, 3600]);
    expect(rows.reduce((sum, [, out]) => sum + Number(out), 0)).toBe(43_200);
  });

  it('uses machines that exist under the same id', async () => {
    const unknown = await sample.ask(
      `select distinct EQUIPMENTID, EQUIPMENTNAME from DW_MES_LOTWIPHISTORY where CONTAINERID < '48810380' and EQUIPMENTID is not null
       except select RESOURCEID, RESOURCENAME from DW_MES_RESOURCE`,
    );
    expect(unknown).toEqual([]);
  });

  it('has a hold that is not released', async () => {
    const rows = await sample.ask(
      `select HOLDCOMMENTS from DW_MES_HOLDRELEASEHISTORY join DW_MES_CONTAINER using (CONTAINERID)
       where CONTAINERNAME = 'GA26011704-A00-003-01' and RELEASETXNDATE is null`,
    );
    expect(rows).toEqual([['線弧異常 ⚠️ <b>請勿放行</b> & 👩🏽‍🔧 "待 PE"']]);
  });

  it('has a job that names two lots of the family', async () => {
    const rows = await sample.ask(
      `select CONTAINERNAME from DW_MES_CONTAINER
       join (select unnest(string_split(CONTAINERIDS, ',')) as id from DW_MES_JOB where JOBID = '4881030f00000001') on id = CONTAINERID
       order by 1`,
    );
    expect(rows.flat()).toEqual(['GA26011704-A00-003', 'GA26011704-A00-003-01']);
  });

  it('has a lot without any event', async () => {
    for (const table of ['LOTWIPHISTORY', 'LOTMATERIALSHISTORY', 'LOTREJECTHISTORY', 'HOLDRELEASEHISTORY', 'WIP'])
      expect(
        await sample.count(
          `select count(*) from DW_MES_${table} join DW_MES_CONTAINER using (CONTAINERID)
           where DW_MES_CONTAINER.CONTAINERNAME = 'GA26021718-A00-003'`,
        ),
      ).toBe(0);
  });

  it('has rejects that would exceed the input if the last partial were taken for it', async () => {
    const [row] = await sample.ask(
      `select (select sum(REJECTQTY) from DW_MES_LOTREJECTHISTORY where PJ_WORKORDER = 'GA26061536'), min(TRACKINQTY), max(TRACKINQTY)
       from DW_MES_LOTWIPHISTORY where PJ_WORKORDER = 'GA26061536'`,
    );
    const [rejected, least, most] = (row ?? []).map(Number);
    expect(((rejected ?? 0) / (least ?? 0)) * 100).toBeCloseTo(135.97, 2);
    expect((rejected ?? 0) < (most ?? 0)).toBe(true);
  });
});
