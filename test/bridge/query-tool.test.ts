import { afterAll, beforeAll, expect, it } from 'vitest';
import type { QueryToolParams, SplitsSummary } from '../../src/protocol/query-tool.ts';
import { queryToolParamsSchema, splitsSummarySchema } from '../../src/protocol/query-tool.ts';
import { runKindOf } from '../../oracle-bridge/job/kinds.ts';
import type { Row } from '../../oracle-bridge/warehouse/warehouse.ts';
import type { JobWarehouse } from '../helpers/both-warehouses.ts';
import { describeOnBothWarehouses } from '../helpers/both-warehouses.ts';
import { makeRecordedJob } from '../helpers/recorded-job.ts';
import type { TinyRow } from '../helpers/tiny-warehouse.ts';
import { id } from '../helpers/tiny-warehouse.ts';

const pick = (rows: readonly Row[], ...names: string[]) => rows.map((row) => names.map((name) => row[name]));

const trackIn = (container: number, time: string, more: TinyRow = {}): TinyRow => ({
  CONTAINERID: id(container),
  TRACKINTIMESTAMP: time,
  EQUIPMENTID: 'M1',
  EQUIPMENTNAME: 'GWBK-0001',
  WORKCENTERNAME: '成型',
  SPECNAME: '成型',
  ...more,
});
const reject = (container: number, reason: string | null, more: TinyRow = {}): TinyRow => ({
  CONTAINERID: id(container),
  LOSSREASONNAME: reason,
  TXNDATE: '2026-01-05 08:00:00',
  REJECTQTY: 1,
  ...more,
});
const moved = (to: number, from: number, time: string | null, more: TinyRow = {}): TinyRow => ({
  CDONAME: 'SplitLot',
  CONTAINERID: id(to),
  FROMCONTAINERID: id(from),
  TXNDATE: time,
  HISTORYMAINLINEID: `${to}-${from}`,
  ...more,
});
const joined = (serial: string | null, container: number, lot: number, ratio: number): TinyRow => ({
  FINISHEDNAME: serial,
  CONTAINERID: id(container),
  CONTAINERNAME: `L${container}`,
  LOTID: id(lot),
  PJ_COMBINEDRATIO: ratio,
});
const order = (JOBID: string, CREATEDATE: string, more: TinyRow = {}): TinyRow => ({
  JOBID,
  RESOURCEID: 'M1',
  CREATEDATE,
  ...more,
});
const hours = (status: string, HOURS: number | null, day = '2026-01-10', machine = 'M1'): TinyRow => ({
  HISTORYID: machine,
  NEWSTATUSNAME: status,
  HOURS,
  DATADATE: day,
});
const used = (container: number | null, part: string | null, time: string | null, more: TinyRow = {}): TinyRow => ({
  CONTAINERID: container === null ? null : id(container),
  MATERIALPARTNAME: part,
  TXNDATE: time,
  EQUIPMENTID: 'M1',
  WORKCENTERNAME: '焊_WB_料',
  ...more,
});

describeOnBothWarehouses('the query tool', (make) => {
  let tiny: JobWarehouse;

  async function ask(params: QueryToolParams, ids: readonly number[] = [], createdAt = '2026-07-01T00:00:00Z') {
    const checked = queryToolParamsSchema.parse(params);
    const { warehouse } = tiny;
    const { job, output } = makeRecordedJob({
      warehouse,
      params: checked,
      domains: ['rows'],
      ids: ids.map(id),
      createdAt,
      batchRecords: 300,
    });
    await runKindOf('query_tool')(job);
    return { rows: output.records('rows'), end: output.domain('rows').end, summary: output.aggregation };
  }

  beforeAll(async () => {
    tiny = await make(
      {
        CONTAINER: [
          { CONTAINERID: id(1), CONTAINERNAME: 'L1  ', PJ_TYPE: 'TA', SPLITFROMID: id(2) },
          { CONTAINERID: id(2), CONTAINERNAME: 'L2', PJ_TYPE: 'TA ', SPLITFROMID: id(3) },
          { CONTAINERID: id(3), CONTAINERNAME: 'L3', PJ_TYPE: 'TB', SPLITFROMID: id(1) },
          { CONTAINERID: id(4), CONTAINERNAME: 'L4', OBJECTTYPE: 'MATERIAL' },
          { CONTAINERID: id(5), CONTAINERNAME: 'L5', PRODUCTLINENAME: 'PB_SOT ' },
          { CONTAINERID: id(6), CONTAINERNAME: '參考編號：L0 ' },
          { CONTAINERID: null, CONTAINERNAME: 'L6' },
        ],
        LOTWIPHISTORY: [
          // One load in three parts, one that differs, one of another machine; a checkpoint, a row that never began.
          trackIn(1, '2026-01-02 08:00:00', {
            TRACKINQTY: 43_200,
            TRACKOUTQTY: 2520,
            TRACKOUTTIMESTAMP: '2026-01-02 09:00:00',
          }),
          trackIn(1, '2026-01-02 08:00:00', {
            TRACKINQTY: 40_680,
            TRACKOUTQTY: 21_240,
            TRACKOUTTIMESTAMP: '2026-01-02 11:00:00',
          }),
          trackIn(1, '2026-01-02 08:00:00', {
            TRACKINQTY: 19_440,
            TRACKOUTQTY: 19_440,
            TRACKOUTTIMESTAMP: '2026-01-02 10:00:00',
          }),
          trackIn(2, '2026-01-01 08:00:00', { TRACKINQTY: 10, TRACKOUTQTY: 4, FINISHEDRUNCARD: 'a' }),
          trackIn(2, '2026-01-01 08:00:00', { TRACKINQTY: 6, TRACKOUTQTY: 6, FINISHEDRUNCARD: 'b' }),
          trackIn(1, '2026-01-03 08:00:00', { EQUIPMENTID: 'M2 ', WORKCENTERNAME: 'TMTT', SPECNAME: 'TMTT' }),
          trackIn(1, '2026-01-03 09:00:00', { EQUIPMENTID: null }),
          { CONTAINERID: id(1), EQUIPMENTID: 'M1' },
          trackIn(3, '2026-01-03 00:00:00', { EQUIPMENTID: 'M3', WORKCENTERNAME: '烘箱', SPECNAME: '烘烤' }),
          trackIn(3, '2025-01-01 00:00:00', { EQUIPMENTID: 'M1', WORKCENTERNAME: '切割', SPECNAME: '切割' }),
          { ...trackIn(9, '2026-01-02 12:00:00'), CONTAINERID: null },
        ],
        SPEC_WORKCENTER_V: [{ SPEC: '成型', WORK_CENTER_GROUP: '成型', WORKCENTERSEQUENCE_GROUP: '4' }],
        ERP_PJ_WIP_SCRAP_REASONS_EXCLUDE: [{ REASON_NAME: '358_FAIL ' }, { REASON_NAME: null }],
        LOTREJECTHISTORY: [
          reject(1, '043_NSOP', { REJECTQTY: 120, STANDBYQTY: 5, DEFECTQTY: 7, EQUIPMENTNAME: 'GWBK-0099' }),
          reject(1, ' 044_NSOL', { SPECNAME: '成型 ' }),
          reject(1, '358_FAIL'),
          reject(1, 'XXX_測試用'),
          reject(1, 'ZZZ_轉入'),
          reject(1, '43_NSOP'),
          reject(1, '0431NSOP'),
          reject(1, null),
          reject(1, '043_NSOP', { REJECTCATEGORYNAME: '原物料報廢' }),
          reject(4, '043_NSOP'),
          reject(5, '043_NSOP'),
          reject(2, '043_NSOP', { TXNDATE: '2029-01-01 00:00:00', REJECTQTY: 3 }),
          reject(8, '043_NSOP'),
        ],
        HOLDRELEASEHISTORY: [{ CONTAINERID: id(1), HOLDTXNDATE: '2026-07-01 06:30:00' }],
        HM_LOTMOVEOUT: [
          moved(1, 2, '2026-01-01 08:00:00'),
          moved(7, 1, '2026-01-01 07:59:59', { CDONAME: 'CombineLot ' }),
          moved(2, 3, '2026-05-01 00:00:00', { CDONAME: 'MoveOut' }),
          moved(2, 3, '2026-05-02 00:00:00'),
          moved(1, 3, null),
          moved(8, 9, '2026-05-03 00:00:00'),
        ],
        PJ_COMBINEDASSYLOTS: [
          joined('S1 ', 1, 7, 0.25),
          joined('S1', 2, 7, 0.75),
          joined('S1', 2, 7, 0.75),
          joined('Unknown', 1, 7, 1),
          joined(null, 1, 7, 1),
          joined('S2', 8, 1, 1),
          joined('S3', 8, 9, 1),
        ],
        JOB: [
          ...[1, 2, 3, 4, 5, 6].map((day) =>
            order(`r${day}`, `2026-05-0${day} 00:00:00`, { RESOURCEID: day === 4 ? 'R1  ' : 'R1' }),
          ),
          order('r9', '2026-05-09 00:00:00', { RESOURCEID: 'R10' }),
          order('before', '2026-01-01 00:00:00', { COMPLETEDATE: '2026-01-09 23:59:59' }),
          order('touches the beginning', '2026-01-01 00:00:00', { COMPLETEDATE: '2026-01-10 00:00:00' }),
          order('around', '2026-01-01 00:00:00', { COMPLETEDATE: '2026-02-01 00:00:00' }),
          order('at the end', '2026-01-11 23:59:59', { COMPLETEDATE: '2026-03-01 00:00:00' }),
          order('behind', '2026-01-12 00:00:00', { COMPLETEDATE: '2026-03-01 00:00:00' }),
          order('open since before', '2026-01-01 00:00:00', { JOBSTATUS: 'Open' }),
          order('open within', '2026-01-10 12:00:00', { JOBSTATUS: 'Open' }),
          order('cancelled before', '2026-01-01 00:00:00', {
            CANCELDATE: '2026-01-02 00:00:00',
            JOBSTATUS: 'Cancelled',
          }),
          order('cancelled within', '2026-01-01 00:00:00', {
            CANCELDATE: '2026-01-10 12:00:00',
            JOBSTATUS: 'Cancelled',
          }),
          order('elsewhere', '2026-01-10 12:00:00', { RESOURCEID: 'M2' }),
        ],
        RESOURCE: [
          {
            RESOURCEID: 'M1 ',
            RESOURCENAME: 'GWBK-0001',
            OBJECTCATEGORY: 'ASSEMBLY',
            WORKCENTERNAME: '焊_WB_料',
            RESOURCEFAMILYNAME: 'iHawk',
          },
          { RESOURCEID: 'M1', RESOURCENAME: 'GWBK-0001', OBJECTCATEGORY: 'OTHER' },
          { RESOURCEID: 'M2', RESOURCENAME: 'GTMA-0001', OBJECTCATEGORY: 'WAFERSORT ', WORKCENTERNAME: '切割' },
          { RESOURCEID: 'M3', RESOURCENAME: 'X', OBJECTCATEGORY: null },
          { RESOURCEID: null, RESOURCENAME: 'Y', OBJECTCATEGORY: 'ASSEMBLY' },
        ],
        RESOURCESTATUS_SHIFT: [
          hours('PRD', 15),
          hours('SBY ', 3),
          hours('UDT', 2),
          hours('SDT', 4),
          hours('PRD', 0.5, '2026-01-11'),
          hours('PRD', 24, '2026-01-12'),
          hours('PRD', 24, '2026-01-09'),
          hours('PRD', null),
          hours('NST', 24, '2026-01-10', 'M2'),
          hours('PRD', 24, '2026-01-10', 'M9'),
        ],
        LOTMATERIALSHISTORY: [
          used(1, 'WIRE', '2026-01-10 00:00:00', { QTYCONSUMED: 1.5, UOMNAME: 'M', MATERIALLOTNAME: 'W1' }),
          used(1, 'WIRE ', '2026-01-10 01:00:00', { QTYCONSUMED: 2.5, UOMNAME: 'M', MATERIALLOTNAME: '參考編號：W2' }),
          used(2, 'WIRE', '2026-01-11 23:59:59', { QTYCONSUMED: Number.NaN, UOMNAME: null, MATERIALLOTNAME: 'W1 ' }),
          used(2, 'WIRE', '2026-01-12 00:00:00', { QTYCONSUMED: 100, MATERIALLOTNAME: 'W3' }),
          used(1, 'GLUE', '2026-01-10 00:00:00', {
            QTYCONSUMED: 1,
            UOMNAME: 'G',
            EQUIPMENTID: null,
            EQUIPMENTNAME: 'GWBK-0001 ',
          }),
          used(1, 'GLUE', '2026-01-10 02:00:00', { QTYCONSUMED: 1, UOMNAME: 'KG', PJ_WORKORDER: 'GA26010001  ' }),
          used(1, 'GOLD', '2026-01-10 00:00:00', { QTYCONSUMED: 1, EQUIPMENTID: 'M2' }),
          used(null, 'LOST', '2026-02-01 00:00:00', { MATERIALLOTNAME: 'W9', EQUIPMENTID: 'M9' }),
          used(null, 'LOST', '2026-02-01 00:00:00', { MATERIALLOTNAME: 'LOSTLOT', EQUIPMENTID: 'M9' }),
          // One use twice, and two of which the material lot is not known.
          used(3, 'A', '2026-03-01 00:00:00', { MATERIALLOTNAME: 'W9', QTYCONSUMED: 1, EQUIPMENTID: 'M9' }),
          used(3, 'A', '2026-03-01 00:00:00', { MATERIALLOTNAME: 'W9 ', QTYCONSUMED: 2, EQUIPMENTID: 'M9' }),
          used(3, 'A', '2026-03-01 00:00:00', { MATERIALLOTNAME: null, EQUIPMENTID: 'M9' }),
          used(3, 'B', '2026-03-01 00:00:00', { MATERIALLOTNAME: null, EQUIPMENTID: 'M9' }),
        ],
      },
      [
        `insert into DWH.DW_MES_HM_LOTMOVEOUT by name
         select 'SplitLot' as CDONAME, printf('%016x', 50) as CONTAINERID, timestamp '2026-06-01' as TXNDATE,
           printf('%05d', n) as HISTORYMAINLINEID from range(501) t(n)`,
        `insert into DWH.DW_MES_LOTMATERIALSHISTORY by name
         select printf('%016x', 60 + n) as CONTAINERID, 'MANY' as MATERIALLOTNAME, timestamp '2026-06-01' as TXNDATE
         from range(10001) t(n)`,
        `insert into DWH.DW_MES_LOTWIPHISTORY by name
         select printf('%016x', 70000 + n // 2) as CONTAINERID, 'CROWD' as EQUIPMENTID,
           timestamp '2026-06-01' as TRACKINTIMESTAMP from range(100001) t(n)`,
      ],
    );
  });
  afterAll(() => tiny.close());

  const history = (workcenter_groups: string[] = []) =>
    ({ kind: 'query_tool', query: 'lot_history', workcenter_groups }) as const;

  it('lot_history: one row a load, by track-in, with data of the lot and the group of the station', async () => {
    const { rows, end, summary } = await ask(history(), [1, 2]);
    const names = ['CONTAINERID', 'EQUIPMENTID', 'TRACKINQTY', 'TRACKOUTQTY', 'TRACKOUTTIMESTAMP', 'partial_count'];
    expect(pick(rows, ...names)).toEqual([
      [id(2), 'M1', 10, 4, null, 1],
      [id(2), 'M1', 6, 6, null, 1],
      [id(1), 'M1', 43_200, 43_200, '2026-01-02T11:00:00', 3],
      [id(1), 'M2', null, null, null, 1],
    ]);
    expect(rows[2]).toMatchObject({ CONTAINERNAME: 'L1', PJ_TYPE: 'TA', WORKCENTER_GROUP: '成型' });
    expect(end).toEqual({ status: 'complete' });
    expect(summary).toBeUndefined();
  });

  it('lot_history: of some groups of work centers only, whose names have to be right', async () => {
    expect(pick((await ask(history(['測試']), [1, 2])).rows, 'EQUIPMENTID')).toEqual([['M2']]);
    expect((await ask(history(['測試', '成型']), [1, 2, 3])).rows).toHaveLength(4);
    expect((await ask(history(['水吹砂']), [1, 2])).rows).toEqual([]);
    await expect(ask(history(['成型', '成形']), [1])).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      detail: expect.stringMatching(/成形; the groups are 切割, 焊接_DB/) as unknown,
    });
  });

  it('workcenter_groups: the twelve, in the order of the flow', async () => {
    const { rows } = await ask({ kind: 'query_tool', query: 'workcenter_groups' });
    expect(rows.map((row) => row['WORKCENTER_GROUP']).join(' ')).toBe(
      '切割 焊接_DB 焊接_WB 焊接_DW 成型 去膠 水吹砂 電鍍 移印 切彎腳 元件切割 測試',
    );
    expect(rows.map((row) => row['WORKCENTER_GROUP_ORDER'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('equipment_list: machines of assembly and wafer sort, in the order of the flow', async () => {
    const { rows } = await ask({ kind: 'query_tool', query: 'equipment_list' });
    expect(pick(rows, 'RESOURCEID', 'RESOURCENAME', 'WORKCENTER_GROUP', 'RESOURCEFAMILYNAME')).toEqual([
      ['M2', 'GTMA-0001', '切割', null],
      ['M1', 'GWBK-0001', '焊接_WB', 'iHawk'],
    ]);
  });

  it('lot_materials and lot_holds: what the lots have, with now as the time of the job', async () => {
    const materials = await ask({ kind: 'query_tool', query: 'lot_materials' }, [2]);
    expect(pick(materials.rows, 'MATERIALPARTNAME', 'QTYCONSUMED')).toEqual([
      ['WIRE', null],
      ['WIRE', 100],
    ]);
    const holds = await ask({ kind: 'query_tool', query: 'lot_holds' }, [1]);
    expect(pick(holds.rows, 'HOLD_STATUS', 'HOLD_HOURS')).toEqual([['HOLD', 1.5]]);
  });

  it('lot_rejects: only reasons that count, no scrap of material, no PB_ package', async () => {
    const { rows } = await ask({ kind: 'query_tool', query: 'lot_rejects' }, [1, 4, 5]);
    expect(pick(rows, 'LOSSREASONNAME', 'REJECT_TOTAL', 'DEFECTQTY', 'WORKCENTER_GROUP')).toEqual([
      [' 044_NSOL', 1, null, '成型'],
      ['043_NSOP', 125, 7, null],
    ]);
  });

  const splits = (full_history: boolean) => ({ kind: 'query_tool', query: 'lot_splits', full_history }) as const;

  it('lot_splits: the last six months of both sides, latest first, or everything', async () => {
    const quick = await ask(splits(false), [1, 2]);
    expect(pick(quick.rows, 'HISTORYMAINLINEID')).toEqual([['2-3'], ['1-2']]);
    expect(quick.summary).toMatchObject({ full_history: false, since: '2026-01-01T08:00:00' });
    const full = await ask(splits(true), [1, 2]);
    expect(pick(full.rows, 'HISTORYMAINLINEID')).toEqual([['2-3'], ['1-2'], ['7-1'], ['1-3']]);
    expect(full.summary).toMatchObject({ full_history: true, since: null });
  });

  it('lot_splits: serial numbers of the lots, with everything joined under them, once, and its share', async () => {
    const { summary } = await ask(splits(false), [1]);
    const { serials, serials_truncated }: SplitsSummary = splitsSummarySchema.parse(summary);
    const named = serials.map(({ serial_number: name, lots }) => [
      name,
      lots.map((lot) => [lot.container_name, lot.ratio]),
    ]);
    expect(named).toEqual([
      [
        'S1',
        [
          ['L1', 0.25],
          ['L2', 0.75],
        ],
      ],
      ['S2', [['L8', 1]]],
    ]);
    expect(serials_truncated).toBe(false);
  });

  it('lot_splits: at most 500 rows in the quick answer, which is said', async () => {
    const quick = await ask(splits(false), [50]);
    expect([quick.rows.length, quick.end?.status]).toEqual([500, 'truncated']);
    expect((await ask(splits(true), [50])).rows).toHaveLength(501);
  });

  it('lot_jobs: orders of the machines that overlap the time; a cancelled one is closed', async () => {
    const params = { equipment_ids: ['M1'], time_start: '2026-01-10T00:00:00', time_end: '2026-01-11T23:59:59' };
    const { rows } = await ask({ kind: 'query_tool', query: 'lot_jobs', ...params });
    const names = rows.map((row) => String(row['JOBID']));
    expect(names.toSorted()).toEqual(
      ['touches the beginning', 'around', 'at the end', 'open within', 'cancelled within'].toSorted(),
    );
    expect(names[0]).toBe('at the end');
    const period = { equipment_ids: ['M1'], start_date: '2026-01-10', end_date: '2026-01-11' };
    const again = await ask({ kind: 'query_tool', query: 'equipment_jobs', ...period });
    expect(again.rows).toEqual(rows);
  });

  it('equipment_recent_jobs: the latest five orders of a machine in 30 days, open and closed ones', async () => {
    const recent = (equipment_id: string, createdAt: string) =>
      ask({ kind: 'query_tool', query: 'equipment_recent_jobs', equipment_id }, [], createdAt);
    // 16:00 UTC is midnight in the plant.
    const { rows, end } = await recent('R1', '2026-05-30T16:00:00Z');
    expect(rows.map((row) => row['JOBID'])).toEqual(['r6', 'r5', 'r4', 'r3', 'r2']);
    expect(rows[0]).toMatchObject({ RESOURCEID: 'R1', CREATEDATE: '2026-05-06T00:00:00', COMPLETEDATE: null });
    expect(end).toEqual({ status: 'complete' });
    expect((await recent('R1', '2026-06-03T16:00:01Z')).rows.map((row) => row['JOBID'])).toEqual(['r6']);
    expect((await recent('R', '2026-05-30T16:00:00Z')).rows).toEqual([]);
  });

  it('adjacent_lots: loads around a time at a machine, numbered from the one that ran then', async () => {
    const params = { equipment_id: 'M1', target_time: '2026-01-02T08:00:00', window_hours: 24 };
    const { rows } = await ask({ kind: 'query_tool', query: 'adjacent_lots', ...params });
    expect(pick(rows, 'RELATIVE_POSITION', 'CONTAINERNAME', 'partial_count')).toEqual([
      [-1, 'L2', 1],
      [-1, 'L2', 1],
      [0, 'L1', 3],
    ]);
    const narrow = await ask({ kind: 'query_tool', query: 'adjacent_lots', ...params, window_hours: 23 });
    expect(narrow.rows).toHaveLength(1);
  });

  it('adjacent_lots: a window with too many loads is refused, not cut', async () => {
    const params = { equipment_id: 'CROWD', target_time: '2026-06-01T00:00:00', window_hours: 1 };
    await expect(ask({ kind: 'query_tool', query: 'adjacent_lots', ...params })).rejects.toMatchObject({
      code: 'RESULT_TOO_LARGE',
    });
  });

  const period = (
    query: 'status_hours' | 'lots' | 'materials' | 'rejects',
    equipment_ids: string[],
    end = '2026-01-11',
  ) =>
    ({
      kind: 'query_tool',
      query: `equipment_${query}`,
      equipment_ids,
      start_date: end === '2026-01-11' ? '2026-01-10' : '2026-01-01',
      end_date: end,
    }) as const;

  it('equipment_status_hours: sums of whole days; OU is of the time it could have run', async () => {
    const { rows } = await ask(period('status_hours', ['M1', 'M2', 'M3']));
    const names = ['EQUIPMENTNAME', 'PRD_HOURS', 'SBY_HOURS', 'UDT_HOURS', 'SDT_HOURS', 'TOTAL_HOURS', 'OU_PERCENT'];
    expect(pick(rows, ...names)).toEqual([
      ['GTMA-0001', 0, 0, 0, 0, 24, null],
      ['GWBK-0001', 15.5, 3, 2, 4, 24.5, 75.61],
    ]);
  });

  it('equipment_lots: loads of the machines that began in the days, one row each', async () => {
    const { rows } = await ask(period('lots', ['M1', 'M2'], '2026-01-03'));
    expect(pick(rows, 'CONTAINERNAME', 'EQUIPMENTID', 'partial_count')).toEqual([
      ['L2', 'M1', 1],
      ['L2', 'M1', 1],
      ['L1', 'M1', 3],
      ['L1', 'M2', 1],
    ]);
  });

  it('equipment_lots: too many rows are cut at the end of a load, which is said', async () => {
    const days = { start_date: '2026-06-01', end_date: '2026-06-01' };
    const { rows, end } = await ask({ kind: 'query_tool', query: 'equipment_lots', equipment_ids: ['CROWD'], ...days });
    expect(end?.status).toBe('truncated');
    expect(rows).toHaveLength(50_000);
    expect(rows.every((row) => row['partial_count'] === 2)).toBe(true);
  });

  it('equipment_materials: a sum for each machine and part, with the number of lots; units are not mixed up', async () => {
    const { rows } = await ask(period('materials', ['M1']));
    expect(pick(rows, 'EQUIPMENTNAME', 'MATERIALPARTNAME', 'QTYCONSUMED', 'UOMNAME', 'LOT_COUNT')).toEqual([
      ['GWBK-0001', 'GLUE', 2, null, 1],
      ['GWBK-0001', 'WIRE', 4, 'M', 2],
    ]);
  });

  it('equipment_rejects: of every lot the machines had, wherever and whenever booked, once', async () => {
    const { rows } = await ask(period('rejects', ['M1', 'M2'], '2026-01-03'));
    expect(pick(rows, 'CONTAINERNAME', 'LOSSREASONNAME', 'EQUIPMENTNAME', 'REJECT_TOTAL')).toEqual([
      ['L2', '043_NSOP', null, 3],
      ['L1', ' 044_NSOL', null, 1],
      ['L1', '043_NSOP', 'GWBK-0099', 125],
    ]);
  });

  const lookup = (values: string[], parent_levels: number, workcenter_groups: string[] = []) =>
    ({ kind: 'query_tool', query: 'lot_equipment', values, parent_levels, workcenter_groups }) as const;

  it('lot_equipment: machines of lots and of what they were split from, in the order of the flow', async () => {
    const { rows, summary } = await ask(lookup(['L1', 'L_', 'nobody'], 10));
    expect(pick(rows, 'LOT_NAME', 'PARENT_LEVEL', 'CONTAINERNAME', 'WORKCENTER_GROUP', 'EQUIPMENTID')).toEqual([
      ['L1', 2, 'L3', '切割', 'M1'],
      ['L1', 1, 'L2', '成型', 'M1'],
      ['L1', 0, 'L1', '成型', 'M1'],
      ['L1', 0, 'L1', '測試', 'M2'],
      ['L1', 2, 'L3', null, 'M3'],
    ]);
    expect(summary).toEqual({ not_found: ['L_', 'nobody'] });
    expect(rows[2]).toMatchObject({ FIRST_TRACKIN: '2026-01-02T08:00:00', LAST_TRACKOUT: '2026-01-02T11:00:00' });
  });

  it('lot_equipment: finds a lot with or without the prefix of its name', async () => {
    const { summary } = await ask(lookup(['L0', '參考編號：L0', 'L1', '參考編號：L1', '參考編號：L9'], 0));
    expect(summary).toEqual({ not_found: ['參考編號：L9'] });
  });

  it('lot_equipment: goes up as far as asked, and shows some groups only', async () => {
    expect(pick((await ask(lookup(['L1'], 0))).rows, 'CONTAINERNAME')).toEqual([['L1'], ['L1']]);
    expect((await ask(lookup(['L1'], 1))).rows).toHaveLength(3);
    expect(pick((await ask(lookup(['L1'], 10, ['切割']))).rows, 'CONTAINERNAME')).toEqual([['L3']]);
  });

  const forward = (input_type: 'lot_id' | 'work_order', values: string[]) =>
    ({ kind: 'query_tool', query: 'material_forward', input_type, values }) as const;

  it('material_forward: materials of lots, each use once, thirteen columns', async () => {
    const { rows, summary } = await ask(forward('lot_id', ['L3', 'L9']));
    expect(pick(rows, 'CONTAINERNAME', 'MATERIALPARTNAME', 'MATERIALLOTNAME', 'QTYCONSUMED')).toEqual([
      ['L3', 'A', 'W9', 1],
      ['L3', 'A', null, null],
      ['L3', 'B', null, null],
    ]);
    expect(Object.keys(rows[0] ?? {})).toHaveLength(13);
    expect(summary).toEqual({ not_found: ['L9'] });
  });

  it('material_forward: materials of work orders, whatever their case', async () => {
    const { rows, summary } = await ask(forward('work_order', ['ga26010001', 'GA2601%', 'GA26010001']));
    expect(summary).toEqual({ not_found: ['GA2601%'] });
    expect(pick(rows, 'MATERIALPARTNAME', 'PJ_WORKORDER')).toEqual([['GLUE', 'GA26010001']]);
  });

  it('material_reverse: lots of material lots, with or without the prefix that is not shown', async () => {
    const reverse = async (...values: string[]) =>
      pick((await ask({ kind: 'query_tool', query: 'material_reverse', values })).rows, 'CONTAINERNAME', 'TXNDATE');
    expect(await reverse('W1')).toEqual([
      ['L1', '2026-01-10T00:00:00'],
      ['L2', '2026-01-11T23:59:59'],
    ]);
    expect(await reverse('W2')).toEqual([['L1', '2026-01-10T01:00:00']]);
    expect(await reverse('參考編號：W2')).toEqual(await reverse('W2'));
    expect(await reverse('W9')).toEqual([['L3', '2026-03-01T00:00:00']]);
    expect(await reverse('W_')).toEqual([]);
  });

  it('material_reverse: says which material lots went into nothing, as they were given', async () => {
    const values = ['W1', '參考編號：W2', '參考編號：W_', 'w9', '參考編號：', 'MANY'];
    const { rows, summary, end } = await ask({ kind: 'query_tool', query: 'material_reverse', values });
    expect(summary).toEqual({ not_found: ['參考編號：W_', 'w9', '參考編號：'] });
    // The one that is beyond the cut was found all the same.
    expect([rows.length, end?.status]).toEqual([10_000, 'truncated']);
    const lost = await ask({ kind: 'query_tool', query: 'material_reverse', values: ['LOSTLOT'] });
    expect([lost.rows, lost.summary]).toEqual([[], { not_found: ['LOSTLOT'] }]);
  });

  it('material_reverse: at most 10,000 rows, which is said', async () => {
    const { rows, end } = await ask({ kind: 'query_tool', query: 'material_reverse', values: ['MANY'] });
    expect([rows.length, end?.status]).toEqual([10_000, 'truncated']);
  });

  it('gives no row and ends complete for lots and machines that nobody knows', async () => {
    const none: readonly (readonly [QueryToolParams, readonly number[]])[] = [
      [history(), [77]],
      [splits(false), [77]],
      [splits(true), [77]],
      [{ kind: 'query_tool', query: 'lot_rejects' }, [77]],
      [period('status_hours', ['M77']), []],
      [period('lots', ['M77']), []],
      [period('materials', ['M77']), []],
      [period('rejects', ['M77']), []],
      [lookup(['nobody'], 10), []],
      [forward('lot_id', ['nobody']), []],
      [forward('work_order', ['nobody']), []],
    ];
    for (const [params, ids] of none) {
      const { rows, end } = await ask(params, ids);
      expect([params.query, rows, end]).toEqual([params.query, [], { status: 'complete' }]);
    }
  });
});
