-- Purpose: Lots that the given material lots went into. The prefix 參考編號： is no part of a name: it is taken off here, and
--          off the names that are given.
-- Binds:   material_lots list, most whole
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
  where nullif(regexp_replace(trim(MATERIALLOTNAME), '^參考編號：', ''), '') in (select unnest($material_lots))
),
{{ material-uses-of-selected }}
