-- Purpose: Materials that went into the given containers.
-- Binds:   ids list, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_WORKORDER text, WORKCENTERNAME text, MATERIALPARTNAME text,
--          MATERIALLOTNAME text, VENDORLOTNUMBER text, QTYREQUIRED decimal, QTYCONSUMED double, EQUIPMENTNAME text,
--          TXNDATE time, PRIMARY_CATEGORY text, SECONDARY_CATEGORY text
-- Order:   TXNDATE nulls last, CONTAINERID, MATERIALPARTNAME nulls last, MATERIALLOTNAME nulls last,
--          WORKCENTERNAME nulls last, EQUIPMENTNAME nulls last, VENDORLOTNUMBER nulls last, QTYCONSUMED nulls last,
--          QTYREQUIRED nulls last, PJ_WORKORDER nulls last, PRIMARY_CATEGORY nulls last, SECONDARY_CATEGORY nulls last
-- Limit:   most
with selected as (
  select *
  from DWH.DW_MES_LOTMATERIALSHISTORY
  where CONTAINERID in ({{ list ids }})
),
{{ material-uses-of-selected }}
