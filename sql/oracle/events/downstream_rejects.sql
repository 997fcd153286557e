-- Purpose: Rejects of the range's containers by station, for what a defect leads to further down the flow. The work center
--          group comes from the name, as in upstream_history, so that both can be compared by their place in the flow.
--          REJECT_AND_DEFECT_TOTAL is the sum of six quantities: DEFECTQTY (不扣帳) counts here, unlike in rejects.
-- Binds:   ids list
-- Parts:   rows
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_TYPE text, PRODUCTLINENAME text, WORKCENTER_GROUP text,
--          WORKCENTER_GROUP_ORDER whole, WORKCENTERNAME text, SPECNAME text, EQUIPMENTNAME text, TXNDATE time,
--          LOSSREASONNAME text, REJECT_AND_DEFECT_TOTAL whole, DEFECTQTY whole, HISTORYMAINLINEID text
-- Order:   CONTAINERID, TXNDATE nulls last, WORKCENTERNAME nulls last, LOSSREASONNAME nulls last,
--          HISTORYMAINLINEID nulls last, SPECNAME nulls last, EQUIPMENTNAME nulls last, REJECT_AND_DEFECT_TOTAL,
--          DEFECTQTY nulls last
with {{ container-of-range }},
selected as (
  select
    CONTAINERID,
    WORKCENTERNAME,
    SPECNAME,
    EQUIPMENTNAME,
    TXNDATE,
    LOSSREASONNAME,
    coalesce(REJECTQTY, 0) + coalesce(STANDBYQTY, 0) + coalesce(QTYTOPROCESS, 0) + coalesce(INPROCESSQTY, 0)
      + coalesce(PROCESSEDQTY, 0) + coalesce(DEFECTQTY, 0) as REJECT_AND_DEFECT_TOTAL,
    DEFECTQTY,
    HISTORYMAINLINEID
  from DWH.DW_MES_LOTREJECTHISTORY
  where CONTAINERID in ({{ list ids }})
),
{{ workcenter-group }}
select
  s.CONTAINERID,
  l.CONTAINERNAME,
  l.PJ_TYPE,
  l.PRODUCTLINENAME,
  g.WORKCENTER_GROUP,
  coalesce(g.WORKCENTER_GROUP_ORDER, 999) as WORKCENTER_GROUP_ORDER,
  s.WORKCENTERNAME,
  s.SPECNAME,
  s.EQUIPMENTNAME,
  s.TXNDATE,
  s.LOSSREASONNAME,
  s.REJECT_AND_DEFECT_TOTAL,
  s.DEFECTQTY,
  s.HISTORYMAINLINEID
from selected s
left join lot l on l.CONTAINERID = s.CONTAINERID
left join workcenter_group g on g.WORKCENTERNAME = s.WORKCENTERNAME
