-- Purpose: Materials that went into the lots of the given work orders, which are given in upper case.
-- Binds:   orders list, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_WORKORDER text, WORKCENTERNAME text, MATERIALPARTNAME text,
--          MATERIALLOTNAME text, VENDORLOTNUMBER text, QTYREQUIRED decimal, QTYCONSUMED double, EQUIPMENTNAME text,
--          TXNDATE time, PRIMARY_CATEGORY text, SECONDARY_CATEGORY text
-- Order:   TXNDATE nulls last, CONTAINERID, MATERIALPARTNAME nulls last, MATERIALLOTNAME nulls last,
--          WORKCENTERNAME nulls last, EQUIPMENTNAME nulls last, VENDORLOTNUMBER nulls last, QTYCONSUMED nulls last,
--          QTYREQUIRED nulls last, PJ_WORKORDER nulls last, PRIMARY_CATEGORY nulls last, SECONDARY_CATEGORY nulls last
-- Limit:   most
-- Slow:    yes
with selected as (
  select *
  from DWH.DW_MES_LOTMATERIALSHISTORY
  where upper(trim(PJ_WORKORDER)) in (select unnest($orders))
),
{{ material-uses-of-selected }}
