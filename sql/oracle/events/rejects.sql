-- Purpose: Rejects of the range's containers, with data of the lot and the work center group of the spec. REJECT_TOTAL
--          (扣帳) is the sum of five quantities; DEFECTQTY (不扣帳) stays apart. A spec in several groups counts to the one
--          with the lowest sequence, compared as a number; a spec in none has no group and place 999.
-- Binds:   ids list
-- Parts:   rows
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_TYPE text, PRODUCTLINENAME text, PJ_WORKORDER text,
--          WORKCENTER_GROUP text, WORKCENTER_GROUP_ORDER whole, WORKCENTERNAME text, SPECNAME text, EQUIPMENTNAME text,
--          TXNDATE time, LOSSREASONNAME text, REJECTCATEGORYNAME text, REJECT_TOTAL whole, REJECTQTY whole,
--          STANDBYQTY whole, QTYTOPROCESS whole, INPROCESSQTY whole, PROCESSEDQTY whole, DEFECTQTY whole,
--          MOVEINQTY whole, REJECTCAUSE text, REJECTCOMMENT text, HISTORYMAINLINEID text
-- Order:   trunc(TXNDATE) desc nulls last, WORKCENTER_GROUP_ORDER, WORKCENTERNAME nulls last,
--          REJECT_TOTAL desc, CONTAINERNAME nulls last, TXNDATE desc nulls last, CONTAINERID, LOSSREASONNAME nulls last,
--          HISTORYMAINLINEID nulls last, SPECNAME nulls last, EQUIPMENTNAME nulls last, REJECTQTY nulls last,
--          STANDBYQTY nulls last, QTYTOPROCESS nulls last, INPROCESSQTY nulls last, PROCESSEDQTY nulls last,
--          DEFECTQTY nulls last, MOVEINQTY nulls last, REJECTCATEGORYNAME nulls last, REJECTCAUSE nulls last,
--          REJECTCOMMENT nulls last, PJ_WORKORDER nulls last
with {{ container-of-range }},
{{ spec-group }}
select
  r.CONTAINERID,
  l.CONTAINERNAME,
  l.PJ_TYPE,
  l.PRODUCTLINENAME,
  r.PJ_WORKORDER,
  g.WORK_CENTER_GROUP as WORKCENTER_GROUP,
  coalesce(g.SEQUENCE, 999) as WORKCENTER_GROUP_ORDER,
  r.WORKCENTERNAME,
  r.SPECNAME,
  r.EQUIPMENTNAME,
  r.TXNDATE,
  r.LOSSREASONNAME,
  r.REJECTCATEGORYNAME,
  coalesce(r.REJECTQTY, 0) + coalesce(r.STANDBYQTY, 0) + coalesce(r.QTYTOPROCESS, 0) + coalesce(r.INPROCESSQTY, 0)
    + coalesce(r.PROCESSEDQTY, 0) as REJECT_TOTAL,
  r.REJECTQTY,
  r.STANDBYQTY,
  r.QTYTOPROCESS,
  r.INPROCESSQTY,
  r.PROCESSEDQTY,
  r.DEFECTQTY,
  r.MOVEINQTY,
  r.REJECTCAUSE,
  r.REJECTCOMMENT,
  r.HISTORYMAINLINEID
from DWH.DW_MES_LOTREJECTHISTORY r
left join lot l on l.CONTAINERID = r.CONTAINERID
left join spec_group g on g.SPEC = trim(r.SPECNAME)
where r.CONTAINERID in ({{ list ids }})
