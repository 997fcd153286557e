/** An index that statements of `sql/oracle` are written for: none is on a column that all of them compare by a function. */
export interface NeededIndex {
  readonly table: string;
  /** What it begins with. */
  readonly column: string;
  /** `required`: without it a trace reads a table of millions for each range. `useful`: one stage reads a table once more. */
  readonly need: 'required' | 'useful';
  /** What is slow without it. */
  readonly serves: string;
}

export const NEEDED_INDEXES: readonly NeededIndex[] = [
  { table: 'DW_MES_CONTAINER', column: 'CONTAINERID', need: 'required', serves: 'every trace' },
  { table: 'DW_MES_CONTAINER', column: 'CONTAINERNAME', need: 'required', serves: 'the search for lots by name' },
  { table: 'DW_MES_PJ_COMBINEDASSYLOTS', column: 'CONTAINERID', need: 'required', serves: 'forward lineages' },
  { table: 'DW_MES_PJ_COMBINEDASSYLOTS', column: 'LOTID', need: 'useful', serves: 'the sources of merged lots' },
  { table: 'DW_MES_LOTWIPHISTORY', column: 'CONTAINERID', need: 'required', serves: 'history' },
  {
    table: 'DW_MES_LOTWIPHISTORY',
    column: 'TRACKINTIMESTAMP',
    need: 'required',
    serves: 'seeds by days, and what ran at a machine',
  },
  { table: 'DW_MES_LOTMATERIALSHISTORY', column: 'CONTAINERID', need: 'required', serves: 'materials' },
  {
    table: 'DW_MES_LOTMATERIALSHISTORY',
    column: 'MATERIALLOTNAME',
    need: 'useful',
    serves: 'the lots that used a material lot',
  },
  {
    table: 'DW_MES_LOTMATERIALSHISTORY',
    column: 'PJ_WORKORDER',
    need: 'useful',
    serves: 'the materials of a work order',
  },
  { table: 'DW_MES_LOTREJECTHISTORY', column: 'CONTAINERID', need: 'required', serves: 'rejects' },
  { table: 'DW_MES_HOLDRELEASEHISTORY', column: 'CONTAINERID', need: 'required', serves: 'holds' },
  { table: 'DW_MES_HM_LOTMOVEOUT', column: 'TXNDATE', need: 'useful', serves: 'the latest splits of a lot' },
  { table: 'DW_MES_JOB', column: 'RESOURCEID', need: 'useful', serves: 'the maintenance of a machine' },
  {
    table: 'DW_MES_RESOURCESTATUS_SHIFT',
    column: 'HISTORYID',
    need: 'required',
    serves: 'the status hours of a machine',
  },
];
