import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventDomain } from '../../src/protocol/domain.ts';
import { EVENT_DOMAINS } from '../../src/protocol/domain.ts';
import type { Row } from '../../oracle-bridge/warehouse/warehouse.ts';
import type { JobWarehouse } from '../helpers/both-warehouses.ts';
import { describeOnBothWarehouses } from '../helpers/both-warehouses.ts';
import type { TinyRow } from '../helpers/tiny-warehouse.ts';
import { id } from '../helpers/tiny-warehouse.ts';

const NOW = '2026-03-10T12:00:00';

const trackIn = (container: number, time: string, more: TinyRow = {}): TinyRow => ({
  CONTAINERID: id(container),
  TRACKINTIMESTAMP: time,
  EQUIPMENTID: 'M1',
  WORKCENTERNAME: '成型',
  ...more,
});

const pick = (rows: readonly Row[], ...names: string[]) => rows.map((row) => names.map((name) => row[name]));

describeOnBothWarehouses('the event statements', (make) => {
  let tiny: JobWarehouse;

  async function read(domain: EventDomain, ids: readonly number[]): Promise<Row[]> {
    const binds = { ids: ids.map(id), ...(domain === 'holds' ? { now: NOW } : {}) };
    const options = { batchRecords: 5000, signal: new AbortController().signal };
    const rows: Row[] = [];
    for await (const { json } of tiny.warehouse.readRecords({ name: `events/${domain}`, binds }, options)) {
      rows.push(...(JSON.parse(`[${Buffer.from(json).toString()}]`) as Row[]));
    }
    return rows;
  }

  beforeAll(async () => {
    tiny = await make({
      CONTAINER: [
        {
          CONTAINERID: id(1),
          CONTAINERNAME: 'GA26010001-A00-001  ',
          PJ_TYPE: 'PJW5P06A',
          PJ_BOP: 'PCC15',
          PRODUCTLINENAME: 'SOT-223 ',
          FIRSTNAME: 'GMSN-1173#A',
        },
        { CONTAINERID: id(2), CONTAINERNAME: 'GA26010001-A00-002' },
        { CONTAINERID: null, CONTAINERNAME: 'nobody' },
      ],
      LOTWIPHISTORY: [
        trackIn(1, '2026-01-03 08:00:00', { WIPLOTHISTORYID: 'c', TRACKINQTY: 10 }),
        trackIn(1, '2026-01-02 08:00:00', { WIPLOTHISTORYID: 'b', EQUIPMENTID: null }),
        trackIn(2, '2026-01-01 08:00:00', { WIPLOTHISTORYID: 'a' }),
        trackIn(9, '2026-01-04 08:00:00', { WIPLOTHISTORYID: 'd' }),
        { CONTAINERID: id(1), EQUIPMENTID: 'M1', WIPLOTHISTORYID: 'no track-in' },
        { CONTAINERID: null, EQUIPMENTID: 'M1', TRACKINTIMESTAMP: '2026-01-01', WIPLOTHISTORYID: 'no container' },
        // One load of lot 3 in falling parts, and an earlier one at the same machine.
        trackIn(3, '2026-02-01 08:00:00', { TRACKINQTY: 9999, TRACKOUTQTY: 1 }),
        trackIn(3, '2026-02-02 08:00:00', { TRACKINQTY: 3600, TRACKOUTQTY: 3600, TRACKOUTTIMESTAMP: '2026-02-05' }),
        trackIn(3, '2026-02-02 08:00:00', { TRACKINQTY: 43200, TRACKOUTQTY: 2520, TRACKOUTTIMESTAMP: '2026-02-03' }),
        trackIn(3, '2026-02-02 08:00:00', { TRACKINQTY: 40680, TRACKOUTQTY: null, TRACKOUTTIMESTAMP: '2026-02-04' }),
        trackIn(3, '2026-02-03 08:00:00', { EQUIPMENTID: 'M2' }),
        ...[
          { SPECNAME: 'oven', TRACKINQTY: 900, TRACKOUTQTY: 300, TRACKOUTTIMESTAMP: '2026-02-04' },
          { SPECNAME: 'oven', TRACKINQTY: 600, TRACKOUTQTY: 500, TRACKOUTTIMESTAMP: '2026-02-03' },
          { SPECNAME: 'press', TRACKINQTY: 700, TRACKOUTQTY: 7000, TRACKOUTTIMESTAMP: '2026-02-09' },
        ].map((part) => trackIn(5, '2026-02-02 08:00:00', part)),
        ...['元件切割', 'pkg_saw 2', '切割', '焊_WB_料', '焊接_db', '滾鍍', 'TMTT', '烘箱', null].map((name, index) =>
          trackIn(4, `2026-03-0${index + 1} 00:00:00`, { WORKCENTERNAME: name }),
        ),
      ],
      LOTMATERIALSHISTORY: [
        { CONTAINERID: id(1), TXNDATE: '2026-01-02', MATERIALPARTNAME: 'wire', QTYCONSUMED: Number.NaN },
        { CONTAINERID: id(1), TXNDATE: '2026-01-01', MATERIALPARTNAME: 'glue' },
        { CONTAINERID: id(9), MATERIALPARTNAME: 'gold' },
      ],
      SPEC_WORKCENTER_V: [
        { SPEC: '成型烘烤 ', WORK_CENTER_GROUP: '測試', WORKCENTERSEQUENCE_GROUP: '11' },
        { SPEC: '成型烘烤', WORK_CENTER_GROUP: '成型', WORKCENTERSEQUENCE_GROUP: ' 4' },
        { SPEC: 'PRE TMTT', WORK_CENTER_GROUP: '無', WORKCENTERSEQUENCE_GROUP: 'x' },
      ],
      LOTREJECTHISTORY: [
        {
          CONTAINERID: id(1),
          TXNDATE: '2026-01-02 09:00:00',
          SPECNAME: '成型烘烤',
          WORKCENTERNAME: '成型_A',
          LOSSREASONNAME: '043_NSOP',
          REJECTQTY: 1,
          STANDBYQTY: 20,
          QTYTOPROCESS: 300,
          INPROCESSQTY: 4000,
          PROCESSEDQTY: null,
          DEFECTQTY: 7,
        },
        {
          CONTAINERID: id(1),
          TXNDATE: '2026-01-02 10:00:00',
          SPECNAME: 'PRE TMTT',
          WORKCENTERNAME: 'tmtt 2',
          PROCESSEDQTY: 50_000,
        },
        {
          CONTAINERID: id(1),
          TXNDATE: '2026-01-02 08:00:00',
          SPECNAME: '成型烘烤  ',
          WORKCENTERNAME: '成型_A',
          REJECTQTY: 5000,
        },
        { CONTAINERID: id(1), TXNDATE: '2026-01-03 01:00:00', SPECNAME: 'nowhere', REJECTQTY: 2 },
      ],
      HOLDRELEASEHISTORY: [
        { CONTAINERID: id(1), HOLDTXNDATE: '2026-03-10 10:30:00' },
        { CONTAINERID: id(1), HOLDTXNDATE: '2026-03-01 00:00:00', RELEASETXNDATE: '2026-03-01 00:20:18' },
        { CONTAINERID: id(1), RELEASETXNDATE: '2026-03-01' },
      ],
      JOB: [
        { JOBID: 'J1', CREATEDATE: '2026-01-01', CONTAINERIDS: `${id(1)}, ${id(2)},${id(7)}` },
        { JOBID: 'J2', CREATEDATE: '2026-01-02', CONTAINERIDS: `${id(1)},${id(1)}` },
        { JOBID: 'J3', CREATEDATE: '2026-01-03', CONTAINERIDS: null },
        { JOBID: 'J4', CREATEDATE: '2026-01-04', CONTAINERIDS: `x${id(1)}x` },
      ],
    });
  });
  afterAll(() => tiny.close());

  it('history: by track-in, without checkpoints and rows that never began, with data of the lot where there is any', async () => {
    const rows = await read('history', [1, 2, 9]);
    expect(pick(rows, 'CONTAINERID', 'CONTAINERNAME', 'WIPLOTHISTORYID', 'TRACKINTIMESTAMP')).toEqual([
      [id(2), 'GA26010001-A00-002', 'a', '2026-01-01T08:00:00'],
      [id(1), 'GA26010001-A00-001', 'c', '2026-01-03T08:00:00'],
      [id(9), null, 'd', '2026-01-04T08:00:00'],
    ]);
    expect(rows[1]).toMatchObject({ PJ_BOP: 'PCC15', PRODUCTLINENAME: 'SOT-223', WAFER_LOT: 'GMSN-1173#A' });
  });

  it('history: keeps partial track-outs as rows of their own', async () => {
    expect(pick(await read('history', [3]), 'TRACKINQTY')).toEqual([[9999], [43200], [40680], [3600], [null]]);
  });

  it('history: names the work center group, exclusions first, and keeps rows without one', async () => {
    expect(pick(await read('history', [4]), 'WORKCENTERNAME', 'WORKCENTER_GROUP')).toEqual([
      ['元件切割', '元件切割'],
      ['pkg_saw 2', '元件切割'],
      ['切割', '切割'],
      ['焊_WB_料', '焊接_WB'],
      ['焊接_db', '焊接_DB'],
      ['滾鍍', '電鍍'],
      ['TMTT', '測試'],
      ['烘箱', null],
      [null, null],
    ]);
  });

  it('history: gives only what was asked for, in any order of the ids', async () => {
    expect(await read('history', [2])).toHaveLength(1);
    expect(await read('history', [9, 2, 1])).toEqual(await read('history', [1, 2, 9]));
    expect(await read('history', [1, 1, 1])).toHaveLength(1);
  });

  it('materials: by time, NaN is null', async () => {
    expect(pick(await read('materials', [1]), 'MATERIALPARTNAME', 'QTYCONSUMED', 'PJ_TYPE')).toEqual([
      ['glue', null, 'PJW5P06A'],
      ['wire', null, 'PJW5P06A'],
    ]);
  });

  it('rejects: latest day first, then in flow order; the total is of five quantities and leaves defects apart', async () => {
    expect(
      pick(await read('rejects', [1]), 'SPECNAME', 'WORKCENTER_GROUP', 'WORKCENTER_GROUP_ORDER', 'REJECT_TOTAL'),
    ).toEqual([
      ['nowhere', null, 999, 2],
      ['成型烘烤', '成型', 4, 5000],
      ['成型烘烤', '成型', 4, 4321],
      ['PRE TMTT', '無', 999, 50_000],
    ]);
    expect((await read('rejects', [1]))[2]).toMatchObject({ DEFECTQTY: 7, LOSSREASONNAME: '043_NSOP' });
  });

  it('holds: latest first; hours run to the release or to now, with two decimals', async () => {
    expect(pick(await read('holds', [1]), 'HOLDTXNDATE', 'HOLD_STATUS', 'HOLD_HOURS')).toEqual([
      ['2026-03-10T10:30:00', 'HOLD', 1.5],
      ['2026-03-01T00:00:00', 'RELEASED', 0.34],
      [null, 'RELEASED', null],
    ]);
  });

  it('jobs: one row for each container an order names, once even if named twice, never for a part of an id', async () => {
    expect(pick(await read('jobs', [1, 2, 3]), 'JOBID', 'CONTAINERID')).toEqual([
      ['J2', id(1)],
      ['J1', id(1)],
      ['J1', id(2)],
    ]);
  });

  it('upstream_history: the latest load of each work center and machine: all of its input, output and time, nulls as 0', async () => {
    const names = ['EQUIPMENTID', 'SPECNAME', 'TRACKINTIMESTAMP', 'TRACKOUTTIMESTAMP', 'TRACKINQTY', 'TRACKOUTQTY'];
    expect(pick(await read('upstream_history', [3]), ...names)).toEqual([
      ['M1', null, '2026-02-02T08:00:00', '2026-02-05T00:00:00', 43200, 6120],
      ['M2', null, '2026-02-03T08:00:00', null, 0, 0],
    ]);
    // Another spec of the same second is another load.
    expect(pick(await read('upstream_history', [5]), ...names)).toEqual([
      ['M1', 'oven', '2026-02-02T08:00:00', '2026-02-04T00:00:00', 900, 800],
    ]);
  });

  it('upstream_history: names the work center group and its place, exclusions first', async () => {
    const names = ['WORKCENTERNAME', 'WORKCENTER_GROUP', 'WORKCENTER_GROUP_ORDER'];
    expect(pick(await read('upstream_history', [4]), ...names)).toEqual([
      ['元件切割', '元件切割', 10],
      ['pkg_saw 2', '元件切割', 10],
      ['切割', '切割', 0],
      ['焊_WB_料', '焊接_WB', 2],
      ['焊接_db', '焊接_DB', 1],
      ['滾鍍', '電鍍', 7],
      ['TMTT', '測試', 11],
      ['烘箱', null, 999],
      [null, null, 999],
    ]);
  });

  it('downstream_rejects: by time, with the group of the station, and a total that includes defects', async () => {
    const names = ['TXNDATE', 'WORKCENTER_GROUP', 'WORKCENTER_GROUP_ORDER', 'REJECT_AND_DEFECT_TOTAL', 'DEFECTQTY'];
    expect(pick(await read('downstream_rejects', [1]), ...names)).toEqual([
      ['2026-01-02T08:00:00', '成型', 4, 5000, null],
      ['2026-01-02T09:00:00', '成型', 4, 4328, 7],
      ['2026-01-02T10:00:00', '測試', 11, 50_000, null],
      ['2026-01-03T01:00:00', null, 999, 2, null],
    ]);
  });

  it.each(EVENT_DOMAINS)('%s: has the container id in every record, and nothing for an unknown one', async (domain) => {
    for (const row of await read(domain, [1, 2])) expect([id(1), id(2)]).toContain(row['CONTAINERID']);
    expect(await read(domain, [77])).toEqual([]);
  });
});
