/**
 * The work center groups of the plant in flow order, as they are named on the wire. Which work center belongs to which
 * group is a rule of the warehouse (`sql/<dialect>/fragments/workcenter-group.sql`).
 */
export const WORKCENTER_GROUPS = [
  '切割',
  '焊接_DB',
  '焊接_WB',
  '焊接_DW',
  '成型',
  '去膠',
  '水吹砂',
  '電鍍',
  '移印',
  '切彎腳',
  '元件切割',
  '測試',
] as const;
export type WorkcenterGroup = (typeof WORKCENTER_GROUPS)[number];
