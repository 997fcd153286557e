-- Purpose: Materials that went into the lots of the given work orders, which are given in upper case. They are looked for in
--          the index on PJ_WORKORDER alone, as a whole, and the rows are read by their row ids.
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
  where rowid in (
    select /*+ index_ffs(m (PJ_WORKORDER)) */ m.rowid
    from DWH.DW_MES_LOTMATERIALSHISTORY m
    where m.PJ_WORKORDER is not null
      and upper(trim(m.PJ_WORKORDER)) in ({{ rows orders }})
  )
),
{{ material-uses-of-selected }}
