-- Purpose: Rejects of the given containers that count as yield loss.
-- Binds:   ids list, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_TYPE text, PRODUCTLINENAME text, PJ_WORKORDER text,
--          WORKCENTER_GROUP text, WORKCENTER_GROUP_ORDER whole, WORKCENTERNAME text, SPECNAME text, EQUIPMENTNAME text,
--          TXNDATE time, LOSSREASONNAME text, REJECTCATEGORYNAME text, REJECT_TOTAL whole, REJECTQTY whole,
--          STANDBYQTY whole, QTYTOPROCESS whole, INPROCESSQTY whole, PROCESSEDQTY whole, DEFECTQTY whole,
--          MOVEINQTY whole, REJECTCAUSE text, REJECTCOMMENT text, HISTORYMAINLINEID text
-- Order:   trunc(TXNDATE) desc nulls last, WORKCENTER_GROUP_ORDER, WORKCENTERNAME nulls last,
--          REJECT_TOTAL desc, CONTAINERNAME nulls last, TXNDATE desc nulls last, CONTAINERID, LOSSREASONNAME,
--          HISTORYMAINLINEID nulls last, SPECNAME nulls last, EQUIPMENTNAME nulls last, REJECTQTY nulls last,
--          STANDBYQTY nulls last, QTYTOPROCESS nulls last, INPROCESSQTY nulls last, PROCESSEDQTY nulls last,
--          DEFECTQTY nulls last, MOVEINQTY nulls last, REJECTCATEGORYNAME nulls last, REJECTCAUSE nulls last,
--          REJECTCOMMENT nulls last, PJ_WORKORDER nulls last
-- Limit:   most
with {{ container-of-range }},
{{ spec-group }},
selected as (
  select *
  from DWH.DW_MES_LOTREJECTHISTORY
  where CONTAINERID in ({{ list ids }})
)
{{ real-rejects-of-selected }}
