-- Purpose: Lots that the given material lots went into. The prefix 參考編號： is no part of a name: it is taken off here, and
--          off the names that are given. They are looked for in the index on MATERIALLOTNAME alone, as a whole, and the
--          rows are read by their row ids.
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
  where rowid in (
    select /*+ index_ffs(m (MATERIALLOTNAME)) */ m.rowid
    from DWH.DW_MES_LOTMATERIALSHISTORY m
    where m.MATERIALLOTNAME is not null
      and case
        when trim(m.MATERIALLOTNAME) like '參考編號：%' then substr(trim(m.MATERIALLOTNAME), 6)
        else trim(m.MATERIALLOTNAME)
      end in ({{ rows material_lots }})
  )
),
{{ material-uses-of-selected }}
