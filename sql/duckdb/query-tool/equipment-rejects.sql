-- Purpose: Rejects that count as yield loss, of every lot that was tracked in at the given machines from `time_from` on and
--          before `time_to`, wherever and whenever they were booked: a reject is often found at a later machine. One that
--          belongs to a lot of several loads or machines comes once.
-- Binds:   equipment_ids list, time_from time, time_to time, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_TYPE text, PRODUCTLINENAME text, PJ_WORKORDER text,
--          WORKCENTER_GROUP text, WORKCENTER_GROUP_ORDER whole, WORKCENTERNAME text, SPECNAME text, EQUIPMENTNAME text,
--          TXNDATE time, LOSSREASONNAME text, REJECTCATEGORYNAME text, REJECT_TOTAL whole, REJECTQTY whole,
--          STANDBYQTY whole, QTYTOPROCESS whole, INPROCESSQTY whole, PROCESSEDQTY whole, DEFECTQTY whole,
--          MOVEINQTY whole, REJECTCAUSE text, REJECTCOMMENT text, HISTORYMAINLINEID text
-- Order:   date_trunc('day', TXNDATE) desc nulls last, WORKCENTER_GROUP_ORDER, WORKCENTERNAME nulls last,
--          REJECT_TOTAL desc, CONTAINERNAME nulls last, TXNDATE desc nulls last, CONTAINERID, LOSSREASONNAME,
--          HISTORYMAINLINEID nulls last, SPECNAME nulls last, EQUIPMENTNAME nulls last, REJECTQTY nulls last,
--          STANDBYQTY nulls last, QTYTOPROCESS nulls last, INPROCESSQTY nulls last, PROCESSEDQTY nulls last,
--          DEFECTQTY nulls last, MOVEINQTY nulls last, REJECTCATEGORYNAME nulls last, REJECTCAUSE nulls last,
--          REJECTCOMMENT nulls last, PJ_WORKORDER nulls last
-- Limit:   most
-- Slow:    yes
with lot as materialized (
  select distinct CONTAINERID
  from DWH.DW_MES_LOTWIPHISTORY
  where TRACKINTIMESTAMP >= cast($time_from as timestamp)
    and TRACKINTIMESTAMP < cast($time_to as timestamp)
    and rtrim(EQUIPMENTID) in (select unnest($equipment_ids))
    and CONTAINERID is not null
),
selected as (
  select *
  from DWH.DW_MES_LOTREJECTHISTORY
  where CONTAINERID in (select CONTAINERID from lot)
),
{{ container-of-selected }},
{{ spec-group }}
{{ real-rejects-of-selected }}
