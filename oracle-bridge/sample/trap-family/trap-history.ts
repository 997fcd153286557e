import type { Row } from './trap-lot.ts';
import { idOf, TRAP_LOTS } from './trap-lots.ts';

/** Machines of the family; all of them stand in DW_MES_RESOURCE too. */
export const MACHINES = {
  'GWMA-0007': { id: '4881018000001007', spec: '晶圓貼片', workcenter: '切割' },
  'GDBA-0131': { id: '4881018000003083', spec: '銀膠 D/B', workcenter: '焊_DB_料' },
  'GWBK-0241': { id: '48810180000050f1', spec: '金線 W/B', workcenter: '焊_WB_料' },
  'GMDA-0012': { id: '488101800000800c', spec: '成型', workcenter: '成型' },
  'GMDO-0003': { id: '4881018000009003', spec: '成型烘烤', workcenter: '成型' },
  'GTMA-0196': { id: '48810180000100c4', spec: 'TMTT', workcenter: 'TMTT' },
} as const;
export type Machine = keyof typeof MACHINES;

interface Load {
  readonly lot: string;
  readonly machine: Machine;
  readonly from: string;
  /** One entry a track-out: when (null: still open), what was left before it, what went out. */
  readonly parts: readonly (readonly [to: string | null, left: number, out: number | null])[];
  readonly columns?: Row;
  /** Columns of the last part where it differs from the others. */
  readonly lastPart?: Row;
}

const LOADS: readonly Load[] = [
  {
    lot: 'GA26011704-A00',
    machine: 'GWMA-0007',
    from: '2026-01-17 09:00:00',
    parts: [['2026-01-17 11:30:00', 216_000, 216_000]],
  },
  {
    lot: 'GA26011704-A00-001',
    machine: 'GDBA-0131',
    from: '2026-01-18 08:00:00',
    parts: [['2026-01-18 13:10:00', 43_200, 43_180]],
  },
  {
    lot: 'GA26011704-A00-001',
    machine: 'GWBK-0241',
    from: '2026-01-19 02:00:00',
    parts: [['2026-01-19 06:45:00', 43_180, 43_100]],
  },
  {
    lot: 'GA26011704-A00-001',
    machine: 'GTMA-0196',
    from: '2026-01-22 10:00:00',
    parts: [['2026-01-22 18:00:00', 43_100, 42_900]],
  },
  // Three loads at one machine: a machine counts the lot once.
  {
    lot: 'GA26011704-A00-003',
    machine: 'GDBA-0131',
    from: '2026-01-18 14:00:00',
    parts: [['2026-01-18 18:00:00', 43_200, 43_200]],
  },
  {
    lot: 'GA26011704-A00-003',
    machine: 'GDBA-0131',
    from: '2026-01-18 18:30:00',
    parts: [['2026-01-18 19:00:00', 43_200, 43_200]],
  },
  {
    lot: 'GA26011704-A00-003',
    machine: 'GDBA-0131',
    from: '2026-01-18 20:00:00',
    parts: [['2026-01-18 20:20:00', 43_200, 43_200]],
  },
  // One load, tracked out in five parts: load is the greatest TRACKINQTY, output the sum, end the latest.
  {
    lot: 'GA26011704-A00-003',
    machine: 'GWBK-0241',
    from: '2026-01-19 07:30:00',
    parts: [
      ['2026-01-19 08:05:10', 43_200, 2520],
      ['2026-01-19 13:40:00', 40_680, 21_240],
      ['2026-01-19 19:55:30', 19_440, 15_120],
      ['2026-01-20 00:12:00', 4320, 720],
      ['2026-01-20 01:30:45', 3600, 3600],
    ],
  },
  // A checkpoint: no machine, so it is no history.
  {
    lot: 'GA26011704-A00-003',
    machine: 'GWBK-0241',
    from: '2026-01-20 02:00:00',
    parts: [['2026-01-20 02:10:00', 43_200, 43_200]],
    columns: { EQUIPMENTID: null, EQUIPMENTNAME: null, SPECNAME: 'W/B 目檢' },
  },
  {
    lot: 'GA26011704-A00-003',
    machine: 'GMDA-0012',
    from: '2026-01-20 08:00:00',
    parts: [['2026-01-20 12:00:00', 39_600, 39_590]],
  },
  // Without a track-in time: no history either.
  {
    lot: 'GA26011704-A00-003',
    machine: 'GMDO-0003',
    from: '2026-01-20 13:00:00',
    parts: [['2026-01-20 19:00:00', 39_590, 39_590]],
    columns: { TRACKINTIMESTAMP: null },
  },
  // Still at the machine.
  { lot: 'GA26011704-A00-003', machine: 'GTMA-0196', from: '2026-01-22 09:30:00', parts: [[null, 39_590, null]] },
  {
    lot: 'GA26011704-A00-003-01',
    machine: 'GMDA-0012',
    from: '2026-01-20 12:30:00',
    parts: [['2026-01-20 14:00:00', 3600, 3600]],
  },
  {
    lot: 'GA26011704-A00-003-01C',
    machine: 'GTMA-0196',
    from: '2026-01-23 08:00:00',
    parts: [['2026-01-23 09:00:00', 1200, 1198]],
  },
  // Parts that differ in more than quantity and end cannot be taken for one load.
  {
    lot: 'GA26011704-A00-004',
    machine: 'GWBK-0241',
    from: '2026-01-19 20:00:00',
    parts: [
      ['2026-01-19 22:00:00', 43_200, 40_000],
      ['2026-01-20 03:00:00', 3200, 3200],
    ],
    lastPart: { FINISHEDRUNCARD: 'GA26011704-A00-004#R', PRODUCTNAME: 'PJW5P06A_R2_00001' },
  },
  {
    lot: 'GA26061536-A00-017',
    machine: 'GWBK-0241',
    from: '2026-06-20 07:00:00',
    parts: [
      ['2026-06-20 12:00:00', 43_200, 41_960],
      ['2026-06-20 13:30:00', 1240, 1240],
    ],
  },
  // A row that has lost its container.
  {
    lot: 'GA26021718-A00-005',
    machine: 'GDBA-0131',
    from: '2026-02-20 08:00:00',
    parts: [['2026-02-20 09:00:00', 43_200, 43_200]],
  },
  {
    lot: 'GA26021718-A00-001',
    machine: 'GDBA-0131',
    from: '2026-02-20 08:00:00',
    parts: [['2026-02-20 12:00:00', 43_200, 43_200]],
  },
  {
    lot: 'GA26021718-A00-002',
    machine: 'GWBK-0241',
    from: '2026-02-21 08:00:00',
    parts: [['2026-02-21 12:00:00', 43_200, 43_200]],
  },
  ...oneLoadEach('GA26021714-', '2026-02-23'),
  ...oneLoadEach('GA26021716-', '2026-02-24'),
  ...oneLoadEach('GD25060502-', '2026-02-25'),
];

/** So that every lot of the large families has something to show. */
function oneLoadEach(prefix: string, day: string): Load[] {
  return TRAP_LOTS.filter(({ name }) => name.startsWith(prefix)).map(({ name }) => ({
    lot: name,
    machine: 'GTMA-0196',
    from: `${day} 08:00:00`,
    parts: [[`${day} 09:30:00`, 43_200, 43_190]],
  }));
}

/** Rows of DW_MES_LOTWIPHISTORY. */
export function historyRows(): Row[] {
  return LOADS.flatMap((load, number) =>
    load.parts.map(([to, left, out], part) => ({
      WIPLOTHISTORYID: `488102cf${(number * 16 + part).toString(16).padStart(8, '0')}`,
      CONTAINERID: idOf(load.lot),
      PJ_WORKORDER: load.lot.slice(0, 10),
      FINISHEDRUNCARD: load.lot,
      WORKCENTERNAME: MACHINES[load.machine].workcenter,
      SPECNAME: MACHINES[load.machine].spec,
      WORKFLOWNAME: 'PCC_SOT-223',
      PRODUCTNAME: 'PJW5P06A_R1_00001',
      EQUIPMENTID: MACHINES[load.machine].id,
      EQUIPMENTNAME: load.machine,
      TRACKINTIMESTAMP: load.from,
      TRACKINQTY: left,
      TRACKOUTTIMESTAMP: to,
      TRACKOUTQTY: out,
      MOVEINTIMESTAMP: load.from,
      MOVEINQTY: load.parts[0]?.[1] ?? null,
      WIPTRACKINGGROUPKEYID: `488102df${number.toString(16).padStart(8, '0')}`,
      ...load.columns,
      ...(part === load.parts.length - 1 && load.lastPart),
    })),
  );
}
