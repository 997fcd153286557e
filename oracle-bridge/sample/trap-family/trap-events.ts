import { MACHINES } from './trap-history.ts';
import type { Row } from './trap-lot.ts';
import { idOf } from './trap-lots.ts';
import { AWKWARD_TEXTS, LONG_TEXT } from './trap-texts.ts';

const HUB = 'GA26011704-A00-003';
const HUB_ID = idOf(HUB);
const SPLIT_ID = idOf(`${HUB}-01`);
const TEXTS_ID = idOf('GA26021718-A00-001');
const NUMBERS_ID = idOf('GA26021718-A00-002');

/** Rows of DW_MES_LOTMATERIALSHISTORY. */
export function materialRows(): Row[] {
  const wire = {
    WORKCENTERNAME: '焊_WB_料',
    SPECNAME: '金線 W/B',
    EQUIPMENTID: MACHINES['GWBK-0241'].id,
    EQUIPMENTNAME: 'GWBK-0241',
    MATERIALPARTNAME: 'AU-WIRE-1.0',
    DESCRIPTION: '金線 Au wire 1.0 mil <4N>',
    UOMNAME: 'M',
    PRIMARY_CATEGORY: '直接材料',
    SECONDARY_CATEGORY: 'WIRE',
  };
  const hub = { ...wire, CONTAINERID: HUB_ID, PJ_WORKORDER: 'GA26011704', QTYREQUIRED: 138.24, CONSUMEFACTOR: 0.0032 };
  const numbers = { ...wire, CONTAINERID: NUMBERS_ID, PJ_WORKORDER: 'GA26021718', MATERIALLOTNAME: 'WI-0002-01' };
  return [
    { ...hub, MATERIALLOTNAME: 'WI-0001-01', QTYCONSUMED: 138.24, TXNDATE: '2026-01-19 07:31:00' },
    // Shown without the prefix.
    { ...hub, MATERIALLOTNAME: '參考編號：WI-0001-02', QTYCONSUMED: 2, TXNDATE: '2026-01-19 14:00:00' },
    { ...numbers, QTYCONSUMED: 0.000125, QTYREQUIRED: 0.000125, TXNDATE: '2026-02-21 08:01:00' },
    { ...numbers, QTYCONSUMED: 12345678.5, QTYREQUIRED: 12345678.5, TXNDATE: '2026-02-21 08:02:00' },
    { ...numbers, QTYCONSUMED: 3, QTYREQUIRED: 3, TXNDATE: '2026-02-21 08:03:00' },
    { ...numbers, QTYCONSUMED: Number.NaN, QTYREQUIRED: 0, TXNDATE: '2026-02-21 08:04:00' },
    { ...numbers, QTYCONSUMED: null, QTYREQUIRED: null, TXNDATE: null },
  ];
}

/** Rows of DW_MES_LOTREJECTHISTORY. */
export function rejectRows(): Row[] {
  const wire = {
    WORKCENTERNAME: '焊_WB_料',
    SPECNAME: '金線 W/B',
    EQUIPMENTNAME: 'GWBK-0241',
    STANDBYQTY: 0,
    QTYTOPROCESS: 0,
  };
  const rest = { INPROCESSQTY: 0, PROCESSEDQTY: 0, DEFECTQTY: 0, REJECTCATEGORYNAME: '製程報廢' };
  const hub = { ...wire, ...rest, CONTAINERID: HUB_ID, PJ_WORKORDER: 'GA26011704', MOVEINQTY: 43_200 };
  const booking = { ...hub, HISTORYMAINLINEID: '488102ef00000001', TXNDATE: '2026-01-20 01:45:00' };
  const texts = { ...wire, ...rest, CONTAINERID: TEXTS_ID, PJ_WORKORDER: 'GA26021718', MOVEINQTY: 43_200 };
  return [
    // One booking of three reasons: MOVEINQTY counts once.
    { ...booking, LOSSREASONNAME: '043_NSOP', REJECTQTY: 120, STANDBYQTY: 5, DEFECTQTY: 7 },
    { ...booking, LOSSREASONNAME: '044_NSOL', REJECTQTY: 60, REJECTCAUSE: '機' },
    { ...booking, LOSSREASONNAME: '271_SHORT', REJECTQTY: 20, DEFECTQTY: 3 },
    // At another machine, for a load of GWBK-0241.
    {
      ...hub,
      HISTORYMAINLINEID: '488102ef00000002',
      TXNDATE: '2026-01-20 01:50:00',
      EQUIPMENTNAME: 'GWBK-0007',
      LOSSREASONNAME: '043_NSOP',
      REJECTQTY: 8,
    },
    // Days after the lot left the spec; without a reason; with one that is not real.
    {
      ...hub,
      HISTORYMAINLINEID: '488102ef00000003',
      TXNDATE: '2026-01-24 10:00:00',
      LOSSREASONNAME: '276_腳型不良',
      REJECTQTY: 4,
    },
    {
      ...hub,
      HISTORYMAINLINEID: '488102ef00000004',
      TXNDATE: '2026-01-20 02:00:00',
      LOSSREASONNAME: null,
      REJECTQTY: 1,
    },
    {
      ...hub,
      HISTORYMAINLINEID: '488102ef00000005',
      TXNDATE: '2026-01-20 02:05:00',
      LOSSREASONNAME: 'XXX_測試用',
      REJECTQTY: 1,
    },
    {
      ...wire,
      ...rest,
      HISTORYMAINLINEID: '488102ef00000006',
      CONTAINERID: idOf('GA26061536-A00-017'),
      PJ_WORKORDER: 'GA26061536',
      TXNDATE: '2026-06-20 14:00:00',
      LOSSREASONNAME: '043_NSOP',
      REJECTQTY: 1686,
      MOVEINQTY: 43_200,
    },
    ...AWKWARD_TEXTS.map((text, index) => ({
      ...texts,
      HISTORYMAINLINEID: `488102ef000001${index.toString(16).padStart(2, '0')}`,
      TXNDATE: '2026-02-20 13:00:00',
      LOSSREASONNAME: '277_印字不良',
      REJECTQTY: 1,
      REJECTCOMMENT: text,
    })),
  ];
}

/** Rows of DW_MES_HOLDRELEASEHISTORY. */
export function holdRows(): Row[] {
  const hold = {
    PJ_WORKORDER: 'GA26011704',
    WORKCENTERNAME: '成型',
    FROMSPECNAME: '成型',
    QTY: 3600,
    HOLDEMP: '王小明',
    HOLDEMPDEPTNAME: 'PE',
  };
  return [
    {
      ...hold,
      HISTORYMAINLINEID: '488102ff00000001',
      CONTAINERID: HUB_ID,
      HOLDTXNDATE: '2026-01-20 12:05:00',
      RELEASETXNDATE: '2026-01-20 13:35:00',
      HOLDCOMMENTS: '待 PE 確認',
      HOLDREASONNAME: '工程驗證(PE)',
      RELEASEEMP: '陳怡君',
      RELEASECOMMENTS: 'OK',
      RELEASEREASONNAME: '工程判定放行',
    },
    {
      ...hold,
      HISTORYMAINLINEID: '488102ff00000002',
      CONTAINERID: SPLIT_ID,
      HOLDTXNDATE: '2026-01-20 14:30:00',
      RELEASETXNDATE: null,
      HOLDCOMMENTS: '線弧異常 ⚠️ <b>請勿放行</b> & 👩🏽‍🔧 "待 PE"',
      HOLDREASONNAME: 'S2品質異常單(PE)',
      NCRID: 'NCR-260120',
      FUTUREHOLDCOMMENTS: '放行前請先通知 PE',
    },
    {
      ...hold,
      HISTORYMAINLINEID: '488102ff00000003',
      CONTAINERID: TEXTS_ID,
      PJ_WORKORDER: 'GA26021718',
      HOLDTXNDATE: '2026-02-20 14:00:00',
      RELEASETXNDATE: '2026-02-21 07:00:00',
      HOLDCOMMENTS: LONG_TEXT,
      HOLDREASONNAME: '自行暫停',
    },
  ];
}

/** Rows of DW_MES_WIP: a lot with two workflows, and one at the package that is left out. */
export function wipRows(): Row[] {
  const row = {
    MFGORDERNAME: 'GA26011704',
    WORKCENTERNAME: 'TMTT',
    SPECNAME: 'TMTT',
    QTY: 39_590,
    STATUS: 1,
    TXNDATE: '2026-01-22 19:00:00',
  };
  const hub = { ...row, CONTAINERID: HUB_ID, CONTAINERNAME: HUB, PRODUCTLINENAME: 'SOT-223' };
  return [
    { ...hub, WORKFLOWNAME: 'PCC_SOT-223' },
    { ...hub, WORKFLOWNAME: 'PCC_SOT-223_RW' },
    {
      ...row,
      CONTAINERID: SPLIT_ID,
      CONTAINERNAME: `${HUB}-01`.padEnd(40),
      WORKFLOWNAME: 'PCC_SOT-223',
      PRODUCTLINENAME: '點測',
    },
  ];
}
